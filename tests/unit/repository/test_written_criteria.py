"""What people wrote for bad days: criteria of a rollback, scripts, findings of an audit."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Change
from pytest_orr.collect.repository.contingency_scripts import ContingencyScripts
from pytest_orr.collect.repository.external_audits import AuditFinding, ExternalAudits
from pytest_orr.collect.repository.rollback_criteria import RollbackCriteria
from pytest_orr.collect.repository.tables_in import rows_in
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import Forge
from pytest_orr.profile.repository import Audit, ContingencyScript

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOML = (
    '[[criteria]]\nmetric = "errors"\nthreshold = "above 2 %"\nwindow = "5 min"\ndecider = "Ana"\n'
)
JSON = '{"criteria": [{"Metric": "errors", "threshold": 2, "window": "5 min", "decider": "Ana"}]}'
PAGE = """\
# Rollback

| Metric | Threshold | Window | Decider |
|:-------|-----------|-------:|---------|
| errors | above 2 % | 5 min  | Ana     |

Text | with a bar

| other | table |
|---|---|
| a | b |
"""
SCRIPT = "#!/bin/sh\n# from 40 to 1_000\n"


@pytest.mark.parametrize(("path", "text"), [("c.toml", TOML), ("c.json", JSON), ("c.md", PAGE)])
def test_criteria_are_read_from_each_format(
    made: Any, desk_of: Callable[..., Any], path: str, text: str
) -> None:
    desk = desk_of(made.folder, made.commit({path: text}), rollback_criteria=path)
    answer = RollbackCriteria().collect(desk)
    first = answer.value[0]
    assert (first.name, first.window, first.decider) == ("criterion 1: errors", "5 min", "Ana")
    assert (first.is_measurable, first.has_window) == (True, True)
    assert answer.where[-1] == path


def test_a_criterion_that_lacks_something_says_what_it_lacks(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    text = '[[criteria]]\nthreshold = "too many"\n'
    desk = desk_of(made.folder, made.commit({"c.toml": text}), rollback_criteria="c.toml")
    [one] = RollbackCriteria().collect(desk).value
    assert one.name == "criterion 1: without a metric"
    assert one.seen == "too many for ?, ? decides"
    assert not one.is_measurable


@pytest.mark.parametrize(
    ("path", "content", "cause"),
    [
        ("c.toml", b"= 1", "c.toml cannot be read: Invalid"),
        ("c.toml", b"\xff", "c.toml cannot be read: 'utf-8' codec"),
        ("c.json", b"[", "c.json is cut off"),
        ("c.md", b"x" * 300_000, "c.md is larger than 262,144 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_unknown(path: str, content: bytes, cause: str) -> None:
    with pytest.raises(FactUnavailable, match=cause):
        rows_in(content, path, "criteria")


def test_what_holds_no_rows_has_none() -> None:
    for path, text in (("a.toml", "criteria = 1"), ("a.json", "3"), ("a.md", "# Rollback\n")):
        assert rows_in(text.encode(), path, "criteria") == ()
    assert rows_in(b'[{"a": [1]}, 2]', "a.json", "criteria") == ({},)


def test_without_a_declared_file_nobody_looks(made: Any, desk_of: Callable[..., Any]) -> None:
    desk = desk_of(made.folder, made.commit({"a": "a"}))
    for collector, section in (
        (RollbackCriteria(), r"\[repository\] rollback_criteria"),
        (ContingencyScripts(), "repository.contingency_scripts"),
        (ExternalAudits(), "repository.audits"),
    ):
        with pytest.raises(FactUnavailable, match=section):
            collector.collect(desk)


def merged(number: int, author: str, *approved: str) -> Change:
    on = dt.datetime(2026, 6, number, tzinfo=dt.UTC)
    return Change(id=str(number), author=author, merged=on, commit="0" * 40, approved_by=approved)


def test_a_script_is_told_with_its_mode_its_bounds_and_who_read_its_last_change(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    made.commit({}, programs={"raise": "#!/bin/sh\n"})
    last = made.commit({"lower": "# 40\n"}, programs={"raise": SCRIPT})
    released = made.commit({"a": "a"})
    asked: list[str] = []

    def changes_with(commit: str) -> tuple[str, ...]:
        asked.append(commit)
        return ("2",)

    changes = (merged(1, "ana", "eve"), merged(2, "ana", "ana", "bo", "dependabot[bot]"))
    desk = desk_of(
        made.folder,
        released,
        forge={"changes_with": changes_with, "changes_since": lambda *_: changes},
        declared=Forge(kind="gitlab", project="explorer/explorer", branch="main"),
        contingency_scripts=tuple(
            ContingencyScript(path=path, limit="requests", lowest=40, highest=1000)
            for path in ("raise", "lower", "gone")
        ),
    )
    raising, lowering, gone = ContingencyScripts().collect(desk).value
    assert raising.text.reading.lacks == ()
    assert raising.text.seen == "executable, no bound is missing"
    assert raising.review.seen == f"last changed by {last[:12]}, read by bo"
    assert (lowering.text.reading.has_interpreter, lowering.text.reading.lacks) == (
        False,
        ("1000",),
    )
    assert lowering.text.seen == "not executable, lacks bounds"
    assert gone.text.seen == "gone is not in the release's commit"
    assert gone.review.seen == "gone is not in the history"
    assert asked == [last, last]


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("MOST=5_000_000 LEAST=-5", -5, 5_000_000),
        ("bounds = 0.50, 1e18", 0.5, 10**18),
        ("1234567.5 10.0", 10, 1234567.5),
    ],
)
def test_a_bound_is_found_however_a_script_writes_its_number(
    made: Any, desk_of: Callable[..., Any], text: str, lowest: float, highest: float
) -> None:
    commit = made.commit({"raise": f"#!/bin/sh\n{text}\n"})
    declared = ContingencyScript(path="raise", limit="calls", lowest=lowest, highest=highest)
    other = ContingencyScript(path="raise", limit="calls", lowest=7, highest=7_000_000)
    desk = desk_of(made.folder, commit, contingency_scripts=(declared, other))
    found, lacking = ContingencyScripts().collect(desk).value
    assert found.text.reading.lacks == ()
    assert lacking.text.reading.lacks == ("7", "7000000")


def test_an_audit_is_compared_with_the_release(
    made: Any, desk_of: Callable[..., Any], tmp_path: Path
) -> None:
    audited = made.commit({"src/a": "1\n", "docs/a": "1\n"})
    released = made.commit({"src/a": "2\n", "docs/a": "2\n", "src/image": b"\0"})
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "findings.md").write_text(
        "| finding | grade | state |\n|-|-|-|\n| A | high | fixed |\n"
    )
    digest = hashlib.sha256(b"%PDF-1.7").hexdigest()
    declared = Audit(report="report.pdf", sha256=digest, commit=audited, findings="findings.md")
    other = Audit(report="gone.pdf", sha256=digest, commit="0123456", findings="report.pdf")
    desk = desk_of(made.folder, released, audits=(declared, other))
    found, lost = ExternalAudits().collect(desk).value
    assert found.report.reading.is_the_declared_file
    assert found.report.seen == f"SHA-256 {digest[:16]}…"
    assert found.code.seen == f"{audited[:12]}: 3 lines in 2 of 2 audited files changed since"
    assert (found.code.reading.is_ancestor, found.code.reading.has_files()) == (True, True)
    [finding] = found.findings.reading.findings
    assert (finding.seen, finding.is_open, finding.is_grave) == ("high, fixed", False, True)
    assert found.findings.seen == "1 findings"
    assert lost.report.seen == "gone.pdf is not there"
    assert "is not in the checkout" in lost.code.seen
    assert lost.findings.reading.findings == ()


def test_an_audit_of_no_file_proves_nothing(
    made: Any, desk_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
    commit = made.commit({"lib/a": "1\n"})
    audit = Audit(report="report.pdf", sha256="0" * 64, commit=commit, findings="report.pdf")
    monkeypatch.setattr("pytest_orr.collect.repository.external_audits.LARGEST_REPORT", 4)
    [found] = ExternalAudits().collect(desk_of(made.folder, commit, audits=(audit,))).value
    with pytest.raises(FactUnavailable, match="no file of the release fits the audited patterns"):
        found.code.reading.has_files()
    assert found.report.seen == "report.pdf is larger than 4 bytes"


def test_findings_are_open_until_somebody_says_how_they_were_closed() -> None:
    states = {
        "": True,
        "open": True,
        "acknowledged": True,
        "Fixed in 1.2": False,
        "resolved": False,
    }
    for state, is_open in states.items():
        assert AuditFinding(id="A", grade="low", state=state).is_open is is_open
    assert AuditFinding(id="A", grade="", state="").seen == "no grade, no state"
    with pytest.raises(FactUnavailable, match="how grave A is cannot be told from 'red'"):
        assert AuditFinding(id="A", grade="red", state="open").is_grave
