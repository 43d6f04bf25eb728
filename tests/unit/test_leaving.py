"""How an item leaves its call, and what a report may show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.leaving import leave, redact_report, without_trace
from pytest_orr.model import NotApplicable, Outcome, WaiverUsed
from pytest_orr.record.values import ItemRecord
from pytest_orr.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "hunter2-hunter2"  # noqa: S105 what is to be taken out


def record(outcome: str, **more: Any) -> ItemRecord:
    values = {"reason": "host: too old", "remedy": "update it", **more}
    return ItemRecord(id="demo.a.one", node="test_one", outcome=Outcome(outcome), **values)


def test_only_a_failure_that_shows_no_trace_loses_it() -> None:
    with pytest.raises(pytest.fail.Exception) as left:
        leave(record("fail"))
    with pytest.raises(pytest.fail.Exception) as shown:
        pytest.fail("here is why")
    whole = len(shown.traceback)
    without_trace(left)
    without_trace(shown)
    assert len(left.traceback) == 1
    assert whole == len(shown.traceback) > 1


@pytest.mark.parametrize("outcome", ["pass", "attested"])
def test_what_holds_leaves_quietly(outcome: str) -> None:
    left = []
    try:
        leave(record(outcome))
    except (pytest.fail.Exception, pytest.skip.Exception) as loud:
        left.append(loud)
    assert left == []


@pytest.mark.parametrize(
    ("outcome", "remedy", "said"),
    [
        ("fail", "update it", "FAIL: host: too old; update it"),
        ("fail", "", "FAIL: host: too old"),
        ("pending", "answer", "PENDING: host: too old; answer"),
        ("unknown", "grant it", "UNKNOWN: host: too old; grant it"),
        ("waived", "", "WAIVED: host: too old"),
        ("not_applicable", "", "NOT APPLICABLE: host: too old"),
        ("missing", "", "MISSING: host: too old"),
    ],
)
def test_what_is_open_or_not_explained_fails_in_one_line(
    outcome: str, remedy: str, said: str
) -> None:
    with pytest.raises(pytest.fail.Exception) as caught:
        leave(record(outcome, remedy=remedy))
    assert (caught.value.msg, caught.value.pytrace) == (said, False)


def test_a_waived_item_is_skipped_with_its_true_result() -> None:
    waiver = WaiverUsed(
        reason="accepted",
        requester="ana@example.org",
        approver="eve@example.org",
        granted="2026-11-10",
        expires="2026-12-01",
        resource="",
        action="",
        true_outcome=Outcome.FAIL,
        true_reason="host: too old",
    )
    with pytest.raises(pytest.skip.Exception) as caught:
        leave(record("waived", waiver=waiver))
    assert caught.value.msg == (
        "WAIVED until 2026-12-01 by eve@example.org (accepted); true result FAIL: host: too old"
    )


def test_an_item_that_does_not_apply_is_skipped_with_its_reason() -> None:
    declared = NotApplicable(
        reason="not-public", text="x", approver="eve@example.org", on="2026-11-01"
    )
    with pytest.raises(pytest.skip.Exception) as caught:
        leave(record("not_applicable", reason="It is internal.", not_applicable=declared))
    assert caught.value.msg == "NOT APPLICABLE: It is internal. (agreed by eve@example.org)"


@pytest.fixture
def report() -> Callable[..., pytest.TestReport]:
    def make(longrepr: Any) -> pytest.TestReport:
        return pytest.TestReport(
            nodeid="test_one",
            location=("test_one.py", 1, "test_one"),
            keywords={},
            outcome="failed",
            longrepr=longrepr,
            when="call",
            sections=[("Captured log call", f"got {SECRET}"), ("Captured stdout call", "fine")],
        )

    return make


@pytest.mark.parametrize(
    ("longrepr", "clean"),
    [
        (f"E  token {SECRET}", "E  token [redacted]"),
        (("test_one.py", 3, f"Skipped: {SECRET}"), ("test_one.py", 3, "Skipped: [redacted]")),
        (("test_one.py", 3, "Skipped: x"), ("test_one.py", 3, "Skipped: x")),
        (None, None),
    ],
)
def test_secrets_are_taken_out_of_what_a_report_shows(
    report: Callable[..., pytest.TestReport], longrepr: Any, clean: Any
) -> None:
    shown = report(longrepr)
    redact_report(shown, Redactor([SECRET]))
    assert shown.longrepr == clean
    assert shown.sections == [
        ("Captured log call", "got [redacted]"),
        ("Captured stdout call", "fine"),
    ]


def test_a_text_without_secrets_stays_the_object_it_was(
    report: Callable[..., pytest.TestReport],
) -> None:
    with pytest.raises(ValueError, match="x") as caught:
        raise ValueError("x")
    longrepr = caught.getrepr()
    shown = report(longrepr)
    redact_report(shown, Redactor([SECRET]))
    assert shown.longrepr is longrepr
