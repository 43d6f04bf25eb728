"""SignOff to ``review.json`` and back: the machine's copy, from which every page can be remade."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import coming, escape, notes, provenance_json, review_head, weakenings

if TYPE_CHECKING:
    from pytest_orr.model import (
        FactSeen,
        Finding,
        ItemResult,
        ItemSpec,
        NotApplicable,
        Review,
        Score,
        SignOff,
        StatementUsed,
        WaiverUsed,
    )

FILE_NAME = "review.json"
SCHEMA = "tag:pytest-orr,2026:review/v1"
"""Names the format, and is the ``$id`` of its JSON Schema."""

Plain = dict[str, Any]


def render(signoff: SignOff) -> str:
    """Return the review as JSON: keys in a fixed order, items sorted by id, integers only."""
    text = json.dumps(_document(signoff), ensure_ascii=False, allow_nan=False, indent=2)
    return escape.json_source(text) + "\n"


def read(text: str) -> Review:
    """Rebuild the review from ``review.json``.

    The verdict is not read: whoever needs it judges the review again. Raises ``InvalidInput``
    with everything that is wrong with the text.
    """
    from .review_reading import read as rebuild  # noqa: PLC0415 loads the JSON Schema library

    return rebuild(text)


def item(result: ItemResult) -> Plain:
    """Return one item as plain JSON values: what ``review.json`` says and a statement hashes."""
    return {
        **_identity(result.spec),
        **_judgement(result),
        **_said(result),
        **_guidance(result.spec),
        "traceback": result.traceback,
    }


def evidence(used: StatementUsed | None) -> list[Plain]:
    """Return what a statement rests on; nothing without a statement."""
    return [
        {
            "kind": seen.kind,
            "ref": seen.ref,
            "sha256": seen.sha256,
            "dated": seen.dated,
            "size": seen.size,
        }
        for seen in (used.evidence if used else ())
    ]


def _document(signoff: SignOff) -> Plain:
    review, verdict = signoff.review, signoff.verdict
    return {
        "schema": SCHEMA,
        "service": review.service,
        "environment": review.environment,
        "release": review_head.release(review.release),
        "phase": review.phase,
        "run": review_head.run(review.run),
        "selection": review.selection,
        "verdict": verdict.word.value,
        "reason": verdict.reason,
        "scores": {"raw": _score(verdict.raw), "adjusted": _score(verdict.adjusted)},
        "provenance": provenance_json.plain(review.provenance),
        "people": [review_head.person(person) for person in review.people],
        "notices": [
            {"kind": notice.kind, "item": notice.item, "text": notice.text}
            for notice in review.notices
        ],
        "notes": notes.plain(review),
        "weakenings": weakenings.plain(review),
        "later": coming.plain_plan(review),
        "endings": coming.plain_endings(review),
        "items": [item(result) for result in sorted(review.items, key=lambda one: one.spec.id)],
    }


def _identity(spec: ItemSpec) -> Plain:
    return {
        "id": spec.id,
        "position": spec.position,
        "part": spec.part,
        "section": spec.section,
        "section_title": spec.section_title,
        "title": spec.title,
        "stated": spec.stated,
        "severity": spec.severity,
        "phase": spec.phase,
        "owner": spec.owner,
        "stamp": spec.stamp,
        "class_as_built": spec.class_as_built,
        "manual": spec.manual,
        "facts_asked": list(spec.facts),
    }


def _judgement(result: ItemResult) -> Plain:
    return {
        "outcome": result.outcome.value,
        "gated": result.gated,
        "reason": result.reason,
        "remedy": result.remedy,
        "findings": [_finding(finding) for finding in result.findings],
        "facts": [_fact(fact) for fact in result.facts],
    }


def _said(result: ItemResult) -> Plain:
    return {
        "attestation": _statement(result.attestation),
        "evidence": evidence(result.attestation),
        "waiver": _waiver(result.waiver),
        "not_applicable": _not_applicable(result.not_applicable),
    }


def _guidance(spec: ItemSpec) -> Plain:
    return {
        "why": spec.why,
        "fix": spec.fix,
        "question": spec.question,
        "evidence_kind": spec.evidence_kind,
        "valid_for": spec.valid_for,
        "void": spec.void,
        "aliases": list(spec.aliases),
        "file": spec.file,
        "function": spec.function,
    }


def _score(score: Score) -> Plain:
    return {"met": score.met, "of": score.of}


def _finding(finding: Finding) -> Plain:
    return {
        "subject": finding.subject,
        "outcome": finding.outcome.value,
        "detail": finding.detail,
        "remedy": finding.remedy,
    }


def _fact(fact: FactSeen) -> Plain:
    return {
        "name": fact.name,
        "source": fact.source,
        "digest": fact.digest,
        "observed": fact.observed,
        "operations": list(fact.operations),
    }


def _statement(used: StatementUsed | None) -> Plain | None:
    if used is None:
        return None
    return {
        "statement": used.statement,
        "by": used.by,
        "confirmed": used.confirmed,
        "on": used.on,
        "until": used.until,
        "release": used.release,
        "covers": used.covers,
        "authorship": used.authorship,
        "brought": used.brought,
        "corroborated": list(used.corroborated),
    }


def _waiver(used: WaiverUsed | None) -> Plain | None:
    if used is None:
        return None
    return {
        "reason": used.reason,
        "requester": used.requester,
        "approver": used.approver,
        "granted": used.granted,
        "expires": used.expires,
        "resource": used.resource,
        "action": used.action,
        "conditions": notes.plain_conditions(used.conditions),
        "true_outcome": used.true_outcome.value,
        "true_reason": used.true_reason,
    }


def _not_applicable(agreed: NotApplicable | None) -> Plain | None:
    if agreed is None:
        return None
    return {
        "reason": agreed.reason,
        "text": agreed.text,
        "approver": agreed.approver,
        "on": agreed.on,
    }
