"""Reads who may write to the service's PostgreSQL, by a login that may not: ``database_grants``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .grant_closure import PUBLIC, Catalogue
from .parts import Part, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.profile.schema import Database

    from .interface import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingRole:
    """A role that may write, or that ``writers`` names, in one database."""

    name: str
    """Of database and role: ``ledger: explorer_app``; the role ``PUBLIC`` is everybody."""
    is_declared: bool
    """Whether ``writers`` or ``administrators`` names it."""
    ways: tuple[str, ...]
    """How it may write, itself or as a role that it is a member of: ``UPDATE on 26 (public.a, …)``;
    none when it may not, or is not there."""
    excess: tuple[str, ...]
    """Powers that it should not have: of a writer, those of a superuser; of the service's own
    role, all that go beyond rows."""

    @property
    def may_write(self) -> bool:
        """Whether there is a way."""
        return bool(self.ways)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return "; ".join(self.ways) or "it may write nothing, or is not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """A server of PostgreSQL, and by whom it was read."""

    version: str
    database: str
    login: str
    login_ways: tuple[str, ...]
    """How the login itself could write; it should not be able to."""
    writers: int
    """How many roles may write."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return (
            f"PostgreSQL {self.version}, {self.database} read as {self.login}:"
            f" {self.writers} roles may write"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseGrantFacts:
    """Who may write to the service's PostgreSQL databases that have a login."""

    servers: tuple[Part[DatabaseServer], ...]
    """By the names under ``[[databases]]``, in the profile's order."""
    roles: tuple[WritingRole, ...]
    """Of all servers that could be read: those that can log in, and everybody, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseGrants:
    """Which roles may write to the service's PostgreSQL databases?"""

    name: str = "database_grants"
    source: str = "PostgreSQL"
    operations: tuple[str, ...] = ("postgresql:catalogue",)
    fact_type: Any = DatabaseGrantFacts

    def collect(self, desk: Desk) -> Answer[DatabaseGrantFacts]:
        """Log in to each that has a login; one that fails costs itself alone.

        RDS may run another engine, or nobody may log in from here, so a login there is no must.
        """
        if not desk.profile.databases:
            raise Undeclared("[[databases]]", "the service's databases, and who may write to them")
        wanted = tuple(
            one
            for one in desk.profile.databases
            if one.login is not None or one.kind == "postgresql"
        )
        roles: list[WritingRole] = []
        servers = tuple(part_of(one.name, partial(_server, desk, one, roles)) for one in wanted)
        facts = DatabaseGrantFacts(servers=servers, roles=tuple(roles))
        return Answer(value=facts, where=tuple(one.name for one in wanted))


def _server(desk: Desk, database: Database, roles: list[WritingRole]) -> DatabaseServer:
    if database.login is None:
        raise Undeclared("[[databases]]", f"a login for {database.name}")
    desk.progress(f"PostgreSQL {database.name}")
    rows = desk.postgresql.catalogue(database.login)
    [server] = rows["server"]
    if server["read_only"] != "on":
        raise FactUnavailable(
            f"the session at {database.name} is not read-only",
            "connect to the server itself: what stands between changes what a session is told",
        )
    catalogue = Catalogue(rows)
    found = tuple(_roles(catalogue, database))
    roles.extend(found)
    return DatabaseServer(
        version=server["version"],
        database=server["database"],
        login=server["login"],
        login_ways=catalogue.ways_of(server["login"]),
        writers=sum(role.may_write for role in found),
    )


def _roles(catalogue: Catalogue, database: Database) -> Iterator[WritingRole]:
    able = {name for name in catalogue.identities if catalogue.ways_of(name)}
    for name in sorted(able | {*database.writers}):
        declared = name in database.writers and name != PUBLIC
        yield WritingRole(
            name=f"{database.name}: {name}",
            is_declared=declared or name in database.administrators,
            ways=catalogue.ways_of(name),
            excess=_excess(catalogue, database, name) if declared else (),
        )


def _excess(catalogue: Catalogue, database: Database, name: str) -> tuple[str, ...]:
    if name in database.administrators:
        return ()
    if name == database.app_role:
        return catalogue.powers_of(name)
    return catalogue.supreme_powers_of(name)
