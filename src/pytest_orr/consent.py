"""What people said about one item, judged and put into the words that the recorder uses."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from .errors import FactUnavailable, Unanswered
from .model import Condition, NotApplicable, Notice, Outcome, WaiverUsed
from .profile.days import day_of
from .profile.standing import (
    Force,
    not_applicable_standing,
    statement_standing,
    waiver_standing,
)
from .record.attestation import Attestation
from .record.body import Standing
from .record.folding import Permission
from .statements import used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from .model import ItemResult, ItemSpec
    from .profile.load import Written
    from .profile.schema import Waiver
    from .statements import Seen

NOTHING_SEEN: Seen = MappingProxyType({})


def standing_of(
    spec: ItemSpec, written: Written, as_of: datetime, seen: Seen = NOTHING_SEEN
) -> Standing:
    """Judge the statement, waivers and not-applicable of one item.

    ``seen`` are facts by name; without those that ``statements.facts_about`` names, a statement
    that rests on them is not in force.
    """
    declared = written.not_applicable(spec.id)
    agreed = declared and not_applicable_standing(declared, written=written)
    applies = not (declared and agreed and agreed.in_force)
    return Standing(
        attestation=_attestation(spec, written, as_of, seen),
        permissions=tuple(_permissions(spec, written, as_of)),
        not_applicable=None
        if applies or not declared
        else NotApplicable(
            reason=declared.reason,
            text=declared.text,
            approver=declared.approver or "",
            on=declared.on.isoformat() if declared.on else "",
        ),
        proposed=agreed.reason if agreed and applies else "",
        proposed_remedy=agreed.remedy if agreed and applies else "",
    )


def contradicted(standing: Standing, seen: tuple[str, ...], where: str) -> Standing:
    """Take a not-applicable back when facts show the thing: its item's own were not gathered.

    ``where`` is how a message names its place.
    """
    if not seen:
        return standing
    return replace(
        standing,
        not_applicable=None,
        proposed=f"{where}not applicable is void: {'; '.join(seen)}",
        proposed_remedy="declare it in readiness.toml and remove the [[not_applicable]]; if it is"
        " another service's, correct [aws.resources]",
        is_contradicted=True,
    )


def notices_of(
    written: Written, items: Iterable[ItemResult], as_of: datetime
) -> tuple[Notice, ...]:
    """Report every waiver that is not simply in use: refused, expired, ending, or idle.

    By kind and item, and then in the order of waivers.toml.
    """
    results = {item.spec.id: item for item in items}
    found = [
        notice
        for waiver in written.waivers
        if waiver.item in results
        for notice in _notices(waiver, results[waiver.item], written, as_of)
    ]
    return tuple(sorted(found, key=lambda notice: (notice.kind, notice.item)))


def _attestation(spec: ItemSpec, written: Written, as_of: datetime, seen: Seen) -> Attestation:
    statement = written.statement_on(spec.id)
    if statement is None:
        return Attestation(
            None,
            reason=f"nobody has answered: {spec.question}",
            remedy=f"answer in attestations.toml (`orr attest {spec.id}`)",
            item=spec.id,
        )
    judged = statement_standing(spec, statement, written=written, as_of=day_of(as_of))
    against: Unanswered | FactUnavailable = Unanswered(judged.reason, judged.remedy)
    if judged.in_force:
        try:
            found = used(spec, statement, written, seen)
            return Attestation(found, reason="", remedy="", item=spec.id)
        except (Unanswered, FactUnavailable) as said:
            against = said
    return Attestation(
        None,
        reason=str(against),
        remedy=against.remedy,
        item=spec.id,
        would_cover=statement.covers == "unknown",
        is_unknown=isinstance(against, FactUnavailable),
    )


def _permissions(spec: ItemSpec, written: Written, as_of: datetime) -> Iterator[Permission]:
    for waiver in written.waivers_of(spec.id):
        if waiver_standing(spec, waiver, written=written, as_of=day_of(as_of)).in_force:
            yield Permission(resource=waiver.resource, shown=_shown(waiver))


def _shown(waiver: Waiver) -> WaiverUsed:
    action = waiver.action
    return WaiverUsed(
        reason=waiver.reason,
        requester=waiver.requester,
        approver=waiver.approver,
        granted=waiver.granted.isoformat(),
        expires=waiver.expires.isoformat(),
        resource=waiver.resource or "",
        action=f"{action.what} ({action.owner}, by {action.due.isoformat()})" if action else "",
        true_outcome=Outcome.UNKNOWN,
        true_reason="",
        conditions=(Condition(what=action.what, owner=action.owner, due=action.due.isoformat()),)
        if action
        else (),
    )


def _notices(
    waiver: Waiver, result: ItemResult, written: Written, as_of: datetime
) -> Iterator[Notice]:
    judged = waiver_standing(result.spec, waiver, written=written, as_of=day_of(as_of))
    item = waiver.item
    if judged.force is Force.REFUSED:
        yield Notice(kind="waiver-refused", item=item, text=f"{judged.reason}; {judged.remedy}")
    elif judged.force is Force.EXPIRED:
        yield Notice(kind="waiver-expired", item=item, text=f"{judged.reason}; {judged.remedy}")
    elif judged.force is Force.OVERDUE:
        text = f"{judged.reason}; {judged.remedy}"
        yield Notice(kind="waiver-action-overdue", item=item, text=text)
    elif (idle := _idle(waiver, result, written.where_waived(waiver))) is not None:
        yield idle
    elif judged.notice:
        yield Notice(kind="waiver-expires-soon", item=item, text=judged.notice)


def _idle(waiver: Waiver, result: ItemResult, where: str) -> Notice | None:
    """Report a waiver in force that covers nothing; one of an item without a result is silent."""
    if result.outcome is Outcome.MISSING:
        return None
    covered = [finding for finding in result.findings if finding.outcome is Outcome.WAIVED]
    if any(waiver.resource in {None, finding.subject} for finding in covered):
        return None
    if waiver.resource and waiver.resource not in {f.subject for f in result.findings}:
        text = f"the waiver names {waiver.resource}, which no finding of the item is about"
        return Notice(kind="waiver-unmatched", item=waiver.item, text=f"{where}{text}")
    text = f"the waiver is no longer needed: the item is {result.outcome.value} without it"
    return Notice(kind="waiver-not-needed", item=waiver.item, text=f"{where}{text}")
