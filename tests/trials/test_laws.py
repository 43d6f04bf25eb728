"""Laws of folding and judging, over random results: silence and doubt make nothing better."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from pytest_orr.judge import decide
from pytest_orr.model import (
    Evidence,
    Finding,
    ItemSpec,
    Outcome,
    Provenance,
    Release,
    RunBlock,
    StatementUsed,
    Verdict,
    VerdictWord,
    WaiverUsed,
)
from pytest_orr.record.folding import Permission, fold
from pytest_orr.record.journal import Closing, Journal, Opening
from pytest_orr.record.review import review_of
from pytest_orr.record.values import ItemRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

pytestmark = pytest.mark.trial

SEED = 20261124
EXAMPLES = 20_000 if os.environ.get("ORR_TRIALS") == "full" else 2_000
LAW = settings(max_examples=EXAMPLES, deadline=None, database=None)
WORST_FIRST = list(VerdictWord)
SUBJECTS = ("one", "two")
SEEN = (Outcome.PASS, Outcome.ATTESTED, Outcome.PENDING, Outcome.UNKNOWN, Outcome.FAIL)
DIGEST = "0" * 64


def spec(number: int) -> ItemSpec:
    return ItemSpec(
        id=f"demo.a.n{number}",
        position=number,
        part="service",
        section="demo",
        section_title="Demo",
        title="It holds.",
        stated="",
        severity="blocker",
        phase="launch",
        owner="service",
        why="Because.",
        fix="Do it.",
        question="Who says so?",
        evidence_kind="link",
        valid_for=90,
        class_as_built="automatic",
        stamp="local",
        file="test_demo.py",
        function=f"test_n{number}",
    )


SPECS = tuple(map(spec, range(4)))


def statement(covers: str) -> StatementUsed:
    evidence = (Evidence(kind="link", ref="https://wiki.example.org/x", dated="2026-11-02"),)
    return StatementUsed(
        statement="It is so.",
        by="ana@example.org",
        confirmed="bo@example.org",
        on="2026-11-02",
        until="2027-01-31",
        release="any",
        covers=covers,
        evidence=evidence,
    )


def permission(resource: str | None) -> Permission:
    shown = WaiverUsed(
        reason="accepted",
        requester="ana@example.org",
        approver="eve@example.org",
        granted="2026-11-10",
        expires="2026-12-01",
        resource=resource or "",
        action="",
        true_outcome=Outcome.UNKNOWN,
        true_reason="",
    )
    return Permission(resource=resource, shown=shown)


FINDINGS = st.lists(
    st.builds(Finding, subject=st.sampled_from(SUBJECTS), outcome=st.sampled_from(SEEN)),
    max_size=4,
)
STATEMENTS = st.sampled_from([None, statement("question"), statement("unknown")])
PERMISSIONS = st.lists(st.sampled_from([permission(None), *map(permission, SUBJECTS)]), max_size=2)


@st.composite
def results(draw: st.DrawFn) -> list[ItemRecord]:
    """Some results: of some items none, of some several."""
    numbers = draw(st.lists(st.integers(0, len(SPECS) - 1), max_size=6))
    return [
        result(number, *draw(st.tuples(FINDINGS, STATEMENTS, PERMISSIONS))) for number in numbers
    ]


def result(
    number: int,
    findings: list[Finding],
    said: StatementUsed | None,
    permissions: list[Permission],
) -> ItemRecord:
    folded = fold(findings, fix="Do it.", statement=said, permissions=permissions)
    return ItemRecord(
        id=SPECS[number].id,
        node=f"test_demo.py::test_n{number}",
        outcome=folded.outcome,
        reason=folded.reason,
        findings=folded.findings,
        attestation=said,
        waiver=folded.waiver,
    )


def judged(records: Iterable[ItemRecord], *, ended: bool = True) -> Verdict:
    kept = tuple(records)
    empty: dict[str, Any] = {f"{name}_sha256": DIGEST for name in ("profile", "attestations")}
    provenance = Provenance(**empty, waivers_sha256="", policy_sha256="", facts_sha256="")
    opening = Opening(
        run=RunBlock(id="1", started="s", as_of="a", tool="t", suite=DIGEST),
        service="demo",
        environment="production",
        release=Release(commit="0123456"),
        phase="launch",
        people=(),
        expected=SPECS,
    )
    closing = Closing(records=len(kept), provenance=provenance) if ended else None
    return decide(review_of(Journal(opening=opening, records=kept, closing=closing)))


@seed(SEED)
@LAW
@given(results())
def ready_means_that_every_item_has_findings_and_none_is_open(
    records: list[ItemRecord],
) -> None:
    verdict = judged(records)
    consented = {Outcome.PASS, Outcome.ATTESTED, Outcome.WAIVED}
    answered = {record.id for record in records} == {one.id for one in SPECS}
    sound = all(
        record.findings and {finding.outcome for finding in record.findings} <= consented
        for record in records
    )
    assert (verdict.exit_code == 0) == (answered and sound)
    assert judged(records, ended=False).exit_code != 0


@seed(SEED)
@LAW
@given(results(), st.data())
def silence_and_doubt_never_make_a_verdict_better(
    records: list[ItemRecord], data: st.DataObject
) -> None:
    if not records:
        return
    verdict = judged(records)
    number = data.draw(st.integers(0, len(records) - 1))
    chosen = records[number]
    again = replace(chosen, outcome=data.draw(st.sampled_from(Outcome)))
    more = judged([*records, again])
    assert more.raw.met <= verdict.raw.met
    assert verdict.exit_code == 0 or more.exit_code != 0
    lost = judged(record for record in records if record.id != chosen.id)
    assert lost.exit_code != 0
    doubted = replace(chosen, outcome=Outcome.UNKNOWN)
    assert judged([*records[:number], doubted, *records[number + 1 :]]).exit_code != 0


@seed(SEED)
@LAW
@given(results(), st.integers(0, 6))
def the_order_of_results_changes_nothing(records: list[ItemRecord], turn: int) -> None:
    before = judged(records)
    after = judged(reversed([*records[turn:], *records[:turn]]))
    assert (after.word, after.raw, after.adjusted, after.counts) == (
        before.word,
        before.raw,
        before.adjusted,
        before.counts,
    )


@seed(SEED)
@LAW
@given(FINDINGS, STATEMENTS, PERMISSIONS, st.data())
def one_more_finding_and_one_permission_less_never_make_an_item_better(
    findings: list[Finding],
    said: StatementUsed | None,
    permissions: list[Permission],
    data: st.DataObject,
) -> None:
    order = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PENDING, Outcome.WAIVED, Outcome.ATTESTED)
    rank = {outcome: place for place, outcome in enumerate((*order, Outcome.PASS))}
    before = fold(findings, fix="", statement=said, permissions=permissions).outcome
    another = data.draw(st.builds(Finding, subject=st.just("one"), outcome=st.sampled_from(SEEN)))
    if findings:
        more = fold([*findings, another], fix="", statement=said, permissions=permissions).outcome
        assert rank[more] <= rank[before]
    less = fold(findings, fix="", statement=said, permissions=permissions[1:]).outcome
    assert rank[less] <= rank[before]
    alone = fold(findings, fix="", statement=None, permissions=permissions).outcome
    assert rank[alone] <= max(rank[before], rank[Outcome.PENDING] if findings else rank[before])


LAWS = (
    ready_means_that_every_item_has_findings_and_none_is_open,
    silence_and_doubt_never_make_a_verdict_better,
    the_order_of_results_changes_nothing,
    one_more_finding_and_one_permission_less_never_make_an_item_better,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_holds(law: Callable[[], None], trials: Any) -> None:
    law()
    said = law.__name__.replace("_", " ")
    trials.saw(f"law: {said}", seed=SEED, text=f"{EXAMPLES} examples, none against it")
