"""An API is asked over kept connections, with a deadline, and its token goes nowhere else."""

from __future__ import annotations

from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.api_wire import ApiWire, Asked, Way
from pytest_orr.clients.secret import Secret
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = Secret("canary-of-a-token")
AGAIN = "run again when Forge answers"


@pytest.fixture
def wire() -> Iterator[Callable[..., ApiWire]]:
    opened: list[ApiWire] = []

    def open_wire(**way: Any) -> ApiWire:
        opened.append(ApiWire(Way(whose="Forge", section="[forge]", **way)))
        return opened[-1]

    yield open_wire
    for one in opened:
        one.close()


def refusal(wire: ApiWire, url: str, **asked: Any) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        wire.ask(Asked(url=url, **asked))
    return caught.value


def test_an_answer_is_told_whole(place: Any, page: Any, wire: Callable[..., ApiWire]) -> None:
    api = place(page("hello", "418 Teapot", "X-More: yes"))
    told = wire().ask(Asked(url=f"{api.url}/a?b=1", headers={"X-Own": "1"}, token=TOKEN))
    assert (told.status, told.body, told.header("x-more")) == (418, b"hello", "yes")
    assert told.header("x-less") == ""
    assert TOKEN.value not in repr(told)
    [sent] = api.requests
    assert sent.startswith("GET /a?b=1 HTTP/1.1\r\n")
    assert "\r\nX-Own: 1\r\n" in sent
    assert f"\r\nAuthorization: Bearer {TOKEN.value}\r\n" in sent


def test_a_query_is_posted(place: Any, page: Any, wire: Callable[..., ApiWire]) -> None:
    api = place(page())
    wire().ask(Asked(url=api.url, method="POST", body=b"{}", token=TOKEN, scheme="token"))
    [sent] = api.requests
    assert sent.startswith("POST / HTTP/1.1\r\n")
    assert f"\r\nAuthorization: token {TOKEN.value}\r\n" in sent


def test_a_connection_is_kept_for_the_next_request(
    place: Any, wire: Callable[..., ApiWire]
) -> None:
    def answer_twice(connected: socket.socket) -> None:
        connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1")
        if connected.recv(4096):
            connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2")

    api = place(answer_twice)
    asking = wire()
    told = [asking.ask(Asked(url=api.url)).body for _ in range(2)]
    assert told == [b"1", b"2"]
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\n\r\nwithout a length",
    ],
)
def test_an_answer_that_is_late_is_none(
    place: Any, wire: Callable[..., ApiWire], beginning: bytes
) -> None:
    given_up = Event()

    def begin(connected: socket.socket) -> None:
        connected.sendall(beginning)
        while not given_up.wait(0.05):
            with suppress(OSError):
                connected.sendall(b"x" if beginning else b"")

    api = place(begin)
    error = refusal(wire(timeout=0.3), f"{api.url}/slow?secret=1")
    given_up.set()
    assert error.cause == f"{api.url}/slow gave no complete answer within 0.3 s"
    assert error.remedy == AGAIN


def test_an_answer_that_is_too_large_is_none(
    place: Any, page: Any, wire: Callable[..., ApiWire]
) -> None:
    api = place(page("x" * 2_000_000))
    error = refusal(wire(), api.url, largest=1024**2)
    assert error.cause == f"{api.url} answers with more than 1 MiB"


def test_a_certificate_is_trusted_by_the_named_authority_alone(
    place: Any, page: Any, wire: Callable[..., ApiWire], authority: Any
) -> None:
    api = place(page("inside"), authority.context("localhost"))
    url = f"https://localhost:{api.port}/"
    assert wire(ca=str(authority.file)).ask(Asked(url=url, token=TOKEN)).body == b"inside"
    error = refusal(wire(), url, token=TOKEN)
    assert "is not issued by a trusted authority" in error.cause
    assert error.remedy == f"{AGAIN}, or correct url or ca under [forge] in readiness.toml"


def test_an_authority_that_cannot_be_read_is_named(
    wire: Callable[..., ApiWire], tmp_path: Path
) -> None:
    error = refusal(wire(ca=f"{tmp_path}/none.pem"), "https://127.0.0.1:1/")
    assert error.cause == f"{tmp_path}/none.pem is not a readable file of PEM certificates"


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://127.0.0.1:1/", "127.0.0.1:1 refused the connection"),
        ("http://user:password@127.0.0.1/", "the URL of 127.0.0.1 names a user"),
        ("http://forge.example/", "http://forge.example/ is not https"),
    ],
)
def test_why_nothing_was_asked_is_told(wire: Callable[..., ApiWire], url: str, cause: str) -> None:
    error = refusal(wire(), url, token=TOKEN)
    assert error.cause.startswith(cause)
    assert "[forge]" in error.remedy


@pytest.mark.parametrize("token", ["", "two words", "line\r\nX-Other: 1"])
def test_a_token_that_is_none_is_not_sent(
    place: Any, page: Any, wire: Callable[..., ApiWire], token: str
) -> None:
    api = place(page())
    error = refusal(wire(), api.url, token=Secret(token))
    assert error.cause == "the token for Forge has characters that no token has"
    assert api.requests == []


def test_neither_proxies_nor_logins_of_the_environment_are_used(
    place: Any,
    page: Any,
    wire: Callable[..., ApiWire],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    api, proxy = place(page("direct")), place(page("by the proxy"))
    logins = tmp_path / "netrc"
    logins.write_text("machine 127.0.0.1 login somebody password canary\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(logins))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    assert wire().ask(Asked(url=api.url)).body == b"direct"
    assert "authorization" not in api.requests[0].lower()
    assert proxy.requests == []
