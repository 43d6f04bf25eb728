"""How long GitHub asks to wait before its next answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .patience import FARTHEST

if TYPE_CHECKING:
    from pytest_orr.clients.api_wire import Told

BUSY = frozenset({502, 503, 504})
AFTER_BUSY = 1.0
UNNAMED = 60.0
"""Seconds to wait for a secondary limit that names none, as GitHub's reference says."""


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
