"""Follows the names of the backend to what answers for them: the fact ``backend_routes``.

DNS and Route 53 say where a name leads, CloudFront what it fetches from, and the balancers' rules
to whose target groups requests go on from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import distributions, hosted_zones, routed_groups
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .destinations import Destinations, Front
from .distributions import host_of, own_distributions
from .hosted_zones import plain, targets_of
from .interface import Desk
from .ownership import OwnBalancer, own_balancers, ownership, require_resources
from .parts import Part, part_of, parts_of
from .routed_groups import RoutedThing, read_routed


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRoute:
    """Where a name of the backend leads."""

    balancers: tuple[str, ...]
    """ARNs of the service's balancers to which it leads, sorted."""
    through: tuple[str, ...] = ()
    """Ids of the service's distributions that it passes on the way, sorted."""
    strays: tuple[str, ...] = ()
    """Names and addresses to which it leads and that are none of the service's, sorted."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        through = f"through {', '.join(self.through)} " if self.through else ""
        elsewhere = f", and to {', '.join(self.strays)}" if self.strays else ""
        return f"leads {through}to {', '.join(self.balancers) or 'no balancer'}{elsewhere}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRouteFacts:
    """The names of the backend with where they lead, and what stands behind."""

    routes: tuple[Part[BackendRoute], ...]
    """By the host of each endpoint with the role backend."""
    behind: tuple[Part[RoutedThing], ...]
    """Rules and target groups of the balancers to which those names lead, by ARN."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names."""
        return tuple(route.name for route in self.routes)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRoutes:
    """Is the service alone behind the names of its backend?"""

    name: str = "backend_routes"
    source: str = "DNS, AWS route53, cloudfront, elasticloadbalancing"
    operations: tuple[str, ...] = (
        "dns:A",
        "dns:AAAA",
        *sorted(
            {
                *distributions.OPERATIONS,
                *hosted_zones.OPERATIONS,
                *routed_groups.OPERATIONS,
            }
        ),
    )
    fact_type: Any = BackendRouteFacts

    def collect(self, desk: Desk) -> Answer[BackendRouteFacts]:
        """Follow every name; one of which nobody can tell does not hide the others."""
        backends = [one for one in desk.profile.endpoints if one.role == "backend"]
        if not backends:
            raise FactUnavailable(
                "no endpoint in readiness.toml has the role backend",
                "declare the health check of the backend under [[endpoints]] in readiness.toml",
            )
        require_resources(desk.aws.resources)
        hosts = sorted({host_of(one) for one in backends})
        front = _front(desk)
        routes = tuple(part_of(host, partial(_route, desk, front, host)) for host in hosts)
        led = {arn for one in routes if one.observed for arn in one.observed.balancers}
        return Answer(
            value=BackendRouteFacts(routes=routes, behind=_behind(desk.aws, led)),
            where=tuple(hosts),
        )


def _front(desk: Desk) -> Front:
    several = desk.aws.everywhere(partial(_balancers, desk.aws))
    return Front(
        balancers={
            plain(str(one.raw.get("DNSName", ""))): str(one.raw["LoadBalancerArn"])
            for some in several
            for one in some
        },
        distributions={one.host: one for one in own_distributions(desk.aws, desk.profile)},
    )


def _balancers(aws: AwsAccess, place: Place) -> tuple[OwnBalancer, ...]:
    return own_balancers(aws, place, ownership(aws, place))


def _route(desk: Desk, front: Front, host: str) -> BackendRoute:
    led = Destinations(desk.dns, front)
    led.follow_dns(host)
    for target in targets_of(desk.aws, host):
        led.follow(target)
    for distribution in tuple(led.distributions.values()):
        for origin in distribution.origins:
            led.follow_dns(origin.host)
    if not (led.balancers or led.distributions or led.strays):
        raise FactUnavailable(
            f"DNS knows no address of {host}",
            "give the name records, or correct the URL under [[endpoints]]",
        )
    return BackendRoute(
        balancers=tuple(sorted(led.balancers)),
        through=tuple(sorted(led.distributions)),
        strays=tuple(sorted(led.strays)),
    )


def _behind(aws: AwsAccess, balancers: set[str]) -> tuple[Part[RoutedThing], ...]:
    places = {(place.account, place.region): place for place in aws.places}
    parts: list[Part[RoutedThing]] = []
    for arn in sorted(balancers):
        region, account = arn.split(":")[3:5]
        place = places[account, region]
        parts += parts_of(f"behind {arn}", partial(_routed, aws, place, arn))
    return tuple({part.name: part for part in parts}.values())


def _routed(aws: AwsAccess, place: Place, arn: str) -> Iterator[tuple[str, RoutedThing]]:
    for thing in read_routed(aws, place, arn):
        yield thing.arn, thing
