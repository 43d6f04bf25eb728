"""Pytest reports to an item's record: the outcome as named, if nobody touched it since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orr.model import Finding, Outcome
from pytest_orr.record.folding import worst
from pytest_orr.record.values import RECORDS, ItemRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_orr.model import ItemSpec

SHOWN_AS = {
    Outcome.PASS: "passed",
    Outcome.ATTESTED: "passed",
    Outcome.NOT_APPLICABLE: "skipped",
    Outcome.WAIVED: "skipped",
    Outcome.PENDING: "failed",
    Outcome.UNKNOWN: "failed",
    Outcome.FAIL: "failed",
}
"""How pytest shows each outcome; a report that shows another was rewritten."""

CRASHED = "???"
"""Phase of the report that xdist makes for an item during which a worker died."""

REPAIR = "repair the item's code or the plugin that interferes with it; --tb=short shows where"


def record_of(spec: ItemSpec, reports: Sequence[pytest.TestReport]) -> ItemRecord | None:
    """Fold the phases of one item into its record; nothing when its body was never called.

    What was skipped, expected to fail, run again or rewritten by anybody but this plugin is
    unknown, whatever its report says.
    """
    trouble = next((text for text in map(_trouble, reports) if text), "")
    if trouble:
        broken = next(report for report in reports if _trouble(report))
        return _broken(spec, broken, trouble)
    subtests = [report for report in reports if isinstance(report, pytest.SubtestReport)]
    calls = [
        report
        for report in reports
        if report.when == "call" and not isinstance(report, pytest.SubtestReport)
    ]
    if not calls:
        return None
    call = calls[0]
    if len(calls) > 1:
        return _broken(spec, call, "it has several results; an item has one")
    record = attached(call)
    if record is None:
        return _broken(spec, call, f"the item broke: {last_line(call)}")
    if not _is_as_named(call, record, subtests) or record.id != spec.id:
        return _broken(spec, call, "its report was rewritten after its outcome was named")
    return _with_subtests(record, subtests, fix=spec.fix)


def _is_as_named(
    call: pytest.TestReport, record: ItemRecord, subtests: Sequence[pytest.SubtestReport]
) -> bool:
    """Tell whether a report shows the outcome that was named.

    Of a passed item in which a subtest failed, pytest makes a failed one where it prints reports:
    under xdist that is the worker, so the report arrives as failed.
    """
    shown = SHOWN_AS[record.outcome]
    by_subtests = shown == "passed" and call.failed and any(one.failed for one in subtests)
    return call.outcome == shown or by_subtests


def _with_subtests(
    record: ItemRecord, subtests: Sequence[pytest.SubtestReport], *, fix: str
) -> ItemRecord:
    """Add what pytest's own subtests found, which the recorder of the body could not see."""
    found = tuple(map(_of_subtest, subtests))
    outcome = worst((record.outcome, *(finding.outcome for finding in found)))
    if outcome is record.outcome:
        return replace(record, findings=(*record.findings, *found))
    first = next(finding for finding in found if finding.outcome is outcome)
    return replace(
        record,
        outcome=outcome,
        reason=f"{first.subject}: {first.detail}",
        remedy=REPAIR if outcome is Outcome.UNKNOWN else fix,
        findings=(*record.findings, *found),
    )


def _of_subtest(report: pytest.SubtestReport) -> Finding:
    subject = report.context.msg or "a subtest"
    if report.passed:
        return Finding(subject=subject, outcome=Outcome.PASS)
    outcome = Outcome.FAIL if report.failed else Outcome.UNKNOWN
    return Finding(subject=subject, outcome=outcome, detail=last_line(report))


def attached(report: pytest.TestReport) -> ItemRecord | None:
    """Return the record that travels with a report, or nothing."""
    text = getattr(report, "orr_record", None)
    return RECORDS.validate_json(text) if isinstance(text, str) else None


def _trouble(report: pytest.TestReport) -> str:
    if str(report.when) == CRASHED:
        return f"the worker died: {last_line(report)}"
    if str(report.outcome) == "rerun":
        return "it was run again after a failure; an item has one result"
    if hasattr(report, "wasxfail"):
        return "it is marked as expected to fail; a waiver says that, not xfail"
    if report.when == "setup" and report.skipped:
        return f"it was skipped before it could look: {last_line(report)}"
    if report.when in {"setup", "teardown"} and not report.passed:
        return f"its {report.when} broke: {last_line(report)}"
    return ""


def last_line(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return what a report says in one line: its error."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    lines = [line for line in report.longreprtext.splitlines() if line.strip()]
    errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    said = errors[:1] or [line.strip() for line in lines]
    crash = getattr(getattr(report.longrepr, "reprcrash", None), "message", "")
    return (str(crash).splitlines() or said[-1:] or ["no reason given"])[0]


def _broken(spec: ItemSpec, report: pytest.TestReport, reason: str) -> ItemRecord:
    return ItemRecord(
        id=spec.id,
        node=report.nodeid,
        outcome=Outcome.UNKNOWN,
        reason=reason,
        remedy=REPAIR,
        findings=(
            Finding(subject="the item", outcome=Outcome.UNKNOWN, detail=reason, remedy=REPAIR),
        ),
        traceback=str(getattr(report, "orr_trace", report.longreprtext)),
    )
