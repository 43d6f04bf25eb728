"""A fact about every declared host: what was seen on each, or why nothing could be."""

from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable


class Seen(Protocol):
    """What was seen on a host, as one line for a finding."""

    @property
    def seen(self) -> str:
        """A few words."""


T = TypeVar("T", bound=Seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFact(Generic[T]):
    """One declared host with what was seen on it.

    ``reading`` raises ``FactUnavailable`` when the host could not be asked, so that an item that
    reads it inside ``subject`` finds exactly this host unknown, and judges all others.
    """

    name: str
    role: Literal["backend", "jump"]
    environment: str
    is_own: bool
    """Of the environment that is judged; the others are there to be compared with."""
    observed: T | None = None
    unavailable: Unavailable | None = None

    @property
    def reading(self) -> T:
        """What was seen on the host."""
        if self.observed is not None:
            return self.observed
        why = self.unavailable or Unavailable(cause="it was not asked", remedy="run again")
        raise FactUnavailable(why.cause, why.remedy)

    @property
    def seen(self) -> str:
        """One line about the host, for a finding; never raises."""
        if self.observed is not None:
            return self.observed.seen
        return self.unavailable.cause if self.unavailable else ""
