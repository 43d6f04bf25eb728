"""GitGuardian's REST API: which repositories it watches, and which secrets it saw in them.

Of a secret nothing is kept but the name of the detector that found it. Only GET is ever sent.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pytest_orr.errors import FactUnavailable, Undeclared

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
from .keyed_api import KeyedApi, Vendor
from .memo import Memo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pytest_orr.profile.scans import GitGuardian as Declared

    from .api_wire import Told
    from .clocks import Clocks

VENDOR = Vendor(
    whose="GitGuardian",
    section=WHERE,
    scheme="Token",
    api="https://api.gitguardian.com",
    key="token",
)
PER_PAGE = 100
MOST_PAGES = 2000
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
        self.source = declared.source
        self._api = KeyedApi(
            VENDOR, declared, folder, environment=environment, pause=pause, clocks=clocks
        )
        self._memo = Memo()

    @property
    def where(self) -> str:
        """The host that is asked."""
        return self._api.place

    def close(self) -> None:
        """End all connections."""
        self._api.close()

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
        return self._memo.once(path, lambda: tuple(self._pages(path, needed)))

    def _pages(self, path: str, needed: str) -> Iterator[dict[str, Any]]:
        url = f"{path}?{urlencode({'per_page': PER_PAGE})}"
        asked: set[str] = set()
        while url:
            if url in asked or len(asked) >= MOST_PAGES:
                raise strange("leads from page to page without an end")
            asked.add(url)
            told = self._told(url, path, needed)
            yield from listed(told)
            url = self._next(told)

    def _told(self, url: str, path: str, needed: str) -> Told:
        told = self._api.told(url)
        if told.status == 401:
            raise FactUnavailable(
                "GitGuardian refuses the token",
                f"set the variable that {WHERE} token names to a token that has not expired",
            )
        if told.status == 403:
            raise self._denied(path, needed)
        if told.status != 200:
            raise self._api.failed(f"GET {path}", told)
        return told

    def _denied(self, path: str, needed: str) -> FactUnavailable:
        told = self._api.told("/v1/api_tokens/self")
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
        if not self._api.has(found[1]):
            raise strange("leads to another host for its next page")
        return found[1]
