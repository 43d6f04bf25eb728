"""A review in the order of the process document: parts, sections, items, and how they add up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pytest_orr.model import PARTS, Outcome

from .words import PART_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.model import Action, ItemResult, Review, SignOff, StatementUsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The items of one area, in the process document's order."""

    area: str
    title: str
    items: tuple[ItemResult, ...]
    counts: tuple[tuple[Outcome, int], ...]
    """Only outcomes that occur, in the order of ``Outcome``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the process document's parts, or the service's own items."""

    key: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Who says that the service is ready, and what was left out: counts of gated items."""

    machine: int
    person: int
    waived: int
    not_applicable: int
    modified: int
    """Checks that differ from the published ones, gated or not."""


def parts(review: Review) -> tuple[Part, ...]:
    """Order the items: parts as the process document has them, sections and items by position."""
    return tuple(
        Part(key=key, title=PART_TITLES.get(key, key), sections=_sections(items))
        for key, items in groupby(ordered(review), key=lambda item: item.spec.part)
    )


def tally(signoff: SignOff) -> Tally:
    """Count what a reader must know beside the verdict."""
    counts = dict(signoff.verdict.counts)
    return Tally(
        machine=counts.get(Outcome.PASS, 0),
        person=counts.get(Outcome.ATTESTED, 0),
        waived=counts.get(Outcome.WAIVED, 0),
        not_applicable=counts.get(Outcome.NOT_APPLICABLE, 0),
        modified=sum(item.spec.stamp == "modified" for item in signoff.review.items),
    )


def ordered(review: Review) -> list[ItemResult]:
    """Return the items in the order of the process document."""
    return sorted(review.items, key=_place)


def fix_of(action: Action, review: Review) -> str:
    """Return how to mend what failed, where that is one way; what else is open says it itself."""
    if action.outcome is not Outcome.FAIL:
        return ""
    fixes = {item.spec.fix for item in review.items if item.spec.id in action.items}
    return fixes.pop() if len(fixes) == 1 else ""


def stated(review: Review) -> tuple[tuple[ItemResult, StatementUsed], ...]:
    """Return the items for which a person's statement was read, with it, in reading order."""
    return tuple((item, item.attestation) for item in ordered(review) if item.attestation)


def _sections(items: Iterable[ItemResult]) -> tuple[Section, ...]:
    grouped: dict[str, list[ItemResult]] = {}
    for item in items:
        grouped.setdefault(item.spec.section, []).append(item)
    return tuple(
        Section(
            area=area,
            title=members[0].spec.section_title,
            items=tuple(members),
            counts=_counts(members),
        )
        for area, members in grouped.items()
    )


def _counts(items: Iterable[ItemResult]) -> tuple[tuple[Outcome, int], ...]:
    found = [item.outcome for item in items]
    return tuple((outcome, found.count(outcome)) for outcome in Outcome if outcome in found)


def _place(item: ItemResult) -> tuple[int, str, int, str]:
    part = item.spec.part
    rank = PARTS.index(part) if part in PARTS else len(PARTS)
    return rank, part, item.spec.position, item.spec.id
