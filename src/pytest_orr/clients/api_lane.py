"""One kept connection to an API, for ``clients.api_wire``, cut when an answer is late."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from pytest_orr.errors import FactUnavailable

from .api_wire import IN_PATH, Told
from .clocks import Clocks
from .http import Hop, Route, shown
from .http_failures import named, unreadable_authorities

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from requests import Response
    from urllib3.connection import HTTPConnection

    from .api_wire import Asked, Way
    from .secret import Secret

CHUNK = 64 * 1024
SENT_HEADERS = {"User-Agent": "pytest-orr", "Accept-Encoding": "identity"}


class Lane(HTTPAdapter):
    """A connection with whoever is asked through it, one request after another."""

    def __init__(self, way: Way) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._way = way
        self._clocks = way.clocks or Clocks()
        self._socket: socket.socket | None = None
        self._was_cut = False
        self._in_path: Secret | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("https://", self)
        self._session.mount("http://", self)

    def exchange(self, asked: Asked, url: SplitResult) -> Told:
        """Send one request; ``FactUnavailable`` says why no complete answer came."""
        watchdog = threading.Timer(self._way.timeout, self._cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            told = self._exchange(asked, url)
        except (requests.RequestException, HTTPError) as error:
            raise self._late(url) if self._was_cut else self._named(error, url) from None
        finally:
            watchdog.cancel()
        if self._was_cut:  # an answer without a length ends wherever it is cut, and looks complete
            raise self._late(url)
        return told

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return requests' pool with connections that this lane can cut."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if not issubclass(pool.ConnectionCls, _Watched):
            pool.ConnectionCls = _watched(pool.ConnectionCls, self)
        return pool

    def watch(self, connected: socket.socket) -> None:
        """Keep hold of a new connection."""
        self._socket = connected
        if self._was_cut:
            self._cut()

    def target(self, url: str) -> str:
        """Return what is asked for, as it goes over the wire: with the token in its place."""
        return url.replace(IN_PATH, self._in_path.value) if self._in_path else url

    def _cut(self) -> None:
        self._was_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _exchange(self, asked: Asked, url: SplitResult) -> Told:
        way = self._way
        if way.ca and not _holds_certificates(way.ca):
            raise self._remedied(unreadable_authorities(self._hop(url)))
        self._in_path = asked.token if IN_PATH in url.path else None
        since = self._clocks.now()
        answer = self._session.request(
            asked.method,
            url.geturl(),
            headers=SENT_HEADERS | dict(asked.headers) | self._authorization(asked),
            data=asked.body or None,
            timeout=way.timeout,
            verify=way.ca or True,
            stream=True,
            allow_redirects=False,
        )
        self._clocks.heard(str(url.hostname), answer.headers, asked=since)
        with closing(answer):
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Told(
                status=answer.status_code, headers=headers, body=self._body(answer, asked, url)
            )

    def _authorization(self, asked: Asked) -> dict[str, str]:
        if asked.token is None or self._in_path:
            return {}
        return {"Authorization": f"{asked.scheme} {asked.token.value}"}

    def _body(self, answer: Response, asked: Asked, url: SplitResult) -> bytes:
        body = bytearray()
        for chunk in answer.raw.stream(CHUNK, decode_content=True):
            body += chunk
            if len(body) > asked.largest:
                raise FactUnavailable(
                    f"{shown(url)} answers with more than {asked.largest // 1024**2} MiB",
                    f"find out what it sends; {self._way.whose} has no answer of that size",
                )
        return bytes(body)

    def _late(self, url: SplitResult) -> FactUnavailable:
        return FactUnavailable(
            f"{shown(url)} gave no complete answer within {self._way.timeout:g} s",
            f"run again when {self._way.whose} answers",
        )

    def _named(self, error: Exception, url: SplitResult) -> FactUnavailable:
        return self._remedied(named(error, self._hop(url)))

    def _remedied(self, failure: FactUnavailable) -> FactUnavailable:
        way = self._way
        return FactUnavailable(
            failure.cause,
            f"run again when {way.whose} answers, or correct url or ca "
            f"under {way.section} in readiness.toml",
        )

    def _hop(self, url: SplitResult) -> Hop:
        route = Route(ca=self._way.ca, timeout=self._way.timeout)
        return Hop(method="GET", url=url, route=route, deadline=time.monotonic(), largest_body=0)


class _Watched:
    """Marks connections that a lane can cut."""


def _watched(kind: type[HTTPConnection], lane: Lane) -> type[HTTPConnection]:
    class Watched(_Watched, kind):  # type: ignore[misc,valid-type] # plain or TLS, as the pool says
        def connect(self) -> None:
            super().connect()
            lane.watch(self.sock)

        def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
            super().putrequest(method, lane.target(url), *args, **kwargs)

    return Watched


def _holds_certificates(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        return False
    return True
