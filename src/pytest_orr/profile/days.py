"""When a day has passed: the one rule by which everything that people wrote comes to its end.

A day is a day of UTC, from its first moment to its last, and whatever holds until a day holds on
that day, too.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def day_of(instant: datetime) -> date:
    """Return the day of an aware instant; ``OverflowError`` where the calendar has none."""
    return instant.astimezone(UTC).date()


def is_after(instant: datetime, as_of: date) -> bool:
    """Tell whether an aware instant lies behind the day ``as_of``, however far."""
    try:
        return day_of(instant) > as_of
    except OverflowError:  # an hour before the first year, or after the last
        return instant.year > as_of.year


def has_passed(last: date, as_of: date) -> bool:
    """Tell whether what holds until ``last`` holds no more on the day ``as_of``."""
    return days_left(last, as_of) < 0


def days_left(last: date, as_of: date) -> int:
    """Return how many days after ``as_of`` something still holds; negative once it has ended."""
    return (last - as_of).days


def last_day(since: date, days: int) -> date:
    """Return the last day of something that holds for ``days`` days after ``since``."""
    try:
        return since + timedelta(days=days)
    except OverflowError:
        return date.max


def written_day(value: object) -> date | None:
    """Return a plain date as it was written; a ``datetime`` is a date to Python, not to people."""
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
