"""Which metrics of CloudWatch tell an instance's load, and where each instance has them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orr.collect.metrics import Metric, metric_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.compute import Load

OPERATIONS = ("cloudwatch:ListMetrics",)
"""What is asked to know under which dimensions the agent publishes."""

EC2 = "AWS/EC2"
INSTANCE = "InstanceId"
ROOT = "/"
CPU, STATUS, CREDITS = "CPUUtilization", "StatusCheckFailed", "CPUCreditBalance"
MEMORY, DISK = "mem_used_percent", "disk_used_percent"
AGENT = (MEMORY, DISK)
"""What only the CloudWatch agent measures."""

METRIC: Mapping[Load, str] = MappingProxyType(
    {"cpu": CPU, "status": STATUS, "memory": MEMORY, "disk": DISK}
)
"""The metric that tells each load."""
WATCHED_BY: Mapping[Load, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "cpu": ((CPU,),),
        "status": ((STATUS,), ("StatusCheckFailed_Instance", "StatusCheckFailed_System")),
        "memory": ((MEMORY,),),
        "disk": ((DISK,),),
    }
)
"""Metrics that, watched together, watch a load; one alternative is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMetrics:
    """What the CloudWatch agent publishes in one place."""

    by_instance: Mapping[tuple[str, str], Metric]
    """By an instance's id and a metric's name; of disks, the root file system alone."""

    def of(self, instance: str) -> dict[str, Metric]:
        """Return the metrics of one instance by name: EC2's own, and whatever the agent has."""
        own = {
            name: Metric(namespace=EC2, name=name, dimensions=((INSTANCE, instance),))
            for name in (CPU, STATUS, CREDITS)
        }
        there = {name: self.by_instance.get((instance, name)) for name in AGENT}
        return own | {name: metric for name, metric in there.items() if metric}


def read_agent_metrics(aws: AwsAccess, place: Place, namespace: str) -> AgentMetrics:
    """List what the agent publishes (``cloudwatch:ListMetrics``, once for each of its metrics)."""
    lists = aws.each(
        lambda name: aws.listing(
            place, "cloudwatch:ListMetrics", "Metrics", Namespace=namespace, MetricName=name
        ),
        AGENT,
    )
    return AgentMetrics(by_instance=_by_instance(metric_of(raw) for some in lists for raw in some))


def is_of_root(metric: Metric) -> bool:
    """Whether a metric, if it is of a disk at all, is of the root file system or of all disks."""
    return metric.name != DISK or dict(metric.dimensions).get("path", ROOT) == ROOT


def _by_instance(metrics: Iterable[Metric]) -> dict[tuple[str, str], Metric]:
    """Choose one metric for each instance: of the fewest dimensions, which hold the most."""
    found: defaultdict[tuple[str, str], list[Metric]] = defaultdict(list)
    for metric in metrics:
        instance = dict(metric.dimensions).get(INSTANCE)
        if instance and is_of_root(metric):
            found[instance, metric.name].append(metric)
    return {
        key: min(several, key=lambda one: (len(one.dimensions), str(one)))
        for key, several in found.items()
    }
