"""Sixty payloads in every free text of a review at once: text they are, and text they stay."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from pytest_orr.render import escape, html, markdown, review_json, statement, terminal
from pytest_orr.render.changes_html import ChangesPage
from tests.unit.render.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, SignOff

MENTION = re.compile(r"(?<![A-Za-z0-9_])@\w|[#!]\d")


class Structure(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.shape: list[tuple[str, ...]] = []
        self.links: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *(name for name, _ in attrs)))
        self.links |= {str(value) for name, value in attrs if name in {"href", "src"}}

    def handle_endtag(self, tag: str) -> None:
        self.shape.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        self.shape.append(("comment", data))

    def handle_pi(self, data: str) -> None:
        self.shape.append(("instruction", data))

    def handle_data(self, data: str) -> None:
        self.text += data


def markdown_shape(text: str) -> Counter[str]:
    tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    return Counter(token.type for token in (*tokens, *inline) if token.type != "text")


def markdown_prose(text: str) -> str:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    return "\n".join(child.content for child in inline if child.type == "text")


def test_there_are_sixty_different_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) == 60


@pytest.fixture(scope="module")
def calm(said_everywhere: Callable[[str], SignOff]) -> SignOff:
    """The same sign-off with a harmless word everywhere."""
    return said_everywhere("calm")


@pytest.fixture(scope="module")
def calm_page(calm: SignOff) -> Structure:
    return Structure(html.render(calm))


@pytest.fixture(scope="module")
def calm_changes(calm: SignOff, said_before: Callable[[Review], Review]) -> Structure:
    page = ChangesPage(earlier=said_before(calm.review), signed=True)
    return Structure(page.render(calm))


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(60))
def test_the_page_gains_no_element_and_shows_every_payload_as_it_was_written(
    payload: str, said_everywhere: Callable[[str], SignOff], calm_page: Structure
) -> None:
    page = html.render(said_everywhere(payload))
    hostile = Structure(page)
    numbers = set(re.findall(r"§(\d+)§calm§", calm_page.text))
    shown = re.escape(escape.visible_lines(payload))

    assert hostile.shape == calm_page.shape
    assert {link for link in hostile.links if not link.startswith("#")} == {"changes.html"}
    assert escape.CONTROLS_BUT_LAYOUT.search(page) is None
    assert len(numbers) > 100
    assert numbers - set(re.findall(rf"§(\d+)§{shown}§", hostile.text)) == set()


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(60))
def test_the_page_of_changes_gains_no_element_and_no_foreign_link(
    payload: str,
    said_everywhere: Callable[[str], SignOff],
    said_before: Callable[[Review], Review],
    calm_changes: Structure,
) -> None:
    signoff = said_everywhere(payload)
    page = ChangesPage(earlier=said_before(signoff.review), signed=True).render(signoff)
    hostile = Structure(page)

    assert hostile.shape == calm_changes.shape
    assert {link.partition("#")[0] for link in hostile.links} == {"readiness.html"}
    assert escape.CONTROLS_BUT_LAYOUT.search(page) is None
    assert escape.visible_lines(payload) in hostile.text


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(60))
def test_the_signoff_document_gains_no_markup_no_mention_and_no_reference(
    payload: str, said_everywhere: Callable[[str], SignOff], calm: SignOff
) -> None:
    text = markdown.render(said_everywhere(payload))

    assert markdown_shape(text) == markdown_shape(markdown.render(calm))
    assert MENTION.findall(markdown_prose(text)) == []
    assert escape.CONTROLS_BUT_LAYOUT.search(text) is None


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(60))
def test_the_terminal_gets_no_control_character(
    payload: str, said_everywhere: Callable[[str], SignOff]
) -> None:
    lines = terminal.summary(said_everywhere(payload), verbose=True, report_path=payload)

    assert [line for line in lines if escape.CONTROLS.search(line.text)] == []


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(60))
def test_json_documents_read_back_what_was_said(
    payload: str, said_everywhere: Callable[[str], SignOff]
) -> None:
    signoff = said_everywhere(payload)
    review = json.loads(review_json.render(signoff))
    stated = json.loads(statement.render(signoff, report_sha256="e" * 64, journal_sha256="f" * 64))

    assert review["service"] == signoff.review.service
    assert sorted(item["title"] for item in review["items"]) == sorted(
        item.spec.title for item in signoff.review.items
    )
    assert stated["predicate"]["service"] == escape.well_formed(signoff.review.service)
