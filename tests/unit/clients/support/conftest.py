"""The example's Discord and Telegram on loopback, with faults by name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def chats() -> Iterator[dict[str, Any]]:
    """Both servers by the kind of channel; ``faults`` are theirs to set."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.discord import DiscordServer  # noqa: PLC0415 after the path is set
    from examples.explorer.telegram import TelegramServer  # noqa: PLC0415 after the path is set

    servers = {"discord": DiscordServer(), "telegram": TelegramServer()}
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture
def discord(chats: dict[str, Any]) -> Any:
    """Discord, sound and with nothing heard yet."""
    return _anew(chats["discord"])


@pytest.fixture
def telegram(chats: dict[str, Any]) -> Any:
    """Telegram, sound and with nothing heard yet."""
    return _anew(chats["telegram"])


def _anew(server: Any) -> Any:
    server.mend()
    server.faults = frozenset()
    return server
