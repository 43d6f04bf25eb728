"""Asks for one statement: who, what, on which evidence, until when, and who confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.model import VOIDED_BY, Outcome
from pytest_orr.profile.service import same_person

from .asking import NotThat, Question, say
from .case import latest
from .evidence_asked import asked_evidence

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from pytest_orr.model import ItemSpec

    from .asking import Asking
    from .case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What flags say of a statement; empty where none was given."""

    by: str = ""
    statement: str = ""
    evidence: tuple[str, ...] = ()
    on: str = ""
    until: str = ""
    covers: str = ""
    release: str = ""
    machines: str = ""
    confirm: str | None = None
    """Nothing without the flag; empty when it names nobody."""
    again: bool = False
    yes: bool = False

    @property
    def says_something(self) -> bool:
        """Whether a statement is made by flags, and not one that is there confirmed."""
        return bool(self.statement or self.evidence)


def given_by(arguments: argparse.Namespace) -> Given:
    """Return what the flags say."""
    return Given(
        by=arguments.by,
        statement=arguments.statement.strip(),
        evidence=tuple(arguments.evidence),
        on=arguments.on,
        until=arguments.until,
        covers=arguments.covers,
        release=arguments.release,
        machines=arguments.machines,
        confirm=arguments.confirm,
        again=arguments.again,
        yes=arguments.yes,
    )


def asked_statement(spec: ItemSpec, case: Case, asking: Asking, given: Given) -> dict[str, Any]:
    """Return the table's values in the order in which they are written."""
    by = asked_author(spec, case, asking, given.by)
    said = Question(label="Answer", flag="--statement", read=str, given=given.statement)
    statement = asking.ask(said)
    evidence = asked_evidence(spec, case, asking, given.evidence)
    on = _on(case, asking, given.on)
    until = asking.ask(_until(spec, case, on, given.until))
    release = _release(spec, case, asking, given.release)
    machines = _machines(spec, asking, given.machines)
    covers = _covers(spec, case, asking, given.covers)
    confirmed = _confirmed(spec, case, asking, by, given.confirm)
    values = {
        "item": spec.id,
        "statement": statement,
        "by": by,
        "confirmed": confirmed,
        "on": on,
        "until": until,
        "release": release,
        "machines": machines,
        "covers": covers,
        "evidence": evidence,
    }
    return {key: value for key, value in values.items() if value}


def asked_author(spec: ItemSpec, case: Case, asking: Asking, given: str) -> str:
    """Return who answers: somebody with the role of the item's owner."""

    def read(text: str) -> str:
        email = case.person(text)
        if spec.owner not in case.roles(email):
            able = ", ".join(case.having(spec.owner)) or f"nobody yet: add one to {case.file}"
            raise NotThat(f"{email} has not the role {spec.owner}. Who has it: {able}.")
        return email

    usual = case.me if spec.owner in case.roles(case.me) else None
    return asking.ask(
        Question(label="Who answers (e-mail)", flag="--by", read=read, given=given, enter=usual)
    )


def _on(case: Case, asking: Asking, given: str) -> date:
    """Return when it is said: today, and nobody is asked."""
    said = Question(label="Said on", flag="--on", read=case.day, given=given)
    return asking.ask(said) if given else case.as_of


def _until(spec: ItemSpec, case: Case, on: date, given: str) -> Question[date]:
    last = latest(on, spec.valid_for)

    def read(text: str) -> date:
        day = case.any_day(text)
        if day > last:
            raise NotThat(f"{day} is too late: {spec.valid_for} days are allowed, to {last}.")
        if day < case.as_of:
            raise NotThat(f"{day} has passed: today is {case.as_of}.")
        return day

    return Question(label="Valid until", flag="--until", read=read, given=given, enter=str(last))


def _release(spec: ItemSpec, case: Case, asking: Asking, given: str) -> str:
    """Return the commit that a statement is bound to; empty for one that no release voids."""
    if not (spec.void or given):
        return ""
    if not given and asking.is_terminal:
        say(f"It is void after {VOIDED_BY[spec.void]}, so it is bound to a commit.")
    usual = case.written.profile.release.commit
    return asking.ask(
        Question(label="For release", flag="--release", read=str, given=given, enter=usual)
    )


def _machines(spec: ItemSpec, asking: Asking, given: str) -> list[str]:
    """Return the instance types that were loaded, where others would void the statement."""
    if spec.void != "machines" and not given:
        return []
    label = "Instance types that were loaded (m6i.large, …)"
    text = asking.ask(Question(label=label, flag="--machines", read=str, given=given))
    return [one.strip() for one in text.split(",") if one.strip()]


def _covers(spec: ItemSpec, case: Case, asking: Asking, given: str) -> str:
    """Return ``unknown`` if the statement shall stand for facts that could not be had."""
    if given or not (asking.is_terminal and may_be_unseen(spec, case)):
        return "unknown" if given == "unknown" else ""
    say("The machine could not see, or has not yet seen, all that this item asks for.")
    label = "Does your answer stand for that, too?"
    return "unknown" if asking.agrees(label, flag="--covers", given=False) else ""


def may_be_unseen(spec: ItemSpec, case: Case) -> bool:
    """Whether a fact of an item could not be had in the last run, or none has looked."""
    seen = case.seen(spec)
    if seen is None:
        return bool(spec.facts)
    unknown = any(one.outcome is Outcome.UNKNOWN for one in seen.findings)
    return unknown or any(not fact.observed for fact in seen.facts)


def _confirmed(spec: ItemSpec, case: Case, asking: Asking, by: str, given: str | None) -> str:
    """Return who confirms; empty when that is left to a second person."""
    if spec.severity != "blocker" and not given:
        return ""

    def read(text: str) -> str:
        email = case.person(text) if text else ""
        if email and same_person(email, by):
            raise NotThat("Who answers cannot confirm: name a second person, or press Enter.")
        return email

    label = "Confirmed by (a second person; Enter: they do it later)"
    return asking.ask(
        Question(label=label, flag="--confirm", read=read, given=given or "", enter="")
    )
