"""Each operation of what is asked about the public front is denied in turn, by IAM, on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect import listener_certificates
from pytest_orr.collect.certificate_renewals import AT_AWS, CertificateRenewals
from pytest_orr.collect.web_protections import WebProtections
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

AUDITOR = "arn:aws:iam::123456789012:user/auditor"
NOT_OF_AWS = {"dns:A", "dns:CNAME", "tcp:connect"}


@pytest.fixture(scope="module")
def front(sound_account: Any, distribute: Callable[..., dict[str, str]]) -> Any:
    """The sound account with a distribution before its balancer, so that all is asked about."""
    ids = sound_account.ids
    listed = [{"PrefixListId": ids["prefix_list"]}]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": listed}
    sound_account.client("ec2").authorize_security_group_ingress(
        GroupId=ids["balancer_group"], IpPermissions=[https]
    )
    made = sound_account.client("elbv2").create_load_balancer(
        Name="beside", Subnets=ids["subnets"], Tags=[{"Key": "service", "Value": "explorer"}]
    )
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    sound_account.client("wafv2").associate_web_acl(WebACLArn=ids["web_acl"], ResourceArn=arn)
    origin = (ids["balancer_name"], 443)
    distribute(sound_account, tags={"service": "explorer"}, acl=ids["edge_web_acl"], origin=origin)
    return sound_account


@pytest.mark.parametrize(
    "operation",
    [
        operation
        for operation in WebProtections().operations
        if operation not in {*NOT_OF_AWS, "sts:GetCallerIdentity"}
    ],
)
def test_a_denied_operation_makes_the_protections_unavailable_and_is_named(
    front: Any, allow_all_but: Callable[..., None], operation: str
) -> None:
    allow_all_but(operation)
    with pytest.raises(FactUnavailable) as caught:
        front.collect(WebProtections())
    assert f" denied {operation} to {AUDITOR}" in caught.value.cause
    assert caught.value.remedy == f"allow {operation} to {AUDITOR}"


def test_no_operation_is_declared_that_the_protections_do_not_use(
    front: Any, allow_all_but: Callable[..., None]
) -> None:
    allow_all_but()
    front.progress.clear()
    front.collect(WebProtections())
    used = {line.split()[-1] for line in front.progress}
    assert used == {*WebProtections().operations} - NOT_OF_AWS


OF_CERTIFICATES = {*listener_certificates.OPERATIONS} - NOT_OF_AWS


@pytest.mark.parametrize("operation", sorted(OF_CERTIFICATES - {"sts:GetCallerIdentity"}))
def test_a_denied_operation_makes_the_certificates_at_aws_unavailable_and_is_named(
    front: Any, allow_all_but: Callable[..., None], operation: str
) -> None:
    allow_all_but(operation)
    unavailable = dict(front.collect(CertificateRenewals()).sources.unavailable)
    assert f" denied {operation} to {AUDITOR}" in unavailable[AT_AWS].cause
    assert unavailable[AT_AWS].remedy == f"allow {operation} to {AUDITOR}"


def test_no_operation_is_declared_that_the_certificates_do_not_use(
    front: Any, allow_all_but: Callable[..., None]
) -> None:
    allow_all_but()
    front.progress.clear()
    assert front.collect(CertificateRenewals()).sources.held
    used = {line.split()[-1] for line in front.progress}
    assert used == OF_CERTIFICATES
