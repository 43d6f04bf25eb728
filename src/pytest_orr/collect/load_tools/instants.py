"""Reads the instants that load tools written in Go tell, in more digits than Python has."""

import re
from datetime import UTC, datetime
from typing import Any

from .figures import Unreadable

RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def instant_of(text: Any, what: str) -> datetime:
    """Return an instant in UTC; ``Unreadable`` for anything that is none."""
    found = RFC_3339.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Unreadable(f"has no instant as {what}")
    day, fraction, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}.{(fraction or '0')[:6]:0<6}{offset}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"has no instant as {what}") from error
