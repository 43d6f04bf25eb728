"""A service's reviews to the line that its score drew over time, and to the same in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from .words import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_orr.board import Point, Standing

WIDTH, HEIGHT, MARGIN = 92, 30, 4


def line(points: Sequence[Point]) -> str:
    """Return the points of a line in an SVG of ``WIDTH`` by ``HEIGHT``.

    Across are days; at the top everything is met, at the bottom is the worst of these reviews.
    """
    days = [date.fromisoformat(one.day).toordinal() for one in points]
    first, span = days[0], days[-1] - days[0]
    open_shares = [1 - one.met / one.of if one.of else 1.0 for one in points]
    across, down = WIDTH - 2 * MARGIN, (HEIGHT - 2 * MARGIN) / (max(open_shares) or 1.0)
    return " ".join(
        f"{MARGIN + _part(day - first, span, index, len(points), across)},"
        f"{MARGIN + round(down * share)}"
        for index, (day, share) in enumerate(zip(days, open_shares, strict=True))
    )


def end(points: Sequence[Point]) -> tuple[str, str]:
    """Return where the line ends."""
    x, _, y = line(points).rpartition(" ")[2].partition(",")
    return x, y


def said(points: Sequence[Point]) -> str:
    """Tell the same in words, oldest first."""
    return "; ".join(f"{one.day} {one.met} of {one.of} {VERDICT_WORDS[one.word]}" for one in points)


def moved(one: Standing) -> str:
    """Tell what moved since the review before."""
    told = [
        f"{number} {word}"
        for number, word in ((one.worse, "worse"), (one.better, "better"))
        if number
    ]
    return ", ".join(told) or "nothing moved"


def _part(day: int, span: int, index: int, of: int, across: int) -> int:
    """Place a day between the first and the last; reviews of one day stand side by side."""
    return day * across // span if span else index * across // (of - 1)
