"""``orr init``: the suite laid down in a service's repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.scaffold import lay_down

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        default=Path("readiness"),
        help="folder for the suite (default: readiness)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Lay the suite down and say what comes next."""
    made = lay_down(arguments.folder)
    print(f"{len(made)} files in {arguments.folder}/. Next:")
    print(f"  1. name the service, its people and accounts in {arguments.folder}/readiness.toml")
    print(f"  2. run `pytest {arguments.folder}/`: it says what is missing, and who must act")
    return 0
