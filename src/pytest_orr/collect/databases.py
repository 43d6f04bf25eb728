"""Reads how the service's databases in AWS are set up, and whom they let in: ``databases``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Answer

from . import database_doors, database_listing
from .database_doors import Doors, doors_of, is_encrypted, is_protected, is_public
from .database_listing import databases_in_aws, required
from .parts import Part, part_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.clients.aws import AwsAccess, Place

    from .database_listing import Stored
    from .interface import Desk

STANDARD = "open-source-rds-standard-support"
"""What AWS calls the years in which it mends an engine for everybody."""
OFFERED = "available"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSetup:
    """How a database in AWS is set up."""

    kind: str
    """``rds``, ``aurora`` or ``dynamodb``."""
    identifier: str
    account: str
    region: str
    declared_as: str
    """Name under ``[[databases]]``; empty if none names it."""
    engine: str
    """``postgres 16.10``; empty for a table."""
    is_encrypted: bool
    is_protected: bool
    """Whether it must be unlocked before it can be deleted."""
    is_public: bool
    """Whether the world resolves its address and could reach it."""

    @property
    def is_declared(self) -> bool:
        """Whether the profile names it."""
        return bool(self.declared_as)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        encrypted = "encrypted" if self.is_encrypted else "not encrypted"
        reached = "public" if self.is_public else "not public"
        engine = self.engine or self.kind
        return f"{engine} in {self.account} {self.region}, {encrypted}, {reached}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineVersion:
    """A version of an engine that one of the databases runs, as AWS offers it in one place."""

    status: str
    """``available`` or ``deprecated``; empty when AWS offers it no more."""
    standard_until: datetime | None
    """End of AWS's standard support for its major version; aware, UTC; unknown for some engines."""
    used_by: tuple[str, ...]
    """Identifiers, sorted."""

    @property
    def is_offered(self) -> bool:
        """Whether AWS would still make a database of this version."""
        return self.status == OFFERED

    def is_supported(self, as_of: datetime) -> bool:
        """Whether standard support lasts beyond ``as_of``, as far as AWS says when it ends."""
        return self.standard_until is None or as_of < self.standard_until

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        end, users = self.standard_until, ", ".join(self.used_by)
        said = f"; standard support until {end:%Y-%m-%d}" if end else ""
        return f"{self.status or 'no longer offered'}, run by {users}{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """The service's databases: all declared ones, and what AWS says of those that it has."""

    declared: tuple[str, ...]
    """Names under ``[[databases]]``, sorted."""
    lost: tuple[str, ...]
    """Those of them that should be in AWS and are in none of the accounts and regions, sorted."""
    found: tuple[Part[DatabaseSetup], ...]
    """By place, then ARN, which is their name."""
    doors: tuple[Part[Doors], ...]
    """Whom AWS lets reach each, by its ARN."""
    versions: tuple[Part[EngineVersion], ...]
    """Versions of engines that they run, by place; named ``postgres 16.10 in …``."""

    def has(self, declared: str) -> bool:
        """Whether a declared database is there, as far as AWS would know."""
        return declared not in self.lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """Which databases does the service have, and whom does AWS let reach them?"""

    name: str = "databases"
    source: str = "AWS rds, dynamodb, ec2"
    operations: tuple[str, ...] = tuple(
        sorted(
            {
                *database_doors.OPERATIONS,
                *database_listing.OPERATIONS,
                "rds:DescribeDBEngineVersions",
                "rds:DescribeDBMajorEngineVersions",
            }
        )
    )
    fact_type: Any = DatabaseFacts

    def collect(self, desk: Desk) -> Answer[DatabaseFacts]:
        """Read them in every account and region of the profile, each by itself."""
        listed = databases_in_aws(desk)
        there = tuple(part.observed for part in listed.found if part.observed)
        profile = desk.profile
        declared = {one.name: one for one in profile.databases}

        def doors(stored: Stored) -> Part[Doors]:
            said = declared.get(stored.declared_as)
            return part_of(stored.arn, partial(doors_of, desk.aws, stored, said))

        facts = DatabaseFacts(
            declared=tuple(sorted(declared)),
            lost=listed.lost,
            found=tuple(_setup(part) for part in listed.found),
            doors=desk.aws.each(doors, there),
            versions=desk.aws.each(partial(_version, desk.aws), _running(there)),
        )
        where = tuple(str(place) for place in desk.aws.places) if profile.aws else ()
        return Answer(value=facts, where=where)


def _setup(part: Part[Stored]) -> Part[DatabaseSetup]:
    if part.observed is None:
        return Part(name=part.name, unavailable=part.unavailable)
    stored = part.observed
    return part_of(part.name, lambda: _setup_of(stored))


def _setup_of(stored: Stored) -> DatabaseSetup:
    return DatabaseSetup(
        kind=stored.kind,
        identifier=stored.identifier,
        account=stored.place.account,
        region=stored.place.region,
        declared_as=stored.declared_as,
        engine=" ".join(_engine(stored)),
        is_encrypted=is_encrypted(stored),
        is_protected=is_protected(stored),
        is_public=is_public(stored),
    )


def _engine(stored: Stored) -> tuple[str, ...]:
    if stored.kind == "dynamodb":
        return ()
    return str(required(stored, "Engine")), str(required(stored, "EngineVersion"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """A version of an engine in one place, and what runs it."""

    place: Place
    engine: str
    version: str
    used_by: tuple[str, ...]


def _running(there: Iterable[Stored]) -> Iterator[_Running]:
    """Yield each version once a place, so that AWS is asked once, however many run it."""
    known: dict[tuple[Place, str, str], list[str]] = {}
    for stored in there:
        if stored.kind != "dynamodb" and {"Engine", "EngineVersion"} <= stored.raw.keys():
            engine, version = _engine(stored)
            known.setdefault((stored.place, engine, version), []).append(stored.identifier)
    for (place, engine, version), users in known.items():
        yield _Running(place=place, engine=engine, version=version, used_by=tuple(sorted(users)))


def _version(aws: AwsAccess, running: _Running) -> Part[EngineVersion]:
    name = f"{running.engine} {running.version} in {running.place}"
    return part_of(name, lambda: _version_of(aws, running))


def _version_of(aws: AwsAccess, running: _Running) -> EngineVersion:
    asked = {"Engine": running.engine, "EngineVersion": running.version}
    operation, key = "rds:DescribeDBEngineVersions", "DBEngineVersions"
    versions = aws.listing(running.place, operation, key, **asked)
    offered = next((one for one in versions if one["EngineVersion"] == running.version), None)
    return EngineVersion(
        status=offered.get("Status", OFFERED) if offered else "",
        standard_until=_standard_until(aws, running),
        used_by=running.used_by,
    )


def _standard_until(aws: AwsAccess, running: _Running) -> datetime | None:
    operation, key = "rds:DescribeDBMajorEngineVersions", "DBMajorEngineVersions"
    for major in aws.listing(running.place, operation, key, Engine=running.engine):
        named = major["MajorEngineVersion"]
        if running.version == named or running.version.startswith(f"{named}."):
            for lifecycle in major.get("SupportedEngineLifecycles") or ():
                if lifecycle["LifecycleSupportName"] == STANDARD:
                    end: datetime = lifecycle["LifecycleSupportEndDate"]
                    return end.astimezone(UTC)
    return None
