"""How long others remember where the service's names lead: the fact ``name_lifetimes``.

Until they forget, they go on to a backend that was taken down.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.http import checked
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable

from . import hosted_zones
from .parts import Part, part_of
from .zone_lifetimes import ZoneRecord, zone_records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.dns import DnsAccess, Kind

    from .interface import Desk

AT_ONCE = 16
INSIDE = "metrics"
"""Role of endpoints that nobody but Prometheus reaches, whose names lead no user anywhere."""
KINDS: tuple[Kind, ...] = ("A", "AAAA")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLifetime:
    """How long a name's record is remembered, as its zone and as DNS tell it."""

    host: str
    in_zone: ZoneRecord | None
    """What a Route 53 zone of the judged accounts says."""
    unknown_zones: Unavailable | None
    """Why these zones could not be asked."""
    told_ttl: int
    """Seconds that DNS told with its answer."""
    is_authoritative: bool
    """Whether who told them is in charge of the name; a cache tells what is left of them."""

    def is_longer_than(self, seconds: int) -> bool:
        """Whether it is remembered for longer; what a cache has left of it proves no less.

        DNS tells one record of several, so that a zone which could not be asked leaves it unknown.
        """
        if max(self.told_ttl, self.in_zone.ttl if self.in_zone else 0) > seconds:
            return True
        if self.unknown_zones is not None:
            raise FactUnavailable(self.unknown_zones.cause, self.unknown_zones.remedy)
        if self.in_zone is None and not self.is_authoritative:
            raise FactUnavailable(
                f"no Route 53 zone of the judged accounts holds {self.host},"
                " and the DNS server answers about it from a cache",
                "name a DNS server that is in charge of it as resolver in [network]",
            )
        return False

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        server = "in charge" if self.is_authoritative else "from a cache"
        told = f"{self.told_ttl} s told by a DNS server {server}"
        return f"{self.in_zone.ttl} s in zone {self.in_zone.zone}, {told}" if self.in_zone else told


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLifetimes:
    """How long do others remember where the names of the service's endpoints lead?"""

    name: str = "name_lifetimes"
    source: str = "DNS, AWS route53"
    operations: tuple[str, ...] = (
        "dns:A",
        "dns:AAAA",
        *hosted_zones.OPERATIONS,
    )
    fact_type: Any = tuple[Part[NameLifetime], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[NameLifetime], ...]]:
        """Ask the service's own zones, and DNS about all names at once."""
        public = [one for one in desk.profile.endpoints if one.role != INSIDE]
        if not public:
            raise Undeclared("[[endpoints]]", "the service's URLs")
        hosts = tuple(sorted({_host(one.url) for one in public}))
        zones, unknown = _zones(desk, hosts)
        with ThreadPoolExecutor(max_workers=min(len(hosts), AT_ONCE)) as pool:
            read = partial(_part, desk.dns, zones, unknown)
            value = tuple(pool.map(read, hosts))
        return Answer(value=value, where=hosts)


def _host(url: str) -> str:
    """Return the name in a URL; one that cannot be read stands for itself, and will be unknown."""
    try:
        return (checked(url).hostname or url).lower().rstrip(".")
    except FactUnavailable:
        return url


def _zones(
    desk: Desk, hosts: tuple[str, ...]
) -> tuple[Mapping[str, ZoneRecord], Unavailable | None]:
    if desk.profile.aws is None:
        return {}, None
    try:
        return zone_records(desk.aws, desk.aws.homes, hosts), None
    except FactUnavailable as error:
        return {}, Unavailable(cause=error.cause, remedy=error.remedy)


def _part(
    dns: DnsAccess, zones: Mapping[str, ZoneRecord], unknown: Unavailable | None, host: str
) -> Part[NameLifetime]:
    return part_of(host, partial(_lifetime, dns, zones, unknown, host))


def _lifetime(
    dns: DnsAccess, zones: Mapping[str, ZoneRecord], unknown: Unavailable | None, host: str
) -> NameLifetime:
    told = [found for kind in KINDS if (found := dns.resolution(host, kind)).ttl is not None]
    if not told:
        raise FactUnavailable(f"DNS has no address of {host}", "publish it, or correct its URL")
    return NameLifetime(
        host=host,
        in_zone=zones.get(host),
        unknown_zones=unknown,
        told_ttl=max(found.ttl or 0 for found in told),
        is_authoritative=all(found.is_authoritative for found in told),
    )
