"""What Telegram says of chats, and that a bot's token shows nowhere, though it is in the URL."""

from __future__ import annotations

import json
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.telegram import TelegramAccess, TelegramChat, chat_on_page
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment
from pytest_orr.profile.support import Chat

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "7007700770:of-nobody"  # noqa: S105 opens nothing but the example
HELP = TelegramChat(kind="supergroup", title="Explorer help")


def asking(**how: Any) -> TelegramAccess:
    return TelegramAccess(**{"environment": {"THE_BOT": TOKEN}, **how})


def channel(server: Any, name: str = "@explorer_help") -> Chat:
    bot = FromEnvironment(env="THE_BOT")
    return Chat(kind="telegram", chat=name, token=bot, url=getattr(server, "url", server))


def refusal(ask: Callable[[], Any]) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        ask()
    assert TOKEN not in caught.value.diagnostics()
    assert "of-nobody" not in repr(caught.value.__context__)
    return caught.value


def put(server: Any, body: Any, status: int = 200) -> None:
    """Let the server answer everything with a body."""
    from examples.explorer.forge_server import Answer  # noqa: PLC0415 after the path is set

    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    server.spoil(".", lambda *_: Answer(status=status, body=raw))


def test_a_chat_and_its_moderators_are_told_to_a_bot(
    telegram: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access = asking()
    assert access.chat(channel(telegram)) == HELP
    assert access.moderators(channel(telegram)) == 2
    assert [one.path for one in telegram.asked] == [
        f"/bot{TOKEN}/getChat",
        f"/bot{TOKEN}/getChatAdministrators",
    ]
    assert all("authorization" not in one.headers for one in telegram.asked)
    assert "/bot~token~/getChat" in caplog.text
    assert TOKEN not in caplog.text
    access.close()


def test_a_chat_that_nobody_has_made_is_none(telegram: Any) -> None:
    assert asking().chat(channel(telegram, "@other")) is None
    error = refusal(lambda: asking().moderators(channel(telegram, "@other")))
    assert "says that there is no such chat" in error.cause


def test_a_person_is_told_by_kind_and_first_name(telegram: Any) -> None:
    telegram.faults = frozenset({"one-person"})
    assert asking().chat(channel(telegram)) == TelegramChat(kind="private", title="Dan")


def test_an_administrator_who_may_only_invite_is_no_moderator(telegram: Any) -> None:
    telegram.faults = frozenset({"one-moderator"})
    assert asking().moderators(channel(telegram)) == 1


@pytest.mark.parametrize(
    ("fault", "why", "remedy"),
    [
        ("token-refused", "Telegram refuses the bot's token", "a bot that still exists"),
        ("administrators-hidden", "let the bot getChatAdministrators", "a member of the chat"),
        ("down", "getChatAdministrators with status 502", "run again"),
        ("nonsense", "is no whole JSON file", "run again"),
        ("rate-limited", "Telegram is asked too often from here", "in some minutes"),
    ],
)
def test_whoever_tells_the_bot_nothing_is_told_apart(
    telegram: Any, fault: str, why: str, remedy: str
) -> None:
    telegram.faults = frozenset({fault})
    error = refusal(lambda: asking().moderators(channel(telegram)))
    assert why in error.cause
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"ok": False, "description": "Internal"}, 500, "the question for getChat with status 500"),
        (
            {"ok": False, "result": {"type": "group"}},
            200,
            "answer about getChat gives no result (HTTP 200)",
        ),
        ({"ok": "yes"}, 200, "has no true or false at $.ok"),
        ({"ok": True, "result": {"title": "x"}}, 200, "says nothing at $.result.type"),
        ({"ok": True, "result": []}, 200, "has no object at $.result"),
    ],
)
def test_an_answer_that_is_none_is_named(telegram: Any, body: Any, status: int, why: str) -> None:
    put(telegram, body, status)
    assert why in refusal(lambda: asking().chat(channel(telegram))).cause


def test_administrators_that_are_no_list_are_named(telegram: Any) -> None:
    put(telegram, {"ok": True, "result": {"status": "creator"}})
    assert "has no list" in refusal(lambda: asking().moderators(channel(telegram))).cause


def test_a_server_that_is_down_is_named_without_the_token(
    place: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for api in (place(b""), place(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")):
        refusal(partial(asking().chat, channel(api.url)))
        assert f"/bot{TOKEN}/getChat" in api.requests[0]
    refusal(lambda: asking().chat(channel("http://127.0.0.1:1")))
    refusal(lambda: asking().chat(channel("http://telegram.example")))
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("token", ["7007700770", "7:of/../../nobody", "7:of nobody", "x:y"])
def test_a_token_that_would_change_the_path_is_not_sent(telegram: Any, token: str) -> None:
    with pytest.raises(FactUnavailable, match="bot's token for Telegram is none") as caught:
        asking(environment={"THE_BOT": token}).chat(channel(telegram))
    assert token not in caught.value.diagnostics()
    assert telegram.asked == []


def test_the_public_page_is_the_chats_own() -> None:
    anybody = Chat(kind="telegram", chat="@explorer_help")
    assert asking().page_of(anybody) == "https://t.me/explorer_help"


@pytest.mark.parametrize(
    ("faults", "name", "found"),
    [
        ((), "explorer_help", TelegramChat(kind="group", title="Explorer help")),
        ((), "Explorer_Help", TelegramChat(kind="group", title="Explorer help")),
        ((), "other", None),
        (("one-person",), "explorer_help", TelegramChat(kind="private", title="Explorer help")),
    ],
)
def test_a_public_page_says_what_it_is_about(
    faults: tuple[str, ...], name: str, found: TelegramChat | None, telegram: Any
) -> None:
    from examples.explorer.telegram import _page  # noqa: PLC0415 after the path is set

    html = _page(frozenset(faults), name).body.decode()
    assert chat_on_page(html) == found
    assert telegram.asked == []


def test_a_channel_is_told_by_its_subscribers() -> None:
    html = '<div class="tgme_page"><div class="tgme_page_extra">12 subscribers</div></div>'
    assert chat_on_page(html) == TelegramChat(kind="channel", title="")


def test_a_page_of_somebody_else_is_no_answer() -> None:
    with pytest.raises(FactUnavailable, match="is not Telegram's"):
        chat_on_page("<html><h1>Log in to the hotel's network</h1></html>")
