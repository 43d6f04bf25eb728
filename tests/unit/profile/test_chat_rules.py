"""What the profile says of support must go together, and each key be of its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

DISCORD = '[[support.channels]]\nkind = "discord"\ninvite = "x7Kq2mVb"\n'
TELEGRAM = '[[support.channels]]\nkind = "telegram"\nchat = "@explorer"\n'


def mistakes(loaded: Callable[..., Written], text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        loaded(readiness=text)
    return [one.partition(": ")[2] for one in caught.value.mistakes]


def test_channels_are_named_by_how_they_are_found(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    support = loaded(readiness=profile_text + DISCORD + TELEGRAM).profile.support
    assert [one.name for one in support.channels] == ["Discord x7Kq2mVb", "Telegram @explorer"]
    assert (support.email, support.ask_server, support.channels[0].moderators) == (None, False, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[support.channels]]\nkind = "discord"\n',
            '`support.channels.kind` is "discord" and names no `invite`',
        ),
        (
            '[[support.channels]]\nkind = "telegram"\n',
            '`support.channels.kind` is "telegram" and names no `chat`',
        ),
        (
            DISCORD + 'chat = "@explorer"\n',
            '`support.channels.chat` says nothing about a channel whose kind is "discord"',
        ),
        (
            TELEGRAM + 'guild = "613425648685547541"\n',
            '`support.channels.guild` says nothing about a channel whose kind is "telegram"',
        ),
        (
            TELEGRAM + DISCORD + TELEGRAM,
            '`support.channels.chat` is "@explorer" again, as in line ',
        ),
        (
            TELEGRAM.replace("@", ""),
            '`support.channels.chat` is "explorer" but must be the public name of a chat, ',
        ),
        (DISCORD.replace("x7Kq2mVb", "https://discord.gg/x"), "the code of an invite, such as"),
        (DISCORD + 'guild = "the server"\n', "the id of a server on Discord: 17 to 20 digits"),
        ('[support]\nshown_on = ["http://explorer.example/"]\n', "begins with https://"),
    ],
)
def test_what_does_not_go_together_is_named(
    loaded: Callable[..., Written], profile_text: str, text: str, said: str
) -> None:
    [told] = mistakes(loaded, profile_text + text)
    assert said in told
