"""A part of a fact that is read by itself: what was seen of one thing, or why nothing could be."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable


class Seen(Protocol):
    """What was seen of a thing, as one line for a finding."""

    @property
    def seen(self) -> str:
        """A few words."""


T = TypeVar("T", bound=Seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """One thing with what was seen of it.

    ``reading`` raises ``FactUnavailable`` when the thing could not be read, so that an item that
    reads it inside ``subject`` finds exactly this thing unknown, and judges all others.
    """

    name: str
    observed: T | None = None
    unavailable: Unavailable | None = None

    @property
    def reading(self) -> T:
        """What was seen of the thing."""
        if self.observed is not None:
            return self.observed
        why = self.unavailable or Unavailable(cause="it was not asked", remedy="run again")
        raise FactUnavailable(why.cause, why.remedy)

    @property
    def seen(self) -> str:
        """One line about the thing, for a finding; never raises."""
        if self.observed is not None:
            return self.observed.seen
        return self.unavailable.cause if self.unavailable else ""


def part_of(name: str, read: Callable[[], T]) -> Part[T]:
    """Read one thing; a failure, or an answer that lacks something, is this part's alone."""
    [part] = parts_of(name, lambda: ((name, read()),))
    return part


def parts_of(name: str, read: Callable[[], Iterable[tuple[str, T]]]) -> tuple[Part[T], ...]:
    """Read several things at once, as ``(name, what was seen)``.

    When they cannot be read, the one part ``name`` stands for all of them.
    """
    try:
        return tuple(Part(name=one, observed=seen) for one, seen in read())
    except FactUnavailable as error:
        return (unread(name, error),)
    except KeyError as missing:
        why = Unavailable(
            cause=f"an answer about {name} lacks {missing}",
            remedy="update pytest-orr, which does not know this kind of answer",
        )
        return (Part(name=name, unavailable=why),)


def unread(name: str, error: FactUnavailable) -> Part[Any]:
    """Return the part of a thing that could not be read."""
    return Part(name=name, unavailable=Unavailable(cause=error.cause, remedy=error.remedy))
