"""GitGuardian's REST API: which repositories it watches, and which secrets it saw in them.

Of a secret nothing is kept but the name of the detector that found it. Only GET is ever sent.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from pytest_orr.errors import FactUnavailable, Undeclared

from .api_wire import ApiWire, Asked, Told, Way
from .gitguardian_said import (
    WHERE,
    Incident,
    Source,
    incident_of,
    listed,
    object_of,
    source_of,
    strange,
)
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pytest_orr.profile.scans import GitGuardian as Declared

    from .clocks import Clocks

API = "https://api.gitguardian.com"
PER_PAGE = 100
MOST_PAGES = 2000
LONGEST_WAIT = 60
"""Seconds that GitGuardian may ask us to wait for, in all, when it is asked too often."""
NEXT = re.compile(r'<([^<>]+)>\s*;\s*rel="?next"?')


class GitGuardian:
    """A workspace at GitGuardian, as far as the token sees it.

    Everything raises ``FactUnavailable`` with cause and remedy; every listing is read to its end.
    """

    def __init__(
        self,
        declared: Declared | None,
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
        clocks: Clocks | None = None,
    ) -> None:
        if declared is None:
            raise Undeclared(WHERE, "who watches the repository for secrets")
        told = os.environ if environment is None else environment
        self.source = declared.source
        self._token = Secret(setting(declared.token, where=f"{WHERE} token", environment=told))
        url = setting(declared.url, where=f"{WHERE} url", environment=told) or API
        self._url = url.rstrip("/")
        ca = setting(declared.ca, where=f"{WHERE} ca", environment=told)
        authorities = str(folder / ca) if ca else ""
        self._wire = ApiWire(Way(whose="GitGuardian", section=WHERE, ca=authorities, clocks=clocks))
        self._pause = pause
        self._waited = 0.0
        self._listings: dict[str, tuple[dict[str, Any], ...]] = {}

    @property
    def where(self) -> str:
        """The host that is asked."""
        return urlsplit(self._url).netloc

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def sources(self) -> tuple[Source, ...]:
        """Return every repository that the token sees (``GET /v1/sources``)."""
        return tuple(map(source_of, self._all("/v1/sources", needed="sources:read")))

    def incidents(self, source: str = "") -> tuple[Incident, ...]:
        """Return every incident of a repository by its id, or of all that the token sees.

        Asked are ``GET /v1/sources/{id}/incidents/secrets`` and ``GET /v1/incidents/secrets``.
        """
        path = f"/v1/sources/{source}/incidents/secrets" if source else "/v1/incidents/secrets"
        return tuple(map(incident_of, self._all(path, needed="incidents:read")))

    def _all(self, path: str, *, needed: str) -> tuple[dict[str, Any], ...]:
        if path not in self._listings:
            self._listings[path] = tuple(self._pages(path, needed))
        return self._listings[path]

    def _pages(self, path: str, needed: str) -> Iterator[dict[str, Any]]:
        url = f"{self._url}{path}?{urlencode({'per_page': PER_PAGE})}"
        asked: set[str] = set()
        while url:
            if url in asked or len(asked) >= MOST_PAGES:
                raise strange("leads from page to page without an end")
            asked.add(url)
            told = self._told(url, path, needed)
            yield from listed(told)
            url = self._next(told)

    def _told(self, url: str, path: str, needed: str) -> Told:
        told = self._ask(url)
        while told.status == 429:
            self._wait(told)
            told = self._ask(url)
        if told.status == 401:
            raise FactUnavailable(
                "GitGuardian refuses the token",
                f"set the variable that {WHERE} token names to a token that has not expired",
            )
        if told.status == 403:
            raise self._denied(path, needed)
        if told.status != 200:
            raise FactUnavailable(
                f"GitGuardian answered GET {path} with status {told.status}",
                f"run again, or correct url under {WHERE} in readiness.toml",
            )
        return told

    def _ask(self, url: str) -> Told:
        return self._wire.ask(Asked(url=url, token=self._token, scheme="Token"))

    def _wait(self, told: Told) -> None:
        said = told.header("retry-after")
        seconds = float(said) if re.fullmatch(r"\d{1,6}", said) else 5.0
        if self._waited + seconds > LONGEST_WAIT:
            raise FactUnavailable(
                "GitGuardian is asked too often with this token: its rate limit is reached",
                "run again in a minute, or use a token that nobody else uses",
            )
        self._waited += max(seconds, 0.1)
        self._pause(seconds)

    def _denied(self, path: str, needed: str) -> FactUnavailable:
        told = self._ask(f"{self._url}/v1/api_tokens/self")
        scopes = object_of(told).get("scopes") if told.status == 200 else None
        if isinstance(scopes, list) and needed in scopes:
            return FactUnavailable(
                f"GitGuardian denied GET {path}, although the token has the scope {needed}",
                "let a member who may see the repository make the token",
            )
        return FactUnavailable(
            f"GitGuardian denied GET {path}: the token lacks the scope {needed}",
            f"make a token with the scopes incidents:read and sources:read for {WHERE}",
        )

    def _next(self, told: Told) -> str:
        found = NEXT.search(told.header("link"))
        if found is None:
            return ""
        url, own = urlsplit(found[1]), urlsplit(self._url)
        if (url.scheme, url.netloc) != (own.scheme, own.netloc):
            raise strange("leads to another host for its next page")
        return found[1]
