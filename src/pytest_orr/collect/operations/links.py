"""Asks where the links of a document lead, as far as their hosts may be asked; part of facts."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from pytest_orr.clients.page_said import Document
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable

AT_ONCE = 8
MOST_ASKED = 100
LONGEST = 60
"""Seconds after which no further link is followed."""
WEB = frozenset({"http", "https"})
HERE = "https://file.invalid/"
"""Stands for the URL of a file of the repository, which has none."""
TOPS = frozenset({"", "top"})
"""Fragments that lead to the beginning of any page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksSeen:
    """Where the links of a document lead."""

    asked: int = 0
    """Links to hosts that may be asked, and to places in the document itself."""
    elsewhere: int = 0
    """Links to other hosts, which nobody asked."""
    dead: tuple[str, ...] = ()
    """Those that lead nowhere, each with what was answered."""
    unread: tuple[str, ...] = ()
    """Those of which nothing can be told, each with the reason."""

    @property
    def seen(self) -> str:
        """One line for a finding."""
        rest = f", {self.elsewhere} to other hosts not asked" if self.elsewhere else ""
        return f"{self.asked} links asked, {len(self.dead)} dead{rest}"

    @property
    def all_alive(self) -> bool:
        """Whether none is dead; raises ``FactUnavailable`` when that cannot be told of all."""
        if not self.dead and self.unread:
            raise FactUnavailable(
                f"of {len(self.unread)} links nothing can be told: {self.unread[0]}",
                "run again when their hosts answer",
            )
        return not self.dead


def links_of(desk: Desk, document: Document) -> LinksSeen:
    """Ask where a document's links lead; raises ``FactUnavailable`` if there are too many."""
    base = document.final_url or HERE
    wanted = dict.fromkeys(_resolved(base, one) for one in document.content.links)
    own = [one for one in wanted if _is_asked(desk, one)]
    if len(own) > MOST_ASKED:
        raise FactUnavailable(
            f"{document.name} has {len(own)} links to hosts that may be asked, and no more than "
            f"{MOST_ASKED} are",
            "let a page with fewer links be the document",
        )
    until = time.monotonic() + LONGEST
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        told = tuple(pool.map(partial(_followed, desk, document, until), own))
    return LinksSeen(
        asked=len(own),
        elsewhere=sum(1 for one in wanted if one and not _is_asked(desk, one)),
        dead=_those(told, "dead"),
        unread=_those(told, "unread"),
    )


def leads_to(links: Iterable[str], base: str, wanted: Iterable[str]) -> bool:
    """Tell whether one of a page's links leads to one of some URLs."""
    ways = {_plain(one) for one in wanted if one}
    return any(_plain(_resolved(base, one)) in ways for one in links)


def has_anchor(document: Document, fragment: str) -> bool:
    """Tell whether a fragment names a place in a document."""
    return bool({fragment, unquote(fragment)} & (document.content.anchors | TOPS))


def _followed(desk: Desk, document: Document, until: float, url: str) -> tuple[str, str]:
    """Return ``dead`` or ``unread`` with link and reason; empty if it leads somewhere."""
    bare, fragment = urldefrag(url)
    if time.monotonic() > until:
        return "unread", f"{_shown(url)} (others took more than {LONGEST} s)"
    try:
        if fragment:
            return _in_page(desk, document, url)
        reached = desk.pages.reached(bare)
    except FactUnavailable as error:
        return "unread", f"{_shown(url)} ({error.cause})"
    if reached.is_alive is None:
        return "unread", f"{_shown(url)} (answers {reached.status})"
    return ("", "") if reached.is_alive else ("dead", f"{_shown(url)} (answers {reached.status})")


def _in_page(desk: Desk, document: Document, url: str) -> tuple[str, str]:
    bare, fragment = urldefrag(url)
    is_own = _plain(bare) == _plain(document.final_url or HERE)
    target = document if is_own else desk.pages.at(bare)
    if not target.is_there:
        return "dead", f"{_shown(url)} (is not there)"
    is_there = has_anchor(target, fragment)
    return ("", "") if is_there else ("dead", f"{_shown(url)} (has no #{fragment[:80]})")


def _is_asked(desk: Desk, url: str) -> bool:
    return desk.pages.is_asked(url) or url.startswith(f"{HERE}#")


def _those(told: Iterable[tuple[str, str]], kind: str) -> tuple[str, ...]:
    return tuple(text for one, text in told if one == kind)


def _resolved(base: str, link: str) -> str:
    """Return a link's whole URL; empty for what leads to no page, such as mailto."""
    try:
        whole = urljoin(base, link)
        return whole if urlsplit(whole).scheme in WEB else ""
    except ValueError:
        return ""


def _plain(url: str) -> str:
    return urldefrag(url)[0].removesuffix("/").casefold()


def _shown(url: str) -> str:
    return url.partition("?")[0][:200]
