"""Carries requests of an API of JSON over kept connections, for forges and build servers.

The client library is imported by the first request. A token leaves by https alone, or to this
machine itself; no redirect is followed, and nothing of the environment (proxies, ``.netrc``) is
used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .http import OWN_MACHINE, TOKEN, checked, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from .api_lane import Lane
    from .clocks import Clocks
    from .secret import Secret

LARGEST = 32 * 1024 * 1024
IN_PATH = "~token~"
"""Stands in a URL's path for the token, until it is on the wire: no message or log has the token.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    token: Secret | None = None
    scheme: str = "Bearer"
    """What stands before the token in ``Authorization``; nothing if the token is in the path."""
    largest: int = LARGEST
    """Bytes of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A complete answer, whatever its status."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str:
        """Return a header, empty if there is none."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an API is reached, and what to correct when it is not."""

    whose: str
    """Whose API it is, for messages: GitHub."""
    section: str
    """Section of readiness.toml with its address."""
    ca: str = ""
    """File with the authorities to trust instead of the public ones."""
    timeout: float = 30
    """Seconds until an answer must be complete."""
    clocks: Clocks | None = None
    """Where it is noted what time it is there."""


class ApiWire:
    """Sends requests, as many at once as somebody asks; connections are kept for the next."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self._lock = Lock()
        self._free: list[Lane] = []

    def ask(self, asked: Asked) -> Told:
        """Send one request; ``FactUnavailable`` says why no answer came."""
        url = self.checked(asked)
        lane = self._taken()
        told = lane.exchange(asked, url)
        with self._lock:
            self._free.append(lane)
        return told

    def checked(self, asked: Asked) -> SplitResult:
        """Take a request's URL apart; refuse it where its token must not go."""
        whose, section = self.way.whose, self.way.section
        try:
            url = checked(asked.url)
        except FactUnavailable as error:
            raise FactUnavailable(
                error.cause, f"correct url under {section} in readiness.toml"
            ) from None
        if asked.token and url.scheme != "https" and url.hostname not in OWN_MACHINE:
            raise FactUnavailable(
                f"{shown(url)} is not https, and a token is sent by nothing else",
                f"let url under {section} in readiness.toml begin with https://",
            )
        if asked.token and not TOKEN.fullmatch(asked.token.value):
            raise FactUnavailable(
                f"the token for {whose} has characters that no token has",
                "set the variable to the token alone, without spaces or line breaks",
            )
        return url

    def close(self) -> None:
        """End all kept connections."""
        with self._lock:
            for lane in self._free:
                lane.close()
            self._free.clear()

    def _taken(self) -> Lane:
        from .api_lane import Lane  # noqa: PLC0415 the client library loads when used

        with self._lock:
            return self._free.pop() if self._free else Lane(self.way)
