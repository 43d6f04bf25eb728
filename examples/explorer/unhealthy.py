"""What tells somebody in the example's account that a backend no longer answers its balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.builder import Builder

FAULTS = frozenset(
    {
        "unhealthy-alarm-falling",
        "unhealthy-alarm-missing",
        "unhealthy-alarm-silent",
        "unhealthy-alarm-unrouted",
    }
)
FALLING, RISING = "LessThanThreshold", "GreaterThanOrEqualToThreshold"


def build_unhealthy(made: Builder, ids: Mapping[str, Any]) -> None:
    """Count the balancer's unhealthy hosts, and page whoever waits for it."""
    if "unhealthy-alarm-missing" in made.faults:
        return
    topic = made.client("sns").create_topic(Name="explorer-pages")["TopicArn"]
    named = {
        "TargetGroup": ids["target_group"].rpartition(":")[2],
        "LoadBalancer": ids["load_balancer"].partition(":loadbalancer/")[2],
    }
    made.client("cloudwatch").put_metric_alarm(
        AlarmName="explorer-unhealthy-hosts",
        Namespace="AWS/ApplicationELB",
        MetricName="UnHealthyHostCount",
        Dimensions=[{"Name": name, "Value": value} for name, value in named.items()],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=1.0,
        ComparisonOperator=FALLING if "unhealthy-alarm-falling" in made.faults else RISING,
        ActionsEnabled="unhealthy-alarm-silent" not in made.faults,
        AlarmActions=[] if "unhealthy-alarm-unrouted" in made.faults else [topic],
    )
