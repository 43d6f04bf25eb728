"""Reads what Grafana tells of data sources and queries from its JSON, for ``clients.grafana``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .hostile_json import Unreadable, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .api_wire import Told
    from .hostile_json import At

MOST_TOLD = 300
"""Characters of a message of Grafana that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a data source says of itself."""

    is_ok: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a query was answered: its newest sample, or why there is none."""

    newest: datetime | None = None
    error: str = ""


def gone_source(told: Told) -> str:
    """Return how Grafana says that it has no such data source; nothing of any other answer."""
    if told.status != 404:
        return ""
    try:
        message = read_json(told.body)["message"].text()
    except Unreadable:
        return ""
    return message[:MOST_TOLD] if "data source" in message.casefold() else ""


def health(said: At, *, answered: bool) -> Health:
    """Return the health of a data source; one that is ill is told with another status than 200."""
    told = said["status"].text() or ("OK" if answered else "ERROR")
    return Health(is_ok=answered and told == "OK", message=said["message"].text()[:MOST_TOLD])


def results(said: At) -> dict[str, Result]:
    """Return what each query of ``POST /api/ds/query`` was answered, by its ``refId``."""
    if not said["results"].is_object():
        raise said["results"].wrong("object")
    return {name: _result(one) for name, one in said["results"].items()}


def _result(said: At) -> Result:
    if error := said["error"].text():
        return Result(error=error[:MOST_TOLD])
    instants = [newest for frame in said["frames"].each() for newest in _newest(frame)]
    return Result(newest=max(instants, default=None))


def _newest(frame: At) -> Iterator[datetime]:
    """Yield when a frame's last value was; what is not a number is told as null."""
    kinds = [one["type"].text() for one in frame.within("schema", "fields").each()]
    columns = list(frame.within("data", "values").each())
    if len(kinds) != len(columns) or "time" not in kinds:
        return
    times = list(columns[kinds.index("time")].each())
    for kind, column in zip(kinds, columns, strict=True):
        if kind != "number":
            continue
        told = [at for at, value in zip(times, column.each(), strict=False) if value]
        if told:
            yield max(map(_instant, told))


def _instant(said: At) -> datetime:
    milliseconds = said.number()
    if milliseconds is None:
        raise said.wrong("number")
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable(f"has no instant at {said.path}") from None
