"""What was seen of the world, or one honest reason why not: the values that collectors hand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NoReturn, Self, TypeVar

from .errors import FactUnavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """Something seen besides the fact: a source that was denied beside one that answered."""

    subject: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed(Generic[T]):
    """A fact that was had."""

    name: str
    value: T
    source: str
    """What answered, as pages print it: ``AWS elasticloadbalancing``."""
    operations: tuple[str, ...] = ()
    """Operations that were used: ``elasticloadbalancing:DescribeLoadBalancers``."""
    where: tuple[str, ...] = ()
    """Account and region, host or URL."""
    read_at: str = ""
    """Instant, ``YYYY-MM-DDTHH:MM:SSZ``; no part of the digest."""
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unobserved:
    """A fact that could not be had, with one honest reason and what to do about it."""

    name: str
    cause: str
    remedy: str
    source: str
    operations: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    read_at: str = ""

    def __bool__(self) -> bool:
        """Refuse to be taken for a fact by whoever got hold of it in another way than asking."""
        raise FactUnavailable(self.cause, self.remedy)


Observation = Observed[T] | Unobserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Why nothing can be said about one thing among several, and what to do about it."""

    cause: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What a collector returns: its fact, where it looked, and what it could not see beside it."""

    value: T
    where: tuple[str, ...] = ()
    caveats: tuple[Caveat, ...] = ()


class Unseen:
    """Stands in an item's body for a fact that could not be had, so that the others are judged.

    ``each`` and ``at_least_one`` take it for nothing to go through, as it is a finding already;
    whatever else would judge it raises ``FactUnavailable``.
    """

    __slots__ = ("_why",)

    def __init__(self, why: Unobserved) -> None:
        self._why = why

    def __getattr__(self, _: str) -> Self:
        """Return itself: a part of what was not seen was not seen either."""
        return self

    def __call__(self, *_: object, **__: object) -> Self:
        """Return itself: what would be made of it cannot be, either."""
        return self

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise FactUnavailable(self._why.cause, self._why.remedy)

    __bool__ = __contains__ = __iter__ = __len__ = __getitem__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __and__ = __or__ = __str__ = __format__ = _refuse
