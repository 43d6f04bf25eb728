"""A part of a fact that is read by itself: what was seen of one thing, or why nothing could be."""

from collections.abc import Callable, Iterable, Mapping
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
        return (unread(name, _lacking(name, missing)),)


def parts_by_id(
    names: Mapping[str, str], read: Callable[[], Mapping[str, T | FactUnavailable]]
) -> dict[str, Part[T]]:
    """Read several things that are asked about together; return the part of each by its id.

    ``names`` are the things by id. ``read`` returns by id what was seen or why nothing was; when it
    fails, each of them is unknown for that reason.
    """
    try:
        found = read()
    except FactUnavailable as error:
        return {one: unread(name, error) for one, name in names.items()}
    except KeyError as missing:
        return {one: unread(name, _lacking(name, missing)) for one, name in names.items()}
    return {one: _part(name, found[one]) for one, name in names.items()}


def _part(name: str, found: T | FactUnavailable) -> Part[T]:
    if isinstance(found, FactUnavailable):
        return unread(name, found)
    return Part(name=name, observed=found)


def _lacking(name: str, missing: KeyError) -> FactUnavailable:
    return FactUnavailable(
        f"an answer about {name} lacks {missing}",
        "update pytest-orr, which does not know this kind of answer",
    )


def unread(name: str, error: FactUnavailable) -> Part[Any]:
    """Return the part of a thing that could not be read."""
    return Part(name=name, unavailable=Unavailable(cause=error.cause, remedy=error.remedy))
