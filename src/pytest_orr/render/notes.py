"""What reviewers asked, and on what an approval depends, in the words of every document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .words import sentence

if TYPE_CHECKING:
    from pytest_orr.model import Condition, ItemResult, Review, ReviewNote

Plain = dict[str, Any]


def of_item(review: Review, item: str) -> tuple[ReviewNote, ...]:
    """Return the notes about one item."""
    return tuple(note for note in review.notes if note.item == item)


def state(note: ReviewNote) -> str:
    """Say in a few words whether a note is settled: ``still open: nobody has answered``."""
    if note.settled:
        return f"accepted by {note.accepted_by}" if note.accepted_by else "answered"
    return f"{'blocks the launch' if note.blocks else 'still open'}: {note.reason}"


def answered(note: ReviewNote) -> str:
    """Return an answer with who gave it when; empty without one."""
    if not note.answer:
        return ""
    return f"{sentence(note.answer)} ({note.answered_by}, {note.answered_on})"


def conditions(review: Review) -> tuple[tuple[ItemResult, Condition], ...]:
    """Return the work on which waivers make the approval depend, soonest first, by item."""
    found = [(item, one) for item in review.items if item.waiver for one in item.waiver.conditions]
    return tuple(sorted(found, key=lambda pair: (pair[1].due, pair[0].spec.id, pair[1].what)))


def condition(one: Condition) -> str:
    """Say on what an approval depends: ``on condition that … is done: by …, until …``."""
    return f"on condition that “{one.what}” is done by {one.owner}, until {one.due}"


def plain(review: Review) -> list[Plain]:
    """Return every note as plain JSON values, in the order in which they were written."""
    return [
        {
            "item": note.item,
            "kind": note.kind,
            "text": note.text,
            "by": note.by,
            "on": note.on,
            "answer": note.answer,
            "answered_by": note.answered_by,
            "answered_on": note.answered_on,
            "accepted_by": note.accepted_by,
            "settled": note.settled,
            "waits_for": note.waits_for,
            "reason": note.reason,
        }
        for note in review.notes
    ]


def plain_conditions(several: tuple[Condition, ...]) -> list[Plain]:
    """Return what a waiver promises as plain JSON values."""
    return [{"what": one.what, "owner": one.owner, "due": one.due} for one in several]
