"""UptimeRobot's API, version 3: its monitors, and whom they tell; ``desk.uptimerobot``.

Only GET is ever sent, and as few of them as there can be: a free account may ask ten times a
minute.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from pytest_orr.errors import FactUnavailable, Undeclared

from .hostile_json import At, Unreadable
from .keyed_api import KeyedApi, Vendor
from .memo import Memo
from .uptimerobot_said import Contact, Monitor, contact_of, cursor_of, monitor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pytest_orr.profile.monitoring import UptimeRobot as Declared

    from .api_wire import Told
    from .clocks import Clocks

T = TypeVar("T")

SECTION = "[uptimerobot]"
VENDOR = Vendor(
    whose="UptimeRobot",
    section=SECTION,
    scheme="Bearer",
    api="https://api.uptimerobot.com",
    longest_wait=90,
    usual_wait=10,
)
MOST = 200
"""Monitors on a page; more are refused."""
MOST_PAGES = 500


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

    def monitors(self) -> tuple[Monitor, ...]:
        """Return every monitor that the key sees (``GET /v3/monitors``)."""
        return self._read("/v3/monitors", {"limit": str(MOST)}, monitor_of)

    def contacts(self) -> tuple[Contact, ...]:
        """Return people's contacts and integrations (``GET /v3/integrations``)."""
        return self._read("/v3/integrations", {"includeOrgMembers": "true"}, contact_of)

    def _read(self, path: str, query: dict[str, str], read: Callable[[At], T]) -> tuple[T, ...]:
        listed = self._memo.once(path, lambda: tuple(self._pages(path, query)))
        try:
            return tuple(map(read, listed))
        except Unreadable as error:
            raise self._api.strange(f"GET {path}", error) from error

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[At]:
        cursor = ""
        seen: set[str] = set()
        while cursor not in seen and len(seen) < MOST_PAGES:
            seen.add(cursor)
            told = self._told(path, {**query, "cursor": cursor} if cursor else query)
            page = self._api.read(f"GET {path}", told)
            try:
                rows, cursor = tuple(_rows(page)), cursor_of(page)
            except Unreadable as error:
                raise self._api.strange(f"GET {path}", error) from error
            yield from rows
            if not cursor:
                return
        raise FactUnavailable(
            f"{VENDOR.whose}'s GET {path} leads from page to page without an end", self._api.again
        )

    def _told(self, path: str, query: dict[str, str]) -> Told:
        told = self._api.told(f"{path}?{urlencode(query)}")
        if told.status == 401:
            raise FactUnavailable(
                f"{VENDOR.whose} refuses the key",
                f"set the variable that {SECTION} token names to the account's read-only key",
            )
        if told.status == 403:
            raise FactUnavailable(
                f"{VENDOR.whose} denies GET {path} to this key",
                f"let {SECTION} token name the account's read-only key, not that of one monitor",
            )
        if told.status != 200:
            raise self._api.failed(f"GET {path}", told)
        return told


def _rows(page: At) -> Iterator[At]:
    if not page["data"].is_list():
        raise page["data"].wrong("list")
    yield from page["data"].each()
