"""Reads where a balancer sends its requests: target groups, their targets, health and zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

ELB = "elasticloadbalancing"
SPREAD_BY_AWS = ("alb", "lambda")
"""Kinds of target that AWS itself runs in several zones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that answers a balancer's requests."""

    id: str
    port: int
    """0 for a target without one."""
    state: str
    """``healthy``, or in AWS's words what it is instead."""
    zone: str
    """Availability zone; empty where none is known."""

    @property
    def is_healthy(self) -> bool:
        """Whether the balancer sends requests to it."""
        return self.state == "healthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    """Targets that share a balancer's requests."""

    arn: str
    name: str
    kind: str
    """``instance``, ``ip``, ``lambda`` or ``alb``."""
    balancers: tuple[str, ...]
    """ARNs of the balancers that send requests to it, sorted."""
    targets: tuple[Target, ...]
    """By id and port."""

    @property
    def healthy(self) -> tuple[Target, ...]:
        """Targets that answer requests."""
        return tuple(target for target in self.targets if target.is_healthy)

    def survives_a_zone(self, minimum_zones: int) -> bool:
        """Whether healthy targets stand in as many zones as asked for.

        Raises ``FactUnavailable`` when that hangs on a target whose zone is not known.
        """
        if self.kind in SPREAD_BY_AWS:
            return bool(self.healthy)
        zones = {target.zone for target in self.healthy}
        if len(zones - {""}) >= max(minimum_zones, 1):
            return True
        if "" in zones:
            lost = next(target.id for target in self.healthy if not target.zone)
            raise FactUnavailable(
                f"the availability zone of target {lost} is not known to AWS",
                "register targets inside the VPC, or say in a statement where this one stands",
            )
        return False

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        states = [
            f"{target.id} {target.state}" + (f" in {target.zone}" if target.zone else "")
            for target in self.targets
        ]
        return ", ".join(states) or "no targets"


def read_target_groups(
    aws: AwsAccess, place: Place, balancers: frozenset[str]
) -> tuple[TargetGroup, ...]:
    """Read the groups of some balancers in one place, sorted by ARN.

    Asks ``elasticloadbalancing:DescribeTargetGroups``, ``DescribeTargetHealth`` and, for the
    zones, ``ec2:DescribeNetworkInterfaces``; nothing when there are no balancers.
    """
    if not balancers:
        return ()
    several = aws.listing(place, f"{ELB}:DescribeTargetGroups", "TargetGroups")
    wanted = [raw for raw in several if not balancers.isdisjoint(raw["LoadBalancerArns"])]
    zones = _zones(aws, place)
    groups = aws.each(lambda raw: _group(aws, place, zones, raw), wanted)
    return tuple(sorted(groups, key=lambda group: group.arn))


def _zones(aws: AwsAccess, place: Place) -> dict[tuple[str, str], str]:
    """Return zones by VPC and instance, and by VPC and address: interfaces know both."""
    zones: dict[tuple[str, str], str] = {}
    for raw in aws.listing(place, "ec2:DescribeNetworkInterfaces", "NetworkInterfaces"):
        ids = [raw.get("Attachment", {}).get("InstanceId", "")]
        ids += [address["PrivateIpAddress"] for address in raw["PrivateIpAddresses"]]
        ids += [address["Ipv6Address"] for address in raw.get("Ipv6Addresses", ())]
        zones |= {(raw["VpcId"], one): raw["AvailabilityZone"] for one in ids if one}
    return zones


def _group(
    aws: AwsAccess, place: Place, zones: Mapping[tuple[str, str], str], raw: Mapping[str, Any]
) -> TargetGroup:
    arn = str(raw["TargetGroupArn"])
    answer = aws.call(place, f"{ELB}:DescribeTargetHealth", TargetGroupArn=arn)
    targets = (
        Target(
            id=one["Target"]["Id"],
            port=one["Target"].get("Port", 0),
            state=one["TargetHealth"]["State"],
            zone=zones.get((raw.get("VpcId", ""), one["Target"]["Id"]), ""),
        )
        for one in answer["TargetHealthDescriptions"]
    )
    return TargetGroup(
        arn=arn,
        name=raw["TargetGroupName"],
        kind=raw["TargetType"],
        balancers=tuple(sorted(raw["LoadBalancerArns"])),
        targets=tuple(sorted(targets, key=lambda target: (target.id, target.port))),
    )
