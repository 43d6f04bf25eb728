"""Asks DNS where the endpoints' names lead, and the names of the service's balancers.

The fact ``public_names``.
"""

import ipaddress
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.http import checked
from pytest_orr.collect import ownership
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.schema import Endpoint

AT_ONCE = 16
DUALSTACK = "dualstack."
"""Route 53 leads to a balancer by its name with this before it."""
MOST_TOLD = 8
"""AWS tells as many addresses of a balancer at a time, chosen by chance when it has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicName:
    """A name with where it leads, or why nobody could tell.

    What is asked of a name that could not be resolved raises ``FactUnavailable``, so that an item
    that reads it inside ``subject`` finds exactly this name unknown.
    """

    host: str
    """The name in lower case without the final dot; an address may stand for it."""
    endpoints: tuple[str, ...] = ()
    """Names of the ``[[endpoints]]`` that it serves; none when it is a balancer's own."""
    roles: tuple[str, ...] = ()
    """Their roles, sorted."""
    told_aliases: tuple[str, ...] = ()
    told_addresses: tuple[str, ...] = ()
    unavailable: Unavailable | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names that CNAME records lead through, in order."""
        self._require()
        return self.told_aliases

    @property
    def addresses(self) -> tuple[str, ...]:
        """IPv4 and IPv6 addresses to which it leads, sorted; none when it does not exist."""
        self._require()
        return self.told_addresses

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        if self.unavailable is not None:
            return self.unavailable.cause
        way = (*self.told_aliases, ", ".join(self.told_addresses) or "no address")
        return f"leads to {' and on to '.join(way)}"

    def _require(self) -> None:
        if self.unavailable is not None:
            raise FactUnavailable(self.unavailable.cause, self.unavailable.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNameFacts:
    """The names of the service's endpoints, and those of its balancers to compare them with."""

    names: tuple[PublicName, ...]
    """One for each name in the URLs of ``[[endpoints]]``, sorted."""
    balancers: tuple[PublicName, ...] = ()
    """DNS names of the service's load balancers, sorted."""
    unknown_balancers: Unavailable | None = None
    """Why AWS could not be asked for the balancers."""

    def of_role(self, *roles: str) -> tuple[PublicName, ...]:
        """Return the names that serve an endpoint of one of these roles."""
        return tuple(name for name in self.names if {*roles} & {*name.roles})

    def lead_to_a_balancer(self, name: PublicName) -> bool:
        """Whether a name leads to the service's balancers, and nowhere else.

        By a CNAME record, or by addresses that are all theirs, as Route 53's alias records give.
        Raises ``FactUnavailable`` when the name, or every balancer that it may be, is unknown.
        """
        if self.unknown_balancers is not None:
            raise FactUnavailable(self.unknown_balancers.cause, self.unknown_balancers.remedy)
        hosts = {one.host for one in self.balancers}
        if hosts & {alias.removeprefix(DUALSTACK) for alias in (name.host, *name.aliases)}:
            return True
        known = [one for one in self.balancers if one.unavailable is None]
        theirs = {address for one in known for address in one.addresses}
        if name.addresses and theirs.issuperset(name.addresses):
            return True
        if not name.addresses:
            return False
        for unknown in self.balancers:
            unknown.addresses  # noqa: B018 an unknown one may be the one that it leads to
        return any(_is_told_in_part(one) and {*one.addresses} & {*name.addresses} for one in known)


def _is_told_in_part(balancer: PublicName) -> bool:
    return len(balancer.addresses) >= MOST_TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNames:
    """Where do the names of the service's endpoints lead?"""

    name: str = "public_names"
    source: str = "DNS, AWS elasticloadbalancing"
    operations: tuple[str, ...] = ("dns:A", "dns:AAAA", *ownership.OPERATIONS)
    fact_type: Any = PublicNameFacts

    def collect(self, desk: Desk) -> Answer[PublicNameFacts]:
        """Ask about all names at once; one that gets no answer does not hide the others."""
        if not desk.profile.endpoints:
            raise Undeclared("[[endpoints]]", "the service's URLs")
        hosts, unknown = _balancer_hosts(desk)
        asked = [*_by_host(desk.profile.endpoints), *(PublicName(host=host) for host in hosts)]
        with ThreadPoolExecutor(max_workers=min(len(asked), AT_ONCE)) as pool:
            told = tuple(pool.map(partial(_resolved, desk.dns), asked))
        facts = PublicNameFacts(
            names=tuple(one for one in told if one.endpoints),
            balancers=tuple(one for one in told if not one.endpoints),
            unknown_balancers=unknown,
        )
        return Answer(value=facts, where=tuple(one.host for one in facts.names))


def _by_host(endpoints: Iterable[Endpoint]) -> tuple[PublicName, ...]:
    """Return one name for all endpoints that share it; a URL that names none is unknown."""
    found: dict[str, PublicName] = {}
    for endpoint in endpoints:
        named = _named(endpoint)
        same = found.setdefault(named.host, named)
        found[named.host] = PublicName(
            host=named.host,
            endpoints=tuple(sorted({*same.endpoints, *named.endpoints})),
            roles=tuple(sorted({*same.roles, *named.roles})),
            unavailable=named.unavailable,
        )
    return tuple(found[host] for host in sorted(found))


def _named(endpoint: Endpoint) -> PublicName:
    try:
        host, unavailable = checked(endpoint.url).hostname or "", None
    except FactUnavailable as error:
        host = f'endpoint "{endpoint.name}"'
        unavailable = Unavailable(cause=error.cause, remedy=error.remedy)
    return PublicName(
        host=host.lower().rstrip(".") if unavailable is None else host,
        endpoints=(endpoint.name,),
        roles=(endpoint.role,),
        unavailable=unavailable,
    )


def _resolved(dns: DnsAccess, name: PublicName) -> PublicName:
    """Return a name with where it leads, unless it is known already that nobody can tell."""
    if name.unavailable is not None:
        return name
    where: Callable[..., PublicName] = partial(
        PublicName, host=name.host, endpoints=name.endpoints, roles=name.roles
    )
    if _is_address(name.host):
        return where(told_addresses=(name.host,))
    try:
        four, six = dns.resolution(name.host, "A"), dns.resolution(name.host, "AAAA")
    except FactUnavailable as error:
        return where(unavailable=Unavailable(cause=error.cause, remedy=error.remedy))
    return where(
        told_aliases=four.aliases or six.aliases,
        told_addresses=(*four.records, *six.records),
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _balancer_hosts(desk: Desk) -> tuple[tuple[str, ...], Unavailable | None]:
    """Return the DNS names of the service's balancers, or why they are unknown."""
    try:
        ownership.require_resources(desk.aws.resources)
        several = desk.aws.everywhere(partial(_hosts_in, desk.aws))
    except FactUnavailable as error:
        return (), Unavailable(cause=error.cause, remedy=error.remedy)
    return tuple(sorted({host for some in several for host in some})), None


def _hosts_in(aws: AwsAccess, place: Place) -> tuple[str, ...]:
    mine = ownership.own_balancers(aws, place, ownership.ownership(aws, place))
    named = (str(own.raw.get("DNSName", "")).lower().rstrip(".") for own in mine)
    return tuple(host for host in named if host)
