"""Outcomes and the summary on pytest's own terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .model import Outcome
from .render.terminal import summary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

    from .model import SignOff

LETTERS = {
    Outcome.PASS: ("passed", ".", "green"),
    Outcome.ATTESTED: ("attested", "a", "green"),
    Outcome.NOT_APPLICABLE: ("not applicable", "n", "cyan"),
    Outcome.WAIVED: ("waived", "w", "purple"),
    Outcome.PENDING: ("pending", "p", "yellow"),
    Outcome.UNKNOWN: ("unknown", "?", "yellow"),
    Outcome.FAIL: ("failed", "F", "red"),
}


def status_of(
    report: pytest.TestReport,
) -> tuple[str, str, tuple[str, Mapping[str, bool]]] | None:
    """Return category, letter and word of an item's report; nothing for one that is not ours."""
    named = getattr(report, "orr_outcome", None)
    if named is None or report.when != "call":
        return None
    category, letter, colour = LETTERS[Outcome(named)]
    return category, letter, (category.upper(), {colour: True})


def quiet(config: pytest.Config) -> None:
    """Leave out pytest's own list of failures, unless it was asked for: the summary says more."""
    # Without pytest's terminal its options do not exist.
    if getattr(config.option, "tbstyle", "") == "auto":
        config.option.tbstyle = "no"
    if getattr(config.option, "reportchars", "") == "fE":
        config.option.reportchars = ""


def show(reporter: pytest.TerminalReporter, signoff: SignOff, opened: Path) -> None:
    """Write the summary that ends a run."""
    shown = os.path.relpath(opened)
    verbose = reporter.verbosity > 0
    reporter.write_sep("=", "launch readiness")
    for line in summary(signoff, verbose=verbose, report_path=shown):
        markup: dict[str, Any] = {line.style: True} if line.style else {}
        reporter.write_line(line.text, **markup)
