"""Finds the service's Auto Scaling groups and what lets them grow, for ``scaling_limits``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import ownership

OPERATIONS = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribePolicies",
    "ec2:DescribeInstances",
    *ownership.OPERATIONS,
    "elasticloadbalancing:DescribeTargetGroups",
)
"""What is asked to know the groups."""

STARTS = "Launch"
"""Process of a group without which it cannot grow."""
KIND = "Auto Scaling group"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingGroup:
    """Something of the service that can grow by itself: instances, tasks, capacity of a table."""

    name: str
    """ARN, or what stands for it."""
    kind: str
    account: str
    region: str
    current: int
    """How large it is meant to be now."""
    maximum: int
    """How large it may become."""
    policies: tuple[str, ...]
    """Names of the enabled policies that change its size, sorted."""
    is_suspended: bool = False
    """Whether it is kept from growing."""
    types: tuple[str, ...] = ()
    """Types of the instances that it starts, sorted; none if it starts none, or nobody says."""
    on_demand: float = 1.0
    """Part of the instances that it adds and that are no spot instances."""
    is_weighted: bool = False
    """Whether its size is counted in units of which an instance may be several."""

    @property
    def obstacle(self) -> str:
        """Say what keeps it from growing; empty if nothing does."""
        if self.maximum <= self.current:
            return "it is as large as it may become"
        if not self.policies:
            return "no policy lets it grow"
        return "its growth is suspended" if self.is_suspended else ""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        policies = ", ".join(self.policies) or "no policy"
        return f"{self.kind}, {self.current} of at most {self.maximum}; {policies}"


def own_scaling_groups(aws: AwsAccess, place: Place) -> tuple[ScalingGroup, ...]:
    """Return the service's groups in one place, by ARN.

    Asks ``autoscaling:DescribeAutoScalingGroups`` and, if there are any, whose they are and for
    their policies. A group is the service's by its tags, by a balancer of the service that it
    serves, or by instances in a VPC of the service.
    """
    there = aws.listing(place, "autoscaling:DescribeAutoScalingGroups", "AutoScalingGroups")
    if not there:
        return ()
    own = _Owned.read(aws, place)
    mine = [raw for raw in there if own.has(raw)]
    policies = aws.listing(place, "autoscaling:DescribePolicies", "ScalingPolicies")
    found = (_group(place, raw, policies) for raw in mine)
    return tuple(sorted(found, key=lambda group: group.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owned:
    """What makes a group the service's."""

    ownership: ownership.Ownership
    target_groups: frozenset[str]
    instances: frozenset[str]

    @classmethod
    def read(cls, aws: AwsAccess, place: Place) -> "_Owned":
        own = ownership.ownership(aws, place)
        balancers = {one.raw["LoadBalancerArn"] for one in ownership.own_balancers(aws, place, own)}
        groups = aws.listing(place, "elasticloadbalancing:DescribeTargetGroups", "TargetGroups")
        reservations = aws.listing(place, "ec2:DescribeInstances", "Reservations")
        return cls(
            ownership=own,
            target_groups=frozenset(
                raw["TargetGroupArn"] for raw in groups if balancers & {*raw["LoadBalancerArns"]}
            ),
            instances=frozenset(
                raw["InstanceId"]
                for reservation in reservations
                for raw in reservation["Instances"]
                if raw.get("VpcId") in own.vpcs
            ),
        )

    def has(self, raw: Mapping[str, Any]) -> bool:
        members = {one["InstanceId"] for one in raw.get("Instances", ())}
        return (
            self.ownership.has_tags(raw.get("Tags", ()))
            or bool(self.target_groups & {*raw.get("TargetGroupARNs", ())})
            or bool(self.instances & members)
        )


def _group(
    place: Place, raw: Mapping[str, Any], policies: tuple[Mapping[str, Any], ...]
) -> ScalingGroup:
    name = raw["AutoScalingGroupName"]
    enabled = (
        str(one["PolicyName"])
        for one in policies
        if one["AutoScalingGroupName"] == name and one.get("Enabled", True)
    )
    members = raw.get("Instances", ())
    suspended = {one["ProcessName"] for one in raw.get("SuspendedProcesses", ())}
    return ScalingGroup(
        name=raw["AutoScalingGroupARN"],
        kind=KIND,
        account=place.account,
        region=place.region,
        current=raw["DesiredCapacity"],
        maximum=raw["MaxSize"],
        policies=tuple(sorted(enabled)),
        is_suspended=STARTS in suspended,
        types=tuple(sorted({*_types(raw)})),
        on_demand=_on_demand(raw),
        is_weighted=any("WeightedCapacity" in one for one in (*members, *_overrides(raw))),
    )


def _types(raw: Mapping[str, Any]) -> Iterator[str]:
    for one in (*raw.get("Instances", ()), *_overrides(raw)):
        if one.get("InstanceType"):
            yield one["InstanceType"]


def _overrides(raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    template = raw.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    return tuple(template.get("Overrides", ()))


def _on_demand(raw: Mapping[str, Any]) -> float:
    spread = raw.get("MixedInstancesPolicy", {}).get("InstancesDistribution", {})
    return float(spread.get("OnDemandPercentageAboveBaseCapacity", 100)) / 100
