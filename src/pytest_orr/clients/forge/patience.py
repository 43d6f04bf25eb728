"""Waits where a forge asks to, as long as a run is ready to wait in all."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

FARTHEST = 7 * 24 * 3600.0
"""Seconds; whatever is later is said to be this far, so that an instant can be told."""


@dataclass(slots=True, kw_only=True)
class Patience:
    """Waits for limits that end soon, up to a sum for the whole run."""

    whose: str
    """Whose limits they are, for messages: GitLab."""
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
                ends = datetime.fromtimestamp(self.now() + min(seconds, FARTHEST), UTC)
                raise FactUnavailable(
                    f"{self.whose} takes no more requests before {ends:%Y-%m-%d %H:%M:%S} UTC",
                    "run again after that, or with a token that is used for nothing else",
                )
            self._waited += seconds
        self.progress(f"{self.whose} asks to wait {seconds:.0f} s")
        self.sleep(seconds)
