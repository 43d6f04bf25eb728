"""Reads who is told when a balancer's targets fail: the fact ``unhealthy_host_alarms``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import alarms, ownership
from pytest_orr.collect.alarms import RISING, Alarm
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.machine_alarms import INCIDENTS
from pytest_orr.collect.parts import Part, parts_by_id
from pytest_orr.collect.place_alarms import read_speaking_alarms
from pytest_orr.collect.watching.gaps import least_gap
from pytest_orr.observation import Answer

ELB = "elasticloadbalancing"
NAMESPACES = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/GatewayELB")
FAILED, LEFT = "UnHealthyHostCount", "HealthyHostCount"
FALLING = ("LessThanThreshold", "LessThanOrEqualToThreshold")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAlarms:
    """The alarms that watch one target group's hosts."""

    alarms: tuple[Alarm, ...] = ()

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return "; ".join(one.seen for one in self.alarms) or "no alarms"

    @property
    def gap(self) -> str:
        """Why nobody is told of a host that fails, in words; empty if somebody is.

        Raises ``FactUnavailable`` when that hangs on something that is not known.
        """
        return least_gap(self.alarms, _silence, "no alarm watches its unhealthy hosts")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedGroup:
    """A target group of the service's balancers with what watches it."""

    arn: str
    name: str
    alarms: Part[HostAlarms]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return self.alarms.seen


@dataclass(frozen=True, slots=True, kw_only=True)
class UnhealthyHostAlarms:
    """Who is told when a target of the service's balancers fails?"""

    name: str = "unhealthy_host_alarms"
    source: str = "AWS elasticloadbalancing, cloudwatch and sns"
    operations: tuple[str, ...] = tuple(
        sorted(
            {
                *alarms.OPERATIONS,
                "ec2:DescribeVpcs",
                f"{ELB}:DescribeLoadBalancers",
                f"{ELB}:DescribeTags",
                f"{ELB}:DescribeTargetGroups",
            }
        )
    )
    fact_type: Any = tuple[WatchedGroup, ...]

    def collect(self, desk: Desk) -> Answer[tuple[WatchedGroup, ...]]:
        """Read them in every account and region; none of a service outside AWS."""
        if desk.profile.aws is None:
            return Answer(value=())
        ownership.require_resources(desk.aws.resources)
        several = desk.aws.everywhere(partial(_in_place, desk.aws))
        found = sorted((one for some in several for one in some), key=lambda one: one.arn)
        return Answer(value=tuple(found), where=tuple(str(place) for place in desk.aws.places))


def _in_place(aws: AwsAccess, place: Place) -> tuple[WatchedGroup, ...]:
    mine = ownership.own_balancers(aws, place, ownership.ownership(aws, place))
    arns = {str(one.raw["LoadBalancerArn"]) for one in mine}
    if not arns:
        return ()
    there = aws.listing(place, f"{ELB}:DescribeTargetGroups", "TargetGroups")
    names = {
        str(raw["TargetGroupArn"]): str(raw["TargetGroupName"])
        for raw in there
        if not arns.isdisjoint(raw["LoadBalancerArns"])
    }
    if not names:
        return ()
    watching = parts_by_id(names, lambda: _watching(read_speaking_alarms(aws, place), names))
    return tuple(WatchedGroup(arn=arn, name=names[arn], alarms=watching[arn]) for arn in names)


def _watching(read: Iterable[Alarm], groups: Mapping[str, str]) -> dict[str, HostAlarms]:
    known = tuple((group, alarm) for alarm in read for group in _groups(alarm))
    return {
        arn: HostAlarms(alarms=tuple(alarm for group, alarm in known if arn.endswith(f":{group}")))
        for arn in groups
    }


def _groups(alarm: Alarm) -> Iterator[str]:
    """Yield the target groups whose hosts an alarm counts, as CloudWatch names them."""
    for metric in alarm.metrics:
        if metric.namespace in NAMESPACES and metric.name in {FAILED, LEFT}:
            yield dict(metric.dimensions).get("TargetGroup", "")


def _silence(alarm: Alarm) -> str:
    counted = {metric.name for metric in alarm.metrics}
    if alarm.comparison not in (RISING if FAILED in counted else FALLING):
        return f"{alarm.name} goes off when its hosts are well"
    if alarm.state == "INSUFFICIENT_DATA":
        return f"{alarm.name} has insufficient data"
    if not alarm.actions_enabled:
        return f"the actions of {alarm.name} are off"
    if any(f":{INCIDENTS}:" in route.target for route in alarm.routes):
        return ""
    return "" if alarm.reaches_somebody else f"{alarm.name} notifies nobody"
