"""``orr gate``: the verdict once more, from the journal, in a process that no test can touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.controller import signoff_of
from pytest_orr.record.journal import JOURNAL
from pytest_orr.render import review_json
from pytest_orr.render.escape import visible
from pytest_orr.render.words import VERDICT_WORDS

from .folders import declare_report_folder

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from pytest_orr.model import SignOff
    from pytest_orr.record.journal import Journal

NOT_WHOLE = 21


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_report_folder(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge the journal; a review that is not exactly what the journal says is no review."""
    folder: Path = arguments.folder
    signoff, journal = signoff_of(folder / JOURNAL)
    verdict = signoff.verdict
    trouble = trouble_of(folder, signoff, journal)
    review = signoff.review
    print(
        visible(
            f"{review.service} ({review.environment}), release {review.release.commit[:12]}, phase"
            f" {review.phase}, run of {review.run.started} judged as of {review.run.as_of}"
        )
    )
    print(f"{VERDICT_WORDS[verdict.word]}: {verdict.reason}")
    if trouble:
        print(trouble)
        return verdict.exit_code or NOT_WHOLE
    return verdict.exit_code


def trouble_of(folder: Path, signoff: SignOff, journal: Journal) -> str:
    """Say why a folder's ``review.json`` is not to be trusted; empty if the journal says the same.

    ``signoff`` is what was judged of ``journal``, which is the folder's.
    """
    review = folder / review_json.FILE_NAME
    if journal.closing is None or journal.closing.records != len(journal.records):
        return "The journal has no end: the run was cut short. Run `pytest readiness/` again."
    if not review.is_file():
        return f"{review} is not there: no whole run was judged. Run `pytest readiness/` again."
    if review.read_bytes() != review_json.render(signoff).encode():
        return f"{review} is not what the journal says. Run `pytest readiness/` again."
    return ""
