"""A review, on a later day: how old it is, what has ended since, and what no longer fits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .values import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from pytest_orr.model import Ending

    from .values import Glance

OLDEST_DAYS = 30
"""A review that is older may no longer tell how its service stands."""
SOON_DAYS = 30
"""What ends within so many days is shown."""
VOIDING = frozenset({"statement", "drill", "document", "waiver", "not_applicable", "weakening"})
"""Kinds of endings after which an item no longer is what the review says."""


def endings_within(review: Glance, as_of: date) -> tuple[Ending, ...]:
    """Return what has ended or ends soon, soonest first, with its days counted from ``as_of``."""
    told = (replace(one, days_left=(day - as_of).days) for day, one in review.endings)
    soon = [one for one in told if one.days_left <= SOON_DAYS]
    return tuple(sorted(soon, key=lambda one: (one.days_left, one.kind, one.item, one.what)))


def marks(review: Glance, newest: Glance, endings: Iterable[Ending], as_of: date) -> Iterator[Mark]:
    """Yield why a review may no longer tell how its service stands.

    ``newest`` is the newest review of the service in any environment.
    """
    day = review.day
    if (as_of - day).days > OLDEST_DAYS:
        yield Mark(kind="old", text=f"older than {OLDEST_DAYS} days")
    if day > as_of:
        yield Mark(kind="future", text=f"of {day}, which is still to come")
    if newest.commit != review.commit:
        where = f"{newest.environment} was reviewed on {newest.day}"
        yield Mark(kind="behind", text=f"{where} with {newest.commit[:12] or 'no commit'}")
    ended = [one for one in endings if _ended_since(one, day)]
    if ended:
        more = f", and {len(ended) - 1} more" if ended[1:] else ""
        yield Mark(kind="lapsed", text=f"{_told(ended[0])} has ended since{more}")


def _told(one: Ending) -> str:
    return f"{one.what} ({one.item})" if one.item else one.what


def _ended_since(one: Ending, day: date) -> bool:
    return one.kind in VOIDING and one.days_left < 0 and one.until >= day.isoformat()
