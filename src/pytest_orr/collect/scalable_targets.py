"""Finds the service's ECS services and DynamoDB tables that scale, for ``scaling_limits``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place

from .scaling_groups import ScalingGroup

OPERATIONS = (
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "dynamodb:DescribeTable",
    "ecs:DescribeServices",
    "sts:GetCallerIdentity",
    "tag:GetResources",
)
"""What is asked to know them."""

MOST_SERVICES = 10
"""As many as one DescribeServices takes."""
UNITS = MappingProxyType(
    {
        "dynamodb:table:ReadCapacityUnits": "ReadCapacityUnits",
        "dynamodb:table:WriteCapacityUnits": "WriteCapacityUnits",
    }
)

Sizes = dict[tuple[str, str], int]
"""Current sizes by resource id and dimension, as Application Auto Scaling calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of resource that Application Auto Scaling scales."""

    namespace: str
    resource: str
    """As the tagging API calls it."""
    title: str
    sizes: Callable[[AwsAccess, Place, tuple[str, ...]], Sizes]
    """Reads the current sizes of resources, by their ids."""


def own_scalable_targets(aws: AwsAccess, place: Place) -> tuple[ScalingGroup, ...]:
    """Return what carries the service's tags and scales in one place, by name.

    Asks ``tag:GetResources`` and, for each kind of which there is something,
    ``application-autoscaling:DescribeScalableTargets``, ``DescribeScalingPolicies`` and for the
    current sizes ``ecs:DescribeServices`` or ``dynamodb:DescribeTable``. Without tags nothing of
    it is known to be the service's.
    """
    tags = aws.resources.tags
    if not tags:
        return ()
    tagged = aws.listing(
        place,
        "tag:GetResources",
        "ResourceTagMappingList",
        TagFilters=[{"Key": key, "Values": [tags[key]]} for key in sorted(tags)],
        ResourceTypeFilters=[kind.resource for kind in KINDS],
    )
    arns = [str(one["ResourceARN"]) for one in tagged]
    found = (group for kind in KINDS for group in _of_kind(aws, place, kind, arns))
    return tuple(sorted(found, key=lambda group: group.name))


def _of_kind(
    aws: AwsAccess, place: Place, kind: _Kind, arns: Iterable[str]
) -> Iterable[ScalingGroup]:
    service, _, name = kind.resource.partition(":")
    mark = f":{service}:{place.region}:{place.account}:{name}/"
    own = {f"{name}/{arn.partition(mark)[2]}" for arn in arns if mark in arn}
    if not own:
        return ()
    asked = {"ServiceNamespace": kind.namespace}
    prefix = "application-autoscaling:Describe"
    targets = aws.listing(place, f"{prefix}ScalableTargets", "ScalableTargets", **asked)
    mine = [raw for raw in targets if raw["ResourceId"] in own]
    policies = aws.listing(place, f"{prefix}ScalingPolicies", "ScalingPolicies", **asked)
    sizes = kind.sizes(aws, place, tuple(sorted({raw["ResourceId"] for raw in mine})))
    return [_group(place, kind, raw, policies, sizes) for raw in mine]


def _group(
    place: Place,
    kind: _Kind,
    raw: Mapping[str, Any],
    policies: Iterable[Mapping[str, Any]],
    sizes: Sizes,
) -> ScalingGroup:
    which = (raw["ResourceId"], raw["ScalableDimension"])
    its = (
        str(one["PolicyName"])
        for one in policies
        if (one["ResourceId"], one["ScalableDimension"]) == which
    )
    return ScalingGroup(
        name=" ".join(which),
        kind=kind.title,
        account=place.account,
        region=place.region,
        current=sizes[which],
        maximum=raw["MaxCapacity"],
        policies=tuple(sorted(its)),
        is_suspended=raw.get("SuspendedState", {}).get("DynamicScalingOutSuspended", False),
    )


def _of_services(aws: AwsAccess, place: Place, ids: tuple[str, ...]) -> Sizes:
    sizes: Sizes = {}
    for cluster, several in groupby(ids, key=lambda one: one.split("/")[1]):
        names = [one.split("/")[2] for one in several]
        for at in range(0, len(names), MOST_SERVICES):
            some = names[at : at + MOST_SERVICES]
            answer = aws.call(place, "ecs:DescribeServices", cluster=cluster, services=some)
            for raw in answer["services"]:
                which = (f"service/{cluster}/{raw['serviceName']}", "ecs:service:DesiredCount")
                sizes[which] = raw["desiredCount"]
    return sizes


def _of_tables(aws: AwsAccess, place: Place, ids: tuple[str, ...]) -> Sizes:
    sizes: Sizes = {}
    for one in ids:
        name = one.partition("/")[2]
        answer = aws.call(place, "dynamodb:DescribeTable", TableName=name)
        throughput = answer["Table"]["ProvisionedThroughput"]
        sizes |= {(one, dimension): throughput[unit] for dimension, unit in UNITS.items()}
    return sizes


KINDS = (
    _Kind(namespace="ecs", resource="ecs:service", title="ECS service", sizes=_of_services),
    _Kind(
        namespace="dynamodb", resource="dynamodb:table", title="DynamoDB table", sizes=_of_tables
    ),
)
