"""Is a statement, a waiver or a not-applicable in force? Pure judgement on what was written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_orr.model import EVIDENCE_KINDS

from .applicability_standing import against_basis, against_proposal
from .attesting import ANY_ITEM, against_people
from .days import days_left, has_passed, last_day
from .drill_standing import KIND, against_drills, drill_of, too_old
from .evidence_files import names_a_file
from .mistakes import escape
from .objection import Objection
from .service import same_person
from .voiding import against_binding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pytest_orr.model import ItemSpec

    from .load import Written
    from .schema import EvidenceRef, NotApplicable, PlannedAction, Statement, Waiver

APPROVING = tuple(sorted(ANY_ITEM))
SOON = 14
"""Days before its end from which a waiver's expiry is announced."""


class Force(StrEnum):
    """Whether what was written counts."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    OVERDUE = "overdue"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether something written counts; if not, why in one line, and what to do."""

    force: Force
    reason: str = ""
    remedy: str = ""
    notice: str = ""
    """What must be known although it counts: that it expires soon."""

    @property
    def in_force(self) -> bool:
        """Whether it counts."""
        return self.force is Force.IN_FORCE


def statement_standing(
    spec: ItemSpec, statement: Statement, *, written: Written, as_of: date
) -> Standing:
    """Judge a statement on ``spec``: validity, people, release, evidence, drills, as of a day."""
    objections = [
        *_against_validity(spec, statement),
        *against_people(spec, statement, written),
        *against_binding(spec, statement, written.profile),
        *_against_kind(spec, statement),
        *(found for one in statement.evidence for found in _against_evidence(one, written)),
        *against_drills(spec, statement, written),
    ]
    where = written.where(spec.id)
    if objections:
        return _refused(f"{where}the statement is refused", objections)
    if has_passed(statement.until, as_of):
        return Standing(
            force=Force.EXPIRED,
            reason=f"{where}the statement expired: it held until {statement.until}",
            remedy="answer again with a new date and new evidence in attestations.toml",
        )
    if aged := too_old(spec, statement, written=written, as_of=as_of):
        return Standing(force=Force.EXPIRED, reason=f"{where}{aged.reason}", remedy=aged.remedy)
    return Standing(force=Force.IN_FORCE)


def waiver_standing(spec: ItemSpec, waiver: Waiver, *, written: Written, as_of: date) -> Standing:
    """Judge a waiver of ``spec``: who approved it, for how long, whether policy allows it."""
    objections = [
        *_against_approval(waiver, written),
        *_against_length(spec, waiver, written),
        *_against_policy(spec, written),
    ]
    where = written.where_waived(waiver)
    if objections:
        return _refused(f"{where}the waiver is refused", objections)
    if has_passed(waiver.expires, as_of):
        return Standing(
            force=Force.EXPIRED,
            reason=f"{where}the waiver expired: it held until {waiver.expires}",
            remedy="repair what it covered, or have a new waiver approved",
        )
    if waiver.action is not None and has_passed(waiver.action.due, as_of):
        return _overdue(where, waiver.action)
    days = days_left(waiver.expires, as_of)
    notice = f"{where}the waiver expires on {waiver.expires}, in {days} days"
    return Standing(force=Force.IN_FORCE, notice=notice if days <= SOON else "")


def _overdue(where: str, action: PlannedAction) -> Standing:
    """Say that a waiver is void: whoever approved it did so for work that was to be done by now."""
    who, what = escape(action.owner), escape(action.what)
    return Standing(
        force=Force.OVERDUE,
        reason=f"{where}the waiver is void: its action is overdue: “{what}”, by {who}, was due on"
        f" {action.due}",
        remedy=f"let {who} do it, or have a new waiver approved",
    )


def not_applicable_standing(declared: NotApplicable, *, written: Written) -> Standing:
    """Judge a not-applicable: signed by somebody with the role, and by nothing contradicted."""
    proposed = tuple(against_proposal(declared, written))
    void = tuple(against_basis(declared, written))
    unapproved = tuple(_against_approver(declared.approver, written)) if declared.approver else ()
    if not (proposed or void or unapproved):
        return Standing(force=Force.IN_FORCE)
    head = "is void" if void else "is only proposed" if proposed else "is refused"
    where = written.where_not_applicable(declared.item)
    return _refused(f"{where}not applicable {head}", [*void, *proposed, *unapproved])


def _refused(what: str, objections: list[Objection]) -> Standing:
    return Standing(
        force=Force.REFUSED,
        reason=f"{what}: {'; '.join(one.reason for one in objections)}",
        remedy="; ".join(dict.fromkeys(one.remedy for one in objections)),
    )


def _against_validity(spec: ItemSpec, statement: Statement) -> Iterator[Objection]:
    days = (statement.until - statement.on).days
    if days > spec.valid_for:
        latest = last_day(statement.on, spec.valid_for)
        yield Objection(
            reason=f"it is valid for {days} days, the item allows {spec.valid_for}",
            remedy=f"set `until` to {latest} or earlier",
        )


def _against_kind(spec: ItemSpec, statement: Statement) -> Iterator[Objection]:
    dates = [one.dated for one in statement.evidence if one.kind == spec.evidence_kind]
    wanted = f"{spec.evidence_kind} ({EVIDENCE_KINDS[spec.evidence_kind]})"
    if not dates:
        yield Objection(
            reason=f"its evidence has no {spec.evidence_kind}",
            remedy=f"add evidence of the kind {wanted}",
        )
    elif spec.evidence_kind != KIND and (statement.on - max(dates)).days > spec.valid_for:
        yield Objection(
            reason=f"its {spec.evidence_kind} is of {max(dates)}, older than the"
            f" {spec.valid_for} days that the item allows",
            remedy=f"add newer evidence of the kind {wanted}",
        )


def _against_evidence(evidence: EvidenceRef, written: Written) -> Iterator[Objection]:
    no_record = evidence.kind == KIND and drill_of(evidence, written) is None
    if no_record or not names_a_file(evidence):
        return
    ref = escape(evidence.ref)
    found = next((one for one in written.evidence_files if one.ref == evidence.ref), None)
    if found is None or found.problem:
        yield Objection(
            reason=f"its evidence {ref} {found.problem if found else 'was not read'}",
            remedy=f"put {ref} into the profile's folder as a plain file, or give a link",
        )
    elif evidence.sha256 is None:
        yield Objection(
            reason=f"its evidence {ref} has no digest",
            remedy=f"add the `sha256` that `sha256sum {ref}` prints",
        )
    elif evidence.sha256 != found.sha256:
        yield Objection(
            reason=f"its evidence {ref} is not the file that was stated: its digest differs",
            remedy=f"restore {ref}, or state it again with the `sha256` of the new file",
        )


def _against_approval(waiver: Waiver, written: Written) -> Iterator[Objection]:
    if same_person(waiver.approver, waiver.requester):
        yield Objection(
            reason="its requester has approved it",
            remedy="have another person approve it",
        )
    yield from _against_approver(waiver.approver, written)


def _against_approver(approver: str, written: Written) -> Iterator[Objection]:
    if not _roles(approver, written) & frozenset(APPROVING):
        roles = " or ".join(APPROVING)
        yield Objection(
            reason=f"its approver {escape(approver)} has not the role {roles}",
            remedy=f"have it approved by somebody with the role {roles}",
        )


def _against_length(spec: ItemSpec, waiver: Waiver, written: Written) -> Iterator[Objection]:
    longest: int = getattr(written.policy.gate.longest_waiver, spec.severity)
    days = (waiver.expires - waiver.granted).days
    if days > longest:
        latest = last_day(waiver.granted, longest)
        yield Objection(
            reason=f"it lasts {days} days, the policy allows {longest} for a {spec.severity}",
            remedy=f"set `expires` to {latest} or earlier",
        )


def _against_policy(spec: ItemSpec, written: Written) -> Iterator[Objection]:
    if spec.id in written.policy.gate.unwaivable:
        yield Objection(
            reason="the policy lets nobody waive this item",
            remedy="remove the waiver and repair what it covers",
        )


def _roles(email: str, written: Written) -> frozenset[str]:
    people = written.profile.service.people
    return frozenset(role for one in people if one.email == email for role in one.roles)
