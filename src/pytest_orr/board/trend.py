"""Reviews of one service over time: where each stood, and what moved between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.changes import Movement, movement

from .values import Point

if TYPE_CHECKING:
    from .values import Glance


def point(review: Glance) -> Point:
    """Return where a service stood by one review."""
    adjusted = review.verdict.adjusted
    return Point(
        day=review.day.isoformat(), word=review.verdict.word, met=adjusted.met, of=adjusted.of
    )


def moved(before: Glance, after: Glance) -> tuple[int, int]:
    """Count the items that are worse or gone, and those that are better, as ``orr diff`` does."""
    was = {item.id: item for item in before.items}
    went = []
    for item in after.items:
        known = next((name for name in (item.id, *item.aliases) if name in was), None)
        if known is not None:
            earlier = was.pop(known)
            uncounted = earlier.gated and not item.gated
            went.append(Movement.WORSE if uncounted else movement(earlier.outcome, item.outcome))
    return len(was) + went.count(Movement.WORSE), went.count(Movement.BETTER)
