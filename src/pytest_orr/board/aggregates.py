"""What several services have in common: the same items open, the same days coming."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_orr.judge import OPEN

from .values import OpenItem, ServiceEnding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .values import Glance, SeenItem, Standing


def all_endings(standings: Iterable[Standing]) -> tuple[ServiceEnding, ...]:
    """Return what ends soon or has ended, of every service, soonest first."""
    found = [
        ServiceEnding(service=one.service, environment=one.environment, ending=ending)
        for one in standings
        for ending in one.endings
    ]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.ending.days_left,
                one.service,
                one.environment,
                one.ending.kind,
                one.ending.item,
                one.ending.what,
            ),
        )
    )


def open_items(reviews: Iterable[Glance]) -> tuple[OpenItem, ...]:
    """Return the items that more than one service has open, those of most services first."""
    found: dict[str, list[tuple[Glance, SeenItem]]] = {}
    for review in reviews:
        for item in review.items:
            if item.gated and item.outcome in OPEN:
                found.setdefault(item.id, []).append((review, item))
    several = [_open_item(having) for having in found.values() if having[1:]]
    return tuple(sorted(several, key=lambda one: (-len(one.services), one.id)))


def _open_item(having: list[tuple[Glance, SeenItem]]) -> OpenItem:
    counts = Counter(item.outcome for _, item in having)
    return OpenItem(
        id=having[0][1].id,
        title=having[0][1].title,
        counts=tuple((outcome, counts[outcome]) for outcome in OPEN if counts[outcome]),
        services=tuple(sorted(f"{one.service} ({one.environment})" for one, _ in having)),
    )
