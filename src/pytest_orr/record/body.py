"""Runs an item's body in the call phase and names its outcome: the only place that does."""

from __future__ import annotations

import inspect
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import FactUnavailable, NothingFound, Unanswered
from pytest_orr.model import FactSeen, Finding, NotApplicable, Outcome
from pytest_orr.observation import Observed, Unobserved
from pytest_orr.profile.schema import Profile
from pytest_orr.record.attestation import Attestation
from pytest_orr.record.findings import Subjects, finding_of
from pytest_orr.record.folding import NOTHING, Permission, fold
from pytest_orr.record.values import ItemRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.model import ItemSpec

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
    course = _run(item, spec, standing, digests)
    statement = standing.attestation.in_force
    findings = (*course.findings, *_waiting(spec, standing.attestation, course.findings))
    if standing.proposed:
        proposal = Finding(
            subject="not applicable", outcome=Outcome.UNKNOWN, detail=standing.proposed
        )
        findings = (proposal, *findings)
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
        reason=folded.reason,
        remedy=folded.remedy,
        findings=folded.findings,
        facts=course.facts,
        attestation=statement,
        waiver=folded.waiver,
    )


def _run(
    item: pytest.Function, spec: ItemSpec, standing: Standing, digests: Mapping[str, str]
) -> Course:
    if replaced := _replaced(item, spec):
        return Course(findings=replaced, facts=(), sealed=replaced)
    handed, missing, facts = _unwrap(item, digests)
    if missing:
        # A person may stand for what nobody could see, but not beside what was seen and not judged.
        beside = any(fact.observed for fact in facts)
        return Course(findings=missing, facts=facts, sealed=missing if beside else ())
    subjects = next((v for v in handed.values() if isinstance(v, Subjects)), None)
    end = _call(item, handed)
    findings = subjects.findings if subjects else ()
    sealed = (end,) if end is not None and end.remedy == STRAIGHT else ()
    if end is not None:
        findings = (*findings, end)
    elif subjects is not None and not findings:
        findings = sealed = (NOTHING,)
    elif not findings:
        findings = tuple(
            Finding(subject=fact.name, outcome=Outcome.PASS, detail=fact.source) for fact in facts
        )
    if standing.attestation.was_read and end is None:
        findings = (*findings, _stated(standing.attestation))
    return Course(findings=(*findings, *_caveats(item)), facts=facts, sealed=sealed)


def _replaced(item: pytest.Function, spec: ItemSpec) -> tuple[Finding, ...]:
    """Report what a fixture of the same name gave instead of the product's own."""
    expected: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(spec.facts, (Observed, Unobserved)),
        "subject": (Subjects,),
        "attestation": (Attestation,),
        "profile": (Profile,),
        "as_of": (datetime,),
    }
    return tuple(
        Finding(
            subject=name,
            outcome=Outcome.UNKNOWN,
            detail=f"another fixture took the place of {name}",
            remedy=f"rename the fixture {name} of the suite's conftest.py or module",
        )
        for name in _asked(item)
        if name in expected and not isinstance(item.funcargs[name], expected[name])
    )


def _waiting(
    spec: ItemSpec, attestation: Attestation, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Let a manual item that would pass wait for its statement, although its body read none."""
    passes = bool(findings) and all(one.outcome is Outcome.PASS for one in findings)
    if not (spec.manual and passes and attestation.in_force is None):
        return ()
    missing = finding_of(attestation.unanswered(), "the item")
    return (missing,) if missing else ()


def _unwrap(
    item: pytest.Function, digests: Mapping[str, str]
) -> tuple[dict[str, object], tuple[Finding, ...], tuple[FactSeen, ...]]:
    handed: dict[str, object] = {}
    missing: list[Finding] = []
    facts: list[FactSeen] = []
    for name, value in item.funcargs.items():
        if isinstance(value, Unobserved):
            missing.append(_unknown(value))
        if isinstance(value, Observed | Unobserved):
            facts.append(_seen(value, digests))
        handed[name] = value.value if isinstance(value, Observed) else value
    handed = {name: handed[name] for name in _asked(item)}
    return handed, tuple(missing), tuple(sorted(facts, key=lambda fact: fact.name))


def _asked(item: pytest.Function) -> list[str]:
    """Name what the body asks for; a parameter with a default is no fixture."""
    return [name for name in inspect.signature(item.obj).parameters if name in item.funcargs]


def _unknown(fact: Unobserved) -> Finding:
    return Finding(
        subject=fact.name, outcome=Outcome.UNKNOWN, detail=fact.cause, remedy=fact.remedy
    )


def _seen(fact: Observed[object] | Unobserved, digests: Mapping[str, str]) -> FactSeen:
    return FactSeen(
        name=fact.name,
        source=fact.source,
        digest=digests.get(fact.name, ""),
        observed=isinstance(fact, Observed),
    )


def _call(item: pytest.Function, handed: Mapping[str, object]) -> Finding | None:
    """Run the body with warnings as errors; return the finding with which it ended early."""
    try:
        with warnings.catch_warnings():
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


def _caveats(item: pytest.Function) -> tuple[Finding, ...]:
    """Return what collectors could not see beside the facts they returned."""
    return tuple(
        Finding(
            subject=caveat.subject,
            outcome=Outcome.UNKNOWN,
            detail=caveat.cause,
            remedy=caveat.remedy,
        )
        for name in _asked(item)
        if isinstance(fact := item.funcargs[name], Observed)
        for caveat in fact.caveats
    )
