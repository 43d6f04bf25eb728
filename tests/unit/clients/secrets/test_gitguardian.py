"""GitGuardian's API, on loopback: its answers hold against the published description."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import requests

from pytest_orr.clients.gitguardian import GitGuardian
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.scans import GitGuardian as Declared

if TYPE_CHECKING:
    from collections.abc import Callable

DESCRIPTION = Path(__file__).parents[3] / "contracts" / "gitguardian" / "description.json"
TOKEN = "gitguardian-of-nobody"  # noqa: S105 opens nothing but the example


@pytest.fixture
def ask(guardian: Any) -> Callable[..., GitGuardian]:
    """Ask with a token; ``paused`` takes down how long was waited."""

    def begin(
        *, token: str = TOKEN, url: str = "", paused: list[float] | None = None
    ) -> GitGuardian:
        waited = [] if paused is None else paused
        declared = Declared(
            url=FromEnvironment(env="URL"), token=FromEnvironment(env="KEY"), source="a/b"
        )
        environment = {"URL": url or guardian.url, "KEY": token}
        return GitGuardian(declared, Path(), environment=environment, pause=waited.append)

    return begin


def put(*values: Any) -> Callable[[Any, Any], Any]:
    """Return a spoiling that answers with these, one after the other, and then as usual."""
    left = list(values)

    def spoil(_: Any, told: Any) -> Any:
        return left.pop(0) if left else told

    return spoil


def answer(status: int, body: Any = None, **headers: str) -> Any:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    return json_answer(body, status, **headers)


def test_every_answer_of_the_example_is_as_described(guardian: Any) -> None:
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    for faults in ((), ("incident-assigned", "service-account-open", "scan-failed")):
        guardian.faults = frozenset(faults)
        for path, schema in description["answers"].items():
            told = requests.get(
                guardian.url + path.format(source_id=7101),
                headers={"Authorization": f"Token {TOKEN}"},
                timeout=5,
            )
            whole = {**schema, "definitions": description["definitions"]}
            jsonschema.validate(told.json(), whole)
            assert told.json()


def test_repositories_and_incidents_are_read_without_a_secret(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    guardian.faults = frozenset({"incident-assigned", "scan-failed", "unmonitored"})
    asked = ask()

    vault, own = asked.sources()
    login, _, assigned = asked.incidents(own.id)

    assert (vault.full_name, vault.is_monitored) == ("explorer/vault", True)
    assert vault.last_scan == datetime(2026, 11, 19, 3, 10, 42, 118000, tzinfo=UTC)
    assert (own.kind, own.is_monitored, own.scan_status) == ("gitlab", False, "failed")
    assert (login.detector, login.category) == ("postgresql_credentials", "data_storage")
    assert not login.is_open
    assert login.is_revoked
    assert login.closed == datetime(2024, 6, 12, 9, 30, tzinfo=UTC)
    assert assigned.is_open
    assert asked.where == guardian.url.removeprefix("http://")
    asked.close()


def test_each_listing_is_asked_once_and_read_page_by_page(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    guardian._most = 1
    asked = ask()
    try:
        first = asked.incidents()
        assert asked.incidents() == first
    finally:
        guardian._most = 100
    assert [one.id for one in first] == ["5230", "6402"]
    assert [request.query for request in guardian.asked] == [
        {"per_page": "100"},
        {"per_page": "100", "cursor": "1"},
    ]
    assert {request.method for request in guardian.asked} == {"GET"}


def test_a_scope_that_is_missing_is_named(ask: Callable[..., GitGuardian], guardian: Any) -> None:
    guardian.faults = frozenset({"scope-missing"})

    assert ask().sources()
    with pytest.raises(
        FactUnavailable, match="the token lacks the scope incidents:read"
    ) as refused:
        ask().incidents()
    assert "incidents:read and sources:read" in refused.value.remedy


def test_a_denial_in_spite_of_the_scope_is_told_as_such(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    guardian.spoil("^/v1/sources$", put(answer(403, {"detail": "no"})))

    with pytest.raises(FactUnavailable, match="although the token has the scope sources:read"):
        ask().sources()


def test_a_token_that_is_refused_is_named_by_its_section(ask: Callable[..., GitGuardian]) -> None:
    with pytest.raises(FactUnavailable, match="GitGuardian refuses the token") as refused:
        ask(token="another").sources()  # noqa: S106 of nobody
    assert "[gitguardian] token" in refused.value.remedy
    assert "another" not in refused.value.diagnostics()


def test_whoever_is_asked_too_often_is_waited_for(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    paused: list[float] = []
    guardian.spoil("sources", put(answer(429, None, Retry_After="3"), answer(429)))

    assert ask(paused=paused).sources()
    assert paused == [3, 5]


def test_whoever_is_asked_too_often_for_long_is_unknown(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    paused: list[float] = []
    guardian.spoil("sources", put(*[answer(429, None, Retry_After="40")] * 5))

    with pytest.raises(FactUnavailable, match="its rate limit is reached"):
        ask(paused=paused).sources()
    assert paused == [40]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ((500, None), r"answered GET /v1/sources with status 500"),
        ((302, None), r"sends on whoever asks for GET /v1/sources"),
        ((200, {"detail": "odd"}), "answered with no list"),
        ((200, [1]), "answered with no list"),
        ((200, [{"id": "x", "full_name": "a"}]), "named something by no number"),
        ((200, [{"id": True, "full_name": "a"}]), "named something by no number"),
        ((200, [{"id": 1, "full_name": ""}]), "left a name out"),
        (
            (200, [{"id": 1, "full_name": "a", "last_scan": {"date": "soon", "status": "x"}}]),
            "wrote an instant that is none",
        ),
    ],
)
def test_what_gitguardian_does_not_say_is_unknown(
    ask: Callable[..., GitGuardian], guardian: Any, told: tuple[int, Any], cause: str
) -> None:
    guardian.spoil("sources", put(answer(*told)))

    with pytest.raises(FactUnavailable, match=cause):
        ask().sources()


def test_an_answer_that_is_no_json_is_unknown(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    spoilt = answer(200)
    object.__setattr__(spoilt, "body", b"<html>")
    guardian.spoil("sources", put(spoilt))

    with pytest.raises(FactUnavailable, match="answered with no JSON"):
        ask().sources()


def test_a_repository_that_was_never_scanned_has_no_last_scan(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    guardian.spoil("sources", put(answer(200, [{"id": 1, "full_name": "a", "last_scan": None}])))

    [source] = ask().sources()

    assert (source.last_scan, source.scan_status, source.is_monitored) == (None, "", None)


def test_pages_lead_to_no_other_host_and_not_in_circles(
    ask: Callable[..., GitGuardian], guardian: Any
) -> None:
    away = '<http://127.0.0.1:1/v1/sources?cursor=2>; rel="next"'
    guardian.spoil("^/v1/sources$", put(answer(200, [], Link=away)))
    with pytest.raises(FactUnavailable, match="leads to another host"):
        ask().sources()

    circle = f'<{guardian.url}/v1/sources?per_page=100>; rel="next"'
    guardian.spoil("^/v1/sources$", put(*[answer(200, [], Link=circle)] * 3))
    with pytest.raises(FactUnavailable, match="from page to page without an end"):
        ask().sources()


def test_the_token_leaves_by_https_alone(ask: Callable[..., GitGuardian]) -> None:
    with pytest.raises(FactUnavailable, match="is not https") as refused:
        ask(url="http://gitguardian.example").sources()
    assert "[gitguardian]" in refused.value.remedy


def test_without_a_declaration_nobody_is_asked() -> None:
    with pytest.raises(Undeclared, match=r"declares no \[gitguardian\]"):
        GitGuardian(None, Path())


def test_a_variable_that_is_not_set_is_named() -> None:
    declared = Declared(token=FromEnvironment(env="KEY"), source="a/b")

    with pytest.raises(FactUnavailable, match=r"KEY, named in \[gitguardian\] token, is not set"):
        GitGuardian(declared, Path(), environment={})
