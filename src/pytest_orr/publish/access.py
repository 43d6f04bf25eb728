"""Opens the board of a forge that is to be written to: the only way to the clients that write."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.clients.publishing.interface import Board, Target

KINDS = MappingProxyType({"gitlab": "GitLabBoard", "github": "GitHubBoard"})


def open_board(kind: str, target: Target, progress: Callable[[str], None]) -> Board:
    """Return the board of a kind of forge; nothing is asked of it yet.

    Raises ``PublishingFailed`` if there is no token.
    """
    module = import_module(f"pytest_orr.clients.publishing.{kind}")
    opened: Board = getattr(module, KINDS[kind])(target, progress)
    return opened
