"""The page of changes of real runs: against the last signed one, or else the last."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

DAY = ("--orr-as-of", "2026-11-20", "-p", "no:xdist")


def changes(repository: Repository, *arguments: str) -> str:
    """Judge, and return what a reader of the page of changes reads."""
    ran = repository.judge(*DAY, *arguments)
    assert ran.status in {0, 1}, ran.out + ran.err
    page = (repository.report / "changes.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub("<[^>]*>", " ", page.partition("<body>")[2])).split())


def expecting(repository: Repository, number: int) -> None:
    """Let the item ask for as many numbers."""
    path = repository.suite / "test_demo.py"
    text = re.sub(r"== \d", f"== {number}", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    repository.relock()


def test_a_run_is_compared_with_the_last_signed_one_or_else_the_last(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    repository = small(item("demo.a.one", "assert len(numbers) == 3", asks="numbers"))
    assert "No earlier run of this service" in changes(repository)
    expecting(repository, 4)
    assert "the last run, which nobody signed" in (worse := changes(repository))
    assert "READY → NOT READY" in worse
    expecting(repository, 3)
    assert "NOT READY → READY" in changes(repository)

    (repository.report / "signoff.json").write_text("{}", encoding="utf-8")
    expecting(repository, 4)
    assert "the last signed run" in (worse := changes(repository))
    assert "1 worse 0 gone 0 new 0 better" in worse
    expecting(repository, 3)
    same = changes(repository)

    assert "the last signed run" in same
    assert "READY → READY" in same
    assert "1 exactly as before" in same


def test_the_page_of_changes_masks_what_a_public_page_masks(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    body = 'with subject("account 123456789012"):\n        assert len(numbers) == 3'
    repository = small(item("demo.a.one", body, asks="numbers, subject"))
    changes(repository)
    expecting(repository, 4)

    assert "123456789012" not in (told := changes(repository, "--orr-public"))
    assert "account [masked]" in told
