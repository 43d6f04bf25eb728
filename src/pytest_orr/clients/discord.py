"""Discord's HTTP API, version 10: where an invite leads, and who moderates there; ``desk.discord``.

An invite is open to anybody; the rest is told to a bot that is on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from pytest_orr.errors import FactUnavailable

from .api_wire import Asked
from .chat_api import ChatApi
from .hostile_json import At, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.profile.support import Chat

    from .api_wire import Told
    from .secret import Secret

API = "https://discord.com"
HEADERS = {"User-Agent": "DiscordBot (pytest-orr, 1)", "Accept": "application/json"}
"""Discord asks whoever uses its API to be named in this form."""
PER_PAGE = 1000
MOST_PAGES = 300
LONGEST_NUMBER = 40
"""Digits."""
OF_A_SERVER = 0
"""Type of an invite."""
UNKNOWN_INVITE = 10006
"""Code of the error."""
MODERATES = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 13 | 1 << 40
"""Permissions, each of which lets its holder moderate: to kick members, to ban them, to administer,
to manage messages, to time members out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Where an invite leads."""

    guild: str
    """The server's id; empty if it leads to no server."""
    name: str
    """The server's name."""
    expires: datetime | None
    """Aware, UTC; none if it never does."""
    most_uses: int | None
    """How often it can be used; 0 for ever, none where that is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """Who looks after a server."""

    people: int
    """Members that are no bots and may moderate, the owner among them."""
    most_uses: int | None
    """How often the invite can be used, as the server's own list says; none if it does not."""


class DiscordAccess(ChatApi):
    """Servers on Discord, as far as anybody, or a bot there, sees them."""

    def __init__(self, *, page: int = PER_PAGE, **how: object) -> None:
        """Take how many members make a page, and whatever ``ChatApi`` takes."""
        super().__init__("Discord", **how)  # type: ignore[arg-type] # as they are declared there
        self._page = page

    def where(self, chat: Chat) -> str:
        """Return the address of the API."""
        return f"{self.root(chat, API)}/api/v10"

    def invite(self, chat: Chat) -> Invite | None:
        """Return where a channel's invite leads (``GET /invites/{code}``).

        None when there is no such invite, or it has expired.
        """
        query = urlencode({"with_counts": "true", "with_expiration": "true"})
        path = f"/invites/{quote(str(chat.invite), safe='')}?{query}"
        told = self.told(Asked(url=f"{self.where(chat)}{path}", headers=HEADERS, largest=2**20))
        what = "the invite"
        if told.status == 404 and _code(told, self, what) == UNKNOWN_INVITE:
            return None
        if told.status != 200:
            raise self.failed(told, what)
        try:
            return _invite(self.read(told, what))
        except Unreadable as error:
            raise self.strange(what, error) from error

    def moderation(self, chat: Chat, guild: str) -> Moderation:
        """Return who looks after a server, as a bot there sees it.

        Asked are ``GET /guilds/{id}``, ``…/members`` and ``…/invites``; the last is told to a bot
        that may manage the server, and left out where it may not.
        """
        token, root = self.token(chat), f"{self.where(chat)}/guilds/{quote(guild, safe='')}"
        try:
            server = self._asked(root, token, "the server")
            roles = {
                one["id"].needed(): _number(one["permissions"]) for one in server["roles"].each()
            }
            roles.pop(guild, None)  # everybody's
            owner = server["owner_id"].needed()
            members = tuple(_person(one) for one in self._members(root, token))
        except Unreadable as error:
            raise self.strange("the server", error) from error
        people = [
            who
            for who, is_bot, held in members
            if not is_bot and (who == owner or any(roles.get(one, 0) & MODERATES for one in held))
        ]
        return Moderation(people=len(people), most_uses=self._most_uses(root, token, chat))

    def _members(self, root: str, token: Secret) -> Iterator[At]:
        after = 0
        for _ in range(MOST_PAGES):
            query = urlencode({"limit": self._page, "after": after})
            page = tuple(self._asked(f"{root}/members?{query}", token, "the members").each())
            yield from page
            if len(page) < self._page:
                return
            last = max(_number(one["user"]["id"]) for one in page)
            if last <= after:
                raise Unreadable("leads from page to page without an end")
            after = last
        raise Unreadable("goes on for too many pages")

    def _most_uses(self, root: str, token: Secret, chat: Chat) -> int | None:
        told = self._answer(f"{root}/invites", token)
        if told.status != 200:
            return None
        what = "the invites"
        try:
            for one in self.read(told, what).each():
                if one["code"].text() == chat.invite:
                    return one["max_uses"].count()
        except Unreadable as error:
            raise self.strange(what, error) from error
        return None

    def _asked(self, url: str, token: Secret, what: str) -> At:
        told = self._answer(url, token)
        if told.status in {403, 404}:
            raise FactUnavailable(
                f"Discord does not tell the bot about {what} (HTTP {told.status})",
                "invite the bot to the server, and turn its Server Members Intent on",
            )
        if told.status != 200:
            raise self.failed(told, what)
        return self.read(told, what)

    def _answer(self, url: str, token: Secret) -> Told:
        told = self.told(Asked(url=url, headers=HEADERS, token=token, scheme="Bot"))
        if told.status == 401:
            raise self.refused()
        return told


def _code(told: Told, api: ChatApi, what: str) -> float | None:
    try:
        return api.read(told, what)["code"].number()
    except Unreadable:
        return None


def _invite(said: At) -> Invite:
    of_server = said["type"].count() == OF_A_SERVER
    guild = said["guild"]
    expires = said["expires_at"].text()
    return Invite(
        guild=guild["id"].needed() if of_server else "",
        name=guild["name"].text()[:200] if of_server else "",
        expires=_instant(expires) if expires else None,
        most_uses=said["max_uses"].count(),
    )


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("has no instant at $.expires_at") from None


def _number(said: At) -> int:
    """Return a whole number that is written as text: an id, or permissions, one a bit."""
    text = said.needed()
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise said.wrong("number in quotes")
    return int(text)


def _person(member: At) -> tuple[str, bool, Mapping[str, None]]:
    """Return a member's id, whether it is a bot, and the ids of its roles."""
    user = member["user"]
    held = {one.text(): None for one in member["roles"].each()}
    return user["id"].needed(), user["bot"].flag() is True, held
