"""Whole reviews as choices: what was seen of each item, and what people said, with every flaw.

A case is judged by the product's own path: standing, recording, folding, journal, review, verdict.
What is sound is known from the choices alone, so that no rule of the product is written twice.
What git says of a statement's release is seen and not written: its facts have tests of their own.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pytest_orr import at_least_one, each
from pytest_orr.consent import standing_of
from pytest_orr.judge import decide
from pytest_orr.model import ItemSpec, Provenance, RunBlock
from pytest_orr.model import Release as Launched
from pytest_orr.observation import Observed, Unobserved
from pytest_orr.profile.applicability import Declared
from pytest_orr.profile.evidence_files import EvidenceFile
from pytest_orr.profile.load import Written
from pytest_orr.profile.notes import Note
from pytest_orr.profile.notes_standing import review_notes
from pytest_orr.profile.schema import (
    EvidenceRef,
    Gate,
    NotApplicable,
    PlannedAction,
    Policy,
    Profile,
    Statement,
    Waiver,
)
from pytest_orr.profile.service import Person, Release, Service
from pytest_orr.record.body import record_item
from pytest_orr.record.findings import Subjects
from pytest_orr.record.journal import Closing, Journal, Opening
from pytest_orr.record.review import review_of
from tests.trials.overlay_cases import laid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pytest_orr.model import ItemResult, ReviewNote, Verdict
    from pytest_orr.record.values import ItemRecord
    from tests.trials.overlay_cases import Over

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
DIGEST, OTHER_DIGEST = "1" * 64, "2" * 64
COMMIT = "0123456789"
REFUSED = 22
"""What a run ends with that found what was written invalid."""
STATES = "ana@example.org"
CONFIRMS = "bo@example.org"
APPROVES = "eve@example.org"
STRANGER = "zoe@example.org"
"""Somebody with a role that owns nothing here and approves nothing."""
SUBJECTS = ("one", "two")
FILES = (
    EvidenceFile(ref="evidence/good.md", sha256=DIGEST),
    EvidenceFile(ref="evidence/bad.md", sha256=OTHER_DIGEST),
    EvidenceFile(ref="evidence/gone.md", problem="is not there"),
)

STATEMENT_FLAWS = (
    "expired",
    "unconfirmed",
    "confirmed by its author",
    "confirmed by a stranger",
    "stated by a stranger",
    "valid for too long",
    "without its evidence",
    "its evidence is too old",
    "its digest differs",
    "its file is gone",
)
WAIVER_FLAWS = (
    "expired",
    "overdue",
    "approved by its requester",
    "approved by a stranger",
    "too long",
)
NOT_APPLICABLE_FLAWS = ("only proposed", "approved by a stranger", "its thing is declared")
NOTES = (
    "question",
    "answered question",
    "accepted",
    "unaccepted",
    "unanswered",
    "answered by a stranger",
    "accepted by who answered",
)
SETTLED = frozenset({"question", "answered question", "accepted"})
"""Notes that keep no service from launching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement as it was chosen; sound without a flaw."""

    covers: str = "question"
    flaws: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A waiver as it was chosen; nothing for every finding of the item."""

    resource: str | None = None
    flaws: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A not-applicable as it was chosen."""

    flaws: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the world shows of an item: for each fact its subjects, good or bad; or nothing at all.

    No subject is nothing found, ``None`` a fact that could not be had.
    """

    facts: tuple[tuple[bool, ...] | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item with all that is known and said about it."""

    seen: Seen
    said: Said | None = None
    waivers: tuple[Waived, ...] = ()
    declined: Declined | None = None
    is_unwaivable: bool = False
    """Whether the policy lets nobody waive it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A whole review, before it is judged."""

    items: tuple[Item, ...]
    notes: tuple[tuple[str, int], ...] = ()
    """Kinds of notes, and the places of their items."""
    over: Over | None = None
    """The organisation's file beneath the service's."""
    later_days: int = 0
    """How long after everything was said it is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of a case; nothing was judged where the files were refused."""

    verdict: Verdict | None = None
    items: tuple[ItemResult, ...] = ()
    """In the order of the case."""

    @property
    def exit_code(self) -> int:
        """What the run ends with."""
        return self.verdict.exit_code if self.verdict else REFUSED


def _both(hosts: Any, doors: Any, subject: Any) -> None:
    for name, good in at_least_one(hosts):
        with subject(name):
            assert good
    for name, good in each(doors):
        with subject(name):
            assert good


def _partly(hosts: Any, subject: Any, attestation: Any) -> None:
    for name, good in at_least_one(hosts):
        with subject(name):
            assert good
    assert attestation.evidence


def _person(attestation: Any) -> None:
    assert attestation.evidence


def _read_once(body: Callable[..., None]) -> Callable[..., None]:
    """Keep a body's signature with it: it is asked for with each case."""
    vars(body)["__signature__"] = inspect.signature(body)
    return body


BODIES = tuple(_read_once(body) for body in (_both, _partly, _person))
"""One item of each kind: a machine's, of two facts; a machine's and a person's; a person's."""
FACTS = (("hosts", "doors"), ("hosts",), ())


@cache
def specs() -> tuple[ItemSpec, ...]:
    """Return the items that a case is about, all blockers."""
    return tuple(_spec(place) for place in range(len(BODIES)))


def judged(case: Case) -> Judged:
    """Judge a case as a run does, but for pytest, the disk and the network."""
    as_of = NOW + timedelta(days=case.later_days)
    written = written_of(case)
    if written is None:
        return Judged()
    records = tuple(_record(place, item, written, as_of) for place, item in enumerate(case.items))
    review = review_of(
        Journal(
            opening=_opening(review_notes(written, specs())),
            records=records,
            closing=Closing(records=len(records), provenance=_provenance()),
        )
    )
    return Judged(verdict=decide(review), items=review.items)


def sound(said: Said | None) -> bool:
    """Tell whether a statement stands, by the choices that made it."""
    return said is not None and not said.flaws


def written_of(case: Case) -> Written | None:
    """Return everything that people wrote in a case; nothing if its overlay is refused."""
    unwaivable = tuple(
        spec.id for spec, item in zip(specs(), case.items, strict=True) if item.is_unwaivable
    )
    policy = Policy(gate=Gate(unwaivable=unwaivable))
    if case.over:
        as_of = _day(case.later_days)
        both = laid(case.over, frozenset(unwaivable), specs(), TODAY, as_of)
        if both is None:
            return None
        policy = both.policy
    return Written(
        profile=replace(_profile(), not_applicable=tuple(_declined(case))),
        statements=tuple(
            _statement(place, item.said) for place, item in enumerate(case.items) if item.said
        ),
        waivers=tuple(
            _waiver(place, waiver)
            for place, item in enumerate(case.items)
            for waiver in item.waivers
        ),
        policy=policy,
        folder=Path(),
        digests=(),
        evidence_files=FILES,
        notes=tuple(_note(kind, place) for kind, place in case.notes),
        declared=tuple(_contradictions(case)),
    )


def _spec(place: int) -> ItemSpec:
    return ItemSpec(
        id=f"demo.a.n{place}",
        position=place,
        part="service",
        section="demo",
        section_title="Demo",
        title="It holds.",
        stated="it",
        severity="blocker",
        phase="launch",
        owner="service",
        why="Because.",
        fix="Do it.",
        question="Who says so?",
        evidence_kind="report",
        valid_for=90,
        void="commit",
        facts=FACTS[place],
        manual="attestation" in BODIES[place].__code__.co_varnames,
        class_as_built="automatic",
        stamp="local",
        file="test_demo.py",
        function=f"test_n{place}",
    )


@cache
def _profile() -> Profile:
    people = {
        STATES: ("service",),
        CONFIRMS: ("service",),
        APPROVES: ("approver",),
        STRANGER: ("product",),
    }
    return Profile(
        service=Service(
            name="demo",
            environment="production",
            people=tuple(
                Person(email=email, name=email, roles=roles)  # type: ignore[arg-type] # literals
                for email, roles in people.items()
            ),
        ),
        release=Release(commit=COMMIT),
    )


def _day(days: int) -> date:
    return TODAY + timedelta(days=days)


@cache
def _statement(place: int, said: Said) -> Statement:
    flaws = said.flaws
    confirmed: str | None = CONFIRMS
    if "confirmed by a stranger" in flaws:
        confirmed = STRANGER
    if "confirmed by its author" in flaws:
        confirmed = STRANGER if "stated by a stranger" in flaws else STATES
    if "unconfirmed" in flaws:
        confirmed = None
    until = 200 if "valid for too long" in flaws else 60
    return Statement(
        item=specs()[place].id,
        statement="It is so.",
        by=STRANGER if "stated by a stranger" in flaws else STATES,
        confirmed=confirmed,
        on=_day(-100 if "expired" in flaws else -10),
        until=_day(until - 101 if "expired" in flaws else until),
        release=COMMIT,
        covers="unknown" if said.covers == "unknown" else "question",
        evidence=(_evidence(flaws),),
    )


def _evidence(flaws: frozenset[str]) -> EvidenceRef:
    file = "gone" if "its file is gone" in flaws else "good"
    return EvidenceRef(
        kind="log" if "without its evidence" in flaws else "report",
        ref="evidence/bad.md" if "its digest differs" in flaws else f"evidence/{file}.md",
        sha256=DIGEST,
        dated=_day(-300 if "its evidence is too old" in flaws else -20),
    )


@cache
def _waiver(place: int, waived: Waived) -> Waiver:
    flaws = waived.flaws
    granted = -100 if "too long" in flaws else -13 if "expired" in flaws else -5
    approver = STRANGER if "approved by a stranger" in flaws else APPROVES
    own = "approved by its requester" in flaws
    due = -1 if "overdue" in flaws else 0
    return Waiver(
        item=specs()[place].id,
        resource=waived.resource,
        reason="accepted",
        requester=approver if own else STATES,
        approver=approver,
        granted=_day(granted),
        expires=_day(-1 if "expired" in flaws else 5),
        action=PlannedAction(what="mend it", owner=STATES, due=_day(due)),
    )


def _declined(case: Case) -> list[NotApplicable]:
    return [
        _not_applicable(place, item.declined)
        for place, item in enumerate(case.items)
        if item.declined
    ]


@cache
def _not_applicable(place: int, declined: Declined) -> NotApplicable:
    proposed = "only proposed" in declined.flaws
    approver = STRANGER if "approved by a stranger" in declined.flaws else APPROVES
    return NotApplicable(
        item=specs()[place].id,
        reason="no-such-component",
        text="It has none.",
        rests_on="contracts" if "its thing is declared" in declined.flaws else None,
        approver=None if proposed else approver,
        on=None if proposed else _day(-10),
    )


def _contradictions(case: Case) -> list[Declared]:
    void = any(
        item.declined and "its thing is declared" in item.declined.flaws for item in case.items
    )
    contracts = Declared(basis="contracts", section="[[contracts]]", file="readiness.toml", line=9)
    return [contracts] if void else []


@cache
def _note(kind: str, place: int) -> Note:
    answered = kind not in {"question", "unanswered"}
    answers = STRANGER if kind == "answered by a stranger" else STATES
    accepts = {"accepted": APPROVES, "answered by a stranger": APPROVES}.get(kind)
    return Note(
        item=specs()[place].id,
        kind="question" if "question" in kind else "condition",
        text="Is it so?",
        by=APPROVES,
        on=_day(-5),
        answer="It is." if answered else None,
        answered_by=answers if answered else None,
        answered_on=_day(-4) if answered else None,
        accepted_by=answers if kind == "accepted by who answered" else accepts,
    )


def _record(place: int, item: Item, written: Written, as_of: datetime) -> ItemRecord:
    spec = specs()[place]
    standing = standing_of(spec, written, as_of)
    known: dict[str, Any] = {"subject": Subjects(), "attestation": standing.attestation}
    known |= {
        name: _observation(name, fact)
        for name, fact in zip(spec.facts, item.seen.facts, strict=True)
    }
    body = BODIES[place]
    asked = body.__code__.co_varnames[: body.__code__.co_argcount]
    test: Any = SimpleNamespace(
        obj=body,
        nodeid=f"{spec.file}::{spec.function}",
        funcargs={name: known[name] for name in asked},
    )
    return record_item(test, spec, standing, {})


def _observation(name: str, fact: tuple[bool, ...] | None) -> Observed[Any] | Unobserved:
    if fact is None:
        return Unobserved(name=name, cause=f"{name} were denied", remedy="grant it", source="AWS")
    value = tuple(zip(SUBJECTS, fact, strict=False))
    return Observed(name=name, value=value, source="AWS")


@cache
def _provenance() -> Provenance:
    return Provenance(
        profile_sha256="",
        attestations_sha256="",
        waivers_sha256="",
        policy_sha256="",
        facts_sha256="",
    )


def _opening(notes: tuple[ReviewNote, ...]) -> Opening:
    return Opening(
        run=RunBlock(id="1", started="s", as_of="a", tool="t", suite=DIGEST),
        service="demo",
        environment="production",
        release=Launched(commit=COMMIT),
        phase="launch",
        people=(),
        expected=specs(),
        notes=notes,
    )
