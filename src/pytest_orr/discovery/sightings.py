"""What an account showed to discovery: the values between asking and proposing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What was looked at, by whom, for what."""

    account: str
    caller: str
    """ARN behind the credentials."""
    profile: str | None
    """Named profile of the credentials; nothing when the usual chain decided."""
    regions: tuple[str, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something that carries the tags."""

    arn: str
    kind: str
    """Service and kind as in its ARN: ``ec2:instance``, ``rds:db``, ``s3:bucket``."""
    name: str
    """What follows the kind in its ARN: an id, or a name."""
    region: str
    """Where it was found."""

    def __str__(self) -> str:
        return self.arn


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A machine that carries the tags and was not terminated."""

    id: str
    name: str
    """Its tag Name; empty without one."""
    group: str
    """The scaling group that started it, and may end it; empty if none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A distribution that carries the tags."""

    id: str
    host: str
    """The name that CloudFront gave it."""
    aliases: tuple[str, ...]
    origins: tuple[str, ...]
    """Names of what it fetches from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAlias:
    """An alias of a key that carries the tags."""

    alias: str
    usage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """What an account showed, sorted; nothing is there twice."""

    where: Where
    resources: tuple[Resource, ...] = ()
    instances: tuple[Instance, ...] = ()
    scaling_groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Names for which the service has certificates or records, as AWS writes them."""
    sites: tuple[Site, ...] = ()
    keys: tuple[KeyAlias, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be asked, each with cause and remedy."""

    def named(self, kind: str) -> tuple[str, ...]:
        """Return the names of the tagged resources of one kind."""
        return tuple(one.name for one in self.resources if one.kind == kind)
