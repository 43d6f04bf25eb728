"""Reads instants as scanners write them, for the readers beside this module."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

if TYPE_CHECKING:
    from pytest_orr.clients.hostile_json import At


def instant(said: At) -> datetime | None:
    """Return an instant in UTC; none if there is none. One without a zone is meant in UTC."""
    text = said.text().strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"has no instant at {said.path}") from error
