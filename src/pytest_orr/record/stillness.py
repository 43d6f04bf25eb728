"""Keeps the process still while an item is judged: no connection is opened, no program started.

Facts are gathered before, and items judge them. Whatever else an item gets hold of, such as a
client that a fixture of the service's ``conftest.py`` hands it, reaches nobody meanwhile.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

MOVES = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "pty.spawn",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.sendmsg",
        "socket.sendto",
        "subprocess.Popen",
    }
)
"""Python's own names (PEP 578) of what reaches somebody outside, in whichever thread."""


class ItemReachedOut(FactUnavailable):
    """Something tried to reach beyond the process while an item was judged."""

    def __init__(self, move: str) -> None:
        super().__init__(
            f"{move} was refused: while an item is judged, nobody is asked",
            "let a collector ask, and the item judge its fact",
        )


class _Watch:
    """Hears of every move of the process; it cannot be taken away again, so that it may rest."""

    def __init__(self) -> None:
        self.items = 0

    def __call__(self, event: str, _: object) -> None:
        if self.items and event in MOVES:
            raise ItemReachedOut(event)


@contextmanager
def still() -> Iterator[None]:
    """Refuse every move of this process until the block is left."""
    watch = _watch()
    watch.items += 1
    try:
        yield
    finally:
        watch.items -= 1


@cache
def _watch() -> _Watch:
    watch = _Watch()
    sys.addaudithook(watch)
    return watch
