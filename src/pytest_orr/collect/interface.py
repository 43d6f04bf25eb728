"""What a collector is: one question, asked of one kind of source, answered by frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.clients.aws import AwsAccess
    from pytest_orr.clients.http import HttpAccess
    from pytest_orr.profile.schema import Profile

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


Observation = Observed[T] | Unobserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What a collector returns: its fact, where it looked, and what it could not see beside it."""

    value: T
    where: tuple[str, ...] = ()
    caveats: tuple[Caveat, ...] = ()


class Collector(Protocol[T]):
    """One question about the service.

    ``collect`` returns an answer or raises ``FactUnavailable`` with cause and remedy; it never
    judges, never returns a part of a listing as the whole, and changes nothing.
    """

    @property
    def name(self) -> str:
        """Name of the fact and of its fixture: a plural noun."""

    @property
    def source(self) -> str:
        """What is asked, as pages print it."""

    @property
    def operations(self) -> tuple[str, ...]:
        """Every operation it may use, as ``service:Operation``."""

    @property
    def fact_type(self) -> Any:
        """Type of the fact, for reading it back from ``facts.json``."""

    def collect(self, desk: Desk) -> Answer[T]:
        """Ask, and return the fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a collector works with: the profile, clients shared by the run, and a progress line."""

    profile: Profile
    aws: AwsAccess
    http: HttpAccess
    progress: Callable[[str], None]
