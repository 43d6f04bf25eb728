"""Alertmanager's intervals of time, by which a route is muted or active, for its routes."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .anchored_patterns import Undecidable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, tzinfo

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = tuple(name.lower() for name in calendar.month_name)
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One entry of an interval: an instant is inside if each part that is said has it."""

    minutes: Ranges | None
    """Of the day, the end left out; this and all others are none where nothing is said."""
    weekdays: Ranges | None
    """From Sunday, 0, on."""
    days: Ranges | None
    """Of the month; negative from its end."""
    months: Ranges | None
    years: Ranges | None
    zone: tzinfo

    def holds(self, instant: datetime) -> bool:
        """Tell whether an instant is inside."""
        here = instant.astimezone(self.zone)
        minute = here.hour * 60 + here.minute
        return (
            (self.minutes is None or any(a <= minute < b for a, b in self.minutes))
            and _within(self.weekdays, here.isoweekday() % 7)
            and _within(_from_the_start(self.days, here), here.day)
            and _within(self.months, here.month)
            and _within(self.years, here.year)
        )


Hours = tuple[Interval, ...]
"""An interval by its name: inside if inside any entry."""


def hours_of(configuration: Mapping[str, Any]) -> dict[str, Hours]:
    """Return every interval of a configuration by its name."""
    found: dict[str, Hours] = {}
    for key in ("mute_time_intervals", "time_intervals"):
        for said in _list(configuration.get(key)):
            entries = [] if not isinstance(said, dict) else _list(said.get("time_intervals"))
            found[str(_of(said, "name"))] = tuple(_interval(one) for one in entries)
    return found


def _interval(said: Any) -> Interval:
    times = _of(said, "times")
    return Interval(
        minutes=tuple(_minutes(one) for one in _list(times)) if times else None,
        weekdays=_ranges(_of(said, "weekdays"), WEEKDAYS),
        days=_ranges(_of(said, "days_of_month")),
        months=_ranges(_of(said, "months"), MONTHS),
        years=_ranges(_of(said, "years")),
        zone=_zone(str(_of(said, "location") or "UTC")),
    )


def _minutes(said: Any) -> tuple[int, int]:
    return _minute(_of(said, "start_time")), _minute(_of(said, "end_time"))


def _minute(said: Any) -> int:
    hour, _, minute = str(said).partition(":")
    if hour.isdecimal() and minute.isdecimal():
        return int(hour) * 60 + int(minute)
    raise Undecidable(f"{str(said)[:40]!r} is no time of day")


def _ranges(said: Any, names: tuple[str, ...] = ()) -> Ranges | None:
    return tuple(_range(str(one), names) for one in _list(said)) if said else None


def _range(said: str, names: tuple[str, ...]) -> tuple[int, int]:
    first, colon, last = said.replace(" ", "").lower().partition(":")
    begin = _number(first, names)
    return begin, _number(last, names) if colon else begin


def _number(said: str, names: tuple[str, ...]) -> int:
    if said and said in names:
        return names.index(said)
    if said.removeprefix("-").isdecimal():
        return int(said)
    raise Undecidable(f"{said[:40]!r} is no day, month or year")


def _zone(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # no such name, or no time zones on this machine
        raise Undecidable(f"the time zone {name[:40]!r} is not known here") from None


def _within(ranges: Iterable[tuple[int, int]] | None, number: int) -> bool:
    return ranges is None or any(first <= number <= last for first, last in ranges)


def _from_the_start(days: Ranges | None, here: datetime) -> Ranges | None:
    if days is None:
        return None
    length = calendar.monthrange(here.year, here.month)[1]
    return tuple((_day(first, length), _day(last, length)) for first, last in days)


def _day(number: int, length: int) -> int:
    return number if number > 0 else length + 1 + number


def _of(said: Any, key: str) -> Any:
    if isinstance(said, dict):
        return said.get(key)
    raise Undecidable("an interval of time is no table")


def _list(said: Any) -> list[Any]:
    if said is None or said == "":
        return []
    if isinstance(said, list):
        return said
    raise Undecidable("intervals of time are no list")
