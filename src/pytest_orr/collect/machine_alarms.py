"""Which alarms watch an instance's load and whether each would reach somebody."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_orr.collect import alarms
from pytest_orr.collect.alarms import UNCONFIRMED, Alarm, Route, read_alarms
from pytest_orr.collect.load_metrics import EC2, INSTANCE, WATCHED_BY, is_of_root
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.collect.instances import Instance
    from pytest_orr.collect.metrics import Metric
    from pytest_orr.profile.compute import Load

OPERATIONS = alarms.OPERATIONS
GROUP = "AutoScalingGroupName"
ANOMALIES = ("GreaterThanUpperThreshold", "LessThanLowerOrGreaterThanUpperThreshold")
"""Comparisons with what is usual that go off when a metric rises, too."""
PERCENT, FAILED = 100, 1
"""The most that a load in percent and a status check can be."""
QUERY = re.compile(
    r'\s*SELECT\s+\w+\("?(?P<metric>\w+)"?\)\s+FROM\s+(SCHEMA\()?"?(?P<namespace>[\w/]+)"?'
    r"(?P<more>.*)",
    re.IGNORECASE | re.DOTALL,
)
CHILD = re.compile(r"""ALARM\(\s*["']?(?P<name>[^"')]+?)["']?\s*\)""", re.IGNORECASE)
CONDITION = re.compile(r"\b(AND|NOT|OK\(|INSUFFICIENT_DATA\()", re.IGNORECASE)
INCIDENTS = "ssm-incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadAlarm:
    """An alarm with the metric by which it watches an instance."""

    metric: str
    alarm: Alarm
    is_sure: bool = True
    """Whether it surely watches the instance: of a query with conditions nobody here can tell."""
    above: str = ""
    """A composite alarm that it sets off under conditions, which nobody here can tell either."""

    @property
    def obstacle(self) -> str:
        """Why it would reach nobody when the metric rises, in words; empty if it would.

        Raises ``FactUnavailable`` when nobody here can tell.
        """
        alarm = self.alarm
        if not self.is_sure:
            cause = f"whether the query of {alarm.name} selects it is not known"
            remedy = "watch it by an alarm on its InstanceId, or by a query without WHERE"
            raise FactUnavailable(cause, remedy)
        if self._deaf:
            return f"{alarm.name} {self._deaf}"
        if self._silent and self.above:
            cause = f"whether {self.above} tells somebody of {alarm.name} hangs on conditions"
            raise FactUnavailable(cause, f"give {alarm.name} an action of its own")
        return self._silent

    @property
    def _deaf(self) -> str:
        alarm = self.alarm
        if not (alarm.rises or alarm.comparison in ANOMALIES):
            return "goes off when it falls alone"
        if not self._can_go_off:
            return f"goes off above {alarm.threshold:g}, which is never reached"
        if alarm.state == "INSUFFICIENT_DATA":
            return "has insufficient data"
        return ""

    @property
    def _silent(self) -> str:
        alarm = self.alarm
        if not alarm.actions_enabled:
            return f"the actions of {alarm.name} are off"
        if any(f":{INCIDENTS}:" in route.target for route in alarm.routes):
            return ""
        if not any(route.is_topic for route in alarm.routes):
            return f"{alarm.name} notifies nobody"
        return "" if alarm.reaches_somebody else f"no subscription confirmed: {alarm.name}"

    @property
    def _can_go_off(self) -> bool:
        if self.alarm.threshold is None or self.alarm.statistic in {"", "Sum", "SampleCount"}:
            return True
        most = FAILED if self.metric.startswith("StatusCheckFailed") else PERCENT
        if self.alarm.comparison == "GreaterThanOrEqualToThreshold":
            return self.alarm.threshold <= most
        return self.alarm.threshold < most


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """All alarms that watch one instance."""

    alarms: tuple[LoadAlarm, ...] = ()

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        names = sorted({f"{one.alarm.name} on {one.metric}" for one in self.alarms})
        return f"alarms {', '.join(names)}" if names else "no alarms"

    def seen_of(self, load: Load) -> str:
        """One line about those on one load, for a finding."""
        metrics = {metric for several in WATCHED_BY[load] for metric in several}
        return Watch(alarms=tuple(one for one in self.alarms if one.metric in metrics)).seen

    def gap(self, load: Load) -> str:
        """Return in words why nobody is told when a load rises; empty if somebody is.

        Raises ``FactUnavailable`` if that hangs on something that is not known.
        """
        gaps = [self._gap(metrics, load) for metrics in WATCHED_BY[load]]
        if "" in gaps:
            return ""
        unknown = [gap for gap in gaps if isinstance(gap, FactUnavailable)]
        if unknown:
            raise unknown[0]
        return str(min(gaps, key=lambda gap: str(gap).startswith("no alarm ")))

    def _gap(self, metrics: tuple[str, ...], load: Load) -> str | FactUnavailable:
        found: list[str | FactUnavailable] = [self._of(metric, load) for metric in metrics]
        words = [gap for gap in found if isinstance(gap, str) and gap]
        return words[0] if words else next((gap for gap in found if gap), "")

    def _of(self, metric: str, load: Load) -> str | FactUnavailable:
        obstacles: list[str] = []
        unknown: FactUnavailable | None = None
        for one in self.alarms:
            if one.metric != metric:
                continue
            try:
                obstacle = one.obstacle
            except FactUnavailable as error:
                unknown = error
                continue
            if not obstacle:
                return ""
            obstacles.append(obstacle)
        return unknown or "; ".join(obstacles) or f"no alarm watches its {load}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAlarms:
    """The alarms of one place, and which of them watch by a query."""

    alarms: tuple[Alarm, ...]
    queries: Mapping[str, tuple[tuple[str, bool], ...]]
    """By an alarm's ARN: metrics of EC2 that it selects, and whether of every instance."""
    above: Mapping[str, str]
    """By an alarm's name: the composite alarm that it sets off under conditions."""

    def watching(self, instance: Instance, namespaces: tuple[str, ...]) -> Watch:
        """Return the alarms that watch an instance by metrics of these namespaces."""
        return Watch(alarms=tuple(self._found(instance, namespaces)))

    def _found(self, instance: Instance, namespaces: tuple[str, ...]) -> Iterator[LoadAlarm]:
        for alarm in self.alarms:
            for metric in alarm.metrics:
                if metric.namespace in namespaces and is_about(metric, instance):
                    above = self.above.get(alarm.name, "")
                    yield LoadAlarm(metric=metric.name, alarm=alarm, above=above)
            for name, is_sure in self.queries.get(alarm.arn, ()):
                yield LoadAlarm(metric=name, alarm=alarm, is_sure=is_sure)


def is_about(metric: Metric, instance: Instance) -> bool:
    """Whether a metric is of an instance, or of the scaling group that it is in."""
    dimensions = dict(metric.dimensions)
    if INSTANCE in dimensions:
        return dimensions[INSTANCE] == instance.id and is_of_root(metric)
    return bool(instance.group) and dimensions.get(GROUP) == instance.group and is_of_root(metric)


def read_place_alarms(aws: AwsAccess, place: Place) -> PlaceAlarms:
    """Read all alarms of a place; one without actions may speak through a composite alarm.

    Asks ``cloudwatch:DescribeAlarms`` for metric and for composite alarms, and
    ``sns:ListSubscriptions``.
    """
    found = read_alarms(aws, place)
    parents = tuple(_parents(aws, place)) if found else ()
    raw = aws.listing(place, "cloudwatch:DescribeAlarms", "MetricAlarms")
    conditional = (parent for parent in parents if not parent.is_plain)
    return PlaceAlarms(
        alarms=tuple(_with_parents(alarm, parents) for alarm in found),
        queries={one["AlarmArn"]: tuple(_selected(one)) for one in raw},
        above={child: parent.name for parent in conditional for child in parent.children},
    )


def _selected(raw: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for part in raw.get("Metrics") or ():
        query = QUERY.match(part.get("Expression") or "")
        if query and query["namespace"] == EC2:
            yield query["metric"], "WHERE" not in query["more"].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parent:
    """A composite alarm with its actions on."""

    name: str
    is_plain: bool
    """Whether any of its children sets it off, whatever else there is."""
    children: frozenset[str]
    """Names of the alarms that its rule asks to be in alarm."""
    routes: tuple[Route, ...]


def _parents(aws: AwsAccess, place: Place) -> Iterator[_Parent]:
    there = aws.listing(
        place, "cloudwatch:DescribeAlarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]
    )
    named = aws.listing(place, "sns:ListSubscriptions", "Subscriptions")
    topics = [one["TopicArn"] for one in named if one["SubscriptionArn"] not in UNCONFIRMED]
    for raw in there:
        rule, targets = raw["AlarmRule"], raw.get("AlarmActions", ())
        if raw["ActionsEnabled"]:
            yield _Parent(
                name=raw["AlarmName"],
                is_plain=not CONDITION.search(rule),
                children=frozenset(_name(child["name"]) for child in CHILD.finditer(rule)),
                routes=tuple(Route(target=one, confirmed=topics.count(one)) for one in targets),
            )


def _name(child: str) -> str:
    """Return the name of an alarm that a rule names by name or by ARN."""
    return child.rpartition(":alarm:")[2]


def _with_parents(alarm: Alarm, parents: tuple[_Parent, ...]) -> Alarm:
    plain = (one for one in parents if one.is_plain and alarm.name in one.children)
    above = tuple(route for one in plain for route in one.routes)
    if not above:
        return alarm
    own = alarm.routes if alarm.actions_enabled else ()
    return replace(alarm, actions_enabled=True, routes=(*own, *above))
