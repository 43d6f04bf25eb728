"""Who may write to a real PostgreSQL, read by a login that may not, and every way that fails."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.postgresql import PostgresqlAccess
from pytest_orr.clients.postgresql_queries import QUERIES
from pytest_orr.collect.database_grants import DatabaseGrants
from pytest_orr.errors import FactUnavailable
from pytest_orr.model import Outcome
from pytest_orr.profile.schema import DatabaseLogin, FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.model import Finding
    from tests.system.postgresql_server import Server

    Judge = Callable[..., tuple[Finding, ...]]

UNDECLARED = "it may write, and nobody declared that it may"
EXCESS = "it may do more than write: "
ABLE = "the login that should only read may write: "
DEFINER = """
CREATE FUNCTION chain.prune() RETURNS void LANGUAGE sql SECURITY DEFINER
AS 'DELETE FROM chain.blocks'
"""

FAULTS: dict[str, tuple[list[str], list[str], dict[str, str]]] = {
    "a reader is let write a table": (
        ["GRANT DELETE ON chain.blocks TO turned_away"],
        ["REVOKE DELETE ON chain.blocks FROM turned_away"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "a reader is let write a column": (
        ["GRANT UPDATE (hash) ON chain.blocks TO turned_away"],
        ["REVOKE UPDATE (hash) ON chain.blocks FROM turned_away"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "a reader joins a group that writes": (
        [
            "CREATE ROLE operators",
            "GRANT explorer_rw TO operators",
            "GRANT operators TO turned_away",
        ],
        ["DROP ROLE operators"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "a reader inherits nothing and can become who writes": (
        ["ALTER ROLE turned_away NOINHERIT", "GRANT explorer_rw TO turned_away"],
        ["REVOKE explorer_rw FROM turned_away", "ALTER ROLE turned_away INHERIT"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "a reader will be let write what comes": (
        ["ALTER DEFAULT PRIVILEGES FOR ROLE migrate GRANT DELETE ON TABLES TO turned_away"],
        ["ALTER DEFAULT PRIVILEGES FOR ROLE migrate REVOKE DELETE ON TABLES FROM turned_away"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "a reader is a member of pg_write_all_data": (
        ["GRANT pg_write_all_data TO turned_away"],
        ["REVOKE pg_write_all_data FROM turned_away"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "a reader may execute programs on the server": (
        ["GRANT pg_execute_server_program TO turned_away"],
        ["REVOKE pg_execute_server_program FROM turned_away"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "a reader owns the database": (
        ["ALTER DATABASE explorer OWNER TO turned_away"],
        ["ALTER DATABASE explorer OWNER TO postgres"],
        {"ledger: turned_away": UNDECLARED},
    ),
    "everybody may write": (
        ["GRANT INSERT ON chain.blocks TO PUBLIC"],
        ["REVOKE INSERT ON chain.blocks FROM PUBLIC"],
        {"ledger: PUBLIC": UNDECLARED},
    ),
    "everybody may create tables": (
        ["GRANT CREATE ON SCHEMA public TO PUBLIC"],
        ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"],
        {"ledger: PUBLIC": UNDECLARED},
    ),
    "who may use the schema may run a function as its owner": (
        [
            DEFINER,
            "ALTER FUNCTION chain.prune() OWNER TO migrate",
            "GRANT USAGE ON SCHEMA chain TO turned_away",
        ],
        ["DROP FUNCTION chain.prune()", "REVOKE USAGE ON SCHEMA chain FROM turned_away"],
        {
            "ledger": ABLE + "runs chain.prune as migrate",
            "ledger: auditor": UNDECLARED,
            "ledger: turned_away": UNDECLARED,
        },
    ),
    "the service runs functions of a superuser": (
        [
            DEFINER,
            "REVOKE EXECUTE ON FUNCTION chain.prune() FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION chain.prune() TO explorer_app",
        ],
        ["DROP FUNCTION chain.prune()"],
        {"ledger: explorer_app": EXCESS + "runs chain.prune as postgres"},
    ),
    "the service is a superuser": (
        ["ALTER ROLE explorer_app SUPERUSER"],
        ["ALTER ROLE explorer_app NOSUPERUSER"],
        {"ledger: explorer_app": EXCESS + "superuser"},
    ),
    "the service owns a table": (
        ["ALTER TABLE chain.blocks OWNER TO explorer_app"],
        ["ALTER TABLE chain.blocks OWNER TO migrate"],
        {"ledger: explorer_app": EXCESS + "owns 1 relations (chain.blocks)"},
    ),
    "the service goes past row security": (
        ["ALTER ROLE explorer_app BYPASSRLS"],
        ["ALTER ROLE explorer_app NOBYPASSRLS"],
        {"ledger: explorer_app": EXCESS + "goes past row security (BYPASSRLS)"},
    ),
    "the service makes roles": (
        ["ALTER ROLE explorer_app CREATEROLE"],
        ["ALTER ROLE explorer_app NOCREATEROLE"],
        {"ledger: explorer_app": EXCESS},
    ),
    "the service may no longer write": (
        ["REVOKE explorer_rw FROM explorer_app"],
        ["GRANT explorer_rw TO explorer_app"],
        {"ledger: explorer_app": "writers names it, and it may write nothing"},
    ),
    "the login itself may write": (
        ["GRANT explorer_rw TO auditor"],
        ["REVOKE explorer_rw FROM auditor"],
        {"ledger": ABLE + "INSERT on 2 relations", "ledger: auditor": UNDECLARED},
    ),
}
"""What is done, how it is undone, and what is found where."""


def _failed(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {one.subject: one.detail for one in findings if one.outcome is Outcome.FAIL}


@contextmanager
def _planted(server: Server, fault: str) -> Iterator[None]:
    do, undo, _ = FAULTS[fault]
    server.administer(*do)
    try:
        yield
    finally:
        server.administer(*undo)


@pytest.fixture(scope="module")
def access() -> PostgresqlAccess:
    """Whoever asks, with the password in the environment that is handed over."""
    return PostgresqlAccess({"AUDITOR_PASSWORD": "of-nobody"})


def test_a_sound_database_is_good_and_every_writer_is_named(
    postgresql: Server, judge_writing: Judge
) -> None:
    findings = judge_writing(postgresql.declared())
    assert {one.outcome for one in findings} == {Outcome.PASS}
    assert {one.subject for one in findings} == {
        *("ledger", "ledger: explorer_app", "ledger: migrate", "ledger: postgres")
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_a_finding_at_the_role_where_it_is(
    postgresql: Server, judge_writing: Judge, fault: str
) -> None:
    expected = FAULTS[fault][2]
    with _planted(postgresql, fault):
        failed = _failed(judge_writing(postgresql.declared()))
    assert failed.keys() == expected.keys()
    assert all(failed[subject].startswith(detail) for subject, detail in expected.items())
    assert _failed(judge_writing(postgresql.declared())) == {}


def test_a_declared_writer_who_is_not_there_is_a_finding(
    postgresql: Server, judge_writing: Judge
) -> None:
    writers = ("explorer_app", "migrate", "forgotten")
    failed = _failed(judge_writing(postgresql.declared(writers=writers)))
    assert {*failed} == {"ledger: forgotten"}


def test_the_server_is_asked_constant_questions_alone_and_is_the_same_afterwards(
    postgresql: Server, access: PostgresqlAccess
) -> None:
    before, earlier = postgresql.dump(), len(postgresql.said("pytest-orr"))
    access.catalogue(postgresql.login())
    said = postgresql.said("pytest-orr")[earlier:]
    assert said[0] == "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    assert said[-1] == "ROLLBACK"
    asked = [" ".join(one.split()) for one in said[1:-1]]
    assert asked == [" ".join(query.split()) for query in QUERIES.values()]
    assert all(query.startswith("SELECT") for query in QUERIES.values())
    assert postgresql.dump() == before


def test_a_session_of_a_superuser_could_not_write_either(
    postgresql: Server, access: PostgresqlAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = postgresql.login("postgres", host=str(postgresql.folder))
    writing = {"server": "CREATE TABLE public.written ()"}
    monkeypatch.setattr("pytest_orr.clients.postgresql.QUERIES", writing)
    with pytest.raises(FactUnavailable, match="cannot execute CREATE TABLE in a read-only"):
        access.catalogue(login)


def test_the_password_is_taken_from_a_url_of_the_environment(postgresql: Server) -> None:
    url = f"postgresql://auditor:of-nobody@127.0.0.1:{postgresql.port}/explorer"
    access = PostgresqlAccess({"LEDGER_URL": url})
    rows = access.catalogue(DatabaseLogin(url=FromEnvironment(env="LEDGER_URL")))
    assert rows["server"][0]["login"] == "auditor"


def test_a_certificate_is_verified_wherever_somebody_says_by_whom(
    postgresql: Server, access: PostgresqlAccess
) -> None:
    authority = str(postgresql.authority)
    named = postgresql.login(host="localhost", ca=authority)
    assert access.catalogue(named)["server"][0]["read_only"] == "on"
    for login in (
        postgresql.login(ca=authority),
        postgresql.login(host="localhost", ca="/etc/ssl/certs/ca-certificates.crt"),
    ):
        with pytest.raises(FactUnavailable, match="shows a certificate that cannot be verified"):
            access.catalogue(login)


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "another password": (
        {"password": FromEnvironment(env="WRONG")},
        "refused auditor: the password is wrong, or the role may not log in",
    ),
    "an address that pg_hba.conf rejects": (
        {"user": "turned_away"},
        "lets turned_away not in from here: no entry of pg_hba.conf does",
    ),
    "a database that no entry is for": (
        {"dbname": "postgres"},
        "lets auditor not in from here: no entry of pg_hba.conf does",
    ),
    "nobody there": ({"port": 1}, "refused the connection: nothing listens there"),
    "no such name": (
        {"host": "ledger.invalid"},
        "has a name that does not resolve from here",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_every_refusal_is_told_by_its_cause_and_without_the_password(
    postgresql: Server, case: str
) -> None:
    more, cause = REFUSALS[case]
    secrets = {"AUDITOR_PASSWORD": "of-nobody", "WRONG": "sw0rdf1sh"}
    with pytest.raises(FactUnavailable) as caught:
        PostgresqlAccess(secrets).catalogue(postgresql.login(**more))
    assert caught.value.cause.endswith(cause)
    assert caught.value.__context__ is None
    whole = repr(caught.value.__dict__) + caught.value.diagnostics()
    assert not any(secret in whole for secret in secrets.values())


def test_a_variable_that_nobody_sets_is_named(postgresql: Server) -> None:
    with pytest.raises(FactUnavailable, match="AUDITOR_PASSWORD, named in"):
        PostgresqlAccess({}).catalogue(postgresql.login())


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port at which whoever connects hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_server_that_keeps_silent_is_given_up_at_the_deadline(
    silent_server: int, postgresql: Server
) -> None:
    impatient = PostgresqlAccess({"AUDITOR_PASSWORD": "x"}, deadline=0.3)
    with pytest.raises(FactUnavailable, match=r"did not answer within 0\.3 s"):
        impatient.catalogue(postgresql.login(port=silent_server))


def test_a_server_that_falls_silent_amid_its_answers_is_cut_off(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleepy = {"server": "SELECT pg_sleep(8)"}
    monkeypatch.setattr("pytest_orr.clients.postgresql.QUERIES", sleepy)
    impatient = PostgresqlAccess({"AUDITOR_PASSWORD": "of-nobody"}, deadline=0.5)
    with pytest.raises(FactUnavailable, match=r"did not answer within 0\.5 s"):
        impatient.catalogue(postgresql.login())
    for thread in threading.enumerate():
        if thread.name == "orr-postgresql":
            thread.join(5)
            assert not thread.is_alive()


def test_what_a_login_may_not_see_is_unknown_by_the_servers_words(
    postgresql: Server, access: PostgresqlAccess
) -> None:
    postgresql.administer("REVOKE SELECT ON pg_catalog.pg_roles FROM PUBLIC")
    try:
        with pytest.raises(FactUnavailable) as caught:
            access.catalogue(postgresql.login())
    finally:
        postgresql.administer("GRANT SELECT ON pg_catalog.pg_roles TO PUBLIC")
    assert "denies auditor: permission denied for view pg_roles" in caught.value.cause


def test_a_login_that_fails_costs_its_own_database_alone(
    postgresql: Server, desk_with: Callable[..., Any]
) -> None:
    gone = postgresql.declared(name="gone", login=postgresql.login(port=1))
    parts = DatabaseGrants().collect(desk_with(gone, postgresql.declared())).value.servers
    assert [(part.name, part.unavailable is None) for part in parts] == [
        ("gone", False),
        ("ledger", True),
    ]


def test_a_pooler_that_changes_what_a_session_is_told_is_refused(
    postgresql: Server, desk_with: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        **QUERIES,
        "server": QUERIES["server"].replace(
            "current_setting('transaction_read_only')", "'off'::text"
        ),
    }
    monkeypatch.setattr("pytest_orr.clients.postgresql.QUERIES", said)
    [part] = DatabaseGrants().collect(desk_with(postgresql.declared())).value.servers
    assert part.unavailable is not None
    assert part.unavailable.cause == "the session at ledger is not read-only"


def test_psycopg_is_an_extra(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(FactUnavailable) as caught:
        PostgresqlAccess({}).catalogue(postgresql.login())
    assert caught.value.remedy == "run pip install 'pytest-orr[postgresql]'"
