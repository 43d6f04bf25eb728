"""What a run judges: settings, suite and all that was written, checked before any question."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .clients.organisation_file import read_pinned
from .collect.gather import instant
from .collect.snapshot import FACTS, Snapshot, read_snapshot
from .errors import InvalidInput
from .model import Person, Release, RunBlock
from .profile.load import Written, load
from .profile.scope import scope_of
from .profile.strengthening import strengthened
from .publish.files import RUN_FOLDER
from .record.review import lost_item
from .suite import Suite, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .collect.interface import Collector
    from .options import Settings

PROFILE = "readiness.toml"
OTHER_SCOPE = (
    "was recorded for another service, environment, account, resource or endpoint than"
    " readiness.toml names now; run without --orr-facts"
)
EARLIEST = 2000
"""No readiness review is older; an earlier year is a slip of the pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a run needs to know before it asks its first question."""

    settings: Settings
    suite: Suite
    written: Written
    run: RunBlock

    @property
    def folder(self) -> Path:
        """What the processes of this run share."""
        return self.settings.report / RUN_FOLDER

    @property
    def as_of(self) -> datetime:
        """The instant by which expiries are judged, aware UTC."""
        return parse_instant(self.run.as_of)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody the profile names, as documents show them."""
        return tuple(
            Person(email=person.email, name=person.name, roles=person.roles)
            for person in self.written.profile.service.people
        )

    @property
    def release(self) -> Release:
        """What is to be launched."""
        release = self.written.profile.release
        return Release(commit=release.commit, images=release.images, first=release.first)


def prepare(
    settings: Settings,
    suite_folder: Path,
    collectors: Mapping[str, Collector[Any]],
    *,
    tool: str,
    clock: Callable[[], datetime],
) -> Plan:
    """Read suite and written files; every mistake in what was written is raised at once.

    Raises ``InvalidInput`` (exit code 22) or ``NeededFileMissing`` (exit code 4).
    """
    suite = read(suite_folder, fact_names=collectors.keys())
    snapshot = _recorded(settings, collectors)
    run = snapshot.run if snapshot else _new_run(now=instant(clock()))
    run = replace(run, tool=tool, suite=suite.sha256)
    run = replace(run, as_of=_as_of(settings.as_of)) if settings.as_of else run
    plan = joined(settings, suite, run)
    if snapshot and settings.facts and snapshot.scope != scope_of(plan.written.profile):
        raise InvalidInput((f"{_as_named(settings.facts)}: {OTHER_SCOPE}",))
    return plan


def joined(settings: Settings, suite: Suite, run: RunBlock) -> Plan:
    """Read the written files for a run that has begun already: what a worker does."""
    profile = _as_named(settings.profile or suite.folder / PROFILE)
    as_of = parse_instant(run.as_of).date()
    known = (*suite.items, *map(lost_item, suite.lost))
    written = load(profile, items=known, as_of=as_of, pinned=read_pinned)
    items = strengthened(suite.items, written.policy.gate)
    return Plan(settings=settings, suite=replace(suite, items=items), written=written, run=run)


def parse_instant(text: str) -> datetime:
    """Read a day or an instant; a day is its first moment, and without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    if moment.year < EARLIEST:
        raise ValueError(f"{moment.year} is too long ago")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _as_named(path: Path) -> Path:
    """Return a path as a person here would name it, for messages."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _recorded(settings: Settings, collectors: Mapping[str, Collector[Any]]) -> Snapshot | None:
    if settings.facts is None:
        return None
    copied = settings.report / RUN_FOLDER / FACTS
    return read_snapshot(copied, collectors, shown=_as_named(settings.facts))


def _new_run(*, now: str) -> RunBlock:
    return RunBlock(id=str(uuid.uuid4()), started=now, as_of=now, tool="", suite="")


def _as_of(text: str) -> str:
    try:
        return instant(parse_instant(text))
    except (ValueError, OverflowError) as error:
        said = f"--orr-as-of {text!r} is no day or instant; write 2026-11-20 or 2026-11-20T12:00Z"
        raise InvalidInput((said,)) from error
