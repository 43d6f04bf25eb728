"""What a load tool's file says, whichever tool wrote it, and how it is reckoned up."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, isfinite
from typing import Any

from pytest_orr.errors import FactUnavailable

WINDOW = 60
"""Seconds; the busiest minute is the rate that a test reached."""
LONGEST_TEST = 7 * 86400
"""Seconds that a file may tell of; more is no test, and would fill the memory."""
LONGEST_ANSWER = 86_400_000
"""Milliseconds that an answer may take."""
FINE = 60_000
"""Milliseconds above which answers are counted by whole seconds."""


class Unreadable(Exception):
    """A file is not what its tool writes; the text goes on after its name: "x.csv is cut off"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFigures:
    """What a load tool measured."""

    samples: int
    """Requests that were sent."""
    errors: int
    """Those that failed, by the tool's own word."""
    p95_ms: float
    """Milliseconds within which 95 of 100 answers came."""
    rate: float
    """Requests per second, of the busiest minute or on average."""
    is_mean: bool = False
    """Whether the rate is the whole test's, as the file tells no other."""
    hosts: tuple[str, ...] = ()
    """Hosts that the file says were asked, sorted; none if it does not say."""
    began: datetime | None = None
    """When the first request was sent, if the file says."""
    ended: datetime | None = None
    """When the last one was."""
    may_lack_errors: bool = False
    """Whether requests without an answer are left out of the file and nobody counted them."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        rate = "on average" if self.is_mean else "in the busiest minute"
        return (
            f"{self.samples:,} requests, {self.rate:,.4g} a second {rate},"
            f" p95 {self.p95_ms:,.4g} ms, {self.errors:,} errors"
        )

    def stays_within(self, budget: float) -> bool:
        """Tell whether no more than a part of the requests failed.

        Raises ``FactUnavailable`` when failed requests may be left out of the file.
        """
        if self.errors > self.samples * budget:
            return False
        if self.may_lack_errors:
            raise FactUnavailable(
                "hey leaves requests without an answer out of its file",
                "declare how many were sent as requests under [[stress_tests]]",
            )
        return True


class Tally:
    """Counts answers as they are read, in memory that does not grow with the file."""

    def __init__(self) -> None:
        self.errors = 0
        self._by_second: Counter[int] = Counter()
        self._by_ms: Counter[int] = Counter()

    def add(self, at: float, ms: float, *, failed: bool = False) -> None:
        """Count one answer: seconds since any beginning, and how long it took."""
        self.count_second(int(at))
        self.count_ms(ms)
        self.errors += failed

    def count_second(self, second: int, times: int = 1) -> None:
        """Count requests of one second."""
        self._by_second[second] += times
        if len(self._by_second) > LONGEST_TEST:
            raise Unreadable("tells of more than a week")

    def count_ms(self, ms: float, times: int = 1) -> None:
        """Count answers that took so long; rounded up, so that none looks faster than it was."""
        if ms > LONGEST_ANSWER:
            raise Unreadable(f"has an answer that took {ms:g} ms")
        whole = ceil(ms)
        self._by_ms[whole if whole <= FINE else ceil(whole / 1000) * 1000] += times

    @property
    def seconds(self) -> tuple[int, ...]:
        """The seconds in which requests were sent, in order."""
        return tuple(sorted(self._by_second))

    @property
    def samples(self) -> int:
        """How many requests were counted by second."""
        return self._by_second.total()

    @property
    def answers(self) -> int:
        """How many answers were counted by time."""
        return self._by_ms.total()

    def p95(self) -> float:
        """Return the milliseconds of the answer that 95 of 100 were no slower than; 0 of none."""
        wanted, passed = ceil(self.answers * 0.95), 0
        for ms, times in sorted(self._by_ms.items()):
            passed += times
            if passed >= wanted:
                return float(ms)
        return 0.0

    def busiest(self) -> float:
        """Return the requests per second of the busiest minute; of all, if it took less."""
        seconds = self.seconds
        if not seconds:
            return 0.0
        length = min(seconds[-1] - seconds[0] + 1, WINDOW)
        most = inside = first = 0
        for second in seconds:
            inside += self._by_second[second]
            while seconds[first] <= second - length:
                inside -= self._by_second[seconds[first]]
                first += 1
            most = max(most, inside)
        return most / length


def number(value: Any, what: str) -> float:
    """Return a number that a tool may have measured; anything else is ``Unreadable``."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value < 1e18 or not isfinite(value):
        raise Unreadable(f"has no number as {what}")
    return float(value)


def count(value: Any, what: str) -> int:
    """Return a whole number that a tool may have counted; anything else is ``Unreadable``."""
    found = number(value, what)
    if found != int(found):
        raise Unreadable(f"has no whole number as {what}")
    return int(found)


def instant(seconds: float) -> datetime:
    """Return an instant by its seconds since 1970; ``Unreadable`` if there is no such year."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"has the impossible instant {seconds:g}") from error
