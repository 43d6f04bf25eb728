"""While an item is judged, its process reaches nobody; before and afterwards it may."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_orr.record.stillness import ItemReachedOut, still

if TYPE_CHECKING:
    from collections.abc import Callable


def look_up() -> None:
    socket.getaddrinfo("127.0.0.1", 9)


def connect() -> None:
    with socket.socket() as end:
        end.connect(("127.0.0.1", 9))


MOVES: dict[str, Callable[[], object]] = {
    "socket.getaddrinfo": look_up,
    "socket.connect": connect,
    "subprocess.Popen": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    "os.system": lambda: os.system("true"),  # noqa: S605 it is refused
}


@pytest.mark.parametrize("move", MOVES)
def test_a_move_is_refused_and_named(move: str) -> None:
    with pytest.raises(ItemReachedOut) as caught, still():
        MOVES[move]()
    assert caught.value.cause == f"{move} was refused: while an item is judged, nobody is asked"
    assert caught.value.remedy == "let a collector ask, and the item judge its fact"


def test_a_thread_of_an_item_reaches_nobody_either() -> None:
    caught: list[Exception] = []

    def try_it() -> None:
        try:
            connect()
        except ItemReachedOut as error:
            caught.append(error)

    with still():
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
    assert len(caught) == 1


def test_afterwards_the_process_moves_again() -> None:
    with still(), still():
        pass
    assert subprocess.run([sys.executable, "-c", "print(7)"], check=True).returncode == 0
