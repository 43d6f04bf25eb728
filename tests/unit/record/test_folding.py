"""Findings to one outcome: by table, and as laws."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.model import Evidence, Finding, Outcome, StatementUsed, WaiverUsed
from pytest_orr.record.folding import SAW_NOTHING, WORST_FIRST, Permission, fold, worst

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

LADDER = ("fail", "unknown", "pending", "waived", "attested", "pass")
FIX = "Do the right thing."
SUBJECTS = ("one", "two", "three")
LAW = settings(derandomize=True, deadline=None, max_examples=300)


def finding(outcome: str, subject: str = "one", **more: Any) -> Finding:
    return Finding(subject=subject, outcome=Outcome(outcome), **more)


WAIVER = WaiverUsed(
    reason="accepted",
    requester="ana@example.org",
    approver="eve@example.org",
    granted="2026-11-10",
    expires="2026-12-01",
    resource="",
    action="",
    true_outcome=Outcome.UNKNOWN,
    true_reason="",
)
STATEMENT = StatementUsed(
    statement="It is so.",
    by="ana@example.org",
    confirmed="",
    on="2026-11-02",
    until="2027-01-31",
    release="any",
    covers="question",
    evidence=(Evidence(kind="link", ref="https://x.example.org", dated="2026-11-02"),),
)

FINDINGS = st.lists(
    st.builds(
        Finding,
        subject=st.sampled_from(SUBJECTS),
        outcome=st.sampled_from([Outcome(word) for word in LADDER]),
        detail=st.sampled_from(["", "seen"]),
    ),
    max_size=5,
)
PERMISSIONS = st.lists(
    st.builds(Permission, resource=st.sampled_from([None, *SUBJECTS]), shown=st.just(WAIVER)),
    max_size=3,
)
STATEMENTS = st.sampled_from([None, STATEMENT, replace(STATEMENT, covers="unknown")])


@pytest.mark.parametrize(("one", "other"), [*itertools.product(LADDER, LADDER)])
def test_the_worse_of_two_findings_is_the_outcome(one: str, other: str) -> None:
    expected = LADDER[min(LADDER.index(one), LADDER.index(other))]
    assert fold([finding(one), finding(other)], fix=FIX).outcome.value == expected


def test_every_outcome_has_its_rank() -> None:
    assert sorted(WORST_FIRST) == sorted(Outcome)
    assert [o.value for o in WORST_FIRST if o.value in LADDER] == list(LADDER)
    assert worst([Outcome.PASS, Outcome.MISSING, Outcome.PENDING]) is Outcome.MISSING


def test_an_item_that_saw_nothing_is_unknown() -> None:
    folded = fold([], fix=FIX)
    assert folded.outcome is Outcome.UNKNOWN
    assert folded.reason == f"the item: {SAW_NOTHING}"
    assert folded.findings == (
        Finding(subject="the item", outcome=Outcome.UNKNOWN, detail=SAW_NOTHING),
    )


@pytest.mark.parametrize(
    ("true", "outcome"),
    [
        ("fail", "waived"),
        ("pending", "waived"),
        ("unknown", "unknown"),
        ("attested", "attested"),
        ("pass", "pass"),
    ],
)
def test_a_waiver_covers_fails_and_pendings_alone(true: str, outcome: str) -> None:
    permission = Permission(resource=None, shown=WAIVER)
    folded = fold([finding(true, detail="seen")], fix=FIX, permissions=[permission])
    assert folded.outcome.value == outcome
    assert folded.findings[0].outcome.value == outcome
    if outcome == "waived":
        assert folded.waiver == replace(WAIVER, true_outcome=Outcome(true), true_reason="one: seen")
        assert folded.remedy == ""
    else:
        assert folded.waiver is None


def test_a_doubtful_statement_is_never_worse_than_none() -> None:
    doubt = replace(finding("unknown", detail="no git is here"), is_doubt=True)
    assert fold([doubt], fix=FIX).outcome is Outcome.UNKNOWN
    permission = Permission(resource=None, shown=WAIVER)
    for stated in (doubt, finding("pending")):
        folded = fold([stated], fix=FIX, permissions=[permission])
        assert folded.outcome is Outcome.WAIVED
        assert folded.waiver is not None
        assert folded.waiver.true_outcome is stated.outcome
    beside = fold([doubt, finding("unknown", "two")], fix=FIX, permissions=[permission])
    assert beside.outcome is Outcome.UNKNOWN


def test_a_covered_fail_beside_an_unknown_is_unknown() -> None:
    permission = Permission(resource=None, shown=WAIVER)
    folded = fold([finding("fail"), finding("unknown", "two")], fix=FIX, permissions=[permission])
    assert folded.outcome is Outcome.UNKNOWN
    assert [f.outcome.value for f in folded.findings] == ["waived", "unknown"]
    assert folded.waiver is not None
    assert folded.waiver.true_outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("resource", "outcomes", "outcome"),
    [
        ("one", ["waived", "fail", "pass"], "fail"),
        ("two", ["fail", "waived", "pass"], "fail"),
        ("three", ["fail", "fail", "pass"], "fail"),
        ("elsewhere", ["fail", "fail", "pass"], "fail"),
        (None, ["waived", "waived", "pass"], "waived"),
    ],
)
def test_a_waiver_of_a_resource_covers_that_finding_alone(
    resource: str | None, outcomes: list[str], outcome: str
) -> None:
    findings = [finding("fail", "one"), finding("fail", "two"), finding("pass", "three")]
    permission = Permission(resource=resource, shown=WAIVER)
    folded = fold(findings, fix=FIX, permissions=[permission])
    assert [f.outcome.value for f in folded.findings] == outcomes
    assert folded.outcome.value == outcome


def test_two_waivers_of_resources_cover_two_findings() -> None:
    findings = [finding("fail", "one"), finding("fail", "two")]
    permissions = [Permission(resource=name, shown=WAIVER) for name in ("two", "one")]
    folded = fold(findings, fix=FIX, permissions=permissions)
    assert folded.outcome is Outcome.WAIVED
    assert folded.waiver is not None


@pytest.mark.parametrize(
    ("covers", "true", "outcome"),
    [
        ("question", "unknown", "unknown"),
        ("unknown", "unknown", "attested"),
        ("unknown", "fail", "fail"),
        ("unknown", "pending", "pending"),
        ("unknown", "pass", "pass"),
    ],
)
def test_a_statement_stands_for_unknowns_only_if_it_says_so(
    a_statement: Callable[..., StatementUsed], covers: str, true: str, outcome: str
) -> None:
    folded = fold([finding(true)], fix=FIX, statement=a_statement(covers=covers))
    assert folded.outcome.value == outcome


def test_a_finding_that_is_stated_instead_says_so(
    a_statement: Callable[..., StatementUsed],
) -> None:
    unknown = finding("unknown", detail="denied", remedy="grant it")
    folded = fold([unknown], fix=FIX, statement=a_statement(covers="unknown"))
    assert folded.findings == (
        finding("attested", detail="denied; ana@example.org states it instead"),
    )
    assert (folded.outcome, folded.remedy) == (Outcome.ATTESTED, "")


def test_an_observed_fail_beats_a_statement_about_unknowns(
    a_statement: Callable[..., StatementUsed],
) -> None:
    findings = [finding("unknown"), finding("fail", "two"), finding("attested", "three")]
    folded = fold(findings, fix=FIX, statement=a_statement(covers="unknown"))
    assert folded.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        ([finding("pass", detail="2 zones")], "one: 2 zones"),
        ([finding("pass")], "one"),
        ([finding("pass"), finding("pass")], "2 findings, all good"),
        ([finding("attested"), finding("attested"), finding("pass")], "2 findings, all good"),
        ([finding("fail", detail="too few"), finding("pass")], "one: too few"),
        (
            [finding("fail", detail="too few"), finding("fail", "two"), finding("fail", "three")],
            "one: too few (and 2 more)",
        ),
    ],
)
def test_the_reason_is_the_first_decisive_finding(findings: list[Finding], reason: str) -> None:
    assert fold(findings, fix=FIX).reason == reason


@pytest.mark.parametrize(
    ("findings", "remedy"),
    [
        ([finding("pass", remedy="x")], ""),
        ([finding("attested", remedy="x")], ""),
        ([finding("fail")], FIX),
        ([finding("unknown", remedy="grant it")], "grant it"),
        ([finding("unknown"), finding("unknown", remedy="grant it")], "grant it"),
        ([finding("fail"), finding("unknown", remedy="grant it")], FIX),
    ],
)
def test_the_remedy_is_the_findings_own_or_else_the_items_fix(
    findings: list[Finding], remedy: str
) -> None:
    assert fold(findings, fix=FIX).remedy == remedy


@LAW
@given(FINDINGS, FINDINGS.filter(bool), STATEMENTS, PERMISSIONS)
def test_one_more_finding_never_makes_it_better(
    findings: list[Finding],
    more: list[Finding],
    statement: StatementUsed | None,
    permissions: list[Permission],
) -> None:
    some = findings or more[:1]
    before = fold(some, fix=FIX, statement=statement, permissions=permissions)
    after = fold([*some, more[-1]], fix=FIX, statement=statement, permissions=permissions)
    assert WORST_FIRST.index(after.outcome) <= WORST_FIRST.index(before.outcome)


@LAW
@given(FINDINGS, STATEMENTS, PERMISSIONS, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_decide(
    findings: list[Finding],
    statement: StatementUsed | None,
    permissions: list[Permission],
    random: Random,
) -> None:
    before = fold(findings, fix=FIX, statement=statement, permissions=permissions)
    random.shuffle(findings)
    after = fold(findings, fix=FIX, statement=statement, permissions=permissions)
    assert after.outcome is before.outcome


@LAW
@given(FINDINGS, STATEMENTS, PERMISSIONS)
def test_a_waiver_of_nothing_that_was_found_adds_nothing(
    findings: list[Finding], statement: StatementUsed | None, permissions: list[Permission]
) -> None:
    before = fold(findings, fix=FIX, statement=statement, permissions=permissions)
    idle = Permission(resource="elsewhere", shown=WAIVER)
    after = fold(findings, fix=FIX, statement=statement, permissions=[*permissions, idle])
    assert after == before


@LAW
@given(FINDINGS, PERMISSIONS)
def test_an_unknown_is_never_waived(findings: list[Finding], permissions: list[Permission]) -> None:
    seen = [finding("unknown"), *findings]
    folded = fold(seen, fix=FIX, statement=STATEMENT, permissions=permissions)
    assert folded.outcome in {Outcome.FAIL, Outcome.UNKNOWN}
    assert folded.findings[0].outcome is Outcome.UNKNOWN


@LAW
@given(FINDINGS.filter(bool), STATEMENTS, PERMISSIONS)
def test_folding_keeps_every_finding_and_its_subject(
    findings: list[Finding], statement: StatementUsed | None, permissions: list[Permission]
) -> None:
    folded = fold(findings, fix=FIX, statement=statement, permissions=permissions)
    assert [f.subject for f in folded.findings] == [f.subject for f in findings]
    assert folded.outcome is worst(f.outcome for f in folded.findings)
