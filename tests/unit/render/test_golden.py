"""Documents of one fixed sign-off, byte for byte; ``UPDATE_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.model import Outcome
from pytest_orr.render import html, markdown, review_json, statement, terminal
from pytest_orr.render.changes_html import ChangesPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import SignOff
    from pytest_orr.render.interface import Renderer

GOLDEN = Path(__file__).parents[2] / "golden"
RENDERERS: tuple[Renderer, ...] = (review_json, html, markdown)


def render_statement(signoff: SignOff) -> str:
    return statement.render(signoff, report_sha256="e" * 64, journal_sha256="f" * 64)


def render_summary(signoff: SignOff) -> str:
    lines = terminal.summary(signoff, verbose=True, report_path="readiness-report/readiness.html")
    return "".join(f"{line.style:6} {line.text}\n" for line in lines)


def render_changes(signoff: SignOff) -> str:
    passed = [replace(item, outcome=Outcome.PASS) for item in signoff.review.items[1:]]
    earlier = replace(signoff.review, items=tuple(passed))
    return ChangesPage(earlier=earlier, signed=True).render(signoff)


DOCUMENTS: dict[str, Callable[[SignOff], str]] = {
    **{renderer.FILE_NAME: renderer.render for renderer in RENDERERS},
    statement.FILE_NAME: render_statement,
    ChangesPage.FILE_NAME: render_changes,
    "terminal.txt": render_summary,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_what_it_was(name: str, every_outcome: SignOff) -> None:
    path = GOLDEN / name
    text = DOCUMENTS[name](every_outcome)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())

    assert text.encode() == path.read_bytes(), "if this is wanted, run again with UPDATE_GOLDEN=1"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_the_same_when_it_is_rendered_again(
    name: str, every_outcome: SignOff
) -> None:
    assert DOCUMENTS[name](every_outcome) == DOCUMENTS[name](every_outcome)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_holds_no_hidden_character(name: str, every_outcome: SignOff) -> None:
    text = DOCUMENTS[name](every_outcome)

    assert [sign for sign in text if ord(sign) < 32 and sign != "\n"] == []
