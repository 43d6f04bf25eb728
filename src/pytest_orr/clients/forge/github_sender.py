"""Sends requests to GitHub as whom the profile's token is of, and waits where GitHub asks to."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from pytest_orr.clients.api_wire import ApiWire, Asked, Told, Way
from pytest_orr.clients.http import OWN_MACHINE
from pytest_orr.clients.secret import Secret
from pytest_orr.clients.settings import setting
from pytest_orr.errors import FactUnavailable

from .github_limits import AFTER_BUSY, BUSY, seconds_to_wait
from .github_refusals import AGAIN, MOVED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_orr.clients.clocks import Clocks
    from pytest_orr.profile.forge import Forge as Declared

    from .patience import Patience

SAAS = "https://api.github.com"
HEADERS = MappingProxyType(
    {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
)
MOST_TRIES = 4


class Sender:
    """One API and one token; ``root`` is where its paths begin."""

    def __init__(
        self,
        declared: Declared,
        folder: Path,
        patience: Patience,
        environment: Mapping[str, str],
        *,
        clocks: Clocks | None = None,
    ) -> None:
        def read(key: str, value: Any) -> str:
            return setting(value, where=f"[forge] {key}", environment=environment)

        self.root = (read("url", declared.url) or SAAS).rstrip("/")
        token = read("token", declared.token)
        self.token = Secret(token) if token else None
        ca = read("ca", declared.ca)
        authorities = str(folder / ca) if ca else ""
        self._way = Way(whose="GitHub", section="[forge]", ca=authorities, clocks=clocks)
        self._wire = ApiWire(self._way)
        self._patience = patience

    def url(self, path: str, parameters: Mapping[str, object]) -> str:
        """Return the address of a question; ``path`` is escaped already."""
        query = urlencode({name: value for name, value in parameters.items() if value != ""})
        return f"{self.root}{path}{'?' if query else ''}{query}"

    def read(self, url: str) -> Told:
        """Return what GitHub answers to a GET."""
        return self._told(Asked(url=url, headers=HEADERS, token=self.token))

    def read_as_nobody(self, url: str) -> Told:
        """Return what GitHub answers to somebody without a token."""
        return self._told(Asked(url=url, headers=HEADERS))

    def query(self, body: bytes) -> Told:
        """Return what GitHub answers to a query of GraphQL."""
        url = f"{self.root.removesuffix('/v3')}/graphql"
        headers = {"Content-Type": "application/json"}
        return self._told(
            Asked(url=url, method="POST", headers=headers, body=body, token=self.token)
        )

    def file(self, url: str, largest: int) -> Told:
        """Return a file that the API redirects to; the token does not go there."""
        told = self._told(Asked(url=url, headers=HEADERS, token=self.token, largest=largest))
        if told.status not in MOVED:
            return told
        there = Asked(url=told.header("location"), largest=largest)
        target, own = self._wire.checked(there), urlsplit(self.root)
        if target.scheme != "https" and (own.scheme, own.hostname) != ("http", target.hostname):
            raise FactUnavailable("GitHub sends who fetches a file to where no https is", AGAIN)
        if target.hostname in OWN_MACHINE and own.hostname not in OWN_MACHINE:
            raise FactUnavailable("GitHub sends who fetches a file to this machine itself", AGAIN)
        elsewhere = ApiWire(self._way)
        try:
            return self._told(there, elsewhere)
        finally:
            elsewhere.close()

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def _told(self, asked: Asked, wire: ApiWire | None = None) -> Told:
        told = (wire or self._wire).ask(asked)
        for _ in range(MOST_TRIES - 1):
            busy = AFTER_BUSY if told.status in BUSY else None
            wait = busy or seconds_to_wait(told, self._patience.now())
            if wait is None:
                break
            self._patience.wait(wait)
            told = (wire or self._wire).ask(asked)
        return told
