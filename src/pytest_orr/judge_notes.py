"""A part of judging: what reviewers asked for, and what waivers promise, in the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import OWNERS, REVIEWER, REVIEWING, Action, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .model import ItemResult, Review, ReviewNote

LONGEST_ACTION = 160
TOLD_CONDITIONS = 2
"""Conditions that the verdict tells by itself; documents list all."""


def told_unsettled(notes: Iterable[ReviewNote]) -> Iterator[str]:
    """Count the conditions that keep the service from launching."""
    blocking = [note for note in notes if note.blocks]
    unanswered = sum(note.waits_for != REVIEWER for note in blocking)
    for count, what in (
        (unanswered, "unanswered"),
        (len(blocking) - unanswered, "answered, and not accepted"),
    ):
        if count:
            said = (
                "1 condition of a reviewer is"
                if count == 1
                else f"{count} conditions of reviewers are"
            )
            yield f"{said} {what}"


def told_conditions(items: Iterable[ItemResult]) -> str:
    """Return on what an approval depends: ``; on condition that … (who, until when)``."""
    found = {one: None for item in items if item.waiver for one in item.waiver.conditions}
    told = [f"{one.what}, by {one.owner}, until {one.due}" for one in found]
    if not told:
        return ""
    more = f"; and {len(told) - TOLD_CONDITIONS} more" if told[TOLD_CONDITIONS:] else ""
    return f"; on condition that {'; '.join(map(shortened, told[:TOLD_CONDITIONS]))}{more}"


def note_actions(review: Review) -> Iterator[Action]:
    """Yield what somebody must do about each note that is not settled."""
    severities = {item.spec.id: item.spec.severity for item in review.items}
    for note in review.notes:
        if not note.settled:
            yield Action(
                what=shortened(_what(note)),
                owner=note.waits_for,
                people=_people(review, note),
                severity=severities.get(note.item, "blocker") if note.blocks else "minor",
                outcome=Outcome.PENDING,
                items=(note.item,) if note.item else (),
                note=note.kind,
            )


def shortened(text: str) -> str:
    """Cut what is to be done to one line that can be read."""
    return text if len(text) <= LONGEST_ACTION else text[: LONGEST_ACTION - 1] + "…"


def _what(note: ReviewNote) -> str:
    do = "accept what was done about" if note.waits_for == REVIEWER else "answer"
    return f"{do} the {note.kind} of {note.by} in review-notes.toml: {note.text}"


def _people(review: Review, note: ReviewNote) -> tuple[str, ...]:
    """Return who may act: whoever asked answers to nobody, whoever answered accepts nothing."""
    answering = (note.waits_for,) if note.item else OWNERS
    roles: Sequence[str] = REVIEWING if note.waits_for == REVIEWER else answering
    barred = note.answered_by if note.waits_for == REVIEWER else note.by
    return tuple(
        sorted(
            one.email
            for one in review.people
            if one.email != barred and any(role in one.roles for role in roles)
        )
    )
