"""Does a statement that rests on drills rest on good records of them? Part of ``standing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .days import day_of, has_passed, last_day
from .drill_records import plain
from .drills import WHERE_IT_RUNS
from .mistakes import escape
from .objection import Objection
from .service import same_person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pytest_orr.model import ItemSpec

    from .drill_records import Drill
    from .load import Written
    from .schema import EvidenceRef, Profile, Statement

KIND = "drill"
FACT = "drills"
"""Items that ask for it judge by themselves how a drill went."""


def drill_of(evidence: EvidenceRef, written: Written) -> Drill | None:
    """Return the record that some evidence names, if it is one."""
    if evidence.kind != KIND:
        return None
    return next((one for one in written.drills if one.ref == plain(evidence.ref)), None)


def against_drills(spec: ItemSpec, statement: Statement, written: Written) -> Iterator[Objection]:
    """Yield what is wrong with the drills of a statement, besides that they are too old."""
    for evidence in (one for one in statement.evidence if one.kind == KIND):
        drill = drill_of(evidence, written)
        if drill is None:
            yield _no_record(spec, evidence, written)
        else:
            yield from _against_contents(spec, drill)
            yield from _against_people(statement, drill)
            yield from _against_place(spec, drill, written.profile)
            yield from _against_dates(statement, evidence, drill)
    yield from _against_newer(spec, statement, written)


def too_old(
    spec: ItemSpec, statement: Statement, *, written: Written, as_of: date
) -> Objection | None:
    """Return that a drill of a statement is too old by a day, if one is."""
    allowed = longest(spec, written)
    for drill in _named(statement, written):
        day = day_of(drill.record.started)
        if has_passed(last_day(day, allowed), as_of):
            days = (as_of - day).days
            reason = f"the drill of {day} is {days} days old, {allowed} are allowed"
            return Objection(reason=reason, remedy="do it again, and state the new record")
    return None


def longest(spec: ItemSpec, written: Written) -> int:
    """Return how many days old a drill of an item may be."""
    return min(spec.valid_for, written.profile.drills.valid_days)


def _named(statement: Statement, written: Written) -> list[Drill]:
    found = (drill_of(one, written) for one in statement.evidence)
    return [one for one in found if one is not None]


def _no_record(spec: ItemSpec, evidence: EvidenceRef, written: Written) -> Objection:
    folder = escape(written.profile.drills.folder)
    remedy = (
        f"write down what was done as a file in {folder}/ (`orr explain {spec.id}` prints its"
        " form), and name that file with its `sha256`"
    )
    reason = f"its drill {escape(evidence.ref)} is no record in {folder}/"
    return Objection(reason=reason, remedy=remedy)


def _against_contents(spec: ItemSpec, drill: Drill) -> Iterator[Objection]:
    record, ref = drill.record, escape(drill.ref)
    if spec.id not in record.items:
        yield Objection(
            reason=f"its drill {ref} is of {', '.join(map(escape, record.items))}, not of this"
            " item",
            remedy="name a record of this item, or add it to the record's `items` if it was"
            " rehearsed",
        )
    if FACT not in spec.facts and not record.went_well:
        yield Objection(reason=f"its drill {ref} {record.went}", remedy="do it again")


def _against_people(statement: Statement, drill: Drill) -> Iterator[Objection]:
    record, ref = drill.record, escape(drill.ref)
    if same_person(record.by, record.author):
        yield Objection(
            reason=f"{escape(record.by)} did the drill {ref} by instructions of their own",
            remedy="let somebody else do it who has not written them",
        )
    answering = [one for one in (statement.by, statement.confirmed) if one]
    if not any(same_person(record.by, one) for one in answering):
        yield Objection(
            reason=f"{escape(record.by)}, who did the drill {ref}, neither states nor confirms it",
            remedy=f"let {escape(record.by)} confirm it: `confirmed`",
        )


def _against_place(spec: ItemSpec, drill: Drill, profile: Profile) -> Iterator[Objection]:
    where = _places(spec, profile)
    if drill.record.environment not in where:
        done, ref = escape(drill.record.environment), escape(drill.ref)
        or_declare = "" if spec.id in WHERE_IT_RUNS else ", or name it as elsewhere under [drills]"
        yield Objection(
            reason=f"its drill {ref} was done in {done}, not in {' or '.join(map(escape, where))}",
            remedy=f"do it in {escape(where[0])}{or_declare}",
        )


def _places(spec: ItemSpec, profile: Profile) -> list[str]:
    """Return the environments in which a drill counts, the judged one first."""
    staging = profile.forge.staging if profile.forge else None
    elsewhere = [*([staging] if staging else []), *profile.drills.elsewhere]
    here_alone = spec.id in WHERE_IT_RUNS and not profile.release.first
    return [profile.service.environment, *([] if here_alone else elsewhere)]


def _against_dates(
    statement: Statement, evidence: EvidenceRef, drill: Drill
) -> Iterator[Objection]:
    started, ref = drill.record.started, escape(drill.ref)
    days = {started.date(), day_of(started)}
    if evidence.dated not in days:
        yield Objection(
            reason=f"its drill {ref} is dated {evidence.dated}, its record is of {day_of(started)}",
            remedy=f"set `dated` to {day_of(started)}",
        )
    if statement.on < min(days):
        yield Objection(
            reason=f"it was stated on {statement.on}, before its drill {ref}",
            remedy="state it anew: `on`",
        )


def _against_newer(spec: ItemSpec, statement: Statement, written: Written) -> Iterator[Objection]:
    """Refuse to rest on a drill that went well before one that did not."""
    named = _named(statement, written)
    where = _places(spec, written.profile)
    newest = max((one.record.started for one in named), default=None)
    for drill in written.drills if newest else ():
        record = drill.record
        if spec.id not in record.items or record.environment not in where or drill in named:
            continue
        if newest and record.started >= newest and not record.went_well:
            yield Objection(
                reason=f"a newer drill of it, {escape(drill.ref)}, {record.went}",
                remedy="do it again, and state the new record",
            )
