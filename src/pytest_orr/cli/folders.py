"""The folders that verbs work on, and where they lie unless somebody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def declare_suite_folder(
    parser: argparse.ArgumentParser, told: str = "the suite (default: readiness)"
) -> None:
    """Declare the argument ``folder``: the suite that is laid down, compared or brought along."""
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path("readiness"), help=told
    )


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
