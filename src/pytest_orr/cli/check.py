"""``orr check``: does a suite still say what it said when it was laid down?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.collect.registry import registry
from pytest_orr.scaffold import drift
from pytest_orr.suite import read

if TYPE_CHECKING:
    import argparse

DRIFTED = 1


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        default=Path("readiness"),
        help="the suite (default: readiness)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what differs; 1 when a module of the baseline was modified or is gone."""
    folder = arguments.folder.resolve()
    differences = drift(folder)
    suite = read(folder, fact_names=registry().keys())
    print(f"{len(suite.items)} items, laid down by version {suite.version}")
    for difference in differences:
        print(difference)
    for item in suite.lost:
        print(f"lost      {item}")
    changed = [one for one in differences if not one.startswith("local")]
    return DRIFTED if changed or suite.lost else 0
