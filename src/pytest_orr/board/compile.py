"""Reviews to a board: grouped by service and environment, compared over time, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.judge import OPEN
from pytest_orr.model import VerdictWord

from . import aging
from .aggregates import all_endings, open_items
from .cells import cells_of, sections_of
from .trend import moved, point
from .values import Board, Glance, Read, Standing, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

Dated = tuple[Read, Glance]
"""A file, and the whole review that it holds."""
MOST_POINTS = 12
"""Reviews of a service over which its trend goes."""


def board_of(read: Iterable[Read], *, as_of: date) -> Board:
    """Return the board of a day: every service by its newest review, every file accounted for."""
    files = tuple(read)
    grouped = _grouped(files)
    newest = [reviews[-1][1] for reviews in grouped.values()]
    sections, newest_of = sections_of(newest), _newest_of_services(newest)
    standings = [
        _standing(reviews, sections, newest_of[reviews[-1][1].service], as_of)
        for reviews in grouped.values()
    ]
    return Board(
        as_of=as_of,
        standings=tuple(sorted(standings, key=_rank)),
        unread=tuple(_unread(files)),
        sections=sections,
        endings=all_endings(standings),
        open_items=open_items(newest),
    )


def _unread(files: Iterable[Read]) -> Iterable[Unread]:
    for one in sorted(files, key=lambda one: one.source):
        if one.glance is None:
            yield Unread(source=one.source, why=one.why)
        elif one.glance.selection:
            why = f"of a selection of items ({one.glance.selection}), not of a service"
            yield Unread(source=one.source, why=why)


def _grouped(files: Iterable[Read]) -> Mapping[tuple[str, str], Sequence[Dated]]:
    """Return the reviews of each service and environment, oldest first, the same one once."""
    grouped: dict[tuple[str, str], list[Dated]] = {}
    for one in files:
        if one.glance is not None and not one.glance.selection:
            known = grouped.setdefault((one.glance.service, one.glance.environment), [])
            if all(one.glance != other for _, other in known):
                known.append((one, one.glance))
    for reviews in grouped.values():
        reviews.sort(key=lambda pair: (pair[1].started, pair[1].run, pair[0].source))
    return grouped


def _newest_of_services(newest: Iterable[Glance]) -> Mapping[str, Glance]:
    """Return for each service its newest review, in whatever environment."""
    return {one.service: one for one in sorted(newest, key=lambda one: one.started)}


def _standing(
    reviews: Sequence[Dated], sections: tuple[tuple[str, str], ...], newest: Glance, as_of: date
) -> Standing:
    read, now = reviews[-1]
    endings = aging.endings_within(now, as_of)
    worse, better = moved(reviews[-2][1], now) if reviews[1:] else (0, 0)
    blockers = [
        item
        for item in now.items
        if item.gated and item.outcome in OPEN and item.severity == "blocker"
    ]
    return Standing(
        service=now.service,
        environment=now.environment,
        phase=now.phase,
        commit=now.commit,
        day=now.day.isoformat(),
        age=max(0, (as_of - now.day).days),
        verdict=now.verdict,
        blockers=len(blockers),
        cells=cells_of(now, sections),
        marks=tuple(aging.marks(now, newest, endings, as_of)),
        endings=endings,
        action=next(iter(now.verdict.actions), None),
        trend=tuple(point(one) for _, one in reviews[-MOST_POINTS:]),
        worse=worse,
        better=better,
        sources=tuple(one.source for one, _ in reviews),
        page=read.page,
    )


def _rank(one: Standing) -> tuple[int, int, int, float, str, str]:
    """Order by verdict; a good one that may no longer be so stands with what is unverified."""
    words = list(VerdictWord)
    place = words.index(one.verdict.word)
    if one.marks:
        place = min(place, words.index(VerdictWord.UNVERIFIED))
    adjusted = one.verdict.adjusted
    share = adjusted.met / adjusted.of if adjusted.of else 0.0
    return place, -one.blockers, -len(one.marks), share, one.service, one.environment
