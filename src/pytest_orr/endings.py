"""What was written and read, to the days on which it ends and must be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from .collect.operations.faqs import Faqs
from .collect.operations.runbooks import Runbooks
from .collect.snapshot import value_in
from .model import Ending
from .profile.days import day_of, days_left, last_day
from .profile.drill_standing import drill_of, longest
from .profile.standing import (
    APPROVING,
    Force,
    not_applicable_standing,
    statement_standing,
    waiver_standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from .collect.operations.documents_seen import DocumentSeen
    from .model import ItemSpec
    from .profile.load import Written
    from .profile.schema import Statement
    from .profile.support import Page

APPROVERS = " or ".join(APPROVING)
RUNBOOK = "operations.runbook.maintainer"
FAQ = "operations.support.faq"
SERVICE = "service"
"""Who must act on what no single item's owner answers for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    """The last day of something, before it is known how many days are left."""

    kind: str
    item: str
    what: str
    day: date
    owner: str


def endings_of(
    written: Written, items: Iterable[ItemSpec], as_of: datetime, facts: Path
) -> tuple[Ending, ...]:
    """Return what ends, soonest first; what was refused has never held and is left out.

    ``facts`` is the run's own ``facts.json``, in which the age of documents stands.
    """
    specs, day = {item.id: item for item in items}, day_of(as_of)
    found = {
        *(one for spec in specs.values() for one in _said_about(spec, written, day)),
        *(one for one in _documents(written, facts) if one.item in specs),
        *_weakenings(written),
    }
    ordered = sorted(found, key=lambda one: (one.day, one.kind, one.item, one.what))
    return tuple(
        Ending(
            kind=one.kind,
            item=one.item,
            what=one.what,
            until=one.day.isoformat(),
            days_left=days_left(one.day, day),
            owner=one.owner,
        )
        for one in ordered
    )


def _said_about(spec: ItemSpec, written: Written, as_of: date) -> Iterator[_Last]:
    statement = written.statement_on(spec.id)
    if statement:
        judged = statement_standing(spec, statement, written=written, as_of=as_of)
        if judged.force is not Force.REFUSED:
            yield from _statement(spec, statement, written)
    yield from _waivers(spec, written, as_of)
    yield from _not_applicable(spec, written)


def _statement(spec: ItemSpec, statement: Statement, written: Written) -> Iterator[_Last]:
    said = f"the statement of {statement.by}"
    yield _Last(kind="statement", item=spec.id, what=said, day=statement.until, owner=spec.owner)
    for evidence in statement.evidence:
        if drill := drill_of(evidence, written):
            day = last_day(day_of(drill.record.started), longest(spec, written))
            yield _Last(
                kind="drill", item=spec.id, what=f"the drill {drill.ref}", day=day, owner=spec.owner
            )


def _waivers(spec: ItemSpec, written: Written, as_of: date) -> Iterator[_Last]:
    for waiver in written.waivers_of(spec.id):
        judged = waiver_standing(spec, waiver, written=written, as_of=as_of)
        if judged.force is Force.REFUSED:
            continue
        covers = f"the waiver of {waiver.resource or 'every finding'}"
        yield _Last(kind="waiver", item=spec.id, what=covers, day=waiver.expires, owner=spec.owner)
        if promised := waiver.action:
            yield _Last(
                kind="action",
                item=spec.id,
                what=promised.what,
                day=promised.due,
                owner=promised.owner,
            )


def _not_applicable(spec: ItemSpec, written: Written) -> Iterator[_Last]:
    declared = written.not_applicable(spec.id)
    if declared is None or declared.on is None:
        return
    if not_applicable_standing(declared, written=written).in_force:
        yield _Last(
            kind="not_applicable",
            item=spec.id,
            what=f"not applicable: {declared.reason}, agreed on {declared.on}",
            day=last_day(declared.on, spec.valid_for),
            owner=APPROVERS,
        )


def _documents(written: Written, facts: Path) -> Iterator[_Last]:
    declared = written.profile.documents
    if not facts.exists():
        return
    for runbook in value_in(facts, Runbooks()) or ():
        yield from _document(RUNBOOK, runbook.name, runbook.document, declared.runbook)
    for faq in value_in(facts, Faqs()) or ():
        yield from _document(FAQ, faq.name, faq.document, declared.faq)


def _document(item: str, name: str, seen: DocumentSeen, page: Page | None) -> Iterator[_Last]:
    """Yield the last day of a document whose last change is known."""
    if page and seen.changed:
        owner = page.owner or SERVICE
        day = last_day(day_of(seen.changed), page.oldest_days)
        yield _Last(kind="document", item=item, what=name, day=day, owner=owner)


def _weakenings(written: Written) -> Iterator[_Last]:
    """Yield the last day of each approval; from the next on it ends the run before it asks."""
    for one in written.weakenings:
        day = date.fromisoformat(one.until)
        yield _Last(kind="weakening", item="", what=one.difference, day=day, owner=SERVICE)
