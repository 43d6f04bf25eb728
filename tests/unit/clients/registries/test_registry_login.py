"""A registry's login goes to its own realm alone, for reading one repository, and shows nowhere."""

from __future__ import annotations

import json
import logging
import traceback
from base64 import b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_orr.clients.registry_login import realm_is_own
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAME = "registry.example.org/team/app:1"
CANARY = "canary-of-the-password"
ENVIRONMENT = {"REGISTRY_USER": "auditor", "REGISTRY_TOKEN": CANARY}
LOGIN = {
    "user": FromEnvironment(env="REGISTRY_USER"),
    "token": FromEnvironment(env="REGISTRY_TOKEN"),
}


@pytest.fixture
def guarded(
    play: Callable[..., Any], config: Callable[..., bytes], manifest: Callable[..., bytes]
) -> Callable[..., Any]:
    """Open a registry that shows images to whoever has its token: ``guarded("Bearer …")``."""

    def build(challenge: str, *, given: object = "t0ken", status: int = 200) -> Any:
        written = config()
        bodies = {"manifests": manifest(written), "blobs": written}

        def answer(path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
            if path.startswith("/token"):
                return status, {}, json.dumps({"token": given}).encode()
            if headers.get("authorization", "")[:6] in {"Bearer", "Basic "}:
                return 200, {}, bodies[path.split("/")[-2]]
            asks = challenge.replace("HERE", place.url)
            return 401, {"WWW-Authenticate": asks} if asks else {}, b""

        place = play(answer)
        return place

    return build


BEARER = 'Bearer realm="HERE/token",service="registry",scope="repository:team/app:pull,push"'


def test_a_token_is_asked_for_reading_one_repository_and_used_for_the_next_question(
    guarded: Callable[..., Any],
) -> None:
    place = guarded(BEARER)
    place.access(ENVIRONMENT, **LOGIN).image(NAME)
    assert [urlsplit(path).path for path in place.paths] == [
        "/v2/team/app/manifests/1",
        "/token",
        "/v2/team/app/manifests/1",
        place.paths[3],
    ]
    assert parse_qs(urlsplit(place.paths[1]).query) == {
        "service": ["registry"],
        "scope": ["repository:team/app:pull"],
    }
    sent = [headers.get("authorization", "") for _, _, headers in place.asked]
    assert b64decode(sent[1].removeprefix("Basic ")).decode() == f"auditor:{CANARY}"
    assert [sent[0], *sent[2:]] == ["", "Bearer t0ken", "Bearer t0ken"]


def test_whoever_has_no_login_gets_a_token_as_anybody(guarded: Callable[..., Any]) -> None:
    place = guarded(BEARER)
    assert place.access().has(NAME)
    assert "authorization" not in place.asked[1][2]


def test_basic_is_sent_to_a_registry_that_asks_for_it(guarded: Callable[..., Any]) -> None:
    place = guarded('Basic realm="registry"')
    assert place.access(ENVIRONMENT, **LOGIN).has(NAME)
    with pytest.raises(FactUnavailable) as caught:
        guarded('Basic realm="registry"').access().has(NAME)
    assert caught.value.cause == "127.0.0.1 does not show it to this login, or to nobody"
    assert caught.value.remedy == (
        "name user and token of somebody who may pull it under [[images.registries]]"
    )


@pytest.mark.parametrize(
    "realm",
    [
        "https://elsewhere.example/token",
        "http://registry.example.org/token",
        "https://user@127.0.0.1/token",
        "https://[broken/token",
        "ftp://elsewhere.example",
        "/token",
        "",
    ],
)
def test_no_other_realm_is_asked(guarded: Callable[..., Any], realm: str) -> None:
    place = guarded(f'Bearer realm="{realm}",service="registry"')
    with pytest.raises(FactUnavailable) as caught:
        place.access(ENVIRONMENT, **LOGIN).image(NAME)
    assert caught.value.cause == (
        f"127.0.0.1 sends whoever wants a token to {realm!r}, where nobody goes"
    )
    assert len(place.asked) == 1


@pytest.mark.parametrize(
    ("realm", "registry", "own"),
    [
        ("auth.docker.io", "registry-1.docker.io", True),
        ("gitlab.com", "registry.gitlab.com", True),
        ("ghcr.io", "ghcr.io", True),
        ("127.0.0.1", "localhost", True),
        ("evil.io", "ghcr.io", False),
        ("docker.io.evil.example", "registry-1.docker.io", False),
        ("evildocker.io", "registry-1.docker.io", False),
        ("127.0.0.1", "registry-1.docker.io", False),
        ("", "", False),
    ],
)
def test_a_realm_is_within_the_domain_of_its_registry(realm: str, registry: str, own: bool) -> None:  # noqa: FBT001 a column of the table
    assert realm_is_own(realm, registry) is own


@pytest.mark.parametrize(
    ("token", "status", "cause"),
    [
        ("t", 401, "127.0.0.1 refuses the login of [[images.registries]]"),
        ("t", 500, "127.0.0.1 answered 500 without a token"),
        (3, 200, "127.0.0.1 answered 200 without a token"),
        ("two words", 200, "127.0.0.1 answered 200 without a token"),
        ("broken\r\nX-Other: 1", 200, "127.0.0.1 answered 200 without a token"),
    ],
)
def test_a_token_that_is_not_given_is_told_with_the_reason(
    guarded: Callable[..., Any], token: object, status: int, cause: str
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        guarded(BEARER, given=token, status=status).access(ENVIRONMENT, **LOGIN).image(NAME)
    assert caught.value.cause == cause


def test_anybody_who_is_refused_a_token_is_told_so(guarded: Callable[..., Any]) -> None:
    with pytest.raises(FactUnavailable, match="refuses anybody without a login"):
        guarded(BEARER, status=403).access().image(NAME)


def test_where_blobs_lie_sees_no_token(
    play: Callable[..., Any], config: Callable[..., bytes], manifest: Callable[..., bytes]
) -> None:
    written = config()
    store = play(lambda *_: (200, {}, written))

    def answer(path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        if not headers.get("authorization"):
            return 401, {"WWW-Authenticate": 'Basic realm="registry"'}, b""
        if "/blobs/" in path:
            return 307, {"Location": f"{store.url}/blob?signature=1"}, b""
        return 200, {}, manifest(written)

    assert play(answer).access(ENVIRONMENT, **LOGIN).has(NAME)
    [(method, path, headers)] = store.asked
    assert (method, path) == ("GET", "/blob?signature=1")
    assert "authorization" not in headers


def test_neither_proxy_nor_netrc_of_the_environment_is_used(
    guarded: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    place = guarded(BEARER)
    assert place.access().has(NAME)
    assert "authorization" not in place.asked[0][2]


def test_a_variable_that_is_not_set_is_named(guarded: Callable[..., Any]) -> None:
    with pytest.raises(FactUnavailable) as caught:
        guarded(BEARER).access({"REGISTRY_USER": "auditor"}, **LOGIN).image(NAME)
    assert caught.value.cause == (
        "environment variable REGISTRY_TOKEN, named in registry "
        '"registry.example.org" token, is not set'
    )


def test_a_password_shows_in_no_text_log_or_traceback(
    guarded: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access = guarded(BEARER, status=500).access(ENVIRONMENT, **LOGIN)
    with pytest.raises(FactUnavailable) as caught:
        access.image(NAME)
    told = "".join(traceback.format_exception(caught.value))
    for text in (told, caplog.text, repr(vars(access)["_places"])):
        assert CANARY not in text
