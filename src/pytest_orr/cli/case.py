"""What ``orr attest`` and ``orr waive`` work on: the written files, and what the last run saw."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.git_here import git_here
from pytest_orr.collect.registry import registry
from pytest_orr.errors import InvalidInput, OrrError
from pytest_orr.locate import LOCK, no_suite
from pytest_orr.plan import parse_instant
from pytest_orr.profile.mistakes import did_you_mean, show
from pytest_orr.profile.service import same_person
from pytest_orr.profile.strengthening import strengthened
from pytest_orr.publish.files import PREVIOUS
from pytest_orr.record.review import lost_item
from pytest_orr.render import review_json, review_reading
from pytest_orr.suite import read
from pytest_orr.writing.changes import Place

from .asking import NotThat

if TYPE_CHECKING:
    from pytest_orr.model import ItemResult, ItemSpec, Review
    from pytest_orr.profile.load import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The files of one service, as they are, and what is known of them."""

    place: Place
    written: Written
    items: tuple[ItemSpec, ...]
    """The suite's, without those that its lock alone names."""
    review: Review | None
    """Of the last run; nothing when there is none that can be read."""
    me: str
    """Who asks, by git's user.email; empty if that is none of the profile's people."""

    @property
    def as_of(self) -> date:
        """Today, or the day that was named instead."""
        return self.place.as_of

    @property
    def file(self) -> str:
        """The profile, as a person here names it."""
        return str(self.place.profile)

    def again(self) -> Case:
        """Read the written files once more."""
        return replace(self, written=self.place.load())

    def item(self, name: str) -> ItemSpec:
        """Return the item of an id or a former id; ``InvalidInput`` with the nearest otherwise."""
        found = next((one for one in self.items if name in {one.id, *one.aliases}), None)
        if found is None:
            near = did_you_mean(name, [one.id for one in self.items], most=3)
            told = near or "; `orr catalogue` lists them"
            raise InvalidInput((f"no item has the id {show(name)}{told}",))
        return found

    def seen(self, spec: ItemSpec) -> ItemResult | None:
        """Return what became of an item in the last run."""
        items = self.review.items if self.review else ()
        return next((one for one in items if one.spec.id == spec.id), None)

    def roles(self, email: str) -> frozenset[str]:
        """Return the roles of a person; none of somebody whom the profile does not name."""
        people = self.written.profile.service.people
        return frozenset(role for one in people if one.email == email for role in one.roles)

    def having(self, *roles: str) -> tuple[str, ...]:
        """Return who has one of the roles, by e-mail."""
        people = self.written.profile.service.people
        return tuple(one.email for one in people if set(roles) & set(one.roles))

    def person(self, text: str) -> str:
        """Return the e-mail of one of the profile's people; ``NotThat`` for others."""
        people = self.written.profile.service.people
        found = next((one.email for one in people if same_person(one.email, text)), "")
        if not found:
            near = did_you_mean(text, [one.email for one in people])
            raise NotThat(f"{show(text)} is not among service.people of {self.file}{near or '.'}")
        return found

    def day(self, text: str) -> date:
        """Read a day that has been: ``2026-11-20`` or ``today``."""
        day = self.any_day(text)
        if day > self.as_of:
            raise NotThat(f"{day} is in the future: today is {self.as_of}.")
        return day

    def any_day(self, text: str) -> date:
        """Read a day."""
        if text.lower() == "today":
            return self.as_of
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise NotThat(f"{show(text)} is no day; write {self.as_of}, or today.") from error


def declare_case(parser: argparse.ArgumentParser) -> None:
    """Declare where the files are and by which day they are judged."""
    texts = (
        ("--suite", "DIR", Path, "the suite (default: readiness)"),
        ("--profile", "FILE", Path, "the readiness.toml (default: the one beside the suite)"),
        ("--report", "DIR", Path, "folder of the last run's report (default: readiness-report)"),
        ("--as-of", "DATE", _day, "judge as of this day instead of today"),
    )
    for flag, metavar, kind, text in texts:
        name = flag[2:].replace("-", "_").upper()
        variable = "" if name == "SUITE" else f"ORR_{name}"
        parser.add_argument(
            flag,
            metavar=metavar,
            type=kind,
            default=os.environ.get(variable) or None,
            help=f"{text}; {variable}" if variable else text,
        )


def case_of(arguments: argparse.Namespace) -> Case:
    """Read everything. Raises ``InvalidInput`` (22) or ``NeededFileMissing`` (4) as a run does."""
    folder = (arguments.suite or Path("readiness")).resolve()
    if not (folder / LOCK).is_file():
        raise no_suite(str(folder / LOCK))
    suite = read(folder, fact_names=registry().keys())
    profile = _as_named(arguments.profile or suite.folder / "readiness.toml")
    known = (*suite.items, *map(lost_item, suite.lost))
    as_of = arguments.as_of or datetime.now(UTC).date()
    place = Place(profile=profile, items=known, as_of=as_of)
    written = place.load()
    people = [one.email for one in written.profile.service.people]
    email = git_here(profile.parent.absolute()).email
    me = next((one for one in people if same_person(one, email)), "")
    report = arguments.report or Path("readiness-report")
    # A run that was refused, or of a part, has put the last whole one aside.
    places = (report, report / PREVIOUS)
    reviews = (_review(place / review_json.FILE_NAME, written) for place in places)
    review = next(filter(None, reviews), None)
    items = strengthened(suite.items, written.policy.gate)
    return Case(place=place, written=written, items=items, review=review, me=me)


def latest(day: date, days: int) -> date:
    """Return the last day on which something of a day holds."""
    return day + timedelta(days=days)


def _review(path: Path, written: Written) -> Review | None:
    """Read a run's review, if there is one of this service."""
    try:
        review = review_reading.read(path.read_text("utf-8"))
    except (OSError, ValueError, OrrError):
        return None
    service = written.profile.service
    same = (review.service, review.environment) == (service.name, service.environment)
    return review if same else None


def _as_named(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _day(text: str) -> date:
    try:
        return parse_instant(text).date()
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write 2026-11-20") from error
