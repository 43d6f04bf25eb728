"""Asks for one waiver: of which finding, why, who asks and approves, until when, what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.model import Outcome
from pytest_orr.profile.service import same_person
from pytest_orr.profile.standing import APPROVING

from .asking import NotThat, Question, say
from .case import latest

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from pytest_orr.model import Finding, ItemSpec

    from .asking import Asking
    from .case import Case

WAIVABLE = (Outcome.FAIL, Outcome.PENDING, Outcome.WAIVED)
"""What a waiver covers; never what is unknown."""
EVERY = "all"


def covered(spec: ItemSpec, case: Case, resource: str | None) -> tuple[Finding, ...]:
    """Return the findings of the last run that a waiver covers, or would cover."""
    seen = case.seen(spec)
    return tuple(
        one
        for one in (seen.findings if seen else ())
        if one.outcome in WAIVABLE and resource in {None, "", one.subject}
    )


def asked_resource(spec: ItemSpec, case: Case, asking: Asking, given: str) -> str:
    """Return the finding that is waived; empty for all of the item."""
    subjects = tuple(dict.fromkeys(one.subject for one in covered(spec, case, None)))
    if given or not asking.is_terminal or not subjects:
        return given
    for number, subject in enumerate(subjects, 1):
        say(f"{number}  {subject}", indent="  ")

    def read(text: str) -> str:
        if text == EVERY:
            return ""
        number = int(text) if text.isdecimal() else 0
        found = subjects[number - 1] if 0 < number <= len(subjects) else text
        if found not in subjects:
            raise NotThat(f"Name one of them by its number, or say {EVERY}.")
        return found

    return asking.ask(
        Question(label=f"Which finding (number, or {EVERY})", flag="--resource", read=read)
    )


def asked_waiver(
    spec: ItemSpec, case: Case, asking: Asking, flags: argparse.Namespace
) -> dict[str, Any]:
    """Return the table's values in the order in which they are written."""
    resource = asked_resource(spec, case, asking, flags.resource)
    why = Question(label="Reason", flag="--reason", read=str, given=flags.reason.strip())
    reason = asking.ask(why)
    requester = asking.ask(_requester(case, flags.requester))
    approver = asking.ask(_approver(case, requester, flags.approver))
    expires = asking.ask(_expires(spec, case, flags.expires))
    values = {
        "item": spec.id,
        "resource": resource,
        "reason": reason,
        "requester": requester,
        "approver": approver,
        "granted": case.as_of,
        "expires": expires,
        "action": _action(case, asking, flags),
    }
    return {key: value for key, value in values.items() if value}


def _requester(case: Case, given: str) -> Question[str]:
    return Question(
        label="Who asks for it (e-mail)",
        flag="--requester",
        read=case.person,
        given=given,
        enter=case.me or None,
    )


def _approver(case: Case, requester: str, given: str) -> Question[str]:
    able = [one for one in case.having(*APPROVING) if not same_person(one, requester)]
    who = ", ".join(able) or f"nobody yet: add one to {case.file}"

    def read(text: str) -> str:
        email = case.person(text)
        if same_person(email, requester):
            raise NotThat(f"Who asks cannot approve. Who can: {who}.")
        if email not in able:
            raise NotThat(f"{email} has not the role {' or '.join(APPROVING)}. Who can: {who}.")
        return email

    return Question(label=f"Who approves ({who})", flag="--approver", read=read, given=given)


def longest(spec: ItemSpec, case: Case) -> int:
    """Return how many days a waiver of an item may last."""
    return int(getattr(case.written.policy.gate.longest_waiver, spec.severity))


def _expires(spec: ItemSpec, case: Case, given: str) -> Question[date]:
    days = longest(spec, case)
    last = latest(case.as_of, days)

    def read(text: str) -> date:
        day = case.any_day(text)
        if day > last:
            raise NotThat(f"{day} is too late: a {spec.severity} may be waived to {last}.")
        if day < case.as_of:
            raise NotThat(f"{day} has passed: today is {case.as_of}.")
        return day

    label = f"Until (at most {days} days)"
    return Question(label=label, flag="--expires", read=read, given=given, enter=str(last))


def _action(case: Case, asking: Asking, flags: argparse.Namespace) -> dict[str, Any]:
    """Return what will be done about it; empty when nothing is promised."""
    what = asking.ask(_what(flags.action.strip()))
    if not what:
        return {}
    label, flag = "Who does it (e-mail)", "--action-owner"
    owner = Question(label=label, flag=flag, read=case.person, given=flags.action_owner)
    label, flag = "By when (YYYY-MM-DD)", "--action-due"
    due = Question(label=label, flag=flag, read=case.any_day, given=flags.action_due)
    return {"what": what, "owner": asking.ask(owner), "due": asking.ask(due)}


def _what(given: str) -> Question[str]:
    label = "What will be done about it (Enter: nothing)"
    return Question(label=label, flag="--action", read=str, given=given, enter="")
