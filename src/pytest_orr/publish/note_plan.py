"""What is to be written so that a merge request has one note with the last review: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.clients.publishing.interface import NewNote, NoteChange, NoteRemoval

from .blocks import Told, note_mark, plain, state_mark, told_in, with_block

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_orr.clients.publishing.interface import PostedNote, Write

    from .blocks import Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewNote:
    """A review as its note is to tell it."""

    review: str
    """SHA-256 of review.json."""
    outcomes: Outcomes
    earlier: Outcomes | None
    """What the first note compares with; None if nothing is known."""
    compose: Callable[[Outcomes | None], str]
    """Makes the text, which tells what changed since."""


def plan_note(wanted: ReviewNote, there: Sequence[PostedNote], scope: str) -> tuple[Write, ...]:
    """Return what is to be written; nothing when the note is there and says all.

    A note remembers what it told. The same review told again is compared with what it was compared
    with before, so that the note stays as it is. Of several notes the first stays.
    """
    mark = note_mark(scope)
    own = sorted((note for note in there if mark in note.body), key=lambda note: note.id)
    if not own:
        return (NewNote(body=_body("", mark, wanted, wanted.earlier)),)
    first, *others = own
    told = told_in(first.body)
    body = _body(first.body, mark, wanted, _before(wanted, told))
    changes = [] if body == plain(first.body) else [NoteChange(id=first.id, body=body)]
    return (*changes, *(NoteRemoval(id=note.id) for note in others))


def _before(wanted: ReviewNote, told: Told | None) -> Outcomes | None:
    if told is None:
        return wanted.earlier
    return told.before if told.review == wanted.review else told.outcomes


def _body(there: str, mark: str, wanted: ReviewNote, before: Outcomes | None) -> str:
    told = Told(review=wanted.review, outcomes=wanted.outcomes, before=before)
    return with_block(there, mark, wanted.compose(before), state_mark(told))
