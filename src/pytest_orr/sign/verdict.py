"""The verdict once more: from results and from what people said, by the verifier's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import Outcome, VerdictWord, counts_in
from pytest_orr.profile.days import day_of, has_passed

from .people import folded
from .refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .bound import BoundWaiver, Result
    from .expected import Expected
    from .statement import Statement

CHECKED = frozenset({Outcome.PASS, Outcome.ATTESTED, Outcome.WAIVED})
MET = CHECKED | {Outcome.NOT_APPLICABLE}
WAIVABLE = frozenset({Outcome.FAIL, Outcome.PENDING, Outcome.UNKNOWN})
"""Unknown is whether a statement still holds, which is at worst an open question; a run lets no
waiver cover what is unknown of the world."""


def recomputed(statement: Statement, expected: Expected) -> VerdictWord:
    """Return what a statement's results amount to: ready, or ready with waivers.

    ``statement`` covers exactly the expected items. Raises ``Refused`` for everything else, and for
    whatever people said that does not hold at ``expected.at``.
    """
    if statement.selection:
        raise Refused("selection", f"its run was narrowed: {ascii(statement.selection)[:80]}")
    _check_conditions(statement, expected)
    counted = [
        result
        for result in statement.results
        if counts_in(expected.phase, expected.items[result.id])
    ]
    for result in counted:
        if result.status not in MET:
            raise Refused("not-met", f"{result.id} is {result.status.value}")
    seen = {result.status for result in counted}
    if not seen & CHECKED:
        raise Refused("nothing-checked", "no item that counts was checked")
    _check_waivers(statement, counted, expected)
    _check_statements(statement, counted, expected)
    _check_exemptions(statement, counted, expected)
    _check_weakenings(statement, expected)
    return VerdictWord.READY_WITH_WAIVERS if Outcome.WAIVED in seen else VerdictWord.READY


def _check_conditions(statement: Statement, expected: Expected) -> None:
    able = folded(expected.may_approve)
    for one in statement.conditions:
        told = ascii(one.text)[:120]
        if not one.is_settled:
            raise Refused("condition-open", f"a condition of a reviewer is not settled: {told}")
        if not folded([one.accepted_by]) <= able - folded([one.answered_by]):
            raise Refused("condition-unaccepted", f"no reviewer has accepted the answer to {told}")


def _check_waivers(statement: Statement, counted: Iterable[Result], expected: Expected) -> None:
    for result in counted:
        if result.status is Outcome.WAIVED:
            found = [one for one in statement.waivers if one.item == result.id]
            if len(found) != 1:
                raise Refused("waiver-missing", f"{result.id} is waived by {len(found)} waivers")
            _check_bound(found[0], result)
            _check_approval(found[0], statement, expected)
            _check_span(found[0], expected)


def _check_bound(waiver: BoundWaiver, result: Result) -> None:
    if waiver.true_status not in WAIVABLE:
        told = f"no waiver covers {result.id}, which is {waiver.true_status.value}"
        raise Refused("waiver-impossible", told)
    if (waiver.result_sha256, waiver.true_status) != (result.sha256, result.true_status):
        raise Refused("waiver-of-another", f"the waiver of {result.id} is for another result of it")


def _check_approval(waiver: BoundWaiver, statement: Statement, expected: Expected) -> None:
    approvers, item = folded(waiver.approvers), waiver.item
    if item in expected.unwaivable:
        raise Refused("waiver-forbidden", f"the policy lets nobody waive {item}")
    if strangers := approvers - folded(expected.may_approve):
        named = ascii(min(strangers))
        raise Refused("waiver-unapproved", f"{named} approved the waiver of {item} and may not")
    if approvers & folded(waiver.requesters):
        raise Refused("waiver-by-requester", f"who asked for the waiver of {item} approved it")
    if approvers & folded((*statement.authors, *expected.authors)):
        raise Refused("waiver-by-author", f"an author of the release approved the waiver of {item}")


def _check_span(waiver: BoundWaiver, expected: Expected) -> None:
    item, today = waiver.item, day_of(expected.at)
    days, most = (waiver.expires - waiver.granted).days, expected.longest_waiver.get(item, 0)
    if days > most:
        raise Refused("waiver-too-long", f"the waiver of {item} lasts {days} days, {most} may be")
    if waiver.granted > today:
        raise Refused("waiver-early", f"the waiver of {item} is granted on {waiver.granted}")
    if has_passed(waiver.expires, today):
        raise Refused("waiver-expired", f"the waiver of {item} held until {waiver.expires}")
    if waiver.due and has_passed(min(waiver.due), today):
        raise Refused("waiver-overdue", f"the waiver of {item} asks for work by {min(waiver.due)}")


def _check_statements(statement: Statement, counted: Iterable[Result], expected: Expected) -> None:
    today = day_of(expected.at)
    for result in counted:
        if result.status is Outcome.ATTESTED:
            ends = [one.until for one in statement.attestations if one.item == result.id]
            if not ends:
                raise Refused("statement-missing", f"{result.id} is attested by nobody")
            if has_passed(min(ends), today):
                told = f"the statement on {result.id} held until {min(ends)}"
                raise Refused("statement-expired", told)


def _check_exemptions(statement: Statement, counted: Iterable[Result], expected: Expected) -> None:
    able = folded(expected.may_approve)
    made = folded((*statement.authors, *expected.authors))
    for result in counted:
        if result.status is Outcome.NOT_APPLICABLE:
            agreed = folded(one.approver for one in statement.exempted if one.item == result.id)
            if not agreed:
                raise Refused("exemption-missing", f"nobody says why {result.id} does not apply")
            if not agreed <= able:
                told = f"who said that {result.id} does not apply may not say so"
                raise Refused("exemption-unapproved", told)
            if agreed & made:
                told = f"an author of the release said that {result.id} does not apply"
                raise Refused("exemption-by-author", told)


def _check_weakenings(statement: Statement, expected: Expected) -> None:
    for key, until in statement.weak_until:
        if has_passed(until, day_of(expected.at)):
            raise Refused("weakening-expired", f"{ascii(key)[:80]} might be weaker until {until}")
