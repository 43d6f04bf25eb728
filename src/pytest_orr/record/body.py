"""Runs an item's body in the call phase and names its outcome: the only place that does."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import FactUnavailable, NothingFound, Unanswered
from pytest_orr.model import FactSeen, Finding, NotApplicable, Outcome
from pytest_orr.record.corroboration import corroborated, reason_beside
from pytest_orr.record.findings import Subjects, finding_of
from pytest_orr.record.folding import NOTHING, Permission, fold
from pytest_orr.record.handing import caveats, replaced, unwrap
from pytest_orr.record.stillness import still
from pytest_orr.record.values import ItemRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.model import ItemSpec
    from pytest_orr.record.attestation import Attestation

STRAIGHT = "let the item assert on facts; not applicable is declared in readiness.toml"
JUDGEMENTS = (
    AssertionError,
    FactUnavailable,
    NothingFound,
    Unanswered,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything people said about one item, already judged to be in force or not."""

    attestation: Attestation
    permissions: tuple[Permission, ...] = ()
    not_applicable: NotApplicable | None = None
    proposed: str = ""
    """Why a declared not-applicable is not in force; empty when there is none."""
    proposed_remedy: str = ""
    """What to do about it."""
    is_contradicted: bool = False
    """Whether facts contradict it, so that the item is unknown without being judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the body of one item did."""

    findings: tuple[Finding, ...]
    facts: tuple[FactSeen, ...]
    sealed: tuple[Finding, ...] = ()
    """Findings that no statement may stand for."""


def record_item(
    item: pytest.Function,
    spec: ItemSpec,
    standing: Standing,
    digests: Mapping[str, str],
) -> ItemRecord:
    """Run the body of an item and return its record.

    ``digests`` maps a fact's name to its digest. An exception that is no judgement is left to
    propagate: pytest reports it and the item is broken.
    """
    if standing.not_applicable is not None:
        return ItemRecord(
            id=spec.id,
            node=item.nodeid,
            outcome=Outcome.NOT_APPLICABLE,
            reason=standing.not_applicable.text,
            not_applicable=standing.not_applicable,
        )
    unjudged = Course(findings=(), facts=())
    course = unjudged if standing.is_contradicted else _run(item, spec, standing, digests)
    statement = standing.attestation.in_force
    findings = (*course.findings, *_waiting(spec, standing.attestation, course.findings))
    findings = (*_proposal(standing), *findings)
    folded = fold(
        findings,
        fix=spec.fix,
        statement=statement,
        permissions=standing.permissions,
        sealed=(*course.sealed, *findings[: bool(standing.proposed)]),
    )
    return ItemRecord(
        id=spec.id,
        node=item.nodeid,
        outcome=folded.outcome,
        reason=reason_beside(statement, folded),
        remedy=folded.remedy,
        findings=folded.findings,
        facts=course.facts,
        attestation=corroborated(statement, folded.findings),
        waiver=folded.waiver,
    )


def _proposal(standing: Standing) -> tuple[Finding, ...]:
    """Say why a declared not-applicable is not in force."""
    if not standing.proposed:
        return ()
    return (
        Finding(
            subject="not applicable",
            outcome=Outcome.UNKNOWN,
            detail=standing.proposed,
            remedy=standing.proposed_remedy,
        ),
    )


def _run(
    item: pytest.Function, spec: ItemSpec, standing: Standing, digests: Mapping[str, str]
) -> Course:
    if strangers := replaced(item, spec):
        return Course(findings=strangers, facts=(), sealed=strangers)
    handed, missing, facts = unwrap(item, digests)
    if missing and not any(fact.observed for fact in facts):
        return Course(findings=missing, facts=facts)
    subjects = next((v for v in handed.values() if isinstance(v, Subjects)), None)
    end = _call(item, handed)
    findings = (*missing, *(subjects.findings if subjects else ()))
    sealed: tuple[Finding, ...] = ()
    if end is not None:
        repeats = any(end.detail == one.detail for one in missing)
        findings = findings if repeats else (*findings, end)
        # A person may stand for what nobody could see, but not beside what was seen and not judged.
        unjudged = sum(fact.observed for fact in facts) > 1 or end.remedy == STRAIGHT
        sealed = findings if missing else (end,) if unjudged else ()
    elif subjects is not None and not findings:
        findings = sealed = (NOTHING,)
    elif not findings:
        findings = tuple(
            Finding(subject=fact.name, outcome=Outcome.PASS, detail=fact.source) for fact in facts
        )
    if standing.attestation.was_read and end is None:
        findings = (*findings, _stated(standing.attestation))
    return Course(findings=(*findings, *caveats(item)), facts=facts, sealed=sealed)


def _waiting(
    spec: ItemSpec, attestation: Attestation, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Let a manual item that would pass wait for its statement, although its body read none.

    Of an automatic one whose blind spot somebody would stand for, say why that does not count.
    """
    outcomes = {one.outcome for one in findings}
    waits = spec.manual and outcomes == {Outcome.PASS} and attestation.in_force is None
    would_cover = not spec.manual and Outcome.UNKNOWN in outcomes and attestation.would_cover
    if not (waits or would_cover):
        return ()
    missing = finding_of(attestation.unanswered(), "the statement" if would_cover else "the item")
    return (missing,) if missing else ()


def _call(item: pytest.Function, handed: Mapping[str, object]) -> Finding | None:
    """Run the body with warnings as errors; return the finding with which it ended early."""
    try:
        with warnings.catch_warnings(), still():
            warnings.simplefilter("error")
            returned = item.obj(**handed)
    except JUDGEMENTS as error:
        return finding_of(error, "the item")
    except pytest.xfail.Exception as error:
        return _refused(f"the item expected itself to fail: {error.msg}")
    except pytest.fail.Exception as error:
        return Finding(subject="the item", outcome=Outcome.FAIL, detail=str(error))
    except pytest.skip.Exception as error:
        return _refused(f"the item skipped itself: {error.msg}")
    if returned is not None:
        return _refused(f"the item returned {type(returned).__name__} instead of asserting")
    return None


def _refused(text: str) -> Finding:
    return Finding(
        subject="the item",
        outcome=Outcome.UNKNOWN,
        detail=text,
        remedy=STRAIGHT,
    )


def _stated(attestation: Attestation) -> Finding:
    return Finding(
        subject=f"statement by {attestation.by}",
        outcome=Outcome.ATTESTED,
        detail=attestation.statement,
    )
