"""Works out who may write from PostgreSQL's catalogues: grants, owners, and what members inherit.

A role may do what every role may that it is, directly or through others, a member of: even where
it does not inherit a right, it can become the role that has it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PUBLIC = "PUBLIC"
EVERYBODY = 0
"""What the catalogues say for it."""
OWNER_OF_DATABASE = "pg_database_owner"
"""A role whose one member is whoever owns the database, which no membership says."""
WITHOUT_GRANTS = 160000
"""Since this version CREATEROLE gives no right to roles that somebody else made."""
LIKE_SUPERUSERS = frozenset(
    {
        "pg_execute_server_program",
        "pg_write_server_files",
        "azure_pg_admin",
        "cloudsqlsuperuser",
        "rds_superuser",
    }
)
"""Roles whose members can come to write whatever they like, PostgreSQL's own and of clouds."""
WRITE_ALL = "pg_write_all_data"

Row = dict[str, Any]


class Catalogue:
    """The rows of ``QUERIES``, asked about roles by name."""

    def __init__(self, rows: Mapping[str, Sequence[Row]]) -> None:
        self._rows = rows
        self._roles = {row["oid"]: row for row in rows["roles"]}
        self._oids = {row["name"]: row["oid"] for row in rows["roles"]} | {PUBLIC: EVERYBODY}
        self._number = rows["server"][0]["number"]
        self._parents = self._memberships()
        self._usage = _by_schema(rows["schemas"])
        self._known: dict[int, tuple[str, ...]] = {}

    @property
    def identities(self) -> tuple[str, ...]:
        """Names of roles that can log in, and everybody."""
        return (PUBLIC, *(row["name"] for row in self._roles.values() if row["can_log_in"]))

    def ways_of(self, name: str) -> tuple[str, ...]:
        """Return in how many ways a role may write; none for a role that is not there."""
        oid = self._oids.get(name)
        if oid is None:
            return ()
        return tuple(dict.fromkeys((*self._ways(oid), *self._lent_ways(oid))))

    def supreme_powers_of(self, name: str) -> tuple[str, ...]:
        """Return what makes a role, or one that it can become, as good as a superuser."""
        return tuple(dict.fromkeys(self._supreme(self._oids[name]))) if name in self._oids else ()

    def powers_of(self, name: str) -> tuple[str, ...]:
        """Return every power of a role beyond reading and writing rows."""
        if name not in self._oids:
            return ()
        oid = self._oids[name]
        found = (
            *self._supreme(oid),
            *self._attributes(oid),
            *self._owned(oid),
            *self._created(oid),
            *(f"runs {row['name']} as {self._name(row['owner'])}" for row in self._supremely(oid)),
        )
        return tuple(dict.fromkeys(found))

    def _memberships(self) -> Mapping[int, frozenset[int]]:
        parents: defaultdict[int, set[int]] = defaultdict(set)
        for row in self._rows["memberships"]:
            parents[row["member"]].add(row["role"])
        implied = self._oids.get(OWNER_OF_DATABASE)
        for row in self._rows["database"]:
            if implied is not None:
                parents[row["owner"]].add(implied)
        return {member: frozenset(roles) for member, roles in parents.items()}

    def _can_be(self, oid: int) -> frozenset[int]:
        """Return a role and all that it can become."""
        reached, ahead = {oid}, [oid]
        while ahead:
            new = self._parents.get(ahead.pop(), frozenset()) - reached
            reached |= new
            ahead.extend(new)
        return frozenset(reached)

    def _name(self, oid: int) -> str:
        return PUBLIC if oid == EVERYBODY else str(self._roles[oid]["name"])

    def _ways(self, oid: int) -> tuple[str, ...]:
        """Return how a role may write by itself or as another, functions aside."""
        if oid not in self._known:
            found = (
                *self._supreme(oid),
                *self._write_all(oid),
                *self._owned(oid),
                *self._granted(oid),
                *self._created(oid),
            )
            self._known[oid] = tuple(dict.fromkeys(found))
        return self._known[oid]

    def _supreme(self, oid: int) -> Iterator[str]:
        for one in self._sorted(self._can_be(oid)):
            role, through = self._roles[one], self._through(oid, one)
            if role["is_superuser"]:
                yield f"superuser{through}"
            if role["name"] in LIKE_SUPERUSERS:
                yield f"member of {role['name']}"
            if role["creates_roles"] and self._number < WITHOUT_GRANTS:
                yield f"may give itself any role (CREATEROLE{through})"

    def _write_all(self, oid: int) -> Iterator[str]:
        if self._oids.get(WRITE_ALL) in self._can_be(oid):
            yield f"member of {WRITE_ALL}"

    def _attributes(self, oid: int) -> Iterator[str]:
        for one in self._sorted(self._can_be(oid)):
            role, through = self._roles[one], self._through(oid, one)
            if role["bypasses_row_security"]:
                yield f"goes past row security (BYPASSRLS{through})"
            if role["creates_roles"]:
                yield f"makes roles (CREATEROLE{through})"

    def _owned(self, oid: int) -> Iterator[str]:
        mine = self._can_be(oid)
        for row in self._rows["owned"]:
            if row["owner"] in mine:
                yield f"owns {_several(row, row['kind'])}{self._through(oid, row['owner'])}"
        for row in self._rows["database"]:
            if row["owner"] in mine:
                yield f"owns the database{self._through(oid, row['owner'])}"

    def _granted(self, oid: int) -> Iterator[str]:
        mine = self._can_be(oid)
        for kind in ("relations", "columns"):
            for row in self._rows[kind]:
                if row["grantee"] in mine:
                    through = self._through(oid, row["grantee"])
                    yield f"{row['privilege']} on {_several(row, kind)}{through}"
        for row in self._rows["defaults"]:
            if row["grantee"] in mine:
                creator = self._name(row["creator"])
                yield f"{row['privilege']} on whatever {creator} will create"

    def _created(self, oid: int) -> Iterator[str]:
        mine = self._can_be(oid)
        for row in self._rows["schemas"]:
            if row["privilege"] == "CREATE" and row["grantee"] in mine:
                yield f"CREATE in schema {row['name']}{self._through(oid, row['grantee'])}"
        for row in self._rows["database"]:
            if row["privilege"] == "CREATE" and row["grantee"] in mine:
                yield f"CREATE in the database{self._through(oid, row['grantee'])}"

    def _lent_ways(self, oid: int) -> Iterator[str]:
        """Yield functions that run as somebody who may write what their caller may not.

        What everybody may run is everybody's way, not each one's.
        """
        common = self._lent(EVERYBODY) if oid != EVERYBODY else ()
        left_out, mine = {row["name"] for row in common}, self._can_be(oid)
        for row in self._lent(oid):
            is_other = row["owner"] not in mine and row["name"] not in left_out
            if is_other and self._ways(row["owner"]):
                yield f"runs {row['name']} as {self._name(row['owner'])}"

    def _supremely(self, oid: int) -> Iterator[Row]:
        return (row for row in self._lent(oid) if any(self._supreme(row["owner"])))

    def _lent(self, oid: int) -> tuple[Row, ...]:
        """Return functions with their owner's rights that a role may reach and execute."""
        mine = self._can_be(oid) | {EVERYBODY}
        return tuple(
            row
            for row in self._rows["definers"]
            if row["grantee"] in mine and mine & self._usage[row["schema"]]
        )

    def _through(self, oid: int, other: int) -> str:
        return "" if oid == other else f" as {self._name(other)}"

    def _sorted(self, oids: Iterable[int]) -> list[int]:
        return sorted((one for one in oids if one in self._roles), key=self._name)


def _by_schema(rows: Iterable[Row]) -> Mapping[int, frozenset[int]]:
    """Return who may use what is in each schema."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row["oid"]] |= {row["owner"]}
        if row["privilege"] == "USAGE":
            found[row["oid"]].add(row["grantee"])
    return {schema: frozenset(roles) for schema, roles in found.items()}


def _several(row: Row, kind: str) -> str:
    names, more = ", ".join(row["names"]), row["number"] - len(row["names"])
    return f"{row['number']} {kind} ({names}{', …' if more else ''})"
