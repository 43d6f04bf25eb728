"""How users get into the support channels, who moderates, and which pages link to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.operations.chat_channels import ChatChannels, _links_to
from pytest_orr.collect.operations.shown_pages import Shown
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment
from pytest_orr.profile.support import Chat

if TYPE_CHECKING:
    from collections.abc import Callable

GUILD = "1042077710000000001"
PAGE = "https://explorer.example/"


def discord(reached: Any, **keys: Any) -> Chat:
    bot = FromEnvironment(env="DISCORD_BOT")
    said = {"invite": "x7Kq2mVb", "guild": GUILD, "token": bot, "url": reached.discord.url, **keys}
    return Chat(kind="discord", **said)


def telegram(reached: Any, **keys: Any) -> Chat:
    bot = FromEnvironment(env="TELEGRAM_BOT")
    said = {"chat": "@explorer_help", "token": bot, "url": reached.telegram.url, **keys}
    return Chat(kind="telegram", **said)


def collected(reached: Any, *channels: Chat) -> Any:
    desk = reached.desk(shown_on=(PAGE,), channels=channels)
    return ChatChannels().collect(desk).value


def test_sound_channels_are_told_with_all_that_is_known(
    reached: Any, kept: Callable[[Any, Any], Any]
) -> None:
    seen = collected(reached, discord(reached), telegram(reached))
    assert [(one.name, one.provider, one.door.reading.kind) for one in seen] == [
        ("Discord x7Kq2mVb", "discord", "server"),
        ("Telegram @explorer_help", "telegram", "supergroup"),
    ]
    assert [one.moderators[0].reading.people for one in seen] == [3, 2]
    assert all(one.door.reading.is_open_to_many for one in seen)
    assert all(page.reading.shows for one in seen for page in one.pages)
    assert kept(ChatChannels(), seen) == seen


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("invite-expires", 'leads to the server "Explorer", until 2026-11-27 09:00 UTC'),
        ("invite-unknown", "it leads nowhere"),
        ("no-server", "it leads nowhere"),
        ("down", "Discord answered the question for the invite with status 503"),
    ],
)
def test_each_fault_of_an_invite_is_told(reached: Any, fault: str, seen: str) -> None:
    reached.discord.faults = frozenset({fault})
    [channel] = collected(reached, discord(reached))
    assert channel.door.seen == seen


def test_an_invite_to_another_server_is_told_where_one_is_named(reached: Any) -> None:
    reached.discord.faults = frozenset({"invite-elsewhere"})
    named, free = collected(reached, discord(reached), discord(reached, guild=None))
    assert not named.door.reading.is_the_declared
    assert free.door.reading.is_the_declared
    assert named.moderators[0].reading.people == 3
    assert "does not tell the bot about the server" in free.moderators[0].seen


def test_without_a_server_nobody_can_be_counted(reached: Any) -> None:
    reached.discord.faults = frozenset({"no-server"})
    [channel] = collected(reached, discord(reached, guild=None))
    assert "leads to no server, whose moderators could be counted" in channel.moderators[0].seen


def test_an_invite_with_a_last_use_is_told_by_the_server(reached: Any) -> None:
    reached.discord.faults = frozenset({"invite-limited"})
    [channel] = collected(reached, discord(reached))
    assert channel.moderators[0].seen == "3 people moderate it; the invite can be used 10 times"


def test_a_token_that_is_refused_hides_the_moderators_alone(reached: Any) -> None:
    reached.discord.faults = frozenset({"token-refused"})
    reached.telegram.faults = frozenset({"administrators-hidden"})
    seen = collected(reached, discord(reached), telegram(reached))
    assert all(one.door.reading.is_there for one in seen)
    for one in seen:
        with pytest.raises(FactUnavailable, match="bot"):
            one.moderators[0].reading  # noqa: B018 reading it raises


@pytest.mark.parametrize(
    ("fault", "seen", "is_open"),
    [
        ("", 'leads to the group "Explorer help"', True),
        ("chat-unknown", "it leads nowhere", False),
        ("one-person", 'leads to the private "Explorer help"', False),
    ],
)
def test_without_a_bot_the_public_page_is_read(
    reached: Any, fault: str, seen: str, *, is_open: bool
) -> None:
    reached.telegram.faults = frozenset({fault} - {""})
    [channel] = collected(reached, telegram(reached, token=None))
    assert (channel.door.seen, channel.door.reading.is_open_to_many) == (seen, is_open)
    assert channel.moderators == ()


def test_a_page_about_a_chat_that_is_down_is_unknown(reached: Any) -> None:
    reached.telegram.faults = frozenset({"down"})
    [channel] = collected(reached, telegram(reached, token=None))
    assert channel.door.seen.endswith("/explorer_help answers with status 502")


def test_a_chat_of_one_person_is_told_to_a_bot_too(reached: Any) -> None:
    reached.telegram.faults = frozenset({"one-person"})
    [channel] = collected(reached, telegram(reached))
    assert channel.door.seen == 'leads to the private "Dan"'


@pytest.mark.parametrize("unlinked", ["discord", "telegram"])
def test_a_page_that_does_not_link_is_told_for_its_channel(reached: Any, unlinked: str) -> None:
    reached.contacts(f"{unlinked}-unlinked")
    seen = collected(reached, discord(reached), telegram(reached))
    assert {one.provider: one.pages[0].reading.shows for one in seen} == {
        "discord": unlinked != "discord",
        "telegram": unlinked != "telegram",
    }


def test_without_channels_nothing_is_asked(reached: Any) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[\[support.channels\]\]"):
        collected(reached)


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("https://discord.gg/x7Kq2mVb", True),
        ("//discord.gg/x7Kq2mVb?utm=1#a", True),
        ("https://discord.com/invite/x7Kq2mVb/", True),
        ("HTTP://WWW.DiscordApp.com/invite/x7Kq2mVb", True),
        ("https://discord.gg/X7KQ2MVB", False),
        ("https://discord.com/x7Kq2mVb", False),
        ("https://discord.gg.evil.example/x7Kq2mVb", False),
        ("/x7Kq2mVb", False),
        ("https://[::/x7Kq2mVb", False),
        ("ftp://discord.gg/x7Kq2mVb", False),
    ],
)
def test_a_link_to_an_invite_is_known_in_each_form(link: str, *, leads: bool) -> None:
    chat = Chat(kind="discord", invite="x7Kq2mVb")
    assert _links_to(chat, Shown(text="", links=("#", link))) is leads


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("https://t.me/explorer_help", True),
        ("https://t.me/Explorer_Help?start=1", True),
        ("https://telegram.me/s/explorer_help", True),
        ("https://t.me/explorer_help2", False),
        ("https://example.org/explorer_help", False),
    ],
)
def test_a_link_to_a_chat_is_known_in_each_form(link: str, *, leads: bool) -> None:
    chat = Chat(kind="telegram", chat="@explorer_help")
    assert _links_to(chat, Shown(text="", links=(link,))) is leads
