"""The worked example of a renderer does what its page says, and so does a run with a broken one."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository

DAY = ["--orr-as-of", "2026-11-20", "-p", "no:xdist"]
NAME = "review-open-items.csv"


@pytest.fixture
def example(checkout: Path) -> str:
    """What docs/renderers.md tells to write into readiness/conftest.py."""
    page = (checkout / "docs" / "renderers.md").read_text(encoding="utf-8")
    [source] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return str(source)


@pytest.fixture
def service(
    small: Callable[..., Repository], item: Callable[..., str]
) -> Callable[[str], Repository]:
    """Make a repository with a good item, and one that fails with a formula, and this renderer."""

    def make(source: str) -> Repository:
        failing = 'with subject("=1+1"):\n        assert False, "at 10.1.2.3"'
        repository = small(
            item("demo.a.numbers", "assert numbers", asks="numbers"),
            item("demo.b.fails", failing, asks="numbers, subject"),
        )
        with (repository.suite / "conftest.py").open("a", encoding="utf-8") as stream:
            stream.write(f"\n\n{source}")
        return repository

    return make


def rows(repository: Repository) -> list[list[str]]:
    with (repository.report / NAME).open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_the_worked_example_writes_its_document(
    service: Callable[[str], Repository], example: str
) -> None:
    repository = service(example)

    assert repository.judge(*DAY).status == 1
    head, row = rows(repository)
    assert head == ["item", "severity", "owner", "outcome", "reason"]
    assert row[:4] == ["demo.b.fails", "major", "service", "fail"]
    assert row[4].startswith("'=1+1: at 10.1.2.3")


def test_a_replay_writes_the_same_document(
    service: Callable[[str], Repository], example: str
) -> None:
    repository = service(example)
    repository.judge(*DAY)
    first = (repository.report / NAME).read_bytes()
    facts = (repository.report / "facts.json").read_bytes()
    (repository.path / "facts.json").write_bytes(facts)

    repository.judge("-p", "no:xdist", "--orr-facts", "facts.json")

    assert (repository.report / NAME).read_bytes() == first


def test_a_renderer_is_handed_what_the_public_may_see(
    service: Callable[[str], Repository], example: str
) -> None:
    repository = service(example)

    repository.judge(*DAY, "--orr-public")

    assert "10.1.2.3" not in rows(repository)[1][4]


def test_a_renderer_that_raises_leaves_no_document(
    service: Callable[[str], Repository], example: str
) -> None:
    repository = service(example.replace("return out.getvalue()", "raise ValueError"))

    ran = repository.judge(*DAY)

    assert ran.status == 1
    assert "ValueError" in ran.err
    assert not (repository.report / "review.json").exists()
    assert not (repository.report / "readiness.html").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("open-items.csv", "begin it with 'review-'"),
        ("review-/x", "leave out slashes"),
    ],
)
def test_a_name_that_could_take_another_files_place_is_refused(
    service: Callable[[str], Repository], example: str, name: str, said: str
) -> None:
    repository = service(example.replace(NAME, name))

    ran = repository.judge(*DAY)

    assert ran.status == 22
    assert said in ran.out + ran.err
    assert not (repository.report / "facts.json").exists()


def test_two_renderers_of_one_name_are_refused(
    service: Callable[[str], Repository], example: str
) -> None:
    repository = service(example.replace("[OpenItems()]", "[OpenItems(), OpenItems()]"))

    ran = repository.judge(*DAY)

    assert ran.status == 22
    assert f"{NAME!r} is the name of two renderers' documents" in ran.out + ran.err
