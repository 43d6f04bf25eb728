"""Reads records of drills, and asks git what has changed since each: the fact ``drills``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.git_globs import matches
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, InDoubt, Unanswered
from pytest_orr.observation import Answer
from pytest_orr.profile.drill_records import Drill as Written
from pytest_orr.profile.drill_records import DrillsNamed
from pytest_orr.profile.service import same_person

EVERYTHING = ("**",)
MOST_NAMED = 5
"""Changed files that a message names."""
AGAIN = "do it again, and state the new record"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSince:
    """What of the drilled files differs between the drill's commit and the release's."""

    files: tuple[str, ...] = ()
    """Paths in the repository, sorted."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.files:
            return "nothing that was drilled has changed"
        named, more = self.files[:MOST_NAMED], len(self.files) - MOST_NAMED
        return f"{', '.join(named)}{f' and {more} more' if more > 0 else ''} changed since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """The written procedure as it stood when it was followed."""

    path: str
    author: str
    """Who changed it last until then, by e-mail."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.path}, last changed by {self.author}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill of one item, as its record tells it, and what git knows of it."""

    file: str
    """The record beside readiness.toml."""
    sha256: str
    item: str
    by: str
    author: str
    """Who wrote the procedure."""
    environment: str
    release: str
    """The commit that ran."""
    started: datetime
    minutes: int
    lost: str
    went: str = ""
    """How it failed, as it continues "the drill …"; empty if it went well."""
    changes: Part[ChangedSince]
    procedure: Part[Procedure] | None = None
    """None if it does not lie in the repository."""

    @property
    def name(self) -> str:
        """The record, as a finding names it."""
        return f"drill {self.file}"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        when = f"{self.started:%Y-%m-%d} in {self.environment}"
        return f"{self.by} on {when}, {self.minutes} min, lost: {self.lost}"

    @property
    def still_holds(self) -> bool:
        """Whether nothing that was drilled has changed, and its author did not do it.

        Otherwise it raises ``Unanswered``, as only another drill answers; and ``InDoubt`` where git
        cannot tell.
        """
        try:
            return self._holds()
        except FactUnavailable as doubt:
            raise InDoubt(doubt.cause, doubt.remedy) from None

    def _holds(self) -> bool:
        changed = self.changes.reading
        if changed.files:
            raise Unanswered(f"since the drill of {self.started:%Y-%m-%d}: {changed.seen}", AGAIN)
        if self.procedure and same_person(self.procedure.reading.author, self.by):
            raise Unanswered(
                f"{self.by} did the drill by {self.procedure.name}, and had changed it last",
                "let somebody else do it who has not written it",
            )
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFacts:
    """Every drill that is on record, once for each of its items."""

    all: tuple[Drill, ...] = ()

    def behind(self, named: DrillsNamed) -> tuple[Drill, ...]:
        """Return the drills that a statement rests on: ``drills.behind(attestation.drill)``."""
        return tuple(self._read(named.item, file, sha256) for file, sha256 in named.files)

    def _read(self, item: str, file: str, sha256: str) -> Drill:
        for drill in self.all:
            if (drill.item, drill.file, drill.sha256) == (item, file, sha256):
                return drill
        raise FactUnavailable(
            f"{file} was not read as it was stated", "run again without --orr-facts"
        )

    def lately(self, item: str, days: int, as_of: datetime) -> tuple[Drill, ...]:
        """Return the newest drill of an item in the last so many days, if there is one."""
        since = as_of - timedelta(days=days)
        found = [one for one in self.all if one.item == item and one.started >= since]
        return tuple(sorted(found, key=lambda one: (one.started, one.file))[-1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Drills:
    """Who rehearsed what, and has it changed since?"""

    name: str = "drills"
    source: str = "records beside the profile, and git"
    operations: tuple[str, ...] = ("file:read", "git:diff", "git:log")
    fact_type: Any = DrillFacts

    def collect(self, desk: Desk) -> Answer[DrillFacts]:
        """Compare each record's commit with the release's; git is asked once for each commit."""
        found = (_drill(desk, one, item) for one in desk.drills for item in one.record.items)
        return Answer(value=DrillFacts(all=tuple(found)), where=(f"{desk.profile.drills.folder}/",))


def _drill(desk: Desk, written: Written, item: str) -> Drill:
    record = written.record
    read = partial(_procedure, desk, written)
    return Drill(
        file=written.ref,
        sha256=written.sha256,
        item=item,
        by=record.by,
        author=record.author,
        environment=record.environment,
        release=record.release,
        started=record.started,
        minutes=record.minutes,
        lost=record.lost,
        went=record.went,
        changes=part_of(written.ref, partial(_changes, desk, written, item)),
        procedure=part_of(record.procedure, read) if record.procedure else None,
    )


def _changes(desk: Desk, written: Written, item: str) -> ChangedSince:
    place, patterns = f"release of {written.ref}", desk.profile.drills.paths_of(item)
    changed = desk.git.changed_since(written.record.release, place, EVERYTHING).files
    return ChangedSince(files=tuple(sorted(one for one in changed if matches(one, patterns))))


def _procedure(desk: Desk, written: Written) -> Procedure:
    path, commit = written.record.procedure or "", written.record.release
    place = f"release of {written.ref}"
    newest = desk.git.newest_change((path,), up_to=commit, place=place)
    if newest is None:
        raise FactUnavailable(
            f"{path}, the procedure of {written.ref}, was not in the repository then",
            "correct its path or the commit in the record",
        )
    return Procedure(path=path, author=newest.author)
