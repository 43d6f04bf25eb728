"""The verdict is recomputed by the verifier's rules: what does not hold is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.model import Condition, Outcome, VerdictWord
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.statement import read
from pytest_orr.sign.verdict import MET, recomputed
from tests.reviews import a_note, a_weakening, an_item
from tests.signoffs import (
    ATTESTED,
    EXEMPTED,
    WAIVED,
    attested,
    exempted,
    expecting,
    passed,
    payload_of,
    reviewed,
    waived,
)

if TYPE_CHECKING:
    from pytest_orr.model import ItemResult, Review
    from pytest_orr.sign.expected import Expected
    from pytest_orr.sign.statement import Statement

LAW = settings(deadline=None, derandomize=True, max_examples=100)

STATED = read(payload_of())


def of(review: Review) -> Statement:
    return read(payload_of(review))


def refused(statement: Statement, expected: Expected) -> str:
    with pytest.raises(Refused) as caught:
        recomputed(statement, expected)
    return caught.value.code


def refused_review(review: Review, **changes: Any) -> str:
    return refused(of(review), expecting(review, **changes))


def test_every_good_outcome_is_ready_and_a_waiver_makes_it_conditional() -> None:
    assert recomputed(STATED, expecting()) is VerdictWord.READY_WITH_WAIVERS
    review = reviewed(passed(), attested(), exempted())
    assert recomputed(of(review), expecting(review)) is VerdictWord.READY


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - MET))
def test_an_item_that_is_not_met_is_refused(outcome: Outcome) -> None:
    review = reviewed(passed(), an_item("code.b.other", outcome.value))
    assert refused_review(review) == "not-met"


@pytest.mark.parametrize(
    ("phase", "code"), [("plan", ""), ("build", ""), ("launch", "not-met"), ("operate", "not-met")]
)
def test_an_item_counts_in_the_phases_that_its_caller_says(phase: str, code: str) -> None:
    items = passed(), an_item("code.b.later", "fail", phase="launch")
    statement = of(reviewed(*items))
    due = {"code.a.passed": "plan", "code.b.later": "launch"}
    expected = replace(expecting(), phase=phase, items=due)
    if code:
        assert refused(statement, expected) == code
    else:
        assert recomputed(statement, expected) is VerdictWord.READY


def test_a_waiver_of_an_item_that_does_not_count_is_nobody_s_business() -> None:
    statement = of(reviewed(passed(), waived(expires="2026-11-19")))
    due = {"code.a.passed": "plan", WAIVED: "launch"}
    assert recomputed(statement, replace(expecting(), phase="plan", items=due)) == "ready"


def test_nothing_but_what_does_not_apply_is_nothing() -> None:
    assert refused_review(reviewed(exempted())) == "nothing-checked"


def test_a_part_of_the_suite_is_no_launch() -> None:
    assert refused(replace(STATED, selection="-k one"), expecting()) == "selection"


def test_a_condition_that_is_open_holds_the_launch_up() -> None:
    assert refused_review(reviewed(notes=(a_note(),))) == "condition-open"


def test_an_answer_to_a_condition_counts_once_a_reviewer_accepted_it_who_did_not_give_it() -> None:
    def settled(accepted_by: str, answered_by: str = "ana@example.org") -> Review:
        note = a_note(
            settled=True, waits_for="", reason="", accepted_by=accepted_by, answered_by=answered_by
        )
        return reviewed(passed(), notes=(note,))

    good = settled("eve@example.org")
    assert recomputed(of(good), expecting(good)) is VerdictWord.READY
    own = settled("eve@example.org", "EVE@example.org")
    for wrong in (settled(""), settled("bo@example.org"), own):
        assert refused_review(wrong) == "condition-unaccepted"


def test_a_permission_for_a_weaker_setting_ends() -> None:
    gone = reviewed(weakenings=(a_weakening(until="2026-11-22"),))
    today = reviewed(weakenings=(a_weakening(until="2026-11-23"),))
    assert refused_review(gone) == "weakening-expired"
    assert recomputed(of(today), expecting(today)) is VerdictWord.READY_WITH_WAIVERS


PROMISED = Condition(what="subnets", owner="ana@example.org", due="2026-11-22")
WAIVERS: dict[str, tuple[dict[str, Any], str]] = {
    "approved by nobody who may": ({"approver": "bo@example.org"}, "waiver-unapproved"),
    "approved by one who may not, beside one who may": (
        {"approver": "eve@example.org; bo@example.org"},
        "waiver-unapproved",
    ),
    "approved by who asked": ({"requester": "EVE@example.org"}, "waiver-by-requester"),
    "too long": ({"granted": "2026-11-17"}, "waiver-too-long"),
    "granted tomorrow": (
        {"granted": "2026-11-24", "expires": "2026-11-30"},
        "waiver-early",
    ),
    "over": ({"expires": "2026-11-22"}, "waiver-expired"),
    "for work that is overdue": ({"conditions": (PROMISED,)}, "waiver-overdue"),
}


@pytest.mark.parametrize("what", WAIVERS)
def test_a_waiver_is_refused_that_is(what: str) -> None:
    changes, code = WAIVERS[what]
    assert refused_review(reviewed(passed(), waived(**changes))) == code


def test_a_waiver_that_whoever_made_the_release_approved_is_refused() -> None:
    able = {"may_approve": ("eve@example.org", "max@example.org")}
    review = reviewed(waived(approver="max@example.org"))
    assert refused_review(review, **able) == "waiver-by-author"
    eve_asked = expecting(authors=("Eve@example.org",))
    assert refused(STATED, eve_asked) == "waiver-by-author"


def test_a_waiver_of_what_nobody_may_waive_is_refused() -> None:
    assert refused(STATED, expecting(unwaivable=(WAIVED,))) == "waiver-forbidden"


def test_a_waiver_of_an_item_for_which_no_length_is_known_is_too_long() -> None:
    assert refused(STATED, expecting(longest_waiver={})) == "waiver-too-long"


def test_a_waived_item_has_exactly_one_waiver_and_it_is_for_that_result() -> None:
    [waiver] = STATED.waivers
    without, twice = replace(STATED, waivers=()), replace(STATED, waivers=(waiver, waiver))
    assert refused(without, expecting()) == refused(twice, expecting()) == "waiver-missing"
    other = replace(waiver, result_sha256="0" * 64)
    lesser = replace(waiver, true_status=Outcome.PENDING)
    for wrong in (other, lesser):
        assert refused(replace(STATED, waivers=(wrong,)), expecting()) == "waiver-of-another"


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def test_a_waiver_and_its_work_hold_on_their_last_day_in_utc() -> None:
    due = replace(PROMISED, due="2026-12-02")
    review = reviewed(passed(), waived(conditions=(due,)))
    last = replace(expecting(review), at=at(2, 23))
    assert recomputed(of(review), last) is VerdictWord.READY_WITH_WAIVERS
    assert refused(of(review), replace(last, at=at(3))) == "waiver-expired"


@pytest.mark.parametrize("true", ["fail", "pending", "unknown"])
def test_a_waiver_covers_failures_open_questions_and_doubts(true: str) -> None:
    review = reviewed(waived(true_outcome=Outcome(true)))
    assert recomputed(of(review), expecting(review)) is VerdictWord.READY_WITH_WAIVERS


@pytest.mark.parametrize("true", ["pass", "missing", "waived"])
def test_a_waiver_covers_nothing_else(true: str) -> None:
    assert refused_review(reviewed(waived(true_outcome=Outcome(true)))) == "waiver-impossible"


def test_an_attested_item_rests_on_a_statement_that_still_holds() -> None:
    assert refused(replace(STATED, attestations=()), expecting()) == "statement-missing"
    assert refused_review(reviewed(attested(until="2026-11-22"))) == "statement-expired"
    last = reviewed(attested(until="2026-11-23"))
    assert recomputed(of(last), expecting(last)) is VerdictWord.READY


def test_what_does_not_apply_was_agreed_by_somebody_who_may() -> None:
    assert refused(replace(STATED, exempted=()), expecting()) == "exemption-missing"
    for approver in ("", "bo@example.org"):
        assert refused_review(reviewed(passed(), exempted(approver))) == "exemption-unapproved"
    asked = expecting(authors=("Eve@example.org",))
    unwaived = replace(STATED, results=tuple(one for one in STATED.results if one.id != WAIVED))
    assert refused(unwaived, asked) == "exemption-by-author"


WORST = {"ready": 2, "ready_with_waivers": 1, "": 0}
NAMES = ("code.a.passed", ATTESTED, EXEMPTED, WAIVED)
GOOD = {"pass": passed(), "attested": attested(), "not_applicable": exempted(), "waived": waived()}


def result(name: str, outcome: str) -> ItemResult:
    known = GOOD.get(outcome, passed())
    item = an_item(name, outcome)
    return replace(
        item,
        attestation=known.attestation,
        waiver=known.waiver,
        not_applicable=known.not_applicable,
    )


def judged(outcomes: tuple[str, ...]) -> str:
    review = reviewed(*(result(*pair) for pair in zip(NAMES, outcomes, strict=True)))
    try:
        return recomputed(of(review), expecting(review)).value
    except Refused:
        return ""


ORDER = ("pass", "attested", "waived", "pending", "unknown", "missing", "fail")
OUTCOMES = st.sampled_from(ORDER)


@LAW
@given(
    st.tuples(*[OUTCOMES] * len(NAMES)),
    st.integers(0, len(NAMES) - 1),
    OUTCOMES,
)
def test_a_worse_item_never_makes_a_better_verdict(
    outcomes: tuple[str, ...], place: int, other: str
) -> None:
    changed = (*outcomes[:place], other, *outcomes[place + 1 :])
    worse, better = sorted((outcomes, changed), key=lambda one: ORDER.index(one[place]))[::-1]
    assert WORST[judged(worse)] <= WORST[judged(better)]


@LAW
@given(st.tuples(*[st.sampled_from(sorted(Outcome))] * len(NAMES)))
def test_ready_means_that_no_item_is_open_and_one_was_checked(outcomes: tuple[str, ...]) -> None:
    is_ready = judged(outcomes) != ""
    assert is_ready == (set(outcomes) <= MET and set(outcomes) != {"not_applicable"})
