"""``orr render``: a run's documents once more, from its journal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.controller import signoff_of
from pytest_orr.documents import write_documents
from pytest_orr.earlier import page_of_changes
from pytest_orr.record.journal import JOURNAL

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="the report's folder")
    parser.add_argument(
        "--to", metavar="DIR", type=Path, required=True, help="folder for the documents"
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge the journal and write what follows from it; return the verdict's exit code."""
    signoff, journal = signoff_of(arguments.folder / JOURNAL)
    arguments.to.mkdir(parents=True, exist_ok=True)
    changed = page_of_changes(arguments.folder)
    print(write_documents(arguments.to, signoff, journal, others=(changed,)))
    return signoff.verdict.exit_code
