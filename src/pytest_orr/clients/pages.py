"""Reads the service's documents: pages on hosts that the profile names, and files; ``desk.pages``.

Nothing but these hosts is ever asked, by no redirect and no link either; each is told its own token
and no other. Pages are read, never rendered: no script of theirs runs.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, urldefrag

from pytest_orr.errors import FactUnavailable, Undeclared

from .clocks import Clocks
from .http import Hop
from .memo import Memo
from .page_answers import (
    GONE,
    TOO_OFTEN,
    bare,
    changed_of,
    charset_of,
    host_of,
    joined,
    kind_of,
    refuse_status,
    remedy_of,
    token_for,
)
from .page_login import refuse_login
from .page_places import Places
from .page_reading import LARGEST, decoded, read_content
from .page_said import Document, Reached, Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.profile.schema import Profile
    from pytest_orr.profile.support import Page as Declared

    from .git import GitAccess
    from .http import Page
    from .page_places import Place
    from .page_reading import Kind

T = TypeVar("T")
MOST_REDIRECTS = 4
WAITS = frozenset(map(str, range(6)))
"""Seconds that a host may ask to be left alone for; whoever asks for more is not asked again."""
NO_HEAD = frozenset({405, 501})
ENDINGS: Mapping[str, Kind] = {".html": "html", ".htm": "html", ".md": "markdown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """Where a request led in the end."""

    page: Page
    elsewhere: str = ""
    """The host that it was sent on to, if that is none that is asked."""


class Pages:
    """Documents by URL, or by path at the release's commit.

    Every method raises ``FactUnavailable`` with cause and remedy: a host that is down, one that
    asks who reads, a page that is no document, a URL on a host that is not declared. Each page is
    asked for once a run.
    """

    def __init__(
        self,
        profile: Profile,
        folder: Path,
        git: GitAccess,
        environment: Mapping[str, str] | None = None,
        *,
        clocks: Clocks | None = None,
    ) -> None:
        own = os.environ if environment is None else environment
        self._git = git
        self._clocks = clocks or Clocks()
        self._places = Places(profile, folder, own)
        self._memo = Memo()

    def read(self, declared: Declared, where: str) -> Document:
        """Return a declared document; ``where`` says where, such as ``[documents.runbook]``."""
        if declared.url:
            return self.at(declared.url, f"{where} url")
        if declared.path:
            return self._memo.once(f"file {declared.path}", lambda: self._file(str(declared.path)))
        raise Undeclared(where, "its url or its path")

    def at(self, url: str, what: str = "") -> Document:
        """Return the document at a URL, whatever its fragment is."""
        whole, _ = urldefrag(url)
        return self._memo.once(f"GET {whole}", lambda: self._fetched(whole, what or whole))

    def html(self, url: str) -> tuple[int, str]:
        """Return status and HTML of a page, as it was delivered."""
        led = self._memo.once(f"page {url}", lambda: self._led("GET", url, url))
        if led.elsewhere:
            raise FactUnavailable(f"{url} leads to {led.elsewhere}", "correct the page's path")
        return led.page.status, decoded(led.page.body, charset_of(led.page))

    def is_asked(self, url: str) -> bool:
        """Tell whether a URL is on a host that may be asked."""
        return self._places.of(url) is not None

    def reached(self, url: str) -> Reached:
        """Return what a link leads to (HEAD, and GET where that is not answered)."""
        whole, _ = urldefrag(url)
        return self._memo.once(f"HEAD {whole}", lambda: self._reached(whole))

    def _reached(self, url: str) -> Reached:
        led = self._led("HEAD", url, url)
        if led.page.status in NO_HEAD:
            led = self._led("GET", url, url)
        return Reached(status=led.page.status, elsewhere=led.elsewhere)

    def _fetched(self, url: str, what: str) -> Document:
        led = self._led("GET", url, what)
        page, name = led.page, bare(url)
        if led.elsewhere:
            raise FactUnavailable(
                f"{name} sends its reader on to {led.elsewhere}: it asks for a login",
                f"{token_for(url)}, or let the document be open to whoever is on call",
            )
        if page.status in GONE:
            return Document(name=name, is_there=False, final_url=page.final_url)
        refuse_status(page, url)
        content = _of(lambda: read_content(page.body, kind_of(page), charset_of(page)), name)
        refuse_login(content, url, page.final_url, token_for(url))
        modified = changed_of(page)
        told_by: Teller = "Last-Modified" if modified else ""
        return Document(
            name=name,
            is_there=True,
            content=content,
            changed=content.declared or modified,
            told_by="the page" if content.declared else told_by,
            final_url=page.final_url,
        )

    def _file(self, path: str) -> Document:
        if not any(one.is_file for one in self._git.tree if one.path == path):
            return Document(name=path, is_there=False)
        kind = ENDINGS.get(PurePosixPath(path).suffix.lower(), "text")
        content = _of(lambda: read_content(self._git.read(path, LARGEST), kind), path)
        changed, untold = self._last_commit(path)
        told_by: Teller = "git" if changed else ""
        return Document(
            name=path,
            is_there=True,
            content=content,
            changed=changed,
            told_by=told_by,
            untold=untold,
        )

    def _last_commit(self, path: str) -> tuple[datetime | None, str]:
        """Return when a file was last changed, or why the history does not tell."""
        try:
            last = self._git.newest_change([path])
        except FactUnavailable as error:
            return None, error.cause
        return (last.committed, "") if last else (None, "")

    def _led(self, method: str, url: str, what: str) -> Led:
        """Ask, and follow redirects as long as they stay on hosts that may be asked."""
        target, place = self._places.admitted(url, what=what)
        for _ in range(MOST_REDIRECTS + 1):
            page, location = self._asked(method, target, place)
            if not location:
                return Led(page=page)
            led = joined(target.geturl(), location)
            if self._places.of(led) is None:
                return Led(page=page, elsewhere=host_of(led))
            target, place = self._places.admitted(led, what=led)
        raise FactUnavailable(
            f"{bare(url)} redirects more than {MOST_REDIRECTS} times",
            "let its URL be the one that it leads to",
        )

    def _asked(self, method: str, url: SplitResult, place: Place) -> tuple[Page, str]:
        page, location = self._exchanged(method, url, place)
        wait = dict(page.headers).get("retry-after", "")
        if page.status not in {TOO_OFTEN, 503} or wait not in WAITS:
            return page, location
        time.sleep(int(wait))
        return self._exchanged(method, url, place)

    def _exchanged(self, method: str, url: SplitResult, place: Place) -> tuple[Page, str]:
        from .http_exchange import exchange  # noqa: PLC0415 the client library loads when used

        route = self._places.route_to(place)
        hop = Hop(
            method=method,
            url=url._replace(fragment=""),
            route=route,
            deadline=time.monotonic() + route.timeout,
            largest_body=LARGEST,
            token=self._places.token_for(place),
            clocks=self._clocks,
        )
        try:
            return exchange(hop)
        except FactUnavailable as error:
            remedy = error.remedy if place.endpoint else remedy_of(error)
            raise FactUnavailable(error.cause, remedy) from None


def _of(read: Callable[[], T], name: str) -> T:
    try:
        return read()
    except FactUnavailable as error:
        raise FactUnavailable(f"{name}: {error.cause}", error.remedy) from None
