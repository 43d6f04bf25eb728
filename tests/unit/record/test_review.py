"""The review that a journal amounts to: every expected item once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orr.model import Finding, Outcome
from pytest_orr.record.journal import Journal
from pytest_orr.record.review import (
    NO_FILE,
    NO_RESULT,
    NOT_FINISHED,
    NOTHING_KNOWN,
    records_digest,
    review_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec, StatementUsed, WaiverUsed
    from pytest_orr.record.journal import Closing, Opening
    from pytest_orr.record.values import ItemRecord


@pytest.fixture
def journal(opening: Opening, closing: Closing, a_record: Callable[..., ItemRecord]) -> Journal:
    records = (a_record("demo.a.two"), a_record("demo.a.one"))
    return Journal(opening=opening, records=records, closing=closing)


def test_a_review_holds_what_the_run_said_of_itself(journal: Journal) -> None:
    review = review_of(journal)
    assert journal.closing is not None
    assert (review.service, review.environment, review.phase) == ("demo", "production", "launch")
    assert (review.run, review.release) == (journal.opening.run, journal.opening.release)
    assert review.people == journal.opening.people
    assert review.provenance == journal.closing.provenance
    assert review.notices == journal.closing.notices
    assert review.selection == ""


def test_items_are_sorted_by_id_whatever_the_order_of_the_records(journal: Journal) -> None:
    reversed_journal = replace(journal, records=journal.records[::-1])
    assert [item.spec.id for item in review_of(journal).items] == ["demo.a.one", "demo.a.two"]
    assert review_of(reversed_journal) == review_of(journal)
    assert records_digest(reversed_journal.records) == records_digest(journal.records)


def test_the_digest_of_the_records_is_that_of_their_content(journal: Journal) -> None:
    [first, *others] = journal.records
    changed = [replace(first, reason="another"), *others]
    assert records_digest(changed) != records_digest(journal.records)
    assert records_digest(()) != records_digest(journal.records)


def test_an_item_is_shown_with_everything_its_record_holds(
    journal: Journal,
    a_record: Callable[..., ItemRecord],
    a_statement: Callable[..., StatementUsed],
    a_waiver: WaiverUsed,
) -> None:
    record = a_record(
        outcome=Outcome.WAIVED,
        remedy="a remedy",
        attestation=a_statement(),
        waiver=a_waiver,
        traceback="a traceback",
    )
    [item, _] = review_of(replace(journal, records=(record,))).items
    assert item.spec == journal.opening.expected[0]
    for name in (
        "outcome",
        "reason",
        "remedy",
        "findings",
        "facts",
        "attestation",
        "waiver",
        "not_applicable",
        "traceback",
    ):
        assert getattr(item, name) == getattr(record, name), name


def test_an_expected_item_without_a_record_is_missing(journal: Journal) -> None:
    [_, item] = review_of(replace(journal, records=journal.records[1:])).items
    assert (item.outcome, item.reason) == (Outcome.MISSING, NO_RESULT)
    assert item.remedy == "run the whole suite again: `pytest readiness/`"
    assert item.gated


def test_a_record_that_nobody_expects_is_no_item(
    journal: Journal, a_record: Callable[..., ItemRecord]
) -> None:
    more = replace(journal, records=(*journal.records, a_record("demo.a.stray")))
    assert review_of(more).items == review_of(journal).items


def test_an_item_that_only_the_lock_names_is_missing_and_gates(journal: Journal) -> None:
    lost = replace(journal.opening, lost=("demo.a.gone", "demo.a.one"), phase="plan")
    items = {item.spec.id: item for item in review_of(replace(journal, opening=lost)).items}
    assert sorted(items) == ["demo.a.gone", "demo.a.one", "demo.a.two"]
    gone = items["demo.a.gone"]
    assert (gone.outcome, gone.reason, gone.gated) == (Outcome.MISSING, NO_FILE, True)
    assert gone.remedy == "restore its module: compare the suite with its lock by `orr check`"
    assert (gone.spec.severity, gone.spec.stamp, gone.spec.section) == (
        "blocker",
        "modified",
        "demo",
    )


@pytest.mark.parametrize(
    ("one", "other", "worst"),
    [
        ("pass", "fail", "fail"),
        ("unknown", "fail", "fail"),
        ("unknown", "pending", "unknown"),
        ("waived", "pass", "waived"),
        ("attested", "pass", "attested"),
    ],
)
def test_the_worst_of_several_results_counts_with_the_findings_of_all(
    journal: Journal, a_record: Callable[..., ItemRecord], one: str, other: str, worst: str
) -> None:
    records = tuple(
        a_record(
            node=f"test_one[{word}]",
            outcome=Outcome(word),
            reason=word,
            findings=(Finding(subject=word, outcome=Outcome(word)),),
        )
        for word in (one, other)
    )
    [item, _] = review_of(replace(journal, records=records)).items
    [again, _] = review_of(replace(journal, records=records[::-1])).items
    assert (item.outcome.value, item.reason) == (worst, worst)
    assert {finding.subject for finding in item.findings} == {one, other}
    assert again == item


@pytest.mark.parametrize(
    ("phase", "gated"),
    [
        ("plan", {"plan"}),
        ("build", {"plan", "build"}),
        ("launch", {"plan", "build", "launch", "operate"}),
        ("operate", {"plan", "build", "launch", "operate"}),
    ],
)
def test_before_the_launch_a_phase_gates_what_is_due_by_then_and_then_everything(
    journal: Journal, a_spec: Callable[..., ItemSpec], phase: str, gated: set[str]
) -> None:
    expected = tuple(
        a_spec(id=f"demo.a.{due}", phase=due) for due in ("plan", "build", "launch", "operate")
    )
    opening = replace(journal.opening, expected=expected, phase=phase)
    items = review_of(replace(journal, opening=opening)).items
    assert {item.spec.phase for item in items if item.gated} == gated
    assert len(items) == 4


def test_a_selection_holds_what_was_run_alone(journal: Journal) -> None:
    assert journal.closing is not None
    narrowed = replace(
        journal,
        records=journal.records[:1],
        closing=replace(journal.closing, selection="-k two"),
    )
    review = review_of(narrowed)
    assert review.selection == "-k two"
    assert [item.spec.id for item in review.items] == ["demo.a.two"]


def test_a_run_that_was_cut_short_is_a_selection_with_every_item(journal: Journal) -> None:
    review = review_of(replace(journal, records=journal.records[:1], closing=None))
    assert review.selection == NOT_FINISHED
    assert (review.provenance, review.notices) == (NOTHING_KNOWN, ())
    assert [item.outcome.value for item in review.items] == ["missing", "pass"]
