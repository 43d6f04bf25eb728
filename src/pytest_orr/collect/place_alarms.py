"""Sorts the alarms of one place by the instances that they watch, for ``watched_instances``."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_orr.collect import alarms
from pytest_orr.collect.alarms import UNCONFIRMED, Alarm, Route, read_alarms
from pytest_orr.collect.load_metrics import EC2, INSTANCE, is_of_root
from pytest_orr.collect.machine_alarms import LoadAlarm, Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.collect.instances import Instance
    from pytest_orr.collect.metrics import Metric

OPERATIONS = alarms.OPERATIONS
GROUP = "AutoScalingGroupName"
QUERY = re.compile(
    r'\s*SELECT\s+\w+\("?(?P<metric>\w+)"?\)\s+FROM\s+(SCHEMA\()?"?(?P<namespace>[\w/]+)"?'
    r"(?P<more>.*)",
    re.IGNORECASE | re.DOTALL,
)
CHILD = re.compile(r"""ALARM\(\s*["']?(?P<name>[^"')]+?)["']?\s*\)""", re.IGNORECASE)
CONDITION = re.compile(r"\b(AND|NOT|OK\(|INSUFFICIENT_DATA\()", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAlarms:
    """The alarms of one place by what they watch."""

    by_dimension: Mapping[tuple[str, str], Sequence[tuple[str, LoadAlarm]]]
    """By id of an instance or name of a scaling group: namespaces with alarms on their metrics."""
    of_all: Sequence[LoadAlarm]
    """Those that watch every instance, or might: by a query."""

    def watching(self, instance: Instance, namespaces: tuple[str, ...]) -> Watch:
        """Return the alarms that watch an instance by metrics of these namespaces."""
        own = self.by_dimension.get((INSTANCE, instance.id), ())
        of_group = self.by_dimension.get((GROUP, instance.group), ()) if instance.group else ()
        found = (alarm for namespace, alarm in (*own, *of_group) if namespace in namespaces)
        return Watch(alarms=(*found, *self.of_all))


def place_alarms(
    alarms: Iterable[Alarm],
    queries: Mapping[str, Iterable[tuple[str, bool]]],
    above: Mapping[str, str],
) -> PlaceAlarms:
    """Sort alarms by what they watch.

    ``queries`` are, by an alarm's ARN, the metrics of EC2 that it selects and whether of every
    instance; ``above`` is, by an alarm's name, the composite alarm that it sets off under
    conditions.
    """
    found: defaultdict[tuple[str, str], list[tuple[str, LoadAlarm]]] = defaultdict(list)
    of_all: list[LoadAlarm] = []
    for alarm in alarms:
        over = above.get(alarm.name, "")
        for metric in alarm.metrics:
            one = LoadAlarm(metric=metric.name, alarm=alarm, above=over)
            for dimension in _about(metric):
                found[dimension].append((metric.namespace, one))
        for name, is_sure in queries.get(alarm.arn, ()):
            of_all.append(LoadAlarm(metric=name, alarm=alarm, above=over, is_sure=is_sure))
    return PlaceAlarms(by_dimension=found, of_all=of_all)


def _about(metric: Metric) -> Iterator[tuple[str, str]]:
    """Yield the instance that a metric is of, or else the scaling group."""
    dimensions = dict(metric.dimensions)
    name = next((one for one in (INSTANCE, GROUP) if one in dimensions), "")
    if name and is_of_root(metric):
        yield name, dimensions[name]


def read_speaking_alarms(aws: AwsAccess, place: Place) -> tuple[Alarm, ...]:
    """Read all alarms of a place, each with what a composite alarm does that it alone sets off.

    Asks ``cloudwatch:DescribeAlarms`` for metric and for composite alarms, and
    ``sns:ListSubscriptions``.
    """
    found = read_alarms(aws, place)
    parents = tuple(_parents(aws, place)) if found else ()
    return tuple(_with_parents(alarm, parents) for alarm in found)


def read_place_alarms(aws: AwsAccess, place: Place) -> PlaceAlarms:
    """Read all alarms of a place; one without actions may speak through a composite alarm.

    Asks ``cloudwatch:DescribeAlarms`` for metric and for composite alarms, and
    ``sns:ListSubscriptions``.
    """
    found = read_alarms(aws, place)
    parents = tuple(_parents(aws, place)) if found else ()
    raw = aws.listing(place, "cloudwatch:DescribeAlarms", "MetricAlarms")
    conditional = (parent for parent in parents if not parent.is_plain)
    return place_alarms(
        (_with_parents(alarm, parents) for alarm in found),
        {one["AlarmArn"]: tuple(_selected(one)) for one in raw},
        {child: parent.name for parent in conditional for child in parent.children},
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
