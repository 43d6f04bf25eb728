"""One rule that keeps what was written from counting; ``standing`` collects them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why something written does not count, and what to do about it, each in one line."""

    reason: str
    remedy: str
