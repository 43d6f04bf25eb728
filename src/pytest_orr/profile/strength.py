"""Which of two values of a setting is stricter: an organisation's beside a service's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeGuard


class Direction(StrEnum):
    """What a service may change of an organisation's value without anybody's approval."""

    HIGHER = "higher is stricter"
    LOWER = "lower is stricter"
    MORE = "more entries are stricter"
    FEWER = "fewer entries are stricter"
    ON = "true is stricter"
    OFF = "false is stricter"
    NARROW = '"narrow" is stricter than "any"'
    PROVEN = '"proven" is stricter than "committed", and that than "claimed"'
    SAME = "it must be the same everywhere"
    FREE = "each service may set its own"


WORDS = MappingProxyType(
    {Direction.NARROW: ("any", "narrow"), Direction.PROVEN: ("claimed", "committed", "proven")}
)
"""Words of one setting, the weakest first."""


@dataclass(frozen=True, slots=True)
class Compared:
    """An organisation's value beside the service's."""

    direction: Direction
    theirs: object
    ours: object

    @property
    def is_weaker(self) -> bool:
        """Whether the service's value is weaker; values of a wrong kind are told elsewhere."""
        match self.direction:
            case Direction.FREE:
                return False
            case Direction.HIGHER | Direction.LOWER:
                return self._beyond()
            case Direction.MORE | Direction.FEWER:
                return bool(self.lacking or self.added)
            case Direction.ON | Direction.OFF:
                strict = self.direction is Direction.ON
                return self.theirs is strict and self.ours is (not strict)
            case Direction.NARROW | Direction.PROVEN:
                return self._before(WORDS[self.direction])
            case Direction.SAME:
                return self.theirs != self.ours

    @property
    def lacking(self) -> tuple[object, ...]:
        """Entries of the organisation that the service must have and lacks."""
        return _apart(self.theirs, self.ours) if self.direction is Direction.MORE else ()

    @property
    def added(self) -> tuple[object, ...]:
        """Entries of the service that the organisation does not allow."""
        return _apart(self.ours, self.theirs) if self.direction is Direction.FEWER else ()

    def _before(self, words: tuple[str, ...]) -> bool:
        """Tell whether the service's word is one of those before the organisation's."""
        return self.theirs in words and self.ours in words[: words.index(str(self.theirs))]

    def _beyond(self) -> bool:
        theirs, ours = self.theirs, self.ours
        if not (_is_number(theirs) and _is_number(ours)):
            return False
        return ours < theirs if self.direction is Direction.HIGHER else ours > theirs


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _apart(some: object, others: object) -> tuple[object, ...]:
    """Return the entries of one list that another lacks, in the first one's order."""
    if not (isinstance(some, list) and isinstance(others, list)):
        return ()
    known = {_entry(one) for one in others}
    return tuple({_entry(one): one for one in some if _entry(one) not in known}.values())


def _entry(value: object) -> str:
    return str(value).strip()
