"""The folders that verbs work on, and where they lie unless somebody says otherwise."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def declare_suite_folder(
    parser: argparse.ArgumentParser, told: str = "the suite (default: readiness)"
) -> None:
    """Declare the argument ``folder``: the suite that is laid down, compared or brought along."""
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path("readiness"), help=told
    )


def path_given(text: str) -> Path:
    """Read a flag's path; a variable that is empty must not stand for the folder one is in."""
    if not text:
        raise argparse.ArgumentTypeError("it names nothing; leave the flag out, or give a path")
    return Path(text)


def declare_report_folder(
    parser: argparse.ArgumentParser,
    told: str = "the report's folder (default: ORR_REPORT, or else readiness-report)",
) -> None:
    """Declare the argument ``folder``: the report that is read."""
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=report_folder(), help=told
    )


def report_folder() -> Path:
    """Return where reports lie unless somebody says otherwise."""
    return Path(os.environ.get("ORR_REPORT") or "readiness-report")
