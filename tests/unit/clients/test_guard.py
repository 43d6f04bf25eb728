"""Nothing but the listed operations ever leaves, whichever way a client is used."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from pytest_orr.clients.aws_question import Login, Place, Question
from pytest_orr.clients.aws_wire import Wire
from pytest_orr.clients.further_reads import OFFERED
from pytest_orr.clients.guard import (
    PERMISSIONS,
    READ_ONLY,
    SERVICES,
    Guard,
    OperationRefused,
)
from pytest_orr.collect.desk import aws_operations_of
from pytest_orr.collect.registry import registry
from pytest_orr.discovery.asking import OPERATIONS as OF_DISCOVERY
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

VPC = {"CidrBlock": "10.9.0.0/16"}


def below_the_client(client: Any) -> Any:
    """Send a request as botocore does it after its own checks."""
    model = client.meta.service_model.operation_model("CreateVpc")
    request = client._convert_to_request_dict(VPC, model, endpoint_url=client.meta.endpoint_url)
    return client._endpoint.make_request(model, request)


WAYS: dict[str, Callable[[Any], Any]] = {
    "its own method": lambda client: client.create_vpc(**VPC),
    "the call behind the method": lambda client: client._make_api_call("CreateVpc", VPC),
    "the endpoint below the client": below_the_client,
    "a presigned URL": lambda client: client.generate_presigned_url("create_vpc", Params=VPC),
    "a paginator": lambda client: list(client.get_paginator("describe_snapshots").paginate()),
    "a listing that is not declared": lambda client: client.describe_snapshots(),
}


@pytest.fixture
def client(aws_environment: pytest.MonkeyPatch) -> Any:  # noqa: ARG001 it leads to the account
    """A guarded client of EC2."""
    place = Place(account="123456789012", region="eu-central-1")
    question = Question(place=place, login=Login(), operation="ec2:DescribeVpcs", parameters={})
    return Wire(Guard(READ_ONLY), READ_ONLY)._client(question)


@pytest.mark.parametrize("way", WAYS)
def test_an_operation_that_is_not_listed_is_refused_before_it_is_sent(
    empty_account: Any, client: Any, way: str
) -> None:
    before = client.describe_vpcs()["Vpcs"]
    with pytest.raises(OperationRefused):
        WAYS[way](client)
    assert client.describe_vpcs()["Vpcs"] == before
    assert len(before) == len(empty_account.client("ec2").describe_vpcs()["Vpcs"])


def test_the_refusal_names_the_operation_and_what_to_do(client: Any) -> None:
    with pytest.raises(OperationRefused) as caught:
        client.create_vpc(**VPC)
    assert caught.value.cause == (
        "ec2:CreateVpc is not among the read-only operations that this run's collectors declare"
    )
    assert caught.value.remedy == (
        "declare it in the collector's operations, if the product lists it as a read"
    )


def test_a_collector_cannot_use_what_is_not_listed(empty_account: Any) -> None:
    access = empty_account.access()
    with pytest.raises(FactUnavailable, match="ec2:DescribeSnapshots is not among"):
        access.listing(access.places[0], "ec2:DescribeSnapshots", "Snapshots")


def test_what_is_listed_is_what_collectors_and_discovery_declare() -> None:
    declared = {one for collector in registry().values() for one in collector.operations}
    declared |= {*OF_DISCOVERY}
    assert {one for one in declared if one.partition(":")[0] in SERVICES} == READ_ONLY


def test_a_services_own_collector_may_declare_further_reads_and_nothing_else() -> None:
    own: Any = SimpleNamespace(operations=("kms:ListKeys", "kms:CreateKey", "http:GET"))
    assert aws_operations_of([own]) == {"kms:ListKeys"}


@pytest.mark.usefixtures("aws_environment")
def test_every_listed_operation_exists_and_is_a_read() -> None:
    for operation in OFFERED:
        prefix, _, name = operation.partition(":")
        make: Any = boto3.session.Session().client
        model = make(SERVICES[prefix].client, region_name="eu-central-1").meta.service_model
        assert name in model.operation_names
        assert name.startswith(("Describe", "Generate", "Get", "List", "Lookup", "Simulate"))
        assert SERVICES[prefix].event == model.service_id.hyphenize()


def test_no_listed_operation_reads_what_is_kept_secret() -> None:
    secret = {"GetSecretValue", "BatchGetSecretValue", "GetObject", "GetParameter", "Decrypt"}
    assert secret.isdisjoint(operation.partition(":")[2] for operation in OFFERED)


def test_a_permission_of_another_name_is_one_of_a_listed_operation() -> None:
    assert PERMISSIONS.keys() <= OFFERED
    assert OFFERED.isdisjoint(PERMISSIONS.values())
