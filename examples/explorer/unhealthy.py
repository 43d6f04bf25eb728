"""What tells somebody in the example's account that a backend no longer answers its balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.builder import Builder

FAULTS = frozenset({"unhealthy-alarm-missing"})
WATCHED = {
    "target_group": "explorer-unhealthy-hosts",
    "canary_target_group": "explorer-unhealthy-canary",
}
"""Alarms by the groups that they are about."""


def build_unhealthy(made: Builder, ids: Mapping[str, Any]) -> None:
    """Count the unhealthy hosts of each target group, and page whoever waits for it."""
    topic = made.client("sns").create_topic(Name="explorer-pages")["TopicArn"]
    for group, name in WATCHED.items():
        befallen = made.faults if group == "target_group" else frozenset[str]()
        if group in ids and "unhealthy-alarm-missing" not in befallen:
            named = {
                "TargetGroup": ids[group].rpartition(":")[2],
                "LoadBalancer": ids["load_balancer"].partition(":loadbalancer/")[2],
            }
            made.client("cloudwatch").put_metric_alarm(
                AlarmName=name,
                Namespace="AWS/ApplicationELB",
                MetricName="UnHealthyHostCount",
                Dimensions=[{"Name": key, "Value": value} for key, value in named.items()],
                Statistic="Maximum",
                Period=60,
                EvaluationPeriods=3,
                Threshold=1.0,
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                AlarmActions=[topic],
            )
