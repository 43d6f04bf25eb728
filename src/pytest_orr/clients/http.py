"""HTTP as collectors see it: GET and HEAD with a deadline, and an exact reason when none came.

Nothing but the request itself is ever sent: no cookies, no proxy from the environment, and no
credentials but a token that a collector names, to the one place that it is for. The client library
is imported by the first request, not with this module.
"""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import SplitResult, urljoin, urlsplit

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Endpoint, FromEnvironment

from .clocks import Clocks
from .secret import Secret
from .settings import setting

LARGEST_BODY = 4 * 1024 * 1024
MOST_REDIRECTS = 3
TOKEN = re.compile(r"[!-~]+")
OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
DEFAULT_PORTS = MappingProxyType({"http": 80, "https": 443})


class NoAnswer(FactUnavailable):
    """The service's place was asked and gave no answer: this tells about the service, not us.

    Who only wants the page treats it as any fact that could not be had; who judges whether the
    service is up takes it as what was seen.
    """


class TlsRefused(NoAnswer):
    """The place was reached, and its certificate or its TLS does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a URL is reached when the name alone does not lead there."""

    connect: str = ""
    """``host:port`` to connect to instead; Host header, SNI and certificate stay the URL's."""
    ca: str = ""
    """File with the authorities to trust instead of the public ones."""
    timeout: float = 10
    """Seconds until the answer must be complete, redirects included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFacts:
    """The certificate that a verified connection showed."""

    version: str
    """``TLSv1.3``."""
    issuer: str
    subject_names: tuple[str, ...]
    not_after: datetime
    """Aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A complete answer."""

    url: str
    """As it was asked for, without its query."""
    status: int
    final_url: str
    """Where redirects led, without its query."""
    headers: tuple[tuple[str, str], ...]
    """The few that describe the page, by lower-case name; never a cookie."""
    text: str
    tls: TlsFacts | None = None
    """None over plain HTTP."""
    body: bytes = field(default=b"", repr=False)
    """As it came, for whoever decodes it by what it says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request on the way to a page."""

    method: str
    url: SplitResult
    route: Route
    deadline: float
    """On the monotonic clock."""
    largest_body: int
    token: Secret | None = None
    """Sent as ``Authorization: Bearer``."""
    clocks: Clocks = field(default_factory=Clocks, repr=False, compare=False)
    """Where the clock of whoever answers is noted."""

    @property
    def place(self) -> str:
        """Host and port that the request connects to."""
        return self.route.connect or f"{self.url.hostname}:{port_of(self.url)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAccess:
    """Reads pages; settings may name variables of ``environment``."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    largest_body: int = LARGEST_BODY
    """Bytes, after decompression."""
    clocks: Clocks = field(default_factory=Clocks, repr=False, compare=False)

    def route_to(self, endpoint: Endpoint) -> Route:
        """Return how a declared endpoint is reached; a variable that is not set is named."""
        return Route(
            connect=self._setting(endpoint, "connect", endpoint.connect),
            ca=self._setting(endpoint, "ca", endpoint.ca),
            timeout=endpoint.timeout,
        )

    def get(self, url: str, route: Route | None = None) -> Page:
        """Read a page (GET)."""
        return self._follow("GET", url, route or Route())

    def get_as(self, token: Secret, url: str) -> Page:
        """Read a page (GET) as whom the token is of.

        The token leaves by https alone, or for this machine itself, and no redirect takes it on.
        """
        target = checked(url)
        if target.scheme != "https" and target.hostname not in OWN_MACHINE:
            raise FactUnavailable(
                f"{shown(target)} is not https, and a token is sent by nothing else",
                "let the address in readiness.toml begin with https://",
            )
        if not TOKEN.fullmatch(token.value):
            raise FactUnavailable(
                f"the token for {target.hostname} has characters that no token has",
                "set the variable to the token alone, without spaces or line breaks",
            )
        page, location = self._ask("GET", target, Route(), token=token)
        if location:
            raise FactUnavailable(
                f"{shown(target)} redirects, and a token is not taken anywhere else",
                "correct the address in readiness.toml",
            )
        return page

    def head(self, url: str, route: Route | None = None) -> Page:
        """Read a page's status and headers alone (HEAD)."""
        return self._follow("HEAD", url, route or Route())

    def _setting(self, endpoint: Endpoint, key: str, value: str | FromEnvironment | None) -> str:
        where = f'endpoint "{endpoint.name}" {key}'
        return setting(value, where=where, environment=self.environment)

    def _follow(self, method: str, url: str, route: Route) -> Page:
        deadline = time.monotonic() + route.timeout
        start = target = checked(url)
        for _ in range(MOST_REDIRECTS + 1):
            on_the_way = route if _origin(target) == _origin(start) else replace(route, connect="")
            page, location = self._ask(method, target, on_the_way, deadline=deadline)
            if not location:
                return replace(page, url=shown(start))
            target = _redirected(target, location)
        raise NoAnswer(
            f"{shown(start)} redirects more than {MOST_REDIRECTS} times",
            "let the endpoint's url name the page itself",
        )

    def _ask(
        self,
        method: str,
        url: SplitResult,
        route: Route,
        *,
        deadline: float | None = None,
        token: Secret | None = None,
    ) -> tuple[Page, str]:
        from .http_exchange import exchange  # noqa: PLC0415 the client library loads when used

        return exchange(
            Hop(
                method=method,
                url=url,
                route=route,
                deadline=deadline or time.monotonic() + route.timeout,
                largest_body=self.largest_body,
                token=token,
                clocks=self.clocks,
            )
        )


def shown(url: SplitResult) -> str:
    """Return a URL as pages may show it: a query or a fragment may hold a secret."""
    return url._replace(query="", fragment="").geturl()


def port_of(url: SplitResult) -> int:
    """Return the port that a checked URL names or implies."""
    return url.port or DEFAULT_PORTS[url.scheme]


def address_of(connect: str) -> tuple[str, int]:
    """Take the ``host:port`` of a route's ``connect`` apart."""
    try:
        parts = urlsplit(f"//{connect}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host and port and parts.netloc == connect and "@" not in connect:
        return host, port
    raise FactUnavailable(
        f'connect "{connect}" is not host:port',
        "write the address and the port to connect to, such as 127.0.0.1:8443",
    )


def _origin(url: SplitResult) -> tuple[str, str | None, int]:
    return url.scheme, url.hostname, port_of(url)


def checked(url: str) -> SplitResult:
    """Take a URL apart; refuse one that is not http, names no host, or carries a password."""
    remedy = "correct the url of the endpoint in readiness.toml"
    try:
        parts = urlsplit(url)
        _ = parts.port  # urllib checks the number when it is read
    except ValueError as error:
        raise FactUnavailable(f"the URL cannot be read: {error}", remedy) from None
    if parts.username is not None or parts.password is not None:
        raise FactUnavailable(
            f"the URL of {parts.hostname} names a user, and no credentials are ever sent", remedy
        )
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise FactUnavailable(f"{shown(parts)} is not an http or https URL with a host", remedy)
    return parts


def _redirected(origin: SplitResult, location: str) -> SplitResult:
    try:
        return checked(urljoin(origin.geturl(), location))
    except FactUnavailable as error:
        raise NoAnswer(
            f"{shown(origin)} redirects to where no request is sent: {error.cause}",
            "correct the redirect of the service",
        ) from None
