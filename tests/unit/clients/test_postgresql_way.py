"""How a login to PostgreSQL is made of the profile and the environment."""

from __future__ import annotations

from typing import Any

import certifi
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.clients.postgresql_failures import failure_of
from pytest_orr.clients.postgresql_way import Way, way_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import DatabaseLogin, FromEnvironment

URL = FromEnvironment(env="LEDGER_URL")
SECRET = FromEnvironment(env="LEDGER_PASSWORD")


def _parameters(login: DatabaseLogin, **environment: str) -> dict[str, str]:
    return {**way_of(login, environment).parameters}


def _login(**more: Any) -> DatabaseLogin:
    return DatabaseLogin(**({"host": "ledger.example", "user": "auditor"} | more))


def test_every_session_is_told_to_read_alone_and_to_give_up() -> None:
    options = _parameters(_login())["options"]
    for told in (
        "default_transaction_read_only=on",
        "statement_timeout=10000",
        "lock_timeout=2000",
        "search_path=pg_catalog",
    ):
        assert f"-c {told}" in options


def test_what_the_profile_says_goes_before_its_url() -> None:
    url = "postgresql://somebody:of-nobody@elsewhere.example:6432/books"
    login = DatabaseLogin(url=URL, user="auditor", port=5433)
    known = _parameters(login, LEDGER_URL=url)
    assert (known["host"], known["user"], known["port"]) == (
        "elsewhere.example",
        "auditor",
        "5433",
    )
    assert (known["dbname"], known["password"]) == ("books", "of-nobody")


def test_without_a_name_the_database_is_called_as_the_user() -> None:
    known = _parameters(_login())
    assert (known["dbname"], known["port"]) == ("auditor", "5432")


@pytest.mark.parametrize(
    ("login", "mode", "authority"),
    [
        (_login(), "verify-full", certifi.where()),
        (_login(sslmode="verify-ca"), "verify-ca", certifi.where()),
        (_login(ca="/etc/rds.pem"), "verify-full", "/etc/rds.pem"),
        (_login(host="127.0.0.1"), "prefer", None),
        (_login(host="localhost"), "prefer", None),
        (_login(host="::1"), "prefer", None),
        (_login(host="/run/postgresql"), "prefer", None),
        (_login(host="127.0.0.1", ca="/etc/rds.pem"), "verify-full", "/etc/rds.pem"),
        (_login(host="127.0.0.1.evil.example"), "verify-full", certifi.where()),
        (_login(host="127.0.0.1,ledger.example"), "verify-full", certifi.where()),
    ],
)
def test_certificates_are_verified_but_on_this_machine(
    login: DatabaseLogin, mode: str, authority: str | None
) -> None:
    known = _parameters(login)
    assert (known["sslmode"], known.get("sslrootcert")) == (mode, authority)


@pytest.mark.parametrize(
    ("asked", "mode"),
    [
        ("disable", "verify-full"),
        ("prefer", "verify-full"),
        ("require", "verify-full"),
        ("verify-ca", "verify-ca"),
    ],
)
def test_a_url_can_ask_for_no_less_than_a_verified_certificate(asked: str, mode: str) -> None:
    url = f"postgresql://auditor@ledger.example/books?sslmode={asked}"
    assert _parameters(DatabaseLogin(url=URL), LEDGER_URL=url)["sslmode"] == mode


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://auditor:of-nobody@ledger.example:five/books?of-nobody",
        "postgresql://auditor:of-nobody@ledger.example/books?options=-c%20x%3Dof-nobody",
        "postgresql://auditor:of-nobody@ledger.example/books?hostaddr=192.0.2.1",
        "of-nobody",
    ],
)
def test_a_url_that_cannot_be_used_is_not_shown(url: str) -> None:
    with pytest.raises(FactUnavailable) as caught:
        way_of(DatabaseLogin(url=URL), {"LEDGER_URL": url})
    assert caught.value.cause == "the connection URL of [[databases]] login cannot be used"
    assert "of-nobody" not in caught.value.diagnostics()
    assert caught.value.__context__ is None


def test_a_url_that_says_too_little_is_told_what_it_lacks() -> None:
    with pytest.raises(FactUnavailable, match="names no host"):
        way_of(DatabaseLogin(url=URL), {"LEDGER_URL": "postgresql:///books?user=auditor"})


def test_no_text_of_a_way_shows_the_password() -> None:
    way = way_of(_login(password=SECRET), {"LEDGER_PASSWORD": "of-nobody"})
    assert str(way) == "ledger.example:5432/auditor"
    assert "of-nobody" not in f"{way!r} {way}"


@given(secret=st.text(min_size=1), around=st.tuples(st.text(), st.text()))
def test_no_failure_shows_the_password(secret: str, around: tuple[str, str]) -> None:
    parameters = {"host": "h", "port": "1", "dbname": "d", "user": "u", "password": f"<{secret}>"}
    error = psycopg.OperationalError(f"{around[0]}<{secret}>{around[1]}")
    failure = failure_of(error, Way(parameters=parameters))
    assert f"<{secret}>" not in failure.diagnostics()


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("connection timeout expired", "did not answer in time"),
        (
            'connection failed: server "ledger" does not support SSL, but SSL was required',
            "cannot be spoken to by TLS",
        ),
        ('FATAL:  database "books" does not exist', 'has no such database: database "books"'),
        ("FATAL:  sorry, too many clients already", "cannot be read: sorry, too many clients"),
        ("", "cannot be read: no reason given"),
    ],
)
def test_what_libpq_says_becomes_a_cause(said: str, cause: str) -> None:
    parameters = {"host": "h", "port": "1", "dbname": "d", "user": "u"}
    failure = failure_of(psycopg.OperationalError(said), Way(parameters=parameters))
    assert f"PostgreSQL at h:1/d {cause}" in failure.cause
    assert failure.remedy
