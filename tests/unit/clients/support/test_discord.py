"""What Discord says of invites and servers, and everything that is no answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.discord import DiscordAccess, Invite
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment
from pytest_orr.profile.support import Chat

if TYPE_CHECKING:
    from collections.abc import Callable

GUILD = "1042077710000000001"
TOKEN = "bot-of-nobody"  # noqa: S105 opens nothing but the example


def asking(*, page: int = 1000, **how: Any) -> DiscordAccess:
    return DiscordAccess(page=page, **{"environment": {"THE_BOT": TOKEN}, **how})


def channel(server: Any, code: str = "x7Kq2mVb") -> Chat:
    bot = FromEnvironment(env="THE_BOT")
    return Chat(kind="discord", invite=code, token=bot, url=server.url)


def refusal(ask: Callable[[], Any]) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        ask()
    assert TOKEN not in caught.value.diagnostics()
    return caught.value


def put(server: Any, pattern: str, body: Any, status: int = 200) -> None:
    """Let the server answer another body to paths in which a pattern is found."""
    from examples.explorer.forge_server import Answer  # noqa: PLC0415 after the path is set

    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    server.spoil(pattern, lambda *_: Answer(status=status, body=raw))


def test_an_invite_is_told_to_anybody(discord: Any) -> None:
    access = asking()
    assert access.invite(channel(discord)) == Invite(
        guild=GUILD, name="Explorer", expires=None, most_uses=None
    )
    [heard] = discord.asked
    assert heard.path == "/api/v10/invites/x7Kq2mVb"
    assert heard.query == {"with_counts": "true", "with_expiration": "true"}
    assert "authorization" not in heard.headers
    assert heard.headers["user-agent"].startswith("DiscordBot (")
    access.close()


def test_an_invite_that_ends_or_leads_to_no_server_is_told_so(discord: Any) -> None:
    discord.faults = frozenset({"invite-expires"})
    told = asking().invite(channel(discord))
    assert told is not None
    assert told.expires == datetime(2026, 11, 27, 9, tzinfo=UTC)
    discord.faults = frozenset({"no-server"})
    told = asking().invite(channel(discord))
    assert told is not None
    assert (told.guild, told.name) == ("", "")


def test_an_invite_that_is_unknown_is_none(discord: Any) -> None:
    assert asking().invite(channel(discord, "other")) is None


@pytest.mark.parametrize("page", [1, 2, 3, 6, 1000])
def test_moderators_are_counted_among_all_members(discord: Any, page: int) -> None:
    seen = asking(page=page).moderation(channel(discord), GUILD)
    assert (seen.people, seen.most_uses) == (3, None)
    assert {one.headers.get("authorization") for one in discord.asked} == {f"Bot {TOKEN}"}
    listings = [one for one in discord.asked if one.path.endswith("/members")]
    assert len(listings) == 6 // page + 1


def test_a_role_that_everybody_has_makes_nobody_a_moderator(discord: Any) -> None:
    from examples.explorer.discord import guild_of, role  # noqa: PLC0415 after the path is set

    told = guild_of(frozenset({"one-moderator"}))
    told["roles"][0] = role(GUILD, "@everyone", 1 << 3, 0)
    put(discord, rf"/guilds/{GUILD}$", told)
    assert asking().moderation(channel(discord), GUILD).people == 1


def test_a_list_of_invites_tells_how_often_one_may_be_used(discord: Any) -> None:
    discord.faults = frozenset({"invite-limited"})
    assert asking().moderation(channel(discord), GUILD).most_uses == 10
    assert asking().moderation(channel(discord, "vanity"), GUILD).most_uses is None


@pytest.mark.parametrize(
    ("fault", "why", "remedy"),
    [
        ("token-refused", "Discord refuses the bot's token", "a bot that still exists"),
        ("members-hidden", "tell the bot about the members (HTTP 403)", "Server Members Intent"),
        ("down", "the question for the server with status 503", "run again"),
        ("nonsense", "Discord's answer about the server is no whole JSON", "run again"),
        ("rate-limited", "its rate limit is reached", "in some minutes"),
    ],
)
def test_whoever_tells_the_bot_nothing_is_told_apart(
    discord: Any, fault: str, why: str, remedy: str
) -> None:
    discord.faults = frozenset({fault})
    error = refusal(lambda: asking().moderation(channel(discord), GUILD))
    assert why in error.cause
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"{}", 500, "with status 500"),
        (b"gone", 404, "is no whole JSON file"),
        ({"code": 0, "message": "404: Not Found"}, 404, "with status 404"),
        ({"code": "10006"}, 404, "with status 404"),
        ([], 200, "has no object at $"),
        ({"type": 0, "guild": {"name": "x"}}, 200, "says nothing at $.guild.id"),
        ({"type": 0, "guild": {"id": "1"}, "expires_at": "soon"}, 200, "no instant at $.expires"),
        ({"type": 0, "guild": {"id": "1"}, "max_uses": -1}, 200, "has no count at $.max_uses"),
    ],
)
def test_an_answer_about_an_invite_that_is_none_is_named(
    discord: Any, body: Any, status: int, why: str
) -> None:
    put(discord, "/invites/", body, status)
    assert why in refusal(lambda: asking().invite(channel(discord))).cause


@pytest.mark.parametrize(
    ("pattern", "body", "why"),
    [
        (rf"/guilds/{GUILD}$", {"roles": []}, "says nothing at $.owner_id"),
        (rf"/guilds/{GUILD}$", {"roles": [{"id": "7", "permissions": "all"}]}, "has no number in"),
        ("/members", [{"user": {"id": "7"}}] * 2, "from page to page without an end"),
        ("/members", [{"user": {"id": "me"}}] * 2, "has no number in quotes"),
        ("/invites", {"code": 1}, "has no list at $"),
    ],
)
def test_an_answer_to_the_bot_that_is_none_is_named(
    discord: Any, pattern: str, body: Any, why: str
) -> None:
    put(discord, pattern, body)
    error = refusal(lambda: asking(page=2).moderation(channel(discord), GUILD))
    assert why in error.cause


def test_pages_without_an_end_are_left(discord: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_orr.clients.discord.MOST_PAGES", 2)
    error = refusal(lambda: asking(page=1).moderation(channel(discord), GUILD))
    assert "goes on for too many pages" in error.cause


@pytest.mark.parametrize(
    ("body", "headers", "waited"),
    [
        ({"retry_after": 0.65, "global": False}, {"Retry-After": "1"}, 0.65),
        (b"<html>", {"Retry-After": "7"}, 7.0),
        (b"<html>", {"Retry-After": "Sat, 28 Nov 2026 00:00:00 GMT"}, 5.0),
        ({"retry_after": -3}, {}, 0.1),
    ],
)
def test_whoever_asks_too_often_waits_as_long_as_is_asked(
    discord: Any, body: Any, headers: dict[str, str], waited: float
) -> None:
    from examples.explorer.forge_server import Answer  # noqa: PLC0415 after the path is set

    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    first = iter([Answer(status=429, body=raw, headers=headers)])
    discord.spoil("/invites/", lambda _, told: next(first, told))
    waits: list[float] = []
    assert asking(pause=waits.append).invite(channel(discord)) is not None
    assert waits == [waited]


def test_a_variable_that_is_not_set_is_named(discord: Any) -> None:
    error = refusal(lambda: asking(environment={}).moderation(channel(discord), GUILD))
    assert "THE_BOT, named in [[support.channels]] token, is not set" in error.cause


def test_a_token_is_sent_by_https_alone() -> None:
    bot = FromEnvironment(env="THE_BOT")
    plain = Chat(kind="discord", invite="x7", token=bot, url="http://discord.example")
    error = refusal(lambda: asking().moderation(plain, GUILD))
    assert "is not https, and a token is sent by nothing else" in error.cause


def test_without_a_url_discord_itself_is_meant() -> None:
    assert asking().where(Chat(kind="discord", invite="x7")) == "https://discord.com/api/v10"
