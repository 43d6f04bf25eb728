"""``orr board``: many reviews on one page, for whoever looks after many services."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.board import board_of
from pytest_orr.publish.files import write_whole
from pytest_orr.render import board, board_json
from pytest_orr.render.escape import visible
from pytest_orr.render.words import VERDICT_WORDS, count

from .review_files import KEPT, ON_FORGE, PREVIOUS_TOO, read_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_orr.board import Board, Read

NOTHING_READ = 22


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "reviews",
        metavar="REVIEW",
        nargs="+",
        help=f"a review.json; a folder: {PREVIOUS_TOO}; or {ON_FORGE}PROJECT@BRANCH:JOB, where the"
        f" newest job keeps {KEPT}",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        default=None,
        help=f"the page (default: {board.FILE_NAME} here; with --json, standard output)",
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of the page")
    parser.add_argument(
        "--as-of",
        metavar="DAY",
        type=_day,
        default=None,
        help="the day from which ages and ends are counted (default: today, UTC)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the board; end with 22 if no review could be read, and else with 0."""
    out = arguments.out or (None if arguments.json else Path(board.FILE_NAME))
    read = tuple(_read(arguments.reviews, beside=out.parent if out else None))
    found = board_of(read, as_of=arguments.as_of or datetime.now(UTC).date())
    for one in found.unread:
        print(visible(f"{one.source}: {one.why}"), file=sys.stderr)
    if not found.standings:
        print("No review could be read; nothing was written.", file=sys.stderr)
        return NOTHING_READ
    text = board_json.render(found) if arguments.json else board.render(found)
    if out is None:
        print(text, end="")
        return 0
    write_whole(out, text.encode())
    print(_told(found))
    print(out)
    return 0


def _read(named: Sequence[str], *, beside: Path | None) -> Iterator[Read]:
    yield from read_all([Path(one) for one in named if not one.startswith(ON_FORGE)], beside=beside)
    if remote := [one for one in named if one.startswith(ON_FORGE)]:
        from .forge_reviews import read_from_forge  # noqa: PLC0415 loads clients, which few need

        yield from read_from_forge(remote, os.environ)


def _told(found: Board) -> str:
    parts = [f"{number} {VERDICT_WORDS[word]}" for word, number, _ in found.counts()]
    if found.unread:
        parts.append(f"{count(len(found.unread), 'file')} not read")
    return f"{count(len(found.standings), 'service')}: {', '.join(parts)}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write 2026-11-20") from error
