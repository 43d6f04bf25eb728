"""Review to what comes later: which items come due in which phase, and what ends when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import section_to_declare
from .model import OWNERS, PHASES, SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Ending, ItemResult, Review

OPERATE = "operate"
WINDOWS = (30, 60, 90)
"""Days ahead that a calendar tells apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An item that a later phase counts, with what it will ask for."""

    item: ItemResult
    asks: str
    """The kind of evidence that a person will be asked for; empty where a machine decides."""
    reads: tuple[str, ...]
    """Facts that the machine will read."""
    sections: tuple[str, ...]
    """Sections of readiness.toml that are still to be declared for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one owner will have to show in a phase."""

    owner: str
    people: tuple[str, ...]
    """Who has that role, by e-mail; empty when the profile names nobody."""
    dues: tuple[Due, ...]
    """Most severe first, then in the order of the checklist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What comes due in one phase after the one that is judged."""

    phase: str
    shares: tuple[Share, ...]

    @property
    def dues(self) -> tuple[Due, ...]:
        """All that comes due, owner by owner."""
        return tuple(due for share in self.shares for due in share.dues)

    @property
    def sections(self) -> tuple[str, ...]:
        """Sections of readiness.toml that are still to be declared, sorted."""
        return tuple(sorted({section for due in self.dues for section in due.sections}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What ends within so many days from the review's day on, and not within fewer."""

    title: str
    endings: tuple[Ending, ...]
    """Soonest first."""


def later(review: Review) -> tuple[Later, ...]:
    """Return what comes due in each later phase, in their order; nothing once all items count."""
    previews = [item for item in review.items if not item.gated]
    return tuple(
        Later(phase=phase, shares=_shares(review, members))
        for phase in PHASES
        if (members := [item for item in previews if item.spec.phase == phase])
    )


def calendar(review: Review) -> tuple[Window, ...]:
    """Return what is to be looked at again, by the days left; only of a service in operation."""
    if review.phase != OPERATE:
        return ()
    ordered = sorted(review.endings, key=lambda one: (one.days_left, one.kind, one.item, one.what))
    grouped: dict[str, list[Ending]] = {}
    for ending in ordered:
        grouped.setdefault(_window(ending.days_left), []).append(ending)
    return tuple(Window(title=title, endings=tuple(found)) for title, found in grouped.items())


def open_actions(review: Review) -> tuple[Ending, ...]:
    """Return what waivers promise, soonest due first; only of a service in operation."""
    return tuple(
        one for window in calendar(review) for one in window.endings if one.kind == "action"
    )


def _window(days: int) -> str:
    if days < 0:
        return "passed"
    ahead = next((most for most in WINDOWS if days <= most), 0)
    return f"next {ahead} days" if ahead else f"after {WINDOWS[-1]} days"


def _shares(review: Review, items: Iterable[ItemResult]) -> tuple[Share, ...]:
    grouped: dict[str, list[ItemResult]] = {}
    for item in sorted(items, key=_place):
        grouped.setdefault(item.spec.owner, []).append(item)
    return tuple(
        Share(
            owner=owner,
            people=tuple(sorted(one.email for one in review.people if owner in one.roles)),
            dues=tuple(map(_due, grouped[owner])),
        )
        for owner in sorted(grouped, key=OWNERS.index)
    )


def _due(item: ItemResult) -> Due:
    remedies = (item.remedy, *(finding.remedy for finding in item.findings))
    return Due(
        item=item,
        asks=item.spec.evidence_kind if item.spec.manual else "",
        reads=item.spec.facts,
        sections=tuple(sorted({*map(section_to_declare, remedies)} - {""})),
    )


def _place(item: ItemResult) -> tuple[int, int, str]:
    return SEVERITIES.index(item.spec.severity), item.spec.position, item.spec.id
