"""Changes to the reasons for which a gate stays shut: what was reached must not be lost again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .values import Movement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Changes

RATCHETS = ("worse", "new", "any")
"""What a gate does not let pass; each holds what those before it hold."""


def incomparable(changes: Changes) -> tuple[str, ...]:
    """Tell why the earlier review is no measure for the later one; nothing if it is."""
    told = [
        f"{one.name} {one.before!r} and {one.after!r}"
        for one in changes.head
        if one.name in {"service", "environment", "phase"}
    ]
    if changes.before.selection:
        told.append(f"the earlier one is of a selection ({changes.before.selection})")
    return tuple(told)


def tripped(changes: Changes, on: str) -> tuple[str, ...]:
    """Return in one line each what a gate of ``RATCHETS`` does not let pass; nothing if all may.

    ``worse``: the verdict or an item is worse, an item is gone, or a note blocks again.
    ``new``: besides, an open item, finding or note that was not there.
    ``any``: whatever differs.
    """
    found = list(_worse(changes))
    if on != "worse":
        found += _new(changes)
    if on == "any" and not found and changes.anything:
        found.append("something changed")
    return tuple(found)


def _worse(changes: Changes) -> Iterator[str]:
    if changes.verdict is Movement.WORSE:
        words = changes.before.verdict.word, changes.after.verdict.word
        yield f"the verdict is worse: {words[0].value} → {words[1].value}"
    for item in changes.items:
        if item.movement is Movement.GONE:
            yield f"{item.spec.id} is gone"
        elif item.movement is Movement.WORSE and item.counts == (True, False):
            yield f"{item.spec.id} no longer counts"
        elif item.movement is Movement.WORSE:
            yield f"{item.spec.id} is worse: {item.before} → {item.after}"
    for note in changes.notes:
        if note.movement is Movement.WORSE:
            yield f"a note of {note.name or 'the whole review'} blocks again: {note.text}"


def _new(changes: Changes) -> Iterator[str]:
    for item in changes.items:
        if item.movement is Movement.NEW and item.opened:
            yield f"{item.spec.id} is new: {item.after}"
        elif item.movement not in {Movement.WORSE, Movement.GONE}:
            for one in item.findings:
                if one.opened:
                    yield f"{item.spec.id}: {one.subject} is {one.after}: {one.detail}"
    for note in changes.notes:
        if note.movement is Movement.NEW and note.blocks:
            yield f"a note of {note.name or 'the whole review'} is new: {note.text}"
    for weakening in changes.weakenings:
        if weakening.movement is Movement.NEW:
            yield f"{weakening.name} is weaker than the organisation's: {weakening.state}"
