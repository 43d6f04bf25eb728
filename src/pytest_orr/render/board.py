"""Board to one static page for whoever looks after many services: worst first, nothing loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import OWNERS, VerdictWord

from . import board_trend, coming, engine
from .words import count

if TYPE_CHECKING:
    from pytest_orr.board import Board, OpenItem, Standing

FILE_NAME = "board.html"
TEMPLATE = "board.html.j2"
LOOKS = {
    VerdictWord.NOT_READY: "fail",
    VerdictWord.PARTIAL: "missing",
    VerdictWord.UNVERIFIED: "unknown",
    VerdictWord.READY_WITH_WAIVERS: "waived",
    VerdictWord.READY: "pass",
}
"""The outcome whose shape and colour a verdict has."""
MOST_ENDINGS = 100
MOST_ITEMS = 20
MOST_NAMES = 6


def render(board: Board) -> str:
    """Return the page: whole without its script, nothing loaded, every text escaped."""
    template = engine.environment().get_template(TEMPLATE)
    return template.render(
        board=board,
        looks=LOOKS,
        choices=_choices(board),
        coming=coming,
        trend=board_trend,
        ago=ago,
        named=named,
        most_endings=MOST_ENDINGS,
        most_items=MOST_ITEMS,
    )


def ago(days: int) -> str:
    """Tell how long ago a day was."""
    return {0: "today", 1: "yesterday"}.get(days, f"{count(days, 'day')} ago")


def named(item: OpenItem) -> str:
    """Tell which services have an item open, the first of them by name."""
    first, rest = item.services[:MOST_NAMES], item.services[MOST_NAMES:]
    return ", ".join(first) + (f", and {len(rest)} more" if rest else "")


def _choices(board: Board) -> dict[str, tuple[str, ...]]:
    """Return by what services can be told apart: only values that occur, in their usual order."""
    owners = {_owner(one) for one in board.standings} - {""}
    known = [one for one in OWNERS if one in owners]
    return {
        "verdict": tuple(word.value for word, _, _ in board.counts()),
        "owner": (*known, *sorted(owners - {*OWNERS})),
    }


def _owner(one: Standing) -> str:
    return one.action.owner if one.action else ""
