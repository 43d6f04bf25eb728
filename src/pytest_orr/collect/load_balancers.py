"""Reads the service's load balancers with listeners, targets and attributes: ``load_balancers``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Answer

from . import ownership
from .target_groups import TargetGroup, read_target_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

    from .interface import Desk

ELB = "elasticloadbalancing"
ENCRYPTED = ("HTTPS", "TLS")
HARMLESS_ON_HTTP = ("fixed-response",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A port on which a balancer listens."""

    arn: str
    port: int
    protocol: str
    tls_policy: str = ""
    """Of a listener that encrypts."""
    serves_plain_http: bool = False
    """An HTTP listener of which a rule does more than to redirect to HTTPS or refuse."""

    @property
    def encrypts(self) -> bool:
        """Whether it speaks TLS."""
        return self.protocol in ENCRYPTED

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.protocol} {self.port} {self.tls_policy}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer(ownership.Owned):
    """A balancer of the service. Whatever AWS does not say of it counts as off."""

    arn: str
    name: str
    account: str
    region: str
    kind: str
    """``application``, ``network`` or ``gateway``."""
    scheme: str
    """``internet-facing`` or ``internal``."""
    host: str
    """DNS name."""
    vpc: str
    state: str
    zones: tuple[str, ...]
    security_groups: tuple[str, ...]
    access_logs: bool
    deletion_protection: bool
    listeners: tuple[Listener, ...]
    """By port."""
    target_groups: tuple[TargetGroup, ...]
    """By ARN."""

    @property
    def encrypts_443(self) -> bool:
        """Whether it speaks TLS on port 443."""
        return any(listener.port == 443 and listener.encrypts for listener in self.listeners)

    @property
    def target_count(self) -> int:
        """How many targets are registered with it, healthy or not."""
        return sum(len(group.targets) for group in self.target_groups)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        logs = "on" if self.access_logs else "off"
        protection = "on" if self.deletion_protection else "off"
        return (
            f"{self.state} in {', '.join(self.zones)}; access logs {logs},"
            f" deletion protection {protection}; {self.target_count} targets"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancerFacts:
    """The service's balancers, and those that the profile says there are."""

    found: tuple[LoadBalancer, ...]
    """By ARN."""
    declared: tuple[str, ...]
    """ARNs in ``[aws.resources] load_balancers``, sorted."""

    def has(self, arn: str) -> bool:
        """Whether the balancer is in one of the accounts and regions."""
        return any(balancer.arn == arn for balancer in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancers:
    """Which load balancers does the service have, and how are they set up?"""

    name: str = "load_balancers"
    source: str = "AWS elasticloadbalancing"
    operations: tuple[str, ...] = (
        "ec2:DescribeNetworkInterfaces",
        *ownership.OPERATIONS,
        f"{ELB}:DescribeListeners",
        f"{ELB}:DescribeLoadBalancerAttributes",
        f"{ELB}:DescribeRules",
        f"{ELB}:DescribeTargetGroups",
        f"{ELB}:DescribeTargetHealth",
    )
    fact_type: Any = LoadBalancerFacts

    def collect(self, desk: Desk) -> Answer[LoadBalancerFacts]:
        """Read them in every account and region of the profile."""
        aws = desk.aws
        ownership.require_resources(aws.resources)
        several = aws.everywhere(partial(_in_place, aws))
        found = sorted((one for some in several for one in some), key=lambda one: one.arn)
        facts = LoadBalancerFacts(
            found=tuple(found), declared=tuple(sorted(set(aws.resources.load_balancers)))
        )
        return Answer(value=facts, where=tuple(str(place) for place in aws.places))


def _in_place(aws: AwsAccess, place: Place) -> tuple[LoadBalancer, ...]:
    mine = ownership.own_balancers(aws, place, ownership.ownership(aws, place))
    arns = (own.raw["LoadBalancerArn"] for own in mine)
    groups = read_target_groups(aws, place, frozenset(arns))
    return aws.each(partial(_load_balancer, aws, place, groups), mine)


def _load_balancer(
    aws: AwsAccess, place: Place, groups: Iterable[TargetGroup], own: ownership.OwnBalancer
) -> LoadBalancer:
    raw, arn = own.raw, str(own.raw["LoadBalancerArn"])
    switched_on = _switched_on(aws, place, arn)
    return LoadBalancer(
        declared_by=own.owned.declared_by,
        missed_by=own.owned.missed_by,
        arn=arn,
        name=raw["LoadBalancerName"],
        account=place.account,
        region=place.region,
        kind=raw["Type"],
        scheme=raw.get("Scheme", ""),
        host=raw.get("DNSName", ""),
        vpc=raw["VpcId"],
        state=raw["State"]["Code"],
        zones=tuple(sorted(zone["ZoneName"] for zone in raw["AvailabilityZones"])),
        security_groups=tuple(sorted(raw.get("SecurityGroups", ()))),
        access_logs="access_logs.s3.enabled" in switched_on,
        deletion_protection="deletion_protection.enabled" in switched_on,
        listeners=_listeners(aws, place, arn),
        target_groups=tuple(group for group in groups if arn in group.balancers),
    )


def _switched_on(aws: AwsAccess, place: Place, arn: str) -> frozenset[str]:
    answer = aws.call(place, f"{ELB}:DescribeLoadBalancerAttributes", LoadBalancerArn=arn)
    return frozenset(one["Key"] for one in answer["Attributes"] if one["Value"] == "true")


def _listeners(aws: AwsAccess, place: Place, arn: str) -> tuple[Listener, ...]:
    several = aws.listing(place, f"{ELB}:DescribeListeners", "Listeners", LoadBalancerArn=arn)
    read = (_listener(aws, place, raw) for raw in several if "Port" in raw)
    return tuple(sorted(read, key=lambda listener: (listener.port, listener.protocol)))


def _listener(aws: AwsAccess, place: Place, raw: Mapping[str, Any]) -> Listener:
    arn, protocol = str(raw["ListenerArn"]), str(raw["Protocol"])
    return Listener(
        arn=arn,
        port=raw["Port"],
        protocol=protocol,
        tls_policy=raw.get("SslPolicy", "") if protocol in ENCRYPTED else "",
        serves_plain_http=protocol == "HTTP" and _serves(aws, place, arn),
    )


def _serves(aws: AwsAccess, place: Place, listener: str) -> bool:
    """Look at every rule: a redirect by default says nothing about the others."""
    rules = aws.listing(place, f"{ELB}:DescribeRules", "Rules", ListenerArn=listener)
    return any(not _is_harmless(action) for rule in rules for action in rule["Actions"])


def _is_harmless(action: Mapping[str, Any]) -> bool:
    if action["Type"] == "redirect":
        return bool(action["RedirectConfig"].get("Protocol") == "HTTPS")
    return action["Type"] in HARMLESS_ON_HTTP
