"""A merge request has one note, which says what changed since the review that it told before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.clients.publishing.interface import NewNote, NoteChange, NoteRemoval, PostedNote
from pytest_orr.model import Outcome
from pytest_orr.publish.blocks import scope_of
from pytest_orr.publish.note_plan import ReviewNote, plan_note

if TYPE_CHECKING:
    from pytest_orr.publish.blocks import Outcomes

SCOPE = scope_of("explorer", "production")
GOOD = (("a.b.c", Outcome.PASS),)
BAD = (("a.b.c", Outcome.FAIL),)


def compose(before: Outcomes | None) -> str:
    was = "nothing" if before is None else ", ".join(outcome.value for _, outcome in before)
    return f"before: {was}"


FIRST = ReviewNote(review="1" * 64, outcomes=BAD, earlier=None, compose=compose)
SECOND = replace(FIRST, review="2" * 64, outcomes=GOOD)


def written(wanted: ReviewNote, *there: PostedNote) -> str:
    [write] = plan_note(wanted, there, SCOPE)
    assert isinstance(write, NewNote | NoteChange)
    return write.body


def test_the_first_note_is_written_and_then_stays() -> None:
    note = PostedNote(id=5, body=written(FIRST))

    assert "before: nothing" in note.body
    assert plan_note(FIRST, [note], SCOPE) == ()


def test_the_first_note_compares_with_the_run_before_if_that_is_known() -> None:
    known = replace(FIRST, earlier=GOOD)

    body = written(known)

    assert "before: pass" in body
    assert plan_note(known, [PostedNote(id=5, body=body)], SCOPE) == ()
    assert plan_note(FIRST, [PostedNote(id=5, body=body)], SCOPE) == ()


def test_another_review_is_compared_with_what_the_note_told_and_told_twice_it_stays() -> None:
    first = PostedNote(id=5, body=written(FIRST))

    [change] = plan_note(SECOND, [first], SCOPE)

    assert isinstance(change, NoteChange)
    assert (change.id, change.told) == (5, "change note 5 of the merge request")
    assert "before: fail" in change.body
    assert plan_note(SECOND, [PostedNote(id=5, body=change.body)], SCOPE) == ()


def test_a_note_whose_memory_was_changed_compares_as_the_first_one_does() -> None:
    first = PostedNote(id=5, body=written(FIRST).replace("pytest-orr state", "pytest-orr sate"))

    assert "before: pass" in written(replace(SECOND, earlier=GOOD), first)


def test_of_several_notes_the_first_stays_and_the_others_are_removed() -> None:
    body = written(FIRST)
    twins = [PostedNote(id=8, body=body), PostedNote(id=5, body=body), PostedNote(id=6, body=body)]

    assert plan_note(FIRST, twins, SCOPE) == (NoteRemoval(id=6), NoteRemoval(id=8))


def test_notes_of_another_service_or_by_hand_are_left_alone() -> None:
    other = PostedNote(id=1, body=written(FIRST))
    by_hand = PostedNote(id=2, body="Looks good.")

    [write] = plan_note(FIRST, [other, by_hand], scope_of("explorer", "staging"))

    assert isinstance(write, NewNote)
