"""Finds the service's own metrics of one name in CloudWatch, for ``criteria_metrics``."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pytest_orr.collect import metrics, ownership
from pytest_orr.collect.metrics import Metric, Span, metric_of, read_series

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.collect.interface import Desk

OPERATIONS = (
    "cloudwatch:ListMetrics",
    *ownership.OPERATIONS,
    "tag:GetResources",
    metrics.OPERATIONS[0],
)
"""What is asked to know them."""
HOUR = timedelta(hours=1)
"""How far back a last sample is looked for."""
MINUTE = 60
OF_AWS = "AWS/"
"""What the namespaces of AWS's own services begin with; any other is somebody's own."""


def newest_samples(
    desk: Desk, namespace: str, name: str, dimensions: Mapping[str, str]
) -> tuple[datetime | None, ...]:
    """Return when each of the service's metrics of a name last had a sample within the hour.

    Asks ``cloudwatch:ListMetrics`` and ``GetMetricData`` in every place, and there where what has
    no region is measured; for metrics of AWS's services also what is the service's.
    """
    until = desk.as_of.replace(second=0, microsecond=0) + timedelta(minutes=1)
    span = Span(start=until - HOUR, end=until, period=MINUTE)
    wanted = Metric(namespace=namespace, name=name, dimensions=tuple(sorted(dimensions.items())))
    places = tuple(dict.fromkeys((*desk.aws.places, *desk.aws.homes)))
    found = desk.aws.everywhere(partial(_in_place, desk.aws, wanted, span), places)
    return tuple(last for some in found for last in some)


def _in_place(
    aws: AwsAccess, wanted: Metric, span: Span, place: Place
) -> tuple[datetime | None, ...]:
    listed = aws.listing(
        place,
        "cloudwatch:ListMetrics",
        "Metrics",
        Namespace=wanted.namespace,
        MetricName=wanted.name,
    )
    several = sorted({metric_of(raw) for raw in listed})
    matching = [one for one in several if {*wanted.dimensions} <= {*one.dimensions}]
    own = _own(aws, place, matching) if wanted.namespace.startswith(OF_AWS) else matching
    series = read_series(aws, place, [(one, "SampleCount") for one in own], span)
    return tuple(one.last for one in series)


def _own(aws: AwsAccess, place: Place, several: list[Metric]) -> list[Metric]:
    """Return those of which a dimension names something of the service's."""
    if not several:
        return []
    balancers = ownership.own_balancers(aws, place, ownership.ownership(aws, place))
    arns = {str(one.raw["LoadBalancerArn"]) for one in balancers} | _tagged(aws, place)
    return [one for one in several if any(_names(value, arns) for _, value in one.dimensions)]


def _tagged(aws: AwsAccess, place: Place) -> set[str]:
    tags = aws.resources.tags
    if not tags:
        return set()
    filters = [{"Key": key, "Values": [tags[key]]} for key in sorted(tags)]
    key = "ResourceTagMappingList"
    found = aws.listing(place, "tag:GetResources", key, TagFilters=filters)
    return {str(one["ResourceARN"]) for one in found}


def _names(value: str, arns: set[str]) -> bool:
    """Tell whether a dimension's value is the end of an ARN, as identifiers are."""
    return any(arn.endswith((f":{value}", f"/{value}")) for arn in arns)
