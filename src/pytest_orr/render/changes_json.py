"""Changes to JSON, for gates and for whoever keeps a record: ``orr diff --json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import escape, review_head

if TYPE_CHECKING:
    from pytest_orr.changes import Changes, Difference, Entry, FindingChange, ItemChange, Side
    from pytest_orr.model import Outcome

SCHEMA = "tag:pytest-orr,2026:changes/v1"
"""Names the format, and is the ``$id`` of its JSON Schema, ``schemas/changes.schema.json``."""

Plain = dict[str, Any]


def render(changes: Changes, *, fail_on: str = "", because: tuple[str, ...] = ()) -> str:
    """Return the changes as JSON, with what a gate that was asked for does not let pass."""
    plain = {
        "schema": SCHEMA,
        **document(changes),
        "gate": {"fail_on": fail_on, "because": list(because)},
    }
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2)
    return escape.json_source(text) + "\n"


def document(changes: Changes) -> Plain:
    """Return the changes as plain JSON values."""
    return {
        "verdict": changes.verdict.value,
        "before": _side(changes.before),
        "after": _side(changes.after),
        "head": [_difference(one) for one in changes.head],
        "items": [_item(item) for item in changes.items],
        "alike": changes.alike,
        "newly_waived": [item.spec.id for item in changes.newly_waived],
        "newly_not_applicable": [item.spec.id for item in changes.newly_not_applicable],
        "changed_checks": [item.spec.id for item in changes.changed_checks],
        "changed_words": [item.spec.id for item in changes.changed_words],
        "notes": [_entry(one) for one in changes.notes],
        "weakenings": [_entry(one) for one in changes.weakenings],
    }


def _side(side: Side) -> Plain:
    verdict = side.verdict
    return {
        "service": side.service,
        "environment": side.environment,
        "phase": side.phase,
        "release": review_head.release(side.release),
        "run": review_head.run(side.run),
        "selection": side.selection,
        "verdict": verdict.word.value,
        "reason": verdict.reason,
        "scores": {
            "raw": {"met": verdict.raw.met, "of": verdict.raw.of},
            "adjusted": {"met": verdict.adjusted.met, "of": verdict.adjusted.of},
        },
    }


def _item(item: ItemChange) -> Plain:
    return {
        "id": item.spec.id,
        "was": item.was,
        "title": item.spec.title,
        "severity": item.spec.severity,
        "owner": item.spec.owner,
        "movement": item.movement.value,
        "before": _outcome(item.before),
        "after": _outcome(item.after),
        "counted_before": item.counts[0],
        "counts_after": item.counts[1],
        "earlier_reason": item.earlier_reason,
        "reason": item.reason,
        "findings": [_finding(one) for one in item.findings],
        "words": [_difference(one) for one in item.words],
        "check": [_difference(one) for one in item.check],
    }


def _finding(one: FindingChange) -> Plain:
    return {
        "subject": one.subject,
        "movement": one.movement.value,
        "before": _outcome(one.before),
        "after": _outcome(one.after),
        "detail": one.detail,
    }


def _difference(one: Difference) -> Plain:
    return {"name": one.name, "before": one.before, "after": one.after}


def _entry(one: Entry) -> Plain:
    return {
        "name": one.name,
        "text": one.text,
        "movement": one.movement.value,
        "state": one.state,
        "blocks": one.blocks,
    }


def _outcome(outcome: Outcome | None) -> str | None:
    return outcome.value if outcome else None
