"""Journal to review: every expected item exactly once, with its worst result or none."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.model import ItemResult, ItemSpec, Outcome, Provenance, Review, counts_in
from pytest_orr.record.folding import WORST_FIRST
from pytest_orr.record.journal import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.record.journal import Journal
    from pytest_orr.record.values import ItemRecord

NO_RESULT = "no result: it was deselected, lost, or its run was cut short"
NO_FILE = "the suite's lock names it, but no file of the suite states it"
NOT_FINISHED = "the run was cut short"

NOTHING_KNOWN = Provenance(
    profile_sha256="",
    attestations_sha256="",
    waivers_sha256="",
    policy_sha256="",
    facts_sha256="",
)


def review_of(journal: Journal) -> Review:
    """Return the review that a journal amounts to; it is all that a verdict is made of."""
    opening, closing = journal.opening, journal.closing
    selection = closing.selection if closing else ""
    by_id = _worst_by_id(journal.records)
    specs = {spec.id: spec for spec in opening.expected}
    lost = tuple(lost_item(item_id) for item_id in opening.lost if item_id not in specs)
    items = tuple(
        _result(spec, by_id.get(spec.id), opening.phase)
        for spec in sorted((*specs.values(), *lost), key=lambda spec: spec.id)
        if not selection or spec.id in by_id
    )
    return Review(
        service=opening.service,
        environment=opening.environment,
        release=opening.release,
        phase=opening.phase,
        run=opening.run,
        provenance=closing.provenance if closing else NOTHING_KNOWN,
        people=opening.people,
        items=items,
        notices=closing.notices if closing else (),
        notes=opening.notes,
        weakenings=opening.weakenings,
        endings=closing.endings if closing else (),
        selection=selection if closing else NOT_FINISHED,
    )


def records_digest(records: Iterable[ItemRecord]) -> str:
    """Return the SHA-256 over the records, the same in whatever order and folder they were made.

    Node ids are left out: they depend on where pytest found its settings.
    """
    lines = sorted(line_of(replace(record, node="")) for record in records)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _worst_by_id(records: Iterable[ItemRecord]) -> dict[str, ItemRecord]:
    grouped: dict[str, list[ItemRecord]] = defaultdict(list)
    for record in records:
        grouped[record.id].append(record)
    return {item_id: _merged(group) for item_id, group in grouped.items()}


def _merged(group: list[ItemRecord]) -> ItemRecord:
    """Return the worst of several results for one id, with the findings of all."""
    if len(group) == 1:
        return group[0]
    ordered = sorted(group, key=lambda r: (WORST_FIRST.index(r.outcome), r.node))
    findings = tuple(finding for record in ordered for finding in record.findings)
    return replace(ordered[0], findings=findings)


def _result(spec: ItemSpec, record: ItemRecord | None, phase: str) -> ItemResult:
    gated = counts_in(phase, spec.phase)
    if record is None:
        return ItemResult(
            spec=spec,
            outcome=Outcome.MISSING,
            gated=gated,
            reason=NO_RESULT if spec.function else NO_FILE,
            remedy="run the whole suite again: `pytest readiness/`"
            if spec.function
            else "restore its module: compare the suite with its lock by `orr check`",
        )
    return ItemResult(
        spec=spec,
        outcome=record.outcome,
        gated=gated,
        reason=record.reason,
        remedy=record.remedy,
        findings=record.findings,
        facts=record.facts,
        attestation=record.attestation,
        waiver=record.waiver,
        not_applicable=record.not_applicable,
        traceback=record.traceback,
    )


def lost_item(item_id: str) -> ItemSpec:
    """Stand in for an item of which only the lock's id is known; it gates as a blocker."""
    area = item_id.partition(".")[0]
    return ItemSpec(
        id=item_id,
        position=0,
        part="service",
        section=area,
        section_title=area.capitalize(),
        title=item_id,
        stated="",
        severity="blocker",
        phase="plan",
        owner="platform",
        why="",
        fix="",
        question="",
        evidence_kind="link",
        valid_for=1,
        class_as_built="person",
        stamp="modified",
        file="",
        function="",
    )
