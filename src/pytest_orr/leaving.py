"""How an item leaves its call: as pytest shows its outcome, and with secrets taken out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from .model import Finding, Outcome
from .render.escape import visible

if TYPE_CHECKING:
    from .model import StatementUsed
    from .record.values import ItemRecord
    from .redaction import Redactor


def again(record: ItemRecord) -> ItemRecord:
    """Return the record of an item whose body was called before: no result of it counts."""
    text = "it was run again; an item has one result"
    finding = Finding(subject="the item", outcome=Outcome.UNKNOWN, detail=text)
    return replace(
        record, outcome=Outcome.UNKNOWN, reason=text, findings=(*record.findings, finding)
    )


def leave(record: ItemRecord) -> None:
    """Leave the call phase as pytest shows the outcome: pass, skip or fail, in one line."""
    word = record.outcome.name.replace("_", " ")
    match record.outcome.value:
        case "pass" | "attested":
            return
        case "waived" if record.waiver is not None:
            waiver = record.waiver
            pytest.skip(
                visible(
                    f"WAIVED until {waiver.expires} by {waiver.approver} ({waiver.reason});"
                    f" true result {waiver.true_outcome.name}: {waiver.true_reason}"
                )
            )
        case "not_applicable" if record.not_applicable is not None:
            agreed = f"(agreed by {record.not_applicable.approver})"
            pytest.skip(visible(f"{word}: {record.reason} {agreed}"))
        case _:
            tail = f"; {record.remedy}" if record.remedy else ""
            pytest.fail(visible(f"{word}: {record.reason}{tail}"), pytrace=False)


def without_trace(left: pytest.ExceptionInfo[BaseException]) -> None:
    """Spare pytest the way to where an item was left: it is long, and never shown."""
    if isinstance(left.value, pytest.fail.Exception) and not left.value.pytrace:
        left.traceback = left.traceback[-1:]


def redact_report(report: pytest.TestReport | pytest.CollectReport, redact: Redactor) -> None:
    """Take secrets out of what a report shows; a text without any stays the object it was."""
    if isinstance(report.longrepr, tuple):
        path, line, text = report.longrepr
        report.longrepr = (path, line, redact(text))
    elif report.longrepr is not None and redact(text := str(report.longrepr)) != text:
        report.longrepr = redact(text)
    report.sections = [(name, redact(text)) for name, text in report.sections]


def cleaned(record: ItemRecord, redact: Redactor) -> ItemRecord:
    """Take secrets out of a record's free text; ids, outcomes, dates and digests are none."""
    return replace(
        record,
        reason=redact(record.reason),
        remedy=redact(record.remedy),
        findings=tuple(_cleaned(finding, redact) for finding in record.findings),
        attestation=record.attestation and _beside(record.attestation, redact),
    )


def _beside(statement: StatementUsed, redact: Redactor) -> StatementUsed:
    """Return a statement with what a machine saw beside it without secrets."""
    seen = tuple(map(redact, statement.corroborated))
    return replace(statement, corroborated=seen, brought=redact(statement.brought))


def _cleaned(finding: Finding, redact: Redactor) -> Finding:
    """Return a finding without secrets: itself if it has none, as thousands have."""
    said = (finding.subject, finding.detail, finding.remedy)
    subject, detail, remedy = shown = tuple(map(redact, said))
    if shown == said:
        return finding
    return replace(finding, subject=subject, detail=detail, remedy=remedy)
