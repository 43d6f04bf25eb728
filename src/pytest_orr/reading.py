"""Words for checklists: small, pure functions that make an item read like a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from .errors import NothingFound
from .observation import Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

T = TypeVar("T")


class Host(Protocol):
    """What a fact about a host has, whatever it is about."""

    @property
    def is_own(self) -> bool:
        """Whether it belongs to the environment that is judged."""

    @property
    def role(self) -> str:
        """``backend`` or ``jump``."""


class Playing(Protocol):
    """What a fact about something with a role has, such as an endpoint."""

    @property
    def role(self) -> str:
        """Such as ``service`` or ``frontend``."""


H = TypeVar("H", bound=Host)
P = TypeVar("P", bound=Playing)


def at_least_one(things: Iterable[T], what: str = "") -> tuple[T, ...]:
    """Return ``things`` unless there are none: nothing to check is UNKNOWN, never a pass.

    ``what`` names the things in the message; without it the message stays general. A fact that
    could not be had is UNKNOWN already, so nothing is gone through and nothing is raised.
    """
    if isinstance(things, Unseen):
        return ()
    found = tuple(things)
    if not found:
        message = f"no {what} found" if what else "nothing to check was found"
        raise NothingFound(message)
    return found


def own(hosts: Iterable[H], role: str = "") -> Iterable[H]:
    """Return the hosts of the environment that is judged, of one ``role`` if it is named.

    Hosts of other environments are declared to be compared with. A fact that could not be had
    stays one.
    """
    if isinstance(hosts, Unseen):
        return hosts
    return tuple(host for host in hosts if host.is_own and role in {"", host.role})


def of_role(things: Iterable[P], role: str) -> Iterable[P]:
    """Return the things of one ``role``; a fact that could not be had stays one."""
    return (
        things if isinstance(things, Unseen) else tuple(one for one in things if one.role == role)
    )


def each(things: Iterable[T]) -> Iterable[T]:
    """Return ``things``, of which there may be none; nothing of a fact that could not be had."""
    return () if isinstance(things, Unseen) else things


def both_ways(declared: Iterable[str], found: Iterable[str]) -> Iterator[tuple[str, bool, bool]]:
    """Compare two sets of names in both directions.

    Yields ``(name, is_declared, is_found)`` for every name of either set, sorted, so that a
    forgotten resource shows as clearly as a missing one.
    """
    declared_names, found_names = frozenset(declared), frozenset(found)
    for name in sorted(declared_names | found_names):
        yield name, name in declared_names, name in found_names


def days_left(until: datetime, as_of: datetime) -> int:
    """Whole days from ``as_of`` to ``until``; negative once it has passed. Both are aware."""
    return (until - as_of).days
