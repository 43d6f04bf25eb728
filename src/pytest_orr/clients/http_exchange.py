"""One HTTP request over the wire, for ``clients.http``: the only module that loads requests."""

from __future__ import annotations

import datetime as dt
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

from .http import Hop, Page, TlsFacts, address_of, shown
from .http_failures import named, timed_out, unreadable_authorities

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from urllib3.connection import HTTPConnection

TOLD_HEADERS = (
    *("content-type", "strict-transport-security", "content-security-policy"),
    *("server", "via", "x-amz-cf-id", "x-nf-request-id", "x-ipfs-path"),
    *("date", "last-modified", "retry-after"),
)
"""What a page is and who delivered it; never a cookie."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK = 64 * 1024
SENT_HEADERS = {"User-Agent": "pytest-orr", "Accept": "*/*", "Accept-Encoding": "identity"}


def exchange(hop: Hop) -> tuple[Page, str]:
    """Send one request; return its page and, of a redirect, the Location it names.

    Raises ``FactUnavailable`` with cause and remedy, of which ``NoAnswer`` is the service's doing.
    """
    line = Line(hop)
    watchdog = threading.Timer(line.seconds_left(), line.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        answer = _exchange(hop, line)
    except (requests.RequestException, HTTPError, ValueError) as error:
        # requests itself takes a Location apart, and urllib refuses some of them so
        raise (timed_out(hop) if line.was_cut else named(error, hop)) from None
    finally:
        watchdog.cancel()
    if line.was_cut:  # an answer without a length ends wherever it is cut, and looks complete
        raise timed_out(hop)
    return answer


class Line(HTTPAdapter):
    """Carries one request to its place, sees the certificate, and can be cut at the deadline."""

    def __init__(self, hop: Hop) -> None:
        super().__init__()
        self.tls: TlsFacts | None = None
        self.was_cut = False
        self._hop = hop
        self._socket: socket.socket | None = None

    def seconds_left(self) -> float:
        """Seconds until the deadline; never zero, which would mean no limit."""
        return max(self._hop.deadline - time.monotonic(), 0.001)

    def cut(self) -> None:
        """End the connection, so that whoever reads from it stops."""
        self.was_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def watch(self, connected: socket.socket) -> None:
        """Keep hold of a new connection and of the certificate it showed."""
        self._socket = connected
        if isinstance(connected, ssl.SSLSocket):
            self.tls = tls_facts(connected)
        if self.was_cut:
            self.cut()

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Connect to the route's place, and verify the certificate for the URL's host."""
        key: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        where, how = key
        if self._hop.route.connect:
            where["host"], where["port"] = address_of(self._hop.route.connect)
            if self._hop.url.scheme == "https":
                how["server_hostname"] = self._hop.url.hostname
        return where, how

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return requests' pool with connections that report to this line."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(pool.ConnectionCls, self)
        return pool


def tls_facts(connected: ssl.SSLSocket) -> TlsFacts:
    """Read what a verified connection shows of the server's certificate."""
    seen: Any = connected.getpeercert() or {}
    issuer = ", ".join(value for part in seen["issuer"] for _, value in part)
    expiry = ssl.cert_time_to_seconds(seen["notAfter"])
    return TlsFacts(
        version=connected.version() or "",
        issuer=issuer,
        subject_names=tuple(sorted(value for _, value in seen.get("subjectAltName", ()))),
        not_after=dt.datetime.fromtimestamp(expiry, dt.UTC),
    )


def _watched(kind: type[HTTPConnection], line: Line) -> type[HTTPConnection]:
    class Watched(kind):  # type: ignore[misc,valid-type] # plain or TLS, as the pool says
        def connect(self) -> None:
            super().connect()
            line.watch(self.sock)

    return Watched


def _exchange(hop: Hop, line: Line) -> tuple[Page, str]:
    if hop.route.ca and not _holds_certificates(hop.route.ca):
        raise unreadable_authorities(hop)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", line)
        session.mount("http://", line)
        since = hop.clocks.now()
        answer = session.request(
            hop.method,
            hop.url.geturl(),
            headers=SENT_HEADERS | {"Host": hop.url.netloc} | _authorization(hop),
            timeout=line.seconds_left(),
            verify=hop.route.ca or True,
            stream=True,
            allow_redirects=False,
        )
        hop.clocks.heard(str(hop.url.hostname), answer.headers, asked=since)
        with closing(answer):
            return _page(hop, answer, line)


def _authorization(hop: Hop) -> dict[str, str]:
    return {"Authorization": f"Bearer {hop.token.value}"} if hop.token else {}


def _holds_certificates(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        return False
    return True


def _page(hop: Hop, answer: Response, line: Line) -> tuple[Page, str]:
    location = answer.headers.get("location", "") if answer.status_code in REDIRECTS else ""
    body = b"" if location else _body(hop, answer)
    page = Page(
        url=shown(hop.url),
        status=answer.status_code,
        final_url=shown(hop.url),
        headers=tuple((n, answer.headers[n]) for n in TOLD_HEADERS if n in answer.headers),
        text=_decoded(body, answer.encoding),
        tls=line.tls,
        body=body,
    )
    return page, location


def _body(hop: Hop, answer: Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(CHUNK):
        body += chunk
        if len(body) > hop.largest_body:
            raise FactUnavailable(
                f"the answer of {shown(hop.url)} is larger than {hop.largest_body // 1024} KiB",
                "let the endpoint's url name a smaller page",
            )
    return bytes(body)


def _decoded(body: bytes, encoding: str | None) -> str:
    try:
        return body.decode(encoding or "utf-8", "replace")
    except LookupError:  # a charset that Python does not know
        return body.decode("utf-8", "replace")
