"""What a machine saw stands beside a statement, and ends it when it contradicts."""

from __future__ import annotations

from pytest_orr.model import Finding, Outcome, StatementUsed
from pytest_orr.record.corroboration import MOST_SHOWN, corroborated, reason_beside
from pytest_orr.record.folding import fold

STATEMENT = StatementUsed(
    statement="It is so.",
    by="ana@example.org",
    confirmed="",
    on="2026-11-02",
    until="2026-12-31",
    release="any",
    covers="question",
    evidence=(),
)


def finding(subject: str, outcome: Outcome, detail: str = "") -> Finding:
    return Finding(subject=subject, outcome=outcome, detail=detail)


def test_findings_that_passed_are_told_and_no_others() -> None:
    findings = (
        finding("host-1", Outcome.PASS, "up"),
        finding("host-2", Outcome.FAIL, "down"),
        finding("host-3", Outcome.UNKNOWN, "silent"),
        finding("the statement", Outcome.ATTESTED, "It is so."),
        finding("host-4", Outcome.PASS),
    )
    beside = corroborated(STATEMENT, findings)
    assert beside is not None
    assert beside.corroborated == ("host-1: up", "host-4")
    assert corroborated(None, findings) is None


def test_of_many_findings_some_are_told_and_the_others_counted() -> None:
    many = tuple(finding(f"host-{n}", Outcome.PASS) for n in range(MOST_SHOWN + 3))
    beside = corroborated(STATEMENT, many)
    assert beside is not None
    assert len(beside.corroborated) == MOST_SHOWN + 1
    assert beside.corroborated[-1] == "and 3 more"


def test_a_failure_that_was_seen_contradicts_the_statement() -> None:
    failed = fold((finding("host-2", Outcome.FAIL, "down"),), fix="repair it", statement=STATEMENT)
    assert reason_beside(STATEMENT, failed) == (
        "host-2: down, which contradicts the statement of ana@example.org of 2026-11-02"
    )
    assert reason_beside(None, failed) == "host-2: down"
    good = fold((finding("host-1", Outcome.PASS, "up"),), fix="repair it", statement=STATEMENT)
    assert reason_beside(STATEMENT, good) == "host-1: up"
