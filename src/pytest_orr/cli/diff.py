"""``orr diff``: what changed between two reviews, and a gate that lets nothing get worse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.changes import RATCHETS, changes_between, incomparable, tripped
from pytest_orr.errors import OrrError
from pytest_orr.render import changes, changes_json
from pytest_orr.render.escape import visible
from pytest_orr.render.review_file import review_at

if TYPE_CHECKING:
    import argparse

    from pytest_orr.changes import Changes

TRIPPED = 1


class NoMeasure(OrrError):
    """The earlier review says nothing about the later one (exit code 4)."""

    exit_code = 4


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "before", metavar="A", type=Path, help="the earlier review.json, or its report's folder"
    )
    parser.add_argument(
        "after", metavar="B", type=Path, help="the later review.json, or its report's folder"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--fail-on",
        choices=RATCHETS,
        default="",
        help="end with 1 if anything is worse; or also, if anything open is new; or if anything"
        " differs but the release",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what changed; with ``--fail-on`` end with 1 if that may not pass."""
    found = changes_between(review_at(arguments.before), review_at(arguments.after))
    because = _because(found, arguments.fail_on) if arguments.fail_on else ()
    if arguments.json:
        print(changes_json.render(found, fail_on=arguments.fail_on, because=because), end="")
    else:
        told = (visible(f"--fail-on {arguments.fail_on}: {one}") for one in because)
        print(*changes.lines(found), *told, sep="\n")
    return TRIPPED if because else 0


def _because(found: Changes, on: str) -> tuple[str, ...]:
    if apart := incomparable(found):
        raise NoMeasure(
            visible(
                f"--fail-on {on} compares two whole reviews of one service, environment and phase;"
                f" here: {'; '.join(apart)}. Name the review that the later one must not fall"
                " behind."
            )
        )
    return tripped(found, on)
