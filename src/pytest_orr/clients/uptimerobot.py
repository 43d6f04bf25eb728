"""UptimeRobot's API, version 3: its monitors, and whom they tell; ``desk.uptimerobot``.

Only GET is ever sent, and as few of them as there can be: a free account may ask ten times a
minute.
"""

from __future__ import annotations

import os
import re
import time
from threading import Lock
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode, urlsplit

from pytest_orr.errors import FactUnavailable, Undeclared

from .api_wire import ApiWire, Asked, Told, Way
from .hostile_json import At, Unreadable, read_json
from .secret import Secret
from .settings import setting
from .uptimerobot_said import Contact, Monitor, contact_of, cursor_of, monitor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pytest_orr.profile.monitoring import UptimeRobot as Declared

    from .clocks import Clocks

T = TypeVar("T")

API = "https://api.uptimerobot.com"
WHOSE, SECTION = "UptimeRobot", "[uptimerobot]"
MOST = 200
"""Monitors on a page; more are refused."""
MOST_PAGES = 500
LONGEST_WAIT = 90
"""Seconds that UptimeRobot may ask us to wait for, in all, when it is asked too often."""
USUAL_WAIT = 10.0
"""Seconds to wait for where it does not say how long."""
AGAIN = f"run again, or correct url under {SECTION} in readiness.toml"


class UptimeRobot:
    """An account at UptimeRobot, as far as the key sees it.

    Both methods raise ``FactUnavailable`` with cause and remedy; every listing is read to its end,
    and once for the run.
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
        """Take what the profile declares; ``folder`` is the profile's, for the file it names."""
        if declared is None:
            raise Undeclared(SECTION, "who watches the public names from outside")
        told = os.environ if environment is None else environment
        self._key = Secret(setting(declared.token, where=f"{SECTION} token", environment=told))
        url = setting(declared.url, where=f"{SECTION} url", environment=told) or API
        self._url = url.rstrip("/")
        ca = setting(declared.ca, where=f"{SECTION} ca", environment=told)
        authorities = str(folder / ca) if ca else ""
        self._wire = ApiWire(Way(whose=WHOSE, section=SECTION, ca=authorities, clocks=clocks))
        self._pause = pause
        self._waited = 0.0
        self._lock = Lock()
        self._listings: dict[str, tuple[At, ...]] = {}

    @property
    def where(self) -> str:
        """The host that is asked."""
        return urlsplit(self._url).netloc

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def monitors(self) -> tuple[Monitor, ...]:
        """Return every monitor that the key sees (``GET /v3/monitors``)."""
        return self._read("/v3/monitors", {"limit": str(MOST)}, monitor_of)

    def contacts(self) -> tuple[Contact, ...]:
        """Return people's contacts and integrations (``GET /v3/integrations``)."""
        return self._read("/v3/integrations", {"includeOrgMembers": "true"}, contact_of)

    def _read(self, path: str, query: dict[str, str], read: Callable[[At], T]) -> tuple[T, ...]:
        with self._lock:
            if path not in self._listings:
                self._listings[path] = tuple(self._pages(path, query))
            listed = self._listings[path]
        try:
            return tuple(map(read, listed))
        except Unreadable as error:
            raise _strange(path, error) from error

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[At]:
        cursor = ""
        seen: set[str] = set()
        while cursor not in seen and len(seen) < MOST_PAGES:
            seen.add(cursor)
            asked = {**query, "cursor": cursor} if cursor else query
            told = self._told(f"{self._url}{path}?{urlencode(asked)}", path)
            try:
                page = read_json(told.body)
                rows, cursor = tuple(_rows(page)), cursor_of(page)
            except Unreadable as error:
                raise _strange(path, error) from error
            yield from rows
            if not cursor:
                return
        raise FactUnavailable(f"{WHOSE}'s GET {path} leads from page to page without an end", AGAIN)

    def _told(self, url: str, path: str) -> Told:
        told = self._ask(url)
        while told.status == 429:
            self._wait(told)
            told = self._ask(url)
        if told.status == 401:
            raise FactUnavailable(
                f"{WHOSE} refuses the key",
                f"set the variable that {SECTION} token names to the account's read-only key",
            )
        if told.status == 403:
            raise FactUnavailable(
                f"{WHOSE} denies GET {path} to this key",
                f"let {SECTION} token name the account's read-only key, not that of one monitor",
            )
        if told.status != 200:
            raise FactUnavailable(f"{WHOSE} answered GET {path} with status {told.status}", AGAIN)
        return told

    def _ask(self, url: str) -> Told:
        return self._wire.ask(Asked(url=url, token=self._key))

    def _wait(self, told: Told) -> None:
        said = told.header("retry-after")
        seconds = float(said) if re.fullmatch(r"\d{1,6}", said) else USUAL_WAIT
        if self._waited + seconds > LONGEST_WAIT:
            raise FactUnavailable(
                f"{WHOSE} is asked too often with this key: its rate limit is reached",
                "run again in a minute, or use a key that nobody else uses",
            )
        self._waited += max(seconds, 0.1)
        self._pause(seconds)


def _rows(page: At) -> Iterator[At]:
    if not page["data"].is_list():
        raise page["data"].wrong("list")
    yield from page["data"].each()


def _strange(path: str, error: Unreadable) -> FactUnavailable:
    return FactUnavailable(f"{WHOSE}'s answer to GET {path} {error}", AGAIN)
