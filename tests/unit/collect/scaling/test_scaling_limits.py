"""How far the service can grow: groups, services and tables that scale, and AWS's quotas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.compute_quotas import QuotaUse, _allowed, _growth, read_quotas
from pytest_orr.collect.scaling_groups import ScalingGroup, _group
from pytest_orr.collect.scaling_limits import ScalingLimitFacts, ScalingLimits
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

STANDARD = "quota L-1216C47A in 123456789012 eu-central-1"
TAGS = {"service": "explorer"}


def limits(account: Any, aws: Any = None) -> ScalingLimitFacts:
    facts: ScalingLimitFacts = account.collect(ScalingLimits(), aws)
    return facts


def test_a_group_and_its_quota_are_read(grown: Callable[..., Any]) -> None:
    account = grown()
    found = limits(account)
    assert found.all == (*found.groups, *found.quotas)
    [group], [quota] = found.groups, found.quotas
    assert group.name == account.ids["scaling_group"]
    assert group.reading.obstacle == ""
    assert group.seen == "Auto Scaling group, 2 of at most 4; explorer-requests"
    assert quota.name == STANDARD
    assert quota.reading.groups == (account.ids["scaling_group"],)
    assert quota.reading.lacks(2.0) == ""
    assert quota.seen == "4 vCPUs in use, at most 8, 16 allowed"


@pytest.mark.parametrize(
    ("fault", "obstacle"),
    [
        ("scaling-group-full", "it is as large as it may become"),
        ("scaling-group-without-policy", "no policy lets it grow"),
        ("scaling-group-suspended", "its growth is suspended"),
    ],
)
def test_a_group_that_cannot_grow_is_told(
    grown: Callable[..., Any], fault: str, obstacle: str
) -> None:
    [group] = limits(grown(fault)).groups
    assert group.reading.obstacle == obstacle


def test_a_maximum_above_the_quota_is_an_empty_promise(grown: Callable[..., Any]) -> None:
    [quota] = limits(grown("quota-below-maximum")).quotas
    assert quota.reading.lacks(2.0) == (
        "at their largest the scaling groups would need 8 vCPUs, and 6 are allowed"
    )


def test_a_group_is_the_services_by_its_vpc_or_its_balancer_too(
    grown: Callable[..., Any], of_resources: Callable[..., Any]
) -> None:
    account = grown()
    by_vpc = limits(account, of_resources(vpcs=(account.ids["vpc"],)))
    assert [one.name for one in by_vpc.groups] == [account.ids["scaling_group"]]
    balancer = of_resources(load_balancers=(account.ids["load_balancer"],))
    assert limits(account, balancer).groups == ()
    account.client("autoscaling").attach_load_balancer_target_groups(
        AutoScalingGroupName="explorer-backend", TargetGroupARNs=[account.ids["target_group"]]
    )
    assert len(limits(account, balancer).groups) == 1
    assert limits(account, of_resources(tags={"service": "faucet"})).all == ()


def test_services_and_tables_that_carry_the_tags_are_read(empty_account: Any) -> None:
    ecs, tables = empty_account.client("ecs"), empty_account.client("dynamodb")
    scaling = empty_account.client("application-autoscaling")
    ecs.create_cluster(clusterName="explorer")
    ecs.register_task_definition(family="api", containerDefinitions=[])
    for name, tags in (("api", TAGS), ("faucet", {"service": "faucet"})):
        ecs.create_service(
            cluster="explorer",
            serviceName=name,
            taskDefinition="api",
            desiredCount=3,
            tags=[{"key": key, "value": value} for key, value in tags.items()],
        )
        scaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/explorer/{name}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=1,
            MaxCapacity=9,
        )
    tables.create_table(
        TableName="blocks",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 2},
        Tags=[{"Key": "service", "Value": "explorer"}],
    )
    for unit in ("Read", "Write"):
        which = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": "table/blocks",
            "ScalableDimension": f"dynamodb:table:{unit}CapacityUnits",
        }
        scaling.register_scalable_target(**which, MinCapacity=1, MaxCapacity=5)
        scaling.put_scaling_policy(
            **which,
            PolicyName=f"{unit} utilization",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 70.0},
        )
    found = {one.name: one.reading for one in limits(empty_account).groups}
    assert {name: (one.kind, one.obstacle) for name, one in found.items()} == {
        "service/explorer/api ecs:service:DesiredCount": ("ECS service", "no policy lets it grow"),
        "table/blocks dynamodb:table:ReadCapacityUnits": (
            "DynamoDB table",
            "it is as large as it may become",
        ),
        "table/blocks dynamodb:table:WriteCapacityUnits": ("DynamoDB table", ""),
    }
    assert [one.current for one in found.values()] == [3, 5, 2]


def test_an_empty_account_has_no_limits(empty_account: Any) -> None:
    assert limits(empty_account).all == ()


RAW = {
    "AutoScalingGroupARN": "arn:asg",
    "AutoScalingGroupName": "asg",
    "DesiredCapacity": 1,
    "MaxSize": 4,
}


def test_a_group_of_mixed_instances_counts_those_on_demand(empty_account: Any) -> None:
    [place] = empty_account.access().places
    mixed = {
        "LaunchTemplate": {
            "Overrides": [{"InstanceType": "m5.large"}, {"InstanceType": "m5.xlarge"}]
        },
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 50},
    }
    policies = (
        {"PolicyName": "off", "AutoScalingGroupName": "asg", "Enabled": False},
        {"PolicyName": "of another", "AutoScalingGroupName": "other"},
    )
    group = _group(place, {**RAW, "MixedInstancesPolicy": mixed}, policies)
    assert (group.types, group.on_demand, group.policies) == (("m5.large", "m5.xlarge"), 0.5, ())
    assert _growth(group, {"m5.large": 2, "m5.xlarge": 4}) == 8


def test_a_group_that_is_counted_in_weights_is_not_reckoned_with(empty_account: Any) -> None:
    [place] = empty_account.access().places
    member = {"InstanceId": "i-1", "InstanceType": "m5.large", "WeightedCapacity": "2"}
    group = _group(place, {**RAW, "Instances": [member]}, ())
    with pytest.raises(FactUnavailable, match="counts its size in weights"):
        _growth(group, {"m5.large": 2})


def test_a_family_whose_quota_is_not_known_is_told(empty_account: Any) -> None:
    [place] = empty_account.access().places
    mac = ScalingGroup(
        name="mac",
        kind="Auto Scaling group",
        account=place.account,
        region=place.region,
        current=0,
        maximum=1,
        policies=(),
        types=("mac2.metal",),
    )
    silent = replace(mac, name="silent", types=())
    [part] = read_quotas(empty_account.access(), place, [mac, silent])
    assert part.name == "quota mac in 123456789012 eu-central-1"
    with pytest.raises(FactUnavailable, match="the family mac"):
        part.reading  # noqa: B018 reading it is the test


def test_without_a_quota_of_its_own_an_account_has_awss_default(empty_account: Any) -> None:
    access = empty_account.access()
    assert _allowed(access, access.places[0], "L-1216C47A") == 5.0


def test_without_groups_a_quota_must_allow_twice_what_is_used() -> None:
    quota = QuotaUse(
        code="L-1216C47A",
        account="123456789012",
        region="eu-central-1",
        allowed=16,
        used=8,
        at_most=8,
        groups=(),
    )
    assert quota.lacks(2.0) == ""
    assert replace(quota, used=9).lacks(2.0) == (
        "growing, the service would need 18 vCPUs, and 16 are allowed"
    )
