"""The page of changes: which runs it compares, and what it says of each thing that moved."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING

import pytest

from pytest_orr.model import Outcome
from pytest_orr.render.changes_html import ChangesPage
from pytest_orr.render.interface import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemResult, Review, SignOff

UNTOLD = ChangesPage(earlier=None, signed=False)


def words(page: str) -> str:
    """Return what a reader reads, without markup and style."""
    body = page.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.fixture
def compare(signed_off: Callable[[Review], SignOff]) -> Callable[..., str]:
    def compare(before: Review, after: Review, *, signed: bool = False) -> str:
        return ChangesPage(earlier=before, signed=signed).render(signed_off(after))

    return compare


def test_it_is_a_renderer() -> None:
    assert isinstance(UNTOLD, Renderer)


def test_without_an_earlier_run_it_says_so(every_outcome: SignOff) -> None:
    text = words(UNTOLD.render(every_outcome))

    assert "No earlier run of this service lies in the report's folder." in text
    assert "Compared with" not in text


def test_an_earlier_run_that_cannot_be_read_is_told(every_outcome: SignOff) -> None:
    page = ChangesPage(earlier=None, signed=False, trouble="journal.jsonl is no journal")

    assert "cannot be compared: journal.jsonl is no journal." in words(page.render(every_outcome))


@pytest.mark.parametrize(
    ("service", "environment"), [("other", "production"), ("explorer", "other")]
)
def test_a_run_of_another_service_is_not_compared(
    service: str, environment: str, every_outcome: SignOff, compare: Callable[..., str]
) -> None:
    other = replace(every_outcome.review, service=service, environment=environment)
    text = words(compare(other, every_outcome.review))

    assert "cannot be compared: It is one of" in text
    assert "other" in text
    assert "Compared with" not in text


@pytest.mark.parametrize(
    ("signed", "told"),
    [
        (True, "Compared with the last signed run"),
        (False, "Compared with the last run, which nobody signed"),
    ],
)
def test_it_says_whether_the_earlier_run_was_signed(
    told: str, *, signed: bool, every_outcome: SignOff, compare: Callable[..., str]
) -> None:
    review = every_outcome.review
    text = words(compare(review, review, signed=signed))

    assert told in text
    assert ("orr verify" in text) is signed
    assert f"{len(review.items)} exactly as before" in text


def test_another_phase_is_a_doubt(every_outcome: SignOff, compare: Callable[..., str]) -> None:
    review = every_outcome.review
    text = words(compare(replace(review, phase="build"), review))

    assert "Not the same was judged: Phase 'build' and 'launch'." in text


def test_each_thing_that_moved_stands_where_it_went(
    an_item: Callable[..., ItemResult],
    a_review: Callable[..., Review],
    compare: Callable[..., str],
) -> None:
    before = a_review(
        an_item(id="a.a.worse"),
        an_item(id="a.a.gone"),
        an_item(id="a.a.better", outcome=Outcome.FAIL),
    )
    after = a_review(
        an_item(id="a.a.worse", outcome=Outcome.FAIL, reason="a port is open", severity="major"),
        an_item(id="a.a.new"),
        an_item(id="a.a.better"),
    )
    text = words(compare(before, after))
    counts = "1 worse 1 gone 1 new 1 better 0 newly waived 0 newly not applicable 1 check changed"
    order = ("Worse 1 item", "a port is open", "Gone 1 item", "New 1 item", "Better 1 item")
    places = [text.find(one) for one in order]

    assert "Verdict NOT READY → NOT READY ; raw score 2 of 3 → 2 of 3" in text
    assert counts in text
    assert -1 not in places
    assert places == sorted(places)
    assert "severity blocker major" in text


def test_only_items_that_are_there_link_to_the_report(
    an_item: Callable[..., ItemResult],
    a_review: Callable[..., Review],
    compare: Callable[..., str],
) -> None:
    page = compare(a_review(an_item(id="a.a.gone")), a_review(an_item(id="a.a.new")))

    assert set(re.findall(r'href="([^"]*)"', page)) == {"readiness.html", "readiness.html#a.a.new"}


def test_its_policy_allows_its_own_style_and_nothing_else(every_outcome: SignOff) -> None:
    page = UNTOLD.render(every_outcome)
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'" in page
    assert "<script" not in page
