"""Tells whether what stands behind a distribution answers beside it, for ``web_protections``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.clients.ports import PortState
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable
from pytest_orr.profile.schema import Network

from .distributions import Distribution, Origin, host_of
from .ingress import Rule, read_rules
from .interface import Desk
from .openings import EVERY_PROTOCOL, Opening, world_openings

HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicBalancer:
    """A balancer of the service that faces the internet, as AWS describes it."""

    place: Place
    raw: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.raw["LoadBalancerArn"])

    @property
    def host(self) -> str:
        """Its DNS name."""
        return str(self.raw["DNSName"]).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginFact:
    """A web server behind a distribution: who is let in, and whether it answers from here."""

    host: str
    port: int
    edge: str
    """``host:port`` at which a distribution in front of it was tried from here."""
    balancer: str = ""
    """ARN, if it is a balancer of the service."""
    groups: tuple[str, ...] = ()
    """Security groups of that balancer, sorted."""
    rules: tuple[Rule, ...] = ()
    """What they let in, by id."""
    observed: PortState | None = None
    """What became of a connection from here."""
    unavailable: Unavailable | None = None
    """Why that proves nothing, or could not be tried."""

    @property
    def name(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    def openings(self, network: Network) -> tuple[Opening, ...]:
        """Return what the groups of a balancer open to the world; without groups it is all."""
        if self.balancer and not self.groups:
            return (Opening(protocol=EVERY_PROTOCOL),)
        return world_openings(self.rules, network)

    @property
    def state(self) -> PortState:
        """What becomes of a connection from here, past the edge.

        Raises ``FactUnavailable`` unless it is open, or the edge answers from here: from where
        nothing can be reached, every door looks closed.
        """
        if self.observed == "open" or (self.observed and not self.unavailable):
            return self.observed
        why = self.unavailable or Unavailable(cause="it was not tried", remedy="run again")
        raise FactUnavailable(why.cause, why.remedy)

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        let_in = f"{len(self.rules)} rules in {', '.join(self.groups)}; " if self.groups else ""
        return f"{let_in}{self.observed or 'not tried'} from here, behind {self.edge}"


def read_origins(
    desk: Desk, edges: Iterable[Distribution], public: Iterable[PublicBalancer]
) -> tuple[OriginFact, ...]:
    """Try the web servers behind some distributions, each once, sorted by host and port.

    Connects to them and to the distributions; asks DNS which of the ``public`` balancers they
    are, and ``ec2:DescribeSecurityGroupRules`` and ``GetManagedPrefixListEntries`` about those.
    """
    behind: dict[tuple[str, int], tuple[Origin, Distribution]] = {}
    for edge in edges:
        for origin in edge.origins:
            behind.setdefault((origin.host, origin.port), (origin, edge))
    ordered = [behind[key] for key in sorted(behind)]
    return desk.aws.each(partial(_fact, desk, tuple(public)), ordered)


def _fact(
    desk: Desk, public: tuple[PublicBalancer, ...], pair: tuple[Origin, Distribution]
) -> OriginFact:
    origin, distribution = pair
    observed, unavailable = _tried(desk, origin.host, origin.port)
    edge = _place_of(desk, distribution)
    if observed != "open" and unavailable is None:
        unavailable = _reason_to_doubt(desk, edge)
    balancer = _balancer(desk, origin.host, public)
    groups = frozenset(balancer.raw.get("SecurityGroups", ())) if balancer else frozenset[str]()
    return OriginFact(
        host=origin.host,
        port=origin.port,
        edge=edge,
        balancer=balancer.arn if balancer else "",
        groups=tuple(sorted(groups)),
        rules=tuple(_rules(desk.aws, balancer.place, groups)) if balancer else (),
        observed=observed,
        unavailable=unavailable,
    )


def _rules(aws: AwsAccess, place: Place, groups: frozenset[str]) -> Iterator[Rule]:
    for several in read_rules(aws, place, groups).values():
        yield from several


def _tried(desk: Desk, host: str, port: int) -> tuple[PortState | None, Unavailable | None]:
    try:
        return desk.ports.probe(host, port), None
    except FactUnavailable as error:
        return None, Unavailable(cause=error.cause, remedy=error.remedy)


def _reason_to_doubt(desk: Desk, edge: str) -> Unavailable | None:
    host, _, port = edge.rpartition(":")
    state, unavailable = _tried(desk, host.strip("[]"), int(port))
    if state == "open" or unavailable is not None:
        return unavailable
    return Unavailable(
        cause=f"the edge does not answer from here either: {edge} {state} the connection",
        remedy="run the review where the service can be reached",
    )


def _place_of(desk: Desk, distribution: Distribution) -> str:
    """Return where a distribution answers: at a declared endpoint if it has one."""
    for endpoint in desk.profile.endpoints:
        if host_of(endpoint) in distribution.aliases:
            connect = desk.http.route_to(endpoint).connect
            return connect or f"{host_of(endpoint)}:{HTTPS}"
    return f"{distribution.name}:{HTTPS}"


def _balancer(desk: Desk, host: str, public: tuple[PublicBalancer, ...]) -> PublicBalancer | None:
    """Return the balancer that a host is: by its own name, or by addresses in common."""
    for one in public:
        if host.removeprefix("dualstack.") == one.host:
            return one
    for one in public:
        if not frozenset(desk.dns.lookup(host, "A")).isdisjoint(desk.dns.lookup(one.host, "A")):
            return one
    return None
