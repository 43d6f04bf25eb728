"""Reviewers' notes and weakened values of two reviews to those that are not as they were."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .values import Entry, Movement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.model import Review, ReviewNote, Weakening


def notes(before: Review, after: Review) -> tuple[Entry, ...]:
    """Return the notes that came, went, or stand otherwise than they did."""
    was, now = _numbered(before.notes), _numbered(after.notes)
    changed = [
        Entry(
            name=note.item,
            text=note.text,
            movement=_note_movement(was.get(key), note),
            state=_state(note),
            blocks=note.blocks,
        )
        for key, note in now.items()
        if was.get(key) != note
    ]
    gone = [
        Entry(name=note.item, text=note.text, movement=Movement.GONE, state="")
        for key, note in was.items()
        if key not in now
    ]
    return _ordered((*changed, *gone))


def weakenings(before: Review, after: Review) -> tuple[Entry, ...]:
    """Return the values weaker than the organisation's that came, went or are others now."""
    was = {one.key: one for one in before.weakenings}
    now = {one.key: one for one in after.weakenings}
    changed = [
        Entry(
            name=key,
            text=one.reason,
            movement=Movement.SAME if key in was else Movement.NEW,
            state=f"{one.value} instead of {one.organisation_value}, until {one.until}",
        )
        for key, one in now.items()
        if key not in was or _bound(was[key]) != _bound(one)
    ]
    gone = [
        Entry(name=key, text=one.reason, movement=Movement.GONE, state="")
        for key, one in was.items()
        if key not in now
    ]
    return _ordered((*changed, *gone))


def _numbered(notes: Iterable[ReviewNote]) -> Mapping[tuple[str, ...], ReviewNote]:
    """Tell notes apart by what nobody changes of them, and the same one said twice by its turn."""
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[tuple[str, ...], ReviewNote] = {}
    for note in notes:
        key = (note.item, note.kind, note.text, note.by, note.on)
        seen[key] += 1
        found[(*key, str(seen[key]))] = note
    return found


def _note_movement(was: ReviewNote | None, note: ReviewNote) -> Movement:
    if was is None:
        return Movement.NEW
    if was.blocks is note.blocks:
        return Movement.BETTER if note.settled and not was.settled else Movement.SAME
    return Movement.WORSE if note.blocks else Movement.BETTER


def _state(note: ReviewNote) -> str:
    if note.settled:
        return f"{note.kind}, settled"
    return f"{note.kind}, waits for {note.waits_for}: {note.reason}"


def _bound(one: Weakening) -> tuple[str, ...]:
    """Return what an approver agreed to; in which line it stands is no part of that."""
    values = (one.value, one.organisation_value, one.organisation)
    return (*values, one.reason, one.approver, one.on, one.until)


def _ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    order = list(Movement)
    return tuple(sorted(entries, key=lambda one: (order.index(one.movement), one.name, one.text)))
