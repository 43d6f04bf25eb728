"""Reviews to the sections of a board, and each service's cell in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.changes.values import BEST_FIRST
from pytest_orr.model import AREAS

from .values import OWN, Cell, Glance, SeenItem

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN_TITLE = "The service's own"


def sections_of(reviews: Iterable[Glance]) -> tuple[tuple[str, str], ...]:
    """Return key and title of every section that occurs; services' own ones are one section."""
    titles: dict[str, str] = {}
    for review in reviews:
        for item in review.items:
            key = _key(item)
            titles.setdefault(key, OWN_TITLE if key == OWN else item.section_title)
    order = (*AREAS, OWN)
    return tuple((key, titles[key]) for key in order if key in titles)


def cells_of(review: Glance, sections: Iterable[tuple[str, str]]) -> tuple[Cell, ...]:
    """Return a cell for each section, by the items that count in the review's phase."""
    grouped: dict[str, list[SeenItem]] = {}
    for item in review.items:
        if item.gated:
            grouped.setdefault(_key(item), []).append(item)
    return tuple(_cell(key, grouped.get(key, [])) for key, _ in sections)


def _key(item: SeenItem) -> str:
    return item.section if item.section in AREAS else OWN


def _cell(key: str, items: list[SeenItem]) -> Cell:
    outcomes = [item.outcome for item in items]
    if not outcomes:
        return Cell(section=key, worst=None, number=0, of=0)
    worst = max(outcomes, key=BEST_FIRST.index)
    return Cell(section=key, worst=worst, number=outcomes.count(worst), of=len(outcomes))
