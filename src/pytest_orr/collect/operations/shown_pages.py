"""Reads the pages of ``[support] shown_on``, for the facts about mail and chats: what each shows.

What a page holds is read as it was delivered; no script of it runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote, urlsplit

from pytest_orr.clients.page_html import TooMuch, read_html
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable

NO_ANSWER = frozenset({401, 403, 408, 425, 429})
"""Statuses that say nothing about what users see."""
HIDDEN = "/cdn-cgi/l/email-protection"
"""Where Cloudflare's pages keep addresses from robots: encoded behind it, for a script to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows its reader."""

    text: str
    links: tuple[str, ...]
    """As they are written."""

    def shows_address(self, address: str) -> bool:
        """Whether it shows a mail address, or leads to it."""
        wanted = address.lower()
        return wanted in {one.lower() for one in map(_addressee, self.links)} or _stands_in(
            wanted, self.text.lower()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOn:
    """Whether one page shows what it should."""

    status: int
    """HTTP status."""
    shows: bool

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"status {self.status}, {'shown' if self.shows else 'not shown'} there"


def shown_on(desk: Desk, shows: Callable[[Shown], bool]) -> tuple[Part[ShownOn], ...]:
    """Return for each declared page whether it shows something; each is read by itself."""
    return tuple(
        part_of(url.partition("?")[0], partial(_shown, desk, url, shows))
        for url in desk.profile.support.shown_on
    )


def _shown(desk: Desk, url: str, shows: Callable[[Shown], bool]) -> ShownOn:
    status, html = desk.pages.html(url)
    if status >= 500 or status in NO_ANSWER:
        raise FactUnavailable(
            f"{url.partition('?')[0]} answers with status {status}",
            "run again when the page is up, and open to everybody",
        )
    try:
        kept = read_html(html)
    except TooMuch:
        raise FactUnavailable(
            f"{url.partition('?')[0]} has more elements than are read",
            "name a smaller page under [support] shown_on",
        ) from None
    page = Shown(text=" ".join("".join(kept.pieces).split()), links=tuple(kept.links))
    return ShownOn(status=status, shows=status == 200 and shows(page))


def _addressee(link: str) -> str:
    """Return the address that a link writes to; empty if it does something else."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    if parts.scheme.lower() == "mailto":
        return unquote(parts.path)
    return _unhidden(parts.fragment) if parts.path == HIDDEN else ""


def _unhidden(code: str) -> str:
    """Decode what Cloudflare hid: the first byte is the key of all others."""
    try:
        key, *rest = bytes.fromhex(code)
    except ValueError:
        return ""
    return bytes(one ^ key for one in rest).decode("utf-8", "replace").partition("?")[0]


def _stands_in(address: str, text: str) -> bool:
    """Whether an address stands in a text by itself, not as the end of a longer one."""
    before = "._%+-"
    place = text.find(address)
    while place >= 0:
        end = place + len(address)
        is_whole = not (place and (text[place - 1].isalnum() or text[place - 1] in before))
        follows = text[end : end + 2]
        goes_on = follows[:1].isalnum() or follows[:1] == "-"
        if is_whole and not goes_on and not (follows[:1] == "." and follows[1:].isalnum()):
            return True
        place = text.find(address, end)
    return False
