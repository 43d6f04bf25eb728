"""Reads instants of a forge's answers."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(text: str) -> datetime:
    """Read an instant; it is aware, UTC, and one without a zone is refused."""
    said = datetime.fromisoformat(text)
    if said.tzinfo is None:
        raise ValueError("an instant without a zone")
    return said.astimezone(UTC)


def instant_or_none(text: str | None) -> datetime | None:
    """Read an instant that may be missing."""
    return instant(text) if text else None
