"""What pytest reports of an item becomes its record, if nobody touched it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.model import Outcome
from pytest_orr.record.reports import CRASHED, REPAIR, SHOWN_AS, attached, record_of
from pytest_orr.record.values import ItemRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec

pytest_plugins = "pytester"
NODE = "readiness/test_demo.py::test_one"


def report(when: str, outcome: str = "passed", longrepr: Any = None, **more: Any) -> Any:
    """A report as pytest hands it to the controller."""
    made: Any = pytest.TestReport(
        nodeid=NODE,
        location=("test_demo.py", 1, "test_one"),
        keywords={},
        outcome="passed",
        longrepr=longrepr,
        when="call",
        **more,
    )
    made.when, made.outcome = when, outcome
    return made


def call(record: ItemRecord, outcome: str | None = None, **more: Any) -> Any:
    """The report of a call that carries a record, shown as the record's outcome is."""
    text = TypeAdapter(ItemRecord).dump_json(record).decode()
    shown = outcome or SHOWN_AS[record.outcome]
    return report("call", shown, orr_record=text, **more)


@pytest.mark.parametrize("outcome", SHOWN_AS)
def test_the_record_that_travels_with_the_call_is_the_items(
    a_spec: Callable[..., ItemSpec], a_record: Callable[..., ItemRecord], outcome: Outcome
) -> None:
    record = a_record(outcome=outcome)
    reports = [report("setup"), call(record), report("teardown")]
    assert record_of(a_spec(), reports) == record


def test_every_outcome_that_a_body_can_have_is_shown_somehow() -> None:
    assert set(SHOWN_AS) == set(Outcome) - {Outcome.MISSING}


def test_an_item_whose_body_was_never_called_has_no_record(
    a_spec: Callable[..., ItemSpec],
) -> None:
    assert record_of(a_spec(), [report("setup"), report("teardown")]) is None
    assert record_of(a_spec(), []) is None


TROUBLES = {
    "set-up failed": (
        [report("setup", "failed", "E   ValueError: x")],
        "its setup broke: ValueError: x",
    ),
    "set-up skipped": (
        [report("setup", "skipped", ("test_demo.py", 3, "Skipped: later"))],
        "it was skipped before it could look: Skipped: later",
    ),
    "tear-down failed": (
        [report("teardown", "failed", "one\nE   OSError: gone\n\n")],
        "its teardown broke: OSError: gone",
    ),
    "tear-down skipped": (
        [report("teardown", "skipped", ("test_demo.py", 3, "Skipped: late"))],
        "its teardown broke: Skipped: late",
    ),
    "expected to fail": (
        [report("call", "skipped", wasxfail="known")],
        "it is marked as expected to fail; a waiver says that, not xfail",
    ),
    "expected to fail and passed": (
        [report("call", "passed", wasxfail="")],
        "it is marked as expected to fail; a waiver says that, not xfail",
    ),
    "run again": (
        [report("call", "rerun")],
        "it was run again after a failure; an item has one result",
    ),
    "the worker crashed": (
        [report(CRASHED, "failed", "worker 'gw1' crashed while running 'test_one'")],
        "the worker died: worker 'gw1' crashed while running 'test_one'",
    ),
    "no reason": ([report("setup", "failed")], "its setup broke: no reason given"),
}


@pytest.mark.parametrize(("reports", "reason"), TROUBLES.values(), ids=TROUBLES.keys())
def test_each_trouble_makes_an_item_unknown_whatever_its_record_says(
    a_spec: Callable[..., ItemSpec],
    a_record: Callable[..., ItemRecord],
    reports: list[Any],
    reason: str,
) -> None:
    record = record_of(a_spec(), [report("setup"), call(a_record()), *reports])
    assert record is not None
    assert (record.id, record.node) == ("demo.a.one", NODE)
    assert (record.outcome, record.reason, record.remedy) == (Outcome.UNKNOWN, reason, REPAIR)
    [finding] = record.findings
    assert (finding.subject, finding.outcome, finding.detail) == (
        "the item",
        Outcome.UNKNOWN,
        reason,
    )
    assert record.traceback == reports[0].longreprtext


def test_the_first_trouble_is_told(a_spec: Callable[..., ItemSpec]) -> None:
    reports = [
        report("setup", "failed", "first"),
        report("teardown", "failed", "second"),
    ]
    record = record_of(a_spec(), reports)
    assert record is not None
    assert (record.reason, record.traceback) == ("its setup broke: first", "first")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (
            report("call", "failed", "def test():\n>   x\nE   NameError: x"),
            "the item broke: NameError: x",
        ),
        (
            report("call", "skipped", ("test_demo.py", 3, "Skipped: x")),
            "the item broke: Skipped: x",
        ),
        (report("call", "passed"), "the item broke: no reason given"),
        (report("call", "passed", orr_record=7), "the item broke: no reason given"),
    ],
)
def test_a_call_without_a_record_is_a_broken_item(
    a_spec: Callable[..., ItemSpec], broken: Any, reason: str
) -> None:
    record = record_of(a_spec(), [report("setup"), broken])
    assert record is not None
    assert (record.outcome, record.reason) == (Outcome.UNKNOWN, reason)
    assert attached(broken) is None


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("fail", "passed"), ("pass", "failed"), ("waived", "passed"), ("unknown", "skipped")],
)
def test_a_report_that_shows_another_outcome_was_rewritten(
    a_spec: Callable[..., ItemSpec],
    a_record: Callable[..., ItemRecord],
    outcome: str,
    shown: str,
) -> None:
    rewritten = call(a_record(outcome=Outcome(outcome)), shown)
    record = record_of(a_spec(), [rewritten])
    assert record is not None
    assert record.outcome is Outcome.UNKNOWN
    assert record.reason == "its report was rewritten after its outcome was named"


def test_a_record_of_another_item_was_put_there_by_somebody(
    a_spec: Callable[..., ItemSpec], a_record: Callable[..., ItemRecord]
) -> None:
    record = record_of(a_spec(), [call(a_record("demo.a.two"))])
    assert record is not None
    assert (record.id, record.outcome) == ("demo.a.one", Outcome.UNKNOWN)


def test_several_results_of_one_run_are_unknown(
    a_spec: Callable[..., ItemSpec], a_record: Callable[..., ItemRecord]
) -> None:
    reports = [call(a_record()), call(a_record(outcome=Outcome.FAIL))]
    record = record_of(a_spec(), reports)
    assert record is not None
    assert record.outcome is Outcome.UNKNOWN
    assert record.reason == "it has several results; an item has one"


BODIES = {
    "passed": "pass",
    "failed": "assert not 'green', 'it is red'",
    "skipped": "pytest.skip('later')",
}


@pytest.fixture
def subtests_of(pytester: pytest.Pytester) -> Callable[[str], list[Any]]:
    """The reports of a test's own subtests, as pytest makes them."""

    def run(bodies: str) -> list[Any]:
        blocks = "".join(
            f"    with subtests.test({word!r}):\n        {BODIES[word]}\n"
            for word in bodies.split()
        )
        pytester.makepyfile(f"import pytest\ndef test_one(subtests):\n{blocks}")
        recorded = pytester.inline_run("-p", "no:cacheprovider", "-p", "no:orr")
        reports = recorded.getreports("pytest_runtest_logreport")
        return [one for one in reports if isinstance(one, pytest.SubtestReport)]

    return run


CASES = {
    ("passed", "pass"): ("pass", "backend: 2 zones"),
    ("passed failed", "pass"): ("fail", "failed: AssertionError: it is red"),
    ("passed skipped", "pass"): ("unknown", "skipped: Skipped: later"),
    ("failed skipped", "waived"): ("fail", "failed: AssertionError: it is red"),
    ("skipped", "fail"): ("fail", "backend: 2 zones"),
}


@pytest.mark.parametrize(("case", "expected"), CASES.items())
def test_pytests_own_subtests_are_findings_and_the_worst_decides(
    a_spec: Callable[..., ItemSpec],
    a_record: Callable[..., ItemRecord],
    subtests_of: Callable[[str], list[Any]],
    case: tuple[str, str],
    expected: tuple[str, str],
) -> None:
    spec, (bodies, own) = a_spec(), case
    called = call(a_record(outcome=Outcome(own)))
    record = record_of(spec, [report("setup"), *subtests_of(bodies), called])
    assert record is not None
    assert (record.outcome.value, record.reason) == expected
    assert [finding.subject for finding in record.findings] == ["backend", *bodies.split()]
    if record.outcome.value != own:
        assert record.remedy == {"fail": spec.fix, "unknown": REPAIR}[record.outcome.value]


def test_subtests_alone_are_no_result(
    a_spec: Callable[..., ItemSpec], subtests_of: Callable[[str], list[Any]]
) -> None:
    assert record_of(a_spec(), subtests_of("passed")) is None


def test_a_call_that_pytest_failed_for_its_subtests_keeps_their_result(
    a_spec: Callable[..., ItemSpec],
    a_record: Callable[..., ItemRecord],
    subtests_of: Callable[[str], list[Any]],
) -> None:
    failed_by_pytest = call(a_record(), "failed", longrepr="contains 1 failed subtest")
    record = record_of(a_spec(), [*subtests_of("passed failed"), failed_by_pytest])
    assert record is not None
    assert record.outcome is Outcome.FAIL
