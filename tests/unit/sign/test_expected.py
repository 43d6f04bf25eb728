"""A statement is held against the caller's own values: release, rules, items, files, time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.model import Evidence
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.statement import read
from pytest_orr.sign.verify import check_payload
from tests.signoffs import (
    AT,
    attested,
    changed_run,
    expecting,
    passed,
    payload_of,
    reviewed,
    some_rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review
    from pytest_orr.sign.expected import Expected

PAYLOAD = payload_of()
STATED = read(PAYLOAD)
DIGEST = "d" * 64


def refused(expected: Expected, payload: bytes = PAYLOAD) -> str:
    with pytest.raises(Refused) as caught:
        check_payload(payload, expected)
    return caught.value.code


def test_what_is_exactly_as_expected_holds() -> None:
    assert check_payload(PAYLOAD, expecting()) == STATED


def test_everything_that_a_caller_can_compare_may_agree() -> None:
    digests = dict(STATED.digests)
    expected = expecting(
        files={"profile_sha256": "1" * 64, "attestations_sha256": ""},
        facts_sha256="4" * 64,
        results_sha256=digests["results"],
        report_sha256="e" * 64,
        journal_sha256="f" * 64,
        tool_sha256="8" * 64,
        evidence={},
        authors=("MAX@example.org",),
        last_seq=STATED.seq - 1,
    )
    assert check_payload(PAYLOAD, expected) == STATED


OTHERS: dict[str, dict[str, Any]] = {
    "other-service": {"service": "bridge"},
    "other-environment": {"environment": "staging"},
    "other-accounts": {"accounts": ("123456789012", "210987654321")},
    "other-regions": {"regions": ()},
    "other-commit": {"commit": "0" * 40},
    "other-images": {"images": ()},
    "other-phase": {"phase": "operate"},
    "other-checklist": {"checklist_sha256": DIGEST},
    "other-policy": {"policy_sha256": DIGEST},
    "other-authors": {"authors": ("max@example.org", "ana@example.org")},
    "other-files": {"files": {"waivers_sha256": DIGEST}},
    "other-facts": {"facts_sha256": DIGEST},
    "other-results": {"results_sha256": DIGEST},
    "other-report": {"report_sha256": DIGEST},
    "other-journal": {"journal_sha256": DIGEST},
    "other-tool": {"tool_sha256": DIGEST},
}


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_bound_to_something_else_is_refused(code: str) -> None:
    assert refused(expecting(**OTHERS[code])) == code


def test_the_same_modules_under_a_newer_lock_are_another_checklist() -> None:
    assert refused(expecting(checklist_version="0.2.0")) == "other-checklist"


def test_a_file_that_no_statement_binds_is_another_one() -> None:
    assert refused(expecting(files={"nothing_sha256": DIGEST})) == "other-files"


def test_an_abbreviated_commit_binds_nothing() -> None:
    review = reviewed()
    short = payload_of(reviewed(release=type(review.release)(commit="3f2a9c1d5b")))
    assert refused(expecting(commit="3f2a9c1d5b", images=()), short) == "short-commit"


def with_evidence() -> bytes:
    seen = Evidence(kind="drill", ref="drills/a.md", sha256=DIGEST, size=7, dated="2026-11-02")
    return payload_of(reviewed(attested(evidence=(seen,))))


@pytest.mark.parametrize("held", [{}, {DIGEST: 8}, {"e" * 64: 7}])
def test_evidence_that_is_not_at_hand_as_it_was_is_refused(held: dict[str, int]) -> None:
    items = expecting(reviewed(attested()))
    expected = expecting(items=items.items, evidence=held)
    assert refused(expected, with_evidence()) == "other-evidence"


def test_evidence_that_is_at_hand_holds() -> None:
    items = expecting(reviewed(attested())).items
    stated = check_payload(with_evidence(), expecting(items=items, evidence={DIGEST: 7}))
    assert [(one.name, one.size) for one in stated.evidence] == [("drills/a.md", 7)]


def test_results_cover_exactly_the_expected_items() -> None:
    items = dict(expecting().items)
    assert refused(expecting(items={**items, "code.a.new": "launch"})) == "results-incomplete"
    del items["code.a.passed"]
    assert refused(expecting(items=items)) == "results-incomplete"


def repeated(predicate: dict[str, Any]) -> None:
    predicate["results"].insert(0, predicate["results"][0])


def turned(predicate: dict[str, Any]) -> None:
    predicate["results"].reverse()


def improved(predicate: dict[str, Any]) -> None:
    predicate["results"][0]["sha256"] = DIGEST


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (repeated, "results-disordered"),
        (turned, "results-disordered"),
        (improved, "results-digest"),
    ],
)
def test_results_stand_once_in_order_and_under_their_digest(
    change: Callable[[dict[str, Any]], None], code: str
) -> None:
    assert refused(expecting(), payload_of(change=change)) == code


def window(**changes: Any) -> bytes:
    return payload_of(change=lambda predicate: predicate.update(changes))


WINDOWS: dict[str, tuple[dict[str, Any], str]] = {
    "from before its run ended": ({"not_before": "2026-11-22T09:29:59Z"}, "window-disordered"),
    "from before its day": ({"as_of": "2026-11-23T09:00:00Z"}, "window-disordered"),
    "over before it begins": ({"not_after": "2026-11-22T09:30:00Z"}, "window-disordered"),
    "of a run that ended before it began": (
        {"started": "2026-11-22T09:30:01Z", "as_of": "2026-11-22T09:00:00Z"},
        "window-disordered",
    ),
    "for too long": ({"not_after": "2026-12-06T09:30:01Z"}, "window-too-long"),
    "only later": ({"not_before": "2026-11-23T12:00:01Z"}, "not-yet-valid"),
    "no more": ({"not_after": "2026-11-23T12:00:00Z"}, "expired"),
    "by a day long past": ({"as_of": "2026-11-09T11:59:59Z"}, "judged-too-long-ago"),
    "under a number of its own": ({"seq": STATED.seq + 1}, "sequence-forged"),
}


@pytest.mark.parametrize("what", WINDOWS)
def test_a_window_is_refused_that_holds(what: str) -> None:
    changes, code = WINDOWS[what]
    assert refused(expecting(), window(**changes)) == code


def test_it_holds_from_its_first_second_to_its_last() -> None:
    first, end = STATED.not_before, STATED.not_after
    second = timedelta(seconds=1)
    codes = [refused(expecting(at=at)) for at in (first - second, end)]
    assert codes == ["not-yet-valid", "expired"]
    assert check_payload(PAYLOAD, expecting(at=first)) == STATED
    fresh = changed_run(reviewed(passed()), as_of="2026-11-22T09:30:00Z")
    last = check_payload(payload_of(fresh), expecting(fresh, at=end - second))
    assert last.not_after == end


def test_a_shorter_window_of_the_policy_counts_at_once() -> None:
    assert refused(expecting(rules=some_rules(max_days=13))) == "window-too-long"


@pytest.mark.parametrize("newer", [0, 1])
def test_a_sign_off_is_newer_than_the_last_that_was_seen(newer: int) -> None:
    assert refused(expecting(last_seq=STATED.seq + newer)) == "superseded"


def test_a_run_that_judges_by_a_day_ahead_holds_from_that_day_on() -> None:
    ahead: Review = changed_run(reviewed(), as_of="2026-11-24T00:00:00Z")
    payload = payload_of(ahead)
    assert refused(expecting(), payload) == "not-yet-valid"
    later = datetime(2026, 11, 24, tzinfo=UTC)
    assert check_payload(payload, expecting(at=later)).not_before == later
    assert later > AT
