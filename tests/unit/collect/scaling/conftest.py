"""A small account to scale in: balancer, two instances, and what the example builds upon them."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.profile.schema import Aws, AwsAccount, AwsResources
from tests.moto_states import Built

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

CHECKOUT = Path(__file__).parents[4]


def foundation(made: Any) -> dict[str, Any]:
    """Create what ``build_scaling`` builds upon, and return its ids."""
    from examples.explorer.balancer import build_balancer  # noqa: PLC0415 after the path is set
    from examples.explorer.builder import REGION, tagged  # noqa: PLC0415 after the path is set

    vpc = made.ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tagged("vpc", "explorer"))
    vpc_id = vpc["Vpc"]["VpcId"]
    subnets = [
        made.ec2.create_subnet(
            VpcId=vpc_id, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in ((1, "a"), (2, "b"))
    ]
    group = made.ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc_id)["GroupId"]
    started = made.ec2.run_instances(
        ImageId="ami-03cf127a",
        InstanceType="t3.medium",
        MinCount=2,
        MaxCount=2,
        SubnetId=subnets[0],
        TagSpecifications=tagged("instance", "explorer-backend"),
    )
    instances = [one["InstanceId"] for one in started["Instances"]]
    network = {"vpc": vpc_id, "subnets": subnets}
    balancer = build_balancer(made, network, {"balancer_group": group}, instances)
    return {**network, **balancer, "instances": instances}


def balancer_alone(made: Any) -> dict[str, Any]:
    """Create a balancer of the service with nothing behind it, and return its ARN."""
    from examples.explorer.builder import TAGS, tag_list  # noqa: PLC0415 after the path is set

    vpc = made.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    there = made.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    created = made.elbv2.create_load_balancer(
        Name="explorer", Subnets=[there[0]["SubnetId"]], Tags=tag_list(TAGS)
    )
    return {"load_balancer": created["LoadBalancers"][0]["LoadBalancerArn"]}


@pytest.fixture(scope="module")
def builder(moto_url: str) -> Any:
    """Clients that build accounts of the example, made once each."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.builder import builder_of  # noqa: PLC0415 after the path is set

    made = builder_of(moto_url, frozenset())
    return replace(made, client=cache(made.client))


@pytest.fixture(scope="session")
def built() -> Built:
    """What stands beneath the small account, as it was built for an earlier test."""
    return Built()


@pytest.fixture
def grown(
    empty_account: Any,
    builder: Any,
    built: Built,
    tracing_off: Callable[[], AbstractContextManager[None]],
) -> Callable[..., Any]:
    """Build the small account with faults of the example's ``scaling``: ``grown("…")``.

    ``part`` names the one part of it that a test needs, and then there is a balancer alone.
    """
    from examples.explorer import scaling  # noqa: PLC0415 after the path is set

    def build(*faults: str, part: str = "") -> Any:
        made = replace(builder, faults=frozenset(faults))
        build_part = getattr(scaling, f"build_{part or 'scaling'}")
        beneath = balancer_alone if part else foundation
        with tracing_off():
            ids = built.ids((beneath.__name__, faults), lambda: beneath(made))
            empty_account.ids = {**ids, **build_part(made, ids)}
        return empty_account

    return build


@pytest.fixture(scope="session")
def of_resources() -> Callable[..., Aws]:
    """Declare which resources are the service's: ``of_resources(vpcs=(…,))``."""

    def make(**resources: Any) -> Aws:
        account = AwsAccount(id="123456789012", regions=("eu-central-1",))
        return Aws(accounts=(account,), resources=AwsResources(**resources))

    return make
