"""How far the clocks of those who answered are from this machine's, as a run's clients notice it.

An answer's ``Date`` header says a whole second at which it was made, somewhere between question and
answer. Each desk has one ``Clocks``, which its clients share.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RESOLUTION = 1
"""Seconds that pass until whoever tells whole seconds tells another one."""


class Clocks:
    """Keeps for each host the largest difference that was seen; safe in threads."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._lock = Lock()
        self._apart: dict[str, int] = {}

    def heard(self, host: str, headers: Mapping[str, str], *, asked: float) -> None:
        """Take in the headers of an answer, by case-insensitive name, to what was asked ``asked``.

        A cache tells when the answer was made first, so an answer with an ``Age`` says nothing.
        """
        if "age" not in headers and (second := _second(headers.get("date"))) is not None:
            self.told(host, second, asked=asked)

    def told(self, host: str, second: float, *, asked: float) -> None:
        """Take in that a host's clock said a whole second at some time since ``asked``.

        Differences that may be none are none; others are meant as of halfway between question and
        answer, in the middle of the second.
        """
        earliest, latest = second - self.now(), second + RESOLUTION - asked
        seconds = 0 if earliest <= 0 <= latest else round((earliest + latest) / 2)
        with self._lock:
            if abs(seconds) >= abs(self._apart.get(host, 0)):
                self._apart[host] = seconds

    def apart(self) -> Mapping[str, int]:
        """Return by host how many seconds its clock is ahead of this machine's, or behind (< 0)."""
        with self._lock:
            return dict(sorted(self._apart.items()))


def _second(date: str | None) -> float | None:
    """Read an HTTP date as seconds since 1970; nothing of what is none."""
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (ValueError, OverflowError):
        return None
