"""Telegram's Bot API: a chat and who administers it; ``desk.telegram``.

A bot's token is a part of the URL there: it is put in on the wire alone, so that no message, log or
error has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pytest_orr.errors import FactUnavailable

from .api_wire import IN_PATH, Asked
from .chat_api import SECTION, ChatApi
from .hostile_json import At, Unreadable

if TYPE_CHECKING:
    from pytest_orr.profile.support import Chat

API, PAGES = "https://api.telegram.org", "https://t.me"
TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}")
NO_CHAT = "chat not found"
LARGEST = 1024 * 1024
SERVER_FAILED = 500
TITLE, ABOUT = (
    re.compile(
        rf'class="tgme_page_{part}[^">]{{0,99}}"[^>]{{0,99}}>(?:\s|<span[^>]{{0,99}}>)*([^<]{{1,400}})'
    )
    for part in ("title", "extra")
)
COUNTED = (("member", "group"), ("subscriber", "channel"))
OWNER, ADMINISTRATOR = "creator", "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramChat:
    """A chat."""

    kind: str
    """``supergroup``, ``group``, ``channel``, or ``private``: one person's."""
    title: str


class TelegramAccess(ChatApi):
    """Chats on Telegram, as a bot sees them."""

    def __init__(self, **how: object) -> None:
        """Take whatever ``ChatApi`` takes."""
        super().__init__("Telegram", **how)  # type: ignore[arg-type] # as they are declared there

    def page_of(self, chat: Chat) -> str:
        """Return the URL of the page about a chat, which is open to anybody."""
        return f"{self.root(chat, PAGES)}/{str(chat.chat).removeprefix('@')}"

    def chat(self, chat: Chat) -> TelegramChat | None:
        """Return a chat (``getChat``); none when there is none of that name."""
        said = self._result(chat, "getChat")
        if said is None:
            return None
        try:
            title = said["title"].text() or said["first_name"].text()
            return TelegramChat(kind=said["type"].needed()[:40], title=title[:200])
        except Unreadable as error:
            raise self.strange("the chat", error) from error

    def moderators(self, chat: Chat) -> int:
        """Return how many people may remove messages or members (``getChatAdministrators``)."""
        said = self._result(chat, "getChatAdministrators")
        if said is None:
            raise self.strange("the administrators", "says that there is no such chat")
        try:
            return sum(_moderates(one) for one in said.each())
        except Unreadable as error:
            raise self.strange("the administrators", error) from error

    def _result(self, chat: Chat, method: str) -> At | None:
        """Return what a method gives; none when there is no such chat."""
        token = self.token(chat)
        if not TOKEN.fullmatch(token.value):
            raise FactUnavailable(
                "the bot's token for Telegram is none: a number, a colon and letters make one",
                f"set the variable that {SECTION} token names to the token that BotFather gave",
            )
        query = urlencode({"chat_id": str(chat.chat)})
        url = f"{self.root(chat, API)}/bot{IN_PATH}/{method}?{query}"
        told = self.told(Asked(url=url, token=token, largest=LARGEST))
        if told.status in {401, 404}:
            raise self.refused()
        if told.status >= SERVER_FAILED:
            raise self.failed(told, method)
        said = self.read(told, method)
        try:
            return self._made_of(said, told.status, method)
        except Unreadable as error:
            raise self.strange(method, error) from error

    def _made_of(self, said: At, status: int, method: str) -> At | None:
        if status == 200 and said["ok"].flag() and said["result"]:
            return said["result"]
        if status == 400 and NO_CHAT in said["description"].text().lower():
            return None
        if status in {400, 403}:
            raise FactUnavailable(
                f"Telegram does not let the bot {method} (HTTP {status})",
                "make the bot a member of the chat, and an administrator if it is a channel",
            )
        raise self.strange(method, f"gives no result (HTTP {status})")


def chat_on_page(html: str) -> TelegramChat | None:
    """Return the chat that Telegram's page is about; none when there is none of that name.

    The page counts a group's members and a channel's subscribers, and names a person or a bot. It
    says the same of any name that nobody has. Other pages are ``FactUnavailable``.
    """
    if "tgme_page" not in html:
        raise FactUnavailable(
            "the page about the chat is not Telegram's", "correct url, or run again"
        )
    title, about = TITLE.search(html), ABOUT.search(html)
    if about is None:
        return None
    kinds = (kind for word, kind in COUNTED if word in about[1].lower())
    named = unescape(title[1]).strip() if title else ""
    return TelegramChat(kind=next(kinds, "private"), title=named[:200])


def _moderates(member: At) -> bool:
    if member["user"]["is_bot"].flag():
        return False
    may = (member["can_delete_messages"].flag(), member["can_restrict_members"].flag())
    status = member["status"].text()
    return status == OWNER or (status == ADMINISTRATOR and any(may))
