"""Says which URLs may be fetched at all, and how each is reached, for ``clients.pages``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from pytest_orr.errors import FactUnavailable

from .http import TOKEN, HttpAccess, Route
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_orr.profile.schema import Endpoint, Profile

NETLOC = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::([0-9]{1,5}))?")
"""A host as it is written where parsers cannot disagree: no user, no brackets, no other script."""
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]|[^\x00-\x7f]")
HTTPS = 443
SECTION = "[evidence] hosts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A host that may be asked."""

    host: str
    """In lower case."""
    port: int = HTTPS
    endpoint: Endpoint | None = None
    """The service's own endpoint that is there, if it is one of those."""


class Places:
    """The hosts of ``[evidence]``, and those at which the service itself answers."""

    def __init__(self, profile: Profile, folder: Path, environment: Mapping[str, str]) -> None:
        self._evidence, self._folder = profile.evidence, folder
        self._environment = environment
        own = (_of_endpoint(one) for one in profile.endpoints)
        written = (_of_host(one) for one in profile.evidence.hosts)
        places = (*(one for one in own if one), *(one for one in written if one))
        self._known = {(one.host, one.port): one for one in places}

    def of(self, url: str) -> Place | None:
        """Return the place of a URL; none if it is one that is never fetched."""
        parts = _taken_apart(url)
        return self._known.get(_place(parts)) if parts else None

    def admitted(self, url: str, *, what: str) -> tuple[SplitResult, Place]:
        """Take a URL apart that may be fetched; ``what`` names it in the refusal of another."""
        parts = _taken_apart(url)
        if parts is None:
            raise FactUnavailable(
                f"{what} is no https URL of plain characters",
                "let it begin with https:// and a host",
            )
        place = self._known.get(_place(parts))
        if place is None:
            raise FactUnavailable(
                f"{what} is on {parts.netloc}, which is no host of [evidence]",
                f"add the host to {SECTION} in readiness.toml, if documents lie there",
            )
        return parts, place

    def route_to(self, place: Place) -> Route:
        """Return how a place is reached; a variable that is not set is named."""
        if place.endpoint is not None:
            return HttpAccess(environment=self._environment).route_to(place.endpoint)
        ca = self._setting("ca", self._evidence.ca)
        return Route(
            connect=self._setting("connect", self._evidence.connect),
            ca=str(self._folder / ca) if ca else "",
        )

    def token_for(self, place: Place) -> Secret | None:
        """Return what a place may be told of who reads; nothing but its own token ever is."""
        if place.endpoint is not None:
            return None
        for host, variable in self._evidence.tokens.items():
            named = _of_host(host)
            if named and (named.host, named.port) == (place.host, place.port):
                where = f'[evidence] tokens "{host}"'
                value = setting(variable, where=where, environment=self._environment)
                return _token(value, host)
        return None

    def _setting(self, key: str, value: object) -> str:
        where = f"[evidence] {key}"
        return setting(value, where=where, environment=self._environment)  # type: ignore[arg-type] # a key of [evidence], as the profile checked it


def _taken_apart(url: str) -> SplitResult | None:
    """Return a URL's parts, if every reader of URLs finds the same host in it."""
    if UNSAFE.search(url) or not url.lower().startswith("https://"):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = NETLOC.fullmatch(parts.netloc)
    if host is None or not 0 < int(host[2] or HTTPS) < 65536:
        return None
    return parts._replace(scheme="https", netloc=parts.netloc.lower())


def _place(parts: SplitResult) -> tuple[str, int]:
    host, _, port = parts.netloc.partition(":")
    return host, int(port or HTTPS)


def _of_host(host: str) -> Place | None:
    parts = _taken_apart(f"https://{host}")
    return Place(host=_place(parts)[0], port=_place(parts)[1]) if parts else None


def _of_endpoint(endpoint: Endpoint) -> Place | None:
    parts = _taken_apart(endpoint.url)
    if parts is None:
        return None
    host, port = _place(parts)
    return Place(host=host, port=port, endpoint=endpoint)


def _token(value: str, host: str) -> Secret:
    if not TOKEN.fullmatch(value):
        raise FactUnavailable(
            f"the token for {host} has characters that no token has",
            "set the variable to the token alone, without spaces or line breaks",
        )
    return Secret(value)
