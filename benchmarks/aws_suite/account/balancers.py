"""Load balancers: their zones, listeners and protection from being deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .collector import InPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

PREFIX = "elasticloadbalancing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What a balancer listens to."""

    protocol: str
    port: int
    policy: str
    """Name of the TLS policy; empty where there is no TLS."""
    redirects: bool
    """Whether it, or one of its rules, sends users to HTTPS."""

    def __str__(self) -> str:
        return f"{self.protocol} {self.port}{self.policy and f' with {self.policy}'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balancer:
    """A load balancer."""

    arn: str
    kind: str
    """``application``, ``network`` or ``gateway``."""
    zones: int
    is_kept: bool
    """Whether it is protected from being deleted."""

    @property
    def seen(self) -> str:
        """What was seen, in a few words."""
        return f"{self.kind} in {self.zones} zones"


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a load balancer listens to."""

    arn: str
    """Of the balancer."""
    listeners: tuple[Listener, ...]

    @property
    def policies(self) -> frozenset[str]:
        """The TLS policies of its HTTPS listeners."""
        return frozenset(one.policy for one in self.listeners if one.protocol == "HTTPS")

    @property
    def answers_plainly(self) -> bool:
        """Whether a listener serves HTTP."""
        return any(one.protocol == "HTTP" and not one.redirects for one in self.listeners)

    @property
    def seen(self) -> str:
        """What was seen, in a few words."""
        return ", ".join(map(str, self.listeners)) or "no listener"


class Balancers(InPlaces[Balancer]):
    """Asks for all balancers with their attributes."""

    name = "account_balancers"
    source = "AWS elasticloadbalancing"
    operations = (
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
    )
    fact_type = tuple[Balancer, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterable[Balancer]:
        """Read the balancers of a region."""

        def balancer(one: Mapping[str, Any]) -> Balancer:
            return Balancer(
                arn=one["LoadBalancerArn"],
                kind=one["Type"],
                zones=len(one["AvailabilityZones"]),
                is_kept=is_kept(aws, place, one["LoadBalancerArn"]),
            )

        return aws.each(balancer, described(aws, place))


class Fronts(InPlaces[Front]):
    """Asks for all balancers with their listeners, and for rules where these decide."""

    name = "account_fronts"
    source = "AWS elasticloadbalancing"
    operations = (
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
    )
    fact_type = tuple[Front, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterable[Front]:
        """Read what the balancers of a region listen to."""
        arns = [one["LoadBalancerArn"] for one in described(aws, place)]
        return aws.each(lambda arn: Front(arn=arn, listeners=listeners(aws, place, arn)), arns)


def described(aws: AwsAccess, place: Place) -> tuple[Mapping[str, Any], ...]:
    """Return a region's balancers as they are described."""
    return aws.listing(place, f"{PREFIX}:DescribeLoadBalancers", "LoadBalancers")


def is_kept(aws: AwsAccess, place: Place, arn: str) -> bool:
    """Read whether a balancer is protected from being deleted."""
    asked = f"{PREFIX}:DescribeLoadBalancerAttributes"
    found = aws.listing(place, asked, "Attributes", LoadBalancerArn=arn)
    return {"Key": "deletion_protection.enabled", "Value": "true"} in found


def listeners(aws: AwsAccess, place: Place, arn: str) -> tuple[Listener, ...]:
    """Read what a balancer listens to."""
    found = aws.listing(place, f"{PREFIX}:DescribeListeners", "Listeners", LoadBalancerArn=arn)
    return tuple(
        Listener(
            protocol=one["Protocol"],
            port=one["Port"],
            policy=one.get("SslPolicy", ""),
            redirects=one["Protocol"] == "HTTP" and redirects(aws, place, one),
        )
        for one in found
    )


def redirects(aws: AwsAccess, place: Place, listener: Mapping[str, Any]) -> bool:
    """Read whether a listener sends users to HTTPS; its rules are asked for if it does not."""
    if any(map(to_https, listener["DefaultActions"])):
        return True
    arn = listener["ListenerArn"]
    rules = aws.listing(place, f"{PREFIX}:DescribeRules", "Rules", ListenerArn=arn)
    return any(to_https(action) for rule in rules for action in rule["Actions"])


def to_https(action: Mapping[str, Any]) -> bool:
    """Say whether an action sends users to HTTPS."""
    return bool(action["Type"] == "redirect" and action["RedirectConfig"]["Protocol"] == "HTTPS")
