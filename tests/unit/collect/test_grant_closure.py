"""Who may write, worked out from rows of the catalogues, also of versions that are not here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.collect.grant_closure import PUBLIC, Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("owner", "app", "group", "reader")
OWNER, APP, GROUP, READER = range(10, 14)
OTHERS = {"rds_superuser": 20, "pg_write_all_data": 21, "pg_database_owner": 22, "root": 23}
SCHEMA = 100


def _role(name: str, oid: int, **more: Any) -> dict[str, Any]:
    usual = {
        "is_superuser": name == "root",
        "creates_roles": False,
        "bypasses_row_security": False,
        "can_log_in": name in {*NAMES, "root"} and name != "group",
    }
    return {"oid": oid, "name": name} | usual | more


def _grant(grantee: int, *, privilege: str = "INSERT", number: int = 1) -> dict[str, Any]:
    names = [f"chain.t{n}" for n in range(min(number, 3))]
    return {"grantee": grantee, "privilege": privilege, "number": number, "names": names}


@pytest.fixture(scope="session")
def catalogue() -> Callable[..., Catalogue]:
    """A catalogue of four roles and PostgreSQL's own, in which nobody but root may write."""

    def make(*, version: int = 170000, powers: Any = (), **rows: Any) -> Catalogue:
        several = {**dict(zip(NAMES, range(10, 14), strict=True)), **OTHERS}
        changed = dict(powers)
        usage = {"oid": SCHEMA, "name": "chain", "owner": OWNER, "privilege": "USAGE"}
        usual: dict[str, Any] = {
            "server": [{"number": version}],
            "roles": [_role(name, oid, **changed.get(name, {})) for name, oid in several.items()],
            "database": [{"owner": OTHERS["root"], "grantee": 0, "privilege": "CONNECT"}],
            "schemas": [{**usage, "grantee": grantee} for grantee in (OWNER, APP, READER)],
        }
        empty = dict.fromkeys(
            ("memberships", "relations", "columns", "defaults", "owned", "definers"), ()
        )
        return Catalogue({**empty, **usual, **rows})

    return make


def test_nobody_may_write_whom_nobody_let(catalogue: Callable[..., Catalogue]) -> None:
    known = catalogue()
    assert {name for name in known.identities if known.ways_of(name)} == {"root"}
    assert known.ways_of("root")[0] == "superuser"
    assert known.ways_of("nobody") == ()
    assert known.powers_of("nobody") == known.supreme_powers_of("nobody") == ()


def test_rights_come_through_any_number_of_roles_and_circles_end(
    catalogue: Callable[..., Catalogue],
) -> None:
    links = ((GROUP, APP), (READER, GROUP), (APP, READER))
    memberships = [{"role": role, "member": member} for role, member in links]
    known = catalogue(relations=[_grant(READER, number=5)], memberships=memberships)
    told = "INSERT on 5 relations (chain.t0, chain.t1, chain.t2, …)"
    assert known.ways_of("reader") == (told,)
    assert known.ways_of("app") == (f"{told} as reader",)


def test_roles_of_clouds_count_as_superusers(catalogue: Callable[..., Catalogue]) -> None:
    memberships = [{"role": OTHERS["rds_superuser"], "member": APP}]
    known = catalogue(memberships=memberships)
    assert known.supreme_powers_of("app") == ("member of rds_superuser",)


def test_createrole_gives_every_right_before_sixteen_and_none_since(
    catalogue: Callable[..., Catalogue],
) -> None:
    makes_roles = {"app": {"creates_roles": True}}
    before = catalogue(version=150000, powers=makes_roles)
    assert before.ways_of("app") == ("may give itself any role (CREATEROLE)",)
    since = catalogue(powers=makes_roles)
    assert since.ways_of("app") == ()
    assert since.powers_of("app") == ("makes roles (CREATEROLE)",)


def test_who_owns_the_database_owns_what_its_owners_role_owns(
    catalogue: Callable[..., Catalogue],
) -> None:
    owned = {"owner": OTHERS["pg_database_owner"], "kind": "schemas", "number": 1}
    known = catalogue(
        database=[{"owner": READER, "grantee": APP, "privilege": "CREATE"}],
        owned=[owned | {"names": ["public"]}],
    )
    assert known.ways_of("reader") == (
        "owns 1 schemas (public) as pg_database_owner",
        "owns the database",
    )
    assert known.ways_of("app") == ("CREATE in the database",)


def test_a_function_lends_rights_to_whom_its_schema_is_open(
    catalogue: Callable[..., Catalogue],
) -> None:
    lent = {"name": "chain.f", "owner": OWNER, "schema": SCHEMA}
    owned = [{"owner": OWNER, "kind": "relations", "number": 1, "names": ["chain.t"]}]
    to_all = catalogue(definers=[lent | {"grantee": 0}], owned=owned)
    assert to_all.ways_of("reader") == ("runs chain.f as owner",)
    assert to_all.ways_of(PUBLIC) == ()
    schemas = [{"oid": SCHEMA, "name": "chain", "owner": OWNER, "grantee": 0, "privilege": "USAGE"}]
    to_the_world = catalogue(definers=[lent | {"grantee": 0}], owned=owned, schemas=schemas)
    assert to_the_world.ways_of(PUBLIC) == ("runs chain.f as owner",)
    assert to_the_world.ways_of("reader") == ()
    to_one = catalogue(definers=[lent | {"grantee": APP}], owned=owned)
    assert to_one.ways_of("app") == ("runs chain.f as owner",)
    assert to_one.powers_of("app") == ()
    harmless = catalogue(definers=[lent | {"grantee": APP}])
    assert harmless.ways_of("app") == ()


LINKS = st.lists(st.tuples(st.integers(10, 13), st.integers(10, 13)), max_size=8)


@given(links=LINKS, granted=st.integers(10, 13))
def test_membership_is_followed_as_far_as_it_goes(
    catalogue: Callable[..., Catalogue], links: list[tuple[int, int]], granted: int
) -> None:
    memberships = [{"role": role, "member": member} for role, member in links]
    known = catalogue(memberships=memberships, relations=[_grant(granted)])
    able = {granted}
    for _ in NAMES:
        able |= {member for role, member in links if role in able}
    expected = {name for name, oid in zip(NAMES, range(10, 14), strict=True) if oid in able}
    assert {name for name in NAMES if known.ways_of(name)} == expected
