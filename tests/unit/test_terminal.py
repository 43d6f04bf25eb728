"""Outcomes as pytest's terminal shows them."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.judge import decide
from pytest_orr.model import Outcome, Release, Review, RunBlock, SignOff
from pytest_orr.record.review import NOTHING_KNOWN
from pytest_orr.render.terminal import summary
from pytest_orr.terminal import LETTERS, quiet, show, status_of

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = "pytester"


def test_every_outcome_that_a_report_can_have_has_its_letter() -> None:
    assert set(LETTERS) == set(Outcome) - {Outcome.MISSING}
    letters = [letter for _, letter, _ in LETTERS.values()]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        ("pass", ("passed", ".", ("PASSED", {"green": True}))),
        ("attested", ("attested", "a", ("ATTESTED", {"green": True}))),
        ("not_applicable", ("not applicable", "n", ("NOT APPLICABLE", {"cyan": True}))),
        ("unknown", ("unknown", "?", ("UNKNOWN", {"yellow": True}))),
        ("fail", ("failed", "F", ("FAILED", {"red": True}))),
    ],
)
def test_an_item_is_shown_by_its_outcome(outcome: str, shown: tuple[Any, ...]) -> None:
    report: Any = SimpleNamespace(orr_outcome=outcome, when="call")
    assert status_of(report) == shown


@pytest.mark.parametrize(
    "report",
    [
        SimpleNamespace(when="call"),
        SimpleNamespace(when="setup", orr_outcome="pass"),
        SimpleNamespace(when="teardown", orr_outcome="pass"),
    ],
)
def test_other_reports_are_left_to_pytest(report: Any) -> None:
    assert status_of(report) is None


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (("auto", "fE"), ("no", "")),
        (("short", "fE"), ("short", "")),
        (("auto", "A"), ("no", "A")),
        (("line", ""), ("line", "")),
    ],
)
def test_pytests_own_list_of_failures_is_left_out_unless_it_was_asked_for(
    asked: tuple[str, str], shown: tuple[str, str]
) -> None:
    option = SimpleNamespace(tbstyle=asked[0], reportchars=asked[1])
    config: Any = SimpleNamespace(option=option)
    quiet(config)
    assert (option.tbstyle, option.reportchars) == shown


def test_the_summary_ends_a_run_under_its_own_heading(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    review = Review(
        service="demo",
        environment="production",
        release=Release(commit="0123456"),
        phase="launch",
        run=RunBlock(id="1", started="s", as_of="a", tool="t", suite="0" * 64),
        provenance=NOTHING_KNOWN,
        people=(),
        items=(),
    )
    signoff = SignOff(review=review, verdict=decide(review))
    stream = io.StringIO()
    reporter = pytest.TerminalReporter(pytester.parseconfig("--color=yes"), stream)
    show(reporter, signoff, tmp_path / "readiness.html")
    heading, *lines = stream.getvalue().splitlines()
    assert " launch readiness " in heading
    path = f"../{tmp_path.name}/readiness.html"
    expected = summary(signoff, verbose=False, report_path=path)
    assert len(lines) == len(expected)
    for line, said in zip(lines, expected, strict=True):
        assert said.text in line
        assert ("\x1b[" in line) == bool(said.style)
