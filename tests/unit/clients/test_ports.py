"""Open, refused and dropped are told apart, and trouble on this side is none of them."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.ports import PortAccess, _answer_in
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = PortAccess(connect_seconds=0.3)
UNROUTED = """
import socket, sys
from pytest_orr.clients.ports import PortAccess
from pytest_orr.errors import FactUnavailable
try:
    PortAccess().probe("192.0.2.1", 22)
except FactUnavailable as error:
    print(error.diagnostics())
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def full() -> Iterator[int]:
    """A port whose queue is full, so that the kernel drops what comes: like behind a firewall."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(server.getsockname())
        time.sleep(0.05)
        yield server.getsockname()[1]


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class TestAPort:
    def test_that_accepts_is_open(self, listener: socket.socket) -> None:
        assert QUICK.probe("127.0.0.1", listener.getsockname()[1]) == "open"

    def test_at_which_nobody_listens_is_refused(self) -> None:
        assert QUICK.probe("127.0.0.1", a_free_port()) == "refused"

    def test_that_swallows_what_comes_is_dropped_within_the_time(self, full: int) -> None:
        began = time.monotonic()
        assert QUICK.probe("127.0.0.1", full) == "dropped"
        assert time.monotonic() - began < 1.3

    def test_gets_nothing_sent(self, listener: socket.socket) -> None:
        got: list[bytes] = []

        def accept() -> None:
            connection, _ = listener.accept()
            with connection:
                got.append(connection.recv(1024))

        waiting = threading.Thread(target=accept)
        waiting.start()
        QUICK.probe("127.0.0.1", listener.getsockname()[1])
        waiting.join(timeout=5)
        assert got == [b""]

    @pytest.mark.parametrize(
        ("number", "state"),
        [
            (errno.ECONNREFUSED, "refused"),
            (errno.ECONNRESET, "refused"),
            (errno.EHOSTUNREACH, "refused"),
            (errno.ENETUNREACH, "refused"),
            (errno.ETIMEDOUT, "dropped"),
        ],
    )
    def test_is_what_the_network_answers(self, number: int, state: str) -> None:
        assert _answer_in(OSError(number, os.strerror(number)), "backend-1:22") == state

    def test_is_unknown_when_this_machine_may_not_try(self) -> None:
        with pytest.raises(FactUnavailable) as caught:
            _answer_in(OSError(errno.EPERM, os.strerror(errno.EPERM)), "backend-1:22")
        assert caught.value.cause == (
            "this machine could not try backend-1:22: Operation not permitted"
        )


class TestAName:
    def test_with_several_addresses_is_as_open_as_the_most_open_one(
        self, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = listener.getsockname()[1]
        places = [("127.0.0.1", port), ("127.0.0.2", port)]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert QUICK.probe("two.example", port) == "open"
        listener.close()
        assert QUICK.probe("two.example", port) == "refused"

    @pytest.mark.parametrize("name", ["backend.invalid", "a" * 300, "back\x00end"])
    def test_that_does_not_resolve_says_nothing_about_the_port(self, name: str) -> None:
        with pytest.raises(FactUnavailable) as caught:
            QUICK.probe(name, 22)
        assert caught.value.cause == f"{name} does not resolve"
        assert "ssh_config" in caught.value.remedy


class TestThisMachine:
    def test_is_named_by_the_address_from_which_it_speaks(self) -> None:
        assert QUICK.source_towards("127.0.0.1") == "127.0.0.1"

    def test_knows_the_addresses_of_a_name(self) -> None:
        assert QUICK.addresses_of("127.0.0.7") == ("127.0.0.7",)
        assert "127.0.0.1" in QUICK.addresses_of("localhost")

    @pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare (util-linux)")
    def test_without_a_route_says_nothing_about_the_port(self) -> None:
        ran = subprocess.run(
            ["unshare", "--map-root-user", "--net", sys.executable, "-c", UNROUTED],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if "unshare" in ran.stderr:
            pytest.skip(f"no network namespace can be made here: {ran.stderr.strip()}")
        assert ran.stdout.strip() == (
            "this machine has no way to 192.0.2.1: Network is unreachable; "
            "check the network, routes and firewall of the machine that runs the review"
        )
