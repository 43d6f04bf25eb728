"""Reads whether users get into the support channels, and who moderates: ``chat_channels``."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

from pytest_orr.clients.telegram import TelegramChat, chat_on_page
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.operations.shown_pages import Shown, ShownOn, shown_on
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.support import Chat

HOSTS = frozenset({"discord.gg", "www.discord.gg"})
"""Hosts whose paths are the codes of invites."""
LONG_HOSTS = frozenset({"discord.com", "www.discord.com", "discordapp.com", "www.discordapp.com"})
"""Hosts where they stand behind ``/invite/``."""
OF_TELEGRAM = frozenset({"t.me", "www.t.me", "telegram.me", "telegram.dog"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How users get into a channel."""

    is_there: bool
    """Whether the invite or name leads anywhere."""
    title: str = ""
    kind: str = ""
    """``server``, ``group``, ``supergroup`` or ``channel``; ``private`` is one person's account."""
    guild: str = ""
    """Of Discord: id of the server to which it leads."""
    is_the_declared: bool = True
    """Whether it leads to the server that the profile names, if it names one."""
    expires: datetime | None = None
    """When the invite ends; none if it never does."""
    most_uses: int = 0
    """How often the invite can be used; 0 for ever, and where that is not told."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.is_there:
            return "it leads nowhere"
        until = f", until {self.expires:%Y-%m-%d %H:%M} UTC" if self.expires else ""
        uses = f", {self.most_uses} times" if self.most_uses else ""
        return f'leads to the {self.kind} "{self.title}"{until}{uses}'

    @property
    def is_open_to_many(self) -> bool:
        """Whether it leads to where several people are, not to one person or bot."""
        return self.is_there and self.kind not in {"private", ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderators:
    """Who looks after a channel, as a bot there sees it."""

    people: int
    most_uses: int = 0
    """How often the invite can be used, as the server itself says; 0 for ever, and where it does
    not say."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        uses = f"; the invite can be used {self.most_uses} times" if self.most_uses else ""
        return f"{self.people} people moderate it{uses}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChannel:
    """A channel in which users ask."""

    name: str
    provider: Literal["discord", "telegram"]
    least: int
    """How many people must moderate it."""
    door: Part[Door]
    moderators: tuple[Part[Moderators], ...]
    """One if the profile names a bot, which alone is told."""
    pages: tuple[Part[ShownOn], ...]
    """Each page that must link to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChannels:
    """Do users get into the support channels, and are these moderated?"""

    name: str = "chat_channels"
    source: str = "Discord, Telegram, HTTP"
    operations: tuple[str, ...] = (
        "discord:guild",
        "discord:invites",
        "discord:members",
        "discord:invite",
        "http:GET",
        "telegram:getChat",
        "telegram:getChatAdministrators",
    )
    fact_type: Any = tuple[ChatChannel, ...]

    def collect(self, desk: Desk) -> Answer[tuple[ChatChannel, ...]]:
        """Ask about each declared channel by itself."""
        declared = desk.profile.support.channels
        if not declared:
            raise Undeclared("[[support.channels]]", "the channels in which users ask")
        channels = tuple(_channel(desk, one) for one in declared)
        return Answer(value=channels, where=tuple(one.name for one in channels))


def _channel(desk: Desk, chat: Chat) -> ChatChannel:
    of_discord = chat.kind == "discord"
    door = part_of(chat.name, partial(_server if of_discord else _chat, desk, chat))
    read = partial(_of_server, desk, chat, door) if of_discord else partial(_of_chat, desk, chat)
    return ChatChannel(
        name=chat.name,
        provider=chat.kind,
        least=chat.moderators,
        door=door,
        moderators=(part_of(f"moderators of {chat.name}", read),) if chat.token else (),
        pages=shown_on(desk, partial(_links_to, chat)),
    )


def _server(desk: Desk, chat: Chat) -> Door:
    invite = desk.discord.invite(chat)
    if invite is None:
        return Door(is_there=False)
    return Door(
        is_there=bool(invite.guild),
        title=invite.name,
        kind="server",
        guild=invite.guild,
        is_the_declared=chat.guild in {None, invite.guild},
        expires=invite.expires,
        most_uses=invite.most_uses or 0,
    )


def _of_server(desk: Desk, chat: Chat, door: Part[Door]) -> Moderators:
    guild = chat.guild or door.reading.guild
    if not guild:
        raise FactUnavailable(
            f"the invite {chat.invite} leads to no server, whose moderators could be counted",
            "name an invite that does, or the server's id as guild under [[support.channels]]",
        )
    seen = desk.discord.moderation(chat, guild)
    return Moderators(people=seen.people, most_uses=seen.most_uses or 0)


def _chat(desk: Desk, chat: Chat) -> Door:
    found = desk.telegram.chat(chat) if chat.token else _on_page(desk, chat)
    if found is None:
        return Door(is_there=False)
    return Door(is_there=True, title=found.title, kind=found.kind)


def _on_page(desk: Desk, chat: Chat) -> TelegramChat | None:
    page = desk.http.get(desk.telegram.page_of(chat))
    if page.status != 200:
        raise FactUnavailable(
            f"{page.url} answers with status {page.status}",
            "run again, or give a bot's token under [[support.channels]]",
        )
    return chat_on_page(page.text)


def _of_chat(desk: Desk, chat: Chat) -> Moderators:
    return Moderators(people=desk.telegram.moderators(chat))


def _links_to(chat: Chat, page: Shown) -> bool:
    found = _discord_code if chat.kind == "discord" else _telegram_name
    wanted = chat.invite if chat.kind == "discord" else str(chat.chat)[1:].lower()
    return wanted in {found(link) for link in page.links}


def _discord_code(link: str) -> str:
    host, first, second = _steps(link)
    if host in HOSTS:
        return first
    return second if host in LONG_HOSTS and first == "invite" else ""


def _telegram_name(link: str) -> str:
    host, first, second = _steps(link)
    if host in OF_TELEGRAM:
        return (second if first == "s" else first).lower()
    return ""


def _steps(link: str) -> tuple[str, str, str]:
    """Return a link's host in lower case, and the first two steps of its path."""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme.lower() not in {"http", "https", ""}:
        return "", "", ""
    first, _, rest = parts.path.strip("/").partition("/")
    return host, first, rest.partition("/")[0]
