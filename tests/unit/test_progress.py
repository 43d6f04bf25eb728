"""The newest line of the progress file is shown while facts are gathered."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

import pytest

from pytest_orr import progress
from pytest_orr.progress import PROGRESS, ProgressTail

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "GLANCE", 0.005)
    monkeypatch.setattr(progress, "CALM", 0.01)


def append(folder: Path, text: str) -> None:
    with (folder / PROGRESS).open("ab") as stream:
        stream.write(text.encode() + b"\n")


def test_the_newest_line_is_shown_and_then_the_next(tmp_path: Path) -> None:
    shown: queue.Queue[str] = queue.Queue()
    tail = ProgressTail(tmp_path, shown.put)
    tail.start()
    (tmp_path / PROGRESS).write_bytes(b"one\nreading \xff\n")
    assert shown.get(timeout=5) == "reading \ufffd"
    append(tmp_path, "read numbers")
    assert shown.get(timeout=5) == "read numbers"
    tail.stop()
    assert shown.empty()


def test_a_line_that_names_everything_is_cut_where_it_is_shown(tmp_path: Path) -> None:
    shown: queue.Queue[str] = queue.Queue()
    tail = ProgressTail(tmp_path, shown.put)
    append(tmp_path, f"gathering 3 facts: {'x' * 200}")
    tail.start()
    line = shown.get(timeout=5)
    tail.stop()
    assert (len(line), line[:20], line[-1]) == (100, "gathering 3 facts: x", "…")


def test_nothing_is_shown_after_the_end(tmp_path: Path) -> None:
    shown: list[str] = []
    tail = ProgressTail(tmp_path, shown.append)
    tail.start()
    time.sleep(0.03)
    tail.stop()
    append(tmp_path, "late")
    time.sleep(0.03)
    assert shown == []
    assert "orr-progress" not in {thread.name for thread in threading.enumerate()}


def test_what_is_gathered_at_once_is_not_worth_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "CALM", 60)
    shown: list[str] = []
    tail = ProgressTail(tmp_path, shown.append)
    append(tmp_path, "one")
    tail.start()
    time.sleep(0.05)
    tail.stop()
    assert shown == []


def test_the_watch_may_be_ended_before_it_began_and_twice(tmp_path: Path) -> None:
    tail = ProgressTail(tmp_path, print)
    tail.stop()
    tail.stop()
    assert not tail._thread.is_alive()
