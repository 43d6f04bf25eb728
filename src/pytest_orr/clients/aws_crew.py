"""Who asks AWS at the same time: helpers shared by the whole run, and a budget of requests.

Collectors ask for many places at once, and within each for many things. However deep that nests,
``Crew`` has one set of threads, and ``Budget`` lets only so many requests be on their way.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .aws_question import Place

S = TypeVar("S")
T = TypeVar("T")

HELPERS = 64
"""Threads besides those that ask; some of them wait for answers that others ask for."""
NAMED = 3
"""Places that a failure of several names beside the first; more are counted."""
IN_FLIGHT = 32
"""Requests that are on their way at once, to all places together."""
USUAL = 8
"""Requests at once to one service in one region of one account."""
AT_ONCE = MappingProxyType(
    {
        "backup": 4,
        "cloudfront": 4,
        "cloudtrail": 1,
        "compute-optimizer": 2,
        "iam": 4,
        "organizations": 2,
        "route53": 3,
        "servicequotas": 4,
        "shield": 4,
        "tag": 4,
    }
)
"""Services that take fewer than usual before they throttle: they answer a few requests a second
for a whole account, whoever asks."""


class Crew:
    """Runs a function for many things at once, with helpers that all of a run share."""

    def __init__(self) -> None:
        self._helpers = ThreadPoolExecutor(HELPERS, thread_name_prefix="orr-aws")

    def each(self, function: Callable[[S], T], things: Iterable[S]) -> tuple[T, ...]:
        """Return what ``function`` makes of every thing, in the things' order.

        Whoever asks works, too: it takes whatever no helper has begun, so that nobody waits for a
        free helper, and a function may itself ask for each of other things. After a
        ``FactUnavailable`` nothing more is begun; the first in the things' order is raised.
        """
        run = _Run(function)
        numbered = tuple(enumerate(things))
        if len(numbered) == 1:
            return (function(numbered[0][1]),)
        begun = [self._helpers.submit(run.one, *thing) for thing in numbered]
        try:
            own = {at: run.one(at, thing) for at, thing in numbered if begun[at].cancel()}
            found = [own[at] if at in own else begun[at].result() for at, _ in numbered]
        finally:
            for future in begun:
                future.cancel()
        return tuple(run.sound(found))

    def close(self) -> None:
        """Let the helpers go."""
        self._helpers.shutdown(wait=False)


class _Run(Generic[S, T]):
    """One function for many things, until it fails for one of them."""

    def __init__(self, function: Callable[[S], T]) -> None:
        self._function = function
        self._failed: dict[int, FactUnavailable] = {}

    def one(self, at: int, thing: S) -> T | FactUnavailable:
        """Return what becomes of a thing; the failure if one before it has failed already."""
        for failed in tuple(self._failed):
            if failed < at:
                return self._failed[failed]
        try:
            return self._function(thing)
        except FactUnavailable as error:
            self._failed[at] = error
            return error

    def sound(self, found: Iterable[T | FactUnavailable]) -> Iterator[T]:
        """Yield what was found, or raise the first failure."""
        for one in found:
            if isinstance(one, FactUnavailable):
                raise one
            yield one


def together(failed: list[tuple[str, FactUnavailable]]) -> FactUnavailable:
    """Return one failure for those of several places: the first, with the other places by name.

    What has nothing to do with a place, such as a section that is not declared, is told once.
    """
    first = failed[0][1]
    others = [place for place, error in failed if error.cause != first.cause]
    if not others:
        return first
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    remedies = dict.fromkeys(error.remedy for _, error in failed)
    return FactUnavailable(
        f"{first.cause}; nor did {', '.join(others[:NAMED])}{more} answer",
        "; ".join([*remedies][:NAMED]),
    )


class Budget:
    """How many requests may be on their way at once: in all, and to each service in each place."""

    def __init__(self) -> None:
        self._all = BoundedSemaphore(IN_FLIGHT)
        self._lock = Lock()
        self._own: dict[tuple[Place, str], BoundedSemaphore] = {}

    @contextmanager
    def slot(self, place: Place, service: str) -> Iterator[None]:
        """Wait until a request to ``service``, by its IAM prefix, may leave, retries included."""
        with self._lock:
            own = self._own.setdefault((place, service), BoundedSemaphore(at_once(service)))
        with own, self._all:  # first its own: who waits for one service keeps no other waiting
            yield


def at_once(service: str) -> int:
    """Return how many requests to a service may be on their way at once in one place."""
    return AT_ONCE.get(service, USUAL)
