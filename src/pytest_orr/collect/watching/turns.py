"""Finds holes in turns on call, and times in which nobody stands behind: pure arithmetic.

A turn is a person from one instant to another, for ``collect.watching.on_call_schedules``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Somebody on call, from an instant on and up to another, both aware."""

    person: str
    """Id."""
    start: datetime
    end: datetime


def holes(
    spans: Iterable[Span], since: datetime, until: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """Return each stretch from ``since`` to ``until`` that no span covers, in order."""
    found = []
    reached = since
    for span in sorted(spans, key=lambda one: one.start):
        if span.start > reached and reached < until:
            found.append((reached, min(span.start, until)))
        reached = max(reached, span.end)
    if reached < until:
        found.append((reached, until))
    return tuple(found)


def nobody_behind(
    first: Iterable[Span], second: Iterable[Span]
) -> tuple[tuple[datetime, datetime, frozenset[str]], ...]:
    """Return each stretch in which all who are on call second are on call first as well.

    Each comes with who that is. Where nobody at all is second is a hole, which is told as such.
    """
    found: list[tuple[datetime, datetime, frozenset[str]]] = []
    for start, end, before, behind in _together(first, second):
        if not behind or behind - before:
            continue
        if found and found[-1][1] == start and found[-1][2] == behind:
            found[-1] = (found[-1][0], end, behind)
        else:
            found.append((start, end, behind))
    return tuple(found)


def _together(
    first: Iterable[Span], second: Iterable[Span]
) -> Iterator[tuple[datetime, datetime, frozenset[str], frozenset[str]]]:
    """Yield each stretch between two changes, with who is on call at either level."""
    changes = sorted(
        (at, change, level, span.person)
        for level, spans in enumerate((first, second))
        for span in spans
        if span.start < span.end
        for at, change in ((span.start, 1), (span.end, -1))
    )
    levels: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    before: datetime | None = None
    for at, change, level, person in changes:
        if before is not None and at > before:
            yield before, at, frozenset(+levels[0]), frozenset(+levels[1])
        levels[level][person] += change
        before = at
