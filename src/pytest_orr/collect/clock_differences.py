"""How far the clocks of all who answered are from this machine's: the fact ``clock_differences``.

A run gathers it whenever it gathers anything, after everything else, and its review says so where
clocks are too far apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .interface import Desk

NAME = "clock_differences"
MOST_SECONDS = 120
"""Further apart, instants of the one are not to be compared with those of the other."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDifference:
    """How far one host's clock is from this machine's."""

    host: str
    """As it was asked; ``amazonaws.com`` for all of AWS."""
    seconds: int
    """How far it is ahead, or behind (< 0); 0 when both may be the same."""

    @property
    def is_too_large(self) -> bool:
        """Whether instants of the host are not to be compared with those of this machine."""
        return abs(self.seconds) > MOST_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDifferences:
    """How far are the clocks of those who answered from this machine's?"""

    name: str = NAME
    source: str = "the answers to all other questions"
    operations: tuple[str, ...] = ()
    fact_type: Any = tuple[ClockDifference, ...]

    def collect(self, desk: Desk) -> Answer[tuple[ClockDifference, ...]]:
        """Return what the run's clients noticed until now; there is nothing to ask."""
        apart = desk.clocks.apart()
        value = tuple(ClockDifference(host=host, seconds=apart[host]) for host in apart)
        return Answer(value=value)


def warnings_about(differences: Iterable[ClockDifference]) -> Iterator[str]:
    """Yield what the review's readers must know of clocks that are too far apart.

    Several hosts that differ in the same direction say that it is this machine's clock.
    """
    for is_ahead in (True, False):
        far = [one for one in differences if one.is_too_large and (one.seconds > 0) is is_ahead]
        if far:
            yield _warning(sorted(far, key=lambda one: (-abs(one.seconds), one.host)))


def _warning(far: list[ClockDifference]) -> str:
    most, direction = far[0], "behind" if far[0].seconds > 0 else "ahead of"
    named = ", ".join(f"{one.host}'s" for one in far[:MOST_NAMED])
    others = f" and those of {len(far) - MOST_NAMED} more" if far[MOST_NAMED:] else ""
    told = (
        f"this machine's clock is {abs(most.seconds)} s {direction} {named}{others}; "
        "ages and expiries of this review may be wrong"
    )
    if len(far) > 1:
        return f"{told}: set this machine's clock, which {len(far)} hosts contradict, and run again"
    return f"{told}: set whichever of the two clocks is wrong, and run again"
