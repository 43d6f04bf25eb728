"""Loopback HTTP servers of the example's embedded world, and that of a forge, which has a state.

Whoever tests one plants faults while it runs: ``PUT /-/faults`` with a JSON list of their names.
Within a process, ``spoil`` puts another answer in the place of those to some paths, and ``asked``
tells every request. Each forge brings a function from state and request to answer.
"""

from __future__ import annotations

import json
import re
import ssl
import sys
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from examples.explorer.forge_state import forge_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from examples.explorer.forge_words import ForgeState

CONTROL = "/-/faults"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asked."""

    method: str
    path: str
    """As it was sent, still escaped, without the query."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes = b""
    base: str
    """Where the server listens, for links in answers."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts of the path, each unescaped: a project's path is one part on GitLab."""
        return tuple(unquote(part) for part in self.path.strip("/").split("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it is told."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    claimed_length: int | None = None
    """Content-Length, if it shall not be the body's."""


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """Return an answer of JSON; ``headers`` by name with ``_`` for ``-``."""
    named = {name.replace("_", "-"): one for name, one in headers.items()}
    return Answer(
        status=status,
        body=json.dumps(value).encode(),
        headers={"Content-Type": "application/json", **named},
    )


class LoopbackServer(ABC):
    """Answers on a port of its own until ``close``; ``asked`` is every request, in order."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self._spoilt: list[tuple[re.Pattern[str], Callable[[Request, Answer], Answer]]] = []
        http = _Listening(("127.0.0.1", 0), _handler(self))
        self._listening = [http]
        self.url = f"http://127.0.0.1:{http.server_address[1]}"
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()

    @abstractmethod
    def plant(self, faults: Iterable[str]) -> None:
        """Have these faults and no others."""

    @abstractmethod
    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""

    def spoil(self, pattern: str, spoiling: Callable[[Request, Answer], Answer]) -> None:
        """Pass each answer to a path in which the pattern is found through ``spoiling``."""
        self._spoilt.append((re.compile(pattern), spoiling))

    def mend(self) -> None:
        """Answer all as before, and forget what was asked."""
        self._spoilt.clear()
        self.asked.clear()

    def answer(self, request: Request) -> Answer:
        """Return what a request is told."""
        if request.path == CONTROL and request.method == "PUT":
            self.plant(json.loads(request.body))
            return json_answer([])
        self.asked.append(request)
        told = self.told(request)
        for pattern, spoiling in self._spoilt:
            if pattern.search(request.path):
                told = spoiling(request, told)
        return told

    def listen_by_tls(self, chain: Path) -> str:
        """Answer by TLS, too, with a key and its certificate; return address and port."""
        secure = _Listening(("127.0.0.1", 0), _handler(self))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        # the handshake waits for the connection's own thread, so that one client delays no other
        secure.socket = context.wrap_socket(
            secure.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=secure.serve_forever, args=(0.01,), daemon=True).start()
        self._listening.append(secure)
        return f"127.0.0.1:{secure.server_address[1]}"

    def close(self) -> None:
        """Stop listening."""
        for one in self._listening:
            one.shutdown()
            one.server_close()


class ForgeServer(LoopbackServer):
    """Answers from ``state``, which faults make anew."""

    def __init__(
        self, tell: Callable[[ForgeState, Request], Answer], faults: Iterable[str] = ()
    ) -> None:
        self.tell = tell
        self.plant(faults)
        super().__init__()

    def plant(self, faults: Iterable[str]) -> None:
        """Make the state anew, with these faults."""
        self.state = forge_state(faults)

    def told(self, request: Request) -> Answer:
        """Return what the forge tells of its state."""
        return self.tell(self.state, request)


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of somebody who leaves in the middle of an answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        """An answer in two pieces would wait on a kept connection until the first is confirmed."""

        def respond(self) -> None:
            parts = urlsplit(self.path)
            told = server.answer(
                Request(
                    method=self.command,
                    path=parts.path,
                    query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                    base=server.url,
                )
            )
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            length = len(told.body) if told.claimed_length is None else told.claimed_length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(told.body)
            self.close_connection = length != len(told.body)

        do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = do_HEAD = respond  # noqa: N815 named by http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
