"""How long GitHub asks to wait before its next answer, and how long the run is ready to."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.clients.api_wire import Told

BUSY = frozenset({502, 503, 504})
AFTER_BUSY = 1.0
UNNAMED = 60.0
"""Seconds to wait for a secondary limit that names none, as GitHub's reference says."""
FARTHEST = 7 * 24 * 3600.0


@dataclass(slots=True, kw_only=True)
class Patience:
    """Waits for limits that end soon, up to a sum for the whole run."""

    progress: Callable[[str], None]
    longest: float = 60
    """Seconds of one wait."""
    in_all: float = 180
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    _waited: float = 0
    _lock: Lock = field(default_factory=Lock)

    def wait(self, seconds: float) -> None:
        """Wait, or raise ``FactUnavailable`` with the instant at which the limit ends."""
        with self._lock:
            if seconds > self.longest or self._waited + seconds > self.in_all:
                ends = datetime.fromtimestamp(self.now() + seconds, UTC)
                raise FactUnavailable(
                    f"GitHub takes no more requests before {ends:%Y-%m-%d %H:%M:%S} UTC",
                    "run again after that, or with a token that is used for nothing else",
                )
            self._waited += seconds
        self.progress(f"GitHub asks to wait {seconds:.0f} s")
        self.sleep(seconds)


def seconds_to_wait(told: Told, now: float) -> float | None:
    """Return how long an answer asks to wait; None if it is no limit.

    Primary limits tell when they end, secondary ones how long to stay away, or nothing.
    """
    if told.status not in {403, 429} and not _limited_query(told):
        return None
    if (after := told.header("retry-after")).isdecimal():
        return min(float(after), FARTHEST)
    if told.header("x-ratelimit-remaining") == "0":
        reset = told.header("x-ratelimit-reset")
        ends = float(reset) if reset.isdecimal() else now + UNNAMED
        return min(max(ends - now, 0) + 1, FARTHEST)
    limited = told.status != 403 or b"rate limit" in told.body[:2000].lower()
    return UNNAMED if limited else None


def _limited_query(told: Told) -> bool:
    return told.status == 200 and b'"RATE_LIMITED"' in told.body[:2000]
