"""What reviewers asked, and on what an approval depends, stands in every document."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.model import Condition, Outcome, VerdictWord
from pytest_orr.render import html, markdown, notes, review_json, statement, terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, ReviewNote, SignOff

ANSWER = {"answer": "It does.", "answered_by": "ana@example.org", "answered_on": "2026-11-17"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "blocks the launch: nobody has answered"),
        ({"kind": "question"}, "still open: nobody has answered"),
        ({"settled": True, "accepted_by": "eve@example.org"}, "accepted by eve@example.org"),
        ({"kind": "question", "settled": True}, "answered"),
    ],
)
def test_the_state_of_a_note_is_told_in_a_few_words(
    a_note: Callable[..., ReviewNote], changes: dict[str, Any], told: str
) -> None:
    assert notes.state(a_note(**changes)) == told


def test_an_answer_names_who_gave_it_when(a_note: Callable[..., ReviewNote]) -> None:
    assert notes.answered(a_note()) == ""
    assert notes.answered(a_note(**ANSWER)) == "It does. (ana@example.org, 2026-11-17)"


def test_conditions_come_soonest_first(
    an_item: Callable[..., Any], a_review: Callable[..., Review], a_waiver: Callable[..., Any]
) -> None:
    def waived(item: str, *due: str) -> Any:
        work = tuple(Condition(what="it", owner="ana@example.org", due=day) for day in due)
        waiver = replace(a_waiver(), conditions=work)
        return an_item(id=item, outcome=Outcome.WAIVED, waiver=waiver)

    review = a_review(waived("a.b.c", "2026-12-03", "2026-12-01"), waived("a.b.d", "2026-12-02"))
    days = [(item.spec.id, one.due) for item, one in notes.conditions(review)]
    assert days == [("a.b.c", "2026-12-01"), ("a.b.d", "2026-12-02"), ("a.b.c", "2026-12-03")]


def test_a_condition_stands_in_every_document(every_outcome: SignOff) -> None:
    text = "Show that the second zone takes the whole load."
    lines = terminal.summary(every_outcome, verbose=False, report_path="x")
    written = (
        html.render(every_outcome),
        markdown.render(every_outcome),
        review_json.render(every_outcome),
        statement.render(every_outcome, report_sha256="e" * 64, journal_sha256="f" * 64),
        "\n".join(line.text for line in lines),
    )
    assert [text in one for one in written] == [True] * len(written)
    assert html.render(every_outcome).count(text) >= 3  # among actions, at the top, at the item


def test_what_is_done_about_a_waiver_stands_in_every_document(every_outcome: SignOff) -> None:
    told = "second zone for the admin balancer"
    predicate = json.loads(
        statement.render(every_outcome, report_sha256="e" * 64, journal_sha256="f" * 64)
    )["predicate"]
    assert predicate["waivers"][0]["conditions"][0]["what"] == told
    assert f"on condition that “{told}” is done" in html.render(every_outcome)
    assert f"on condition that “{told}” is done" in markdown.render(every_outcome)


def test_a_review_is_rebuilt_with_its_notes(every_outcome: SignOff) -> None:
    review = review_json.read(review_json.render(every_outcome))
    assert review.notes == every_outcome.review.notes
    assert review.provenance.notes_sha256 == "6" * 64


def test_a_review_without_notes_has_no_section_of_them(
    a_review: Callable[..., Review],
    an_item: Callable[..., Any],
    signed_off: Callable[[Review], SignOff],
) -> None:
    signoff = signed_off(a_review(an_item()))
    assert signoff.verdict.word is VerdictWord.READY
    assert "Review notes" not in html.render(signoff)
    assert "Review notes" not in markdown.render(signoff)


def test_many_notes_are_cut_in_the_terminal_with_their_number(
    a_review: Callable[..., Review],
    an_item: Callable[..., Any],
    a_note: Callable[..., ReviewNote],
    signed_off: Callable[[Review], SignOff],
) -> None:
    several = (a_note(kind="question"), *(a_note(text=f"Condition {n}.") for n in range(5)))
    signoff = signed_off(a_review(an_item(), notes=several))
    lines = [one.text for one in terminal.summary(signoff, verbose=False, report_path="x")]
    assert sum(line.startswith("answer the condition") for line in lines) == 4
    assert "… and 2 notes more in the page" in lines
