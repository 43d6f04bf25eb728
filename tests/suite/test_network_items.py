"""The two AWS items as a person runs them: pass, fail, unknown, nothing found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

BALANCER = "network.load-balancer.elb"
GROUPS = "network.backend.security-groups"
ITEMS = (BALANCER, GROUPS)
UNDECLARED = "readiness.toml declares no [["
"""How findings begin about endpoints and hosts, which these tests declare none of."""


def about_aws(item: Any) -> list[Any]:
    return [one for one in item["findings"] if not one["detail"].startswith(UNDECLARED)]


@pytest.mark.parametrize(
    ("item_id", "missing"), [(BALANCER, "public_names"), (GROUPS, "backend_ports")]
)
def test_a_sound_account_alone_is_good_but_for_what_nobody_declared(
    account_with: Callable[..., Any], run_item: Callable[..., Any], item_id: str, missing: str
) -> None:
    account_with()
    item = run_item(item_id)
    assert item["outcome"] == "unknown"
    unknown, *others = item["findings"]
    assert (unknown["subject"], unknown["outcome"]) == (missing, "unknown")
    assert unknown["detail"].startswith(UNDECLARED)
    assert {one["outcome"] for one in others} == {"pass"}


def test_every_fault_of_the_balancer_is_a_finding_of_its_own(
    account_with: Callable[..., Any], run_item: Callable[..., Any]
) -> None:
    ids = account_with(
        "no-access-logs", "listener-plain-http", "weak-tls-policy", "unhealthy-target"
    )
    item = run_item(BALANCER)
    assert item["outcome"] == "fail"
    failed = {one["subject"] for one in item["findings"] if one["outcome"] == "fail"}
    assert failed == {ids["load_balancer"], *ids["listeners"].values(), ids["target_group"]}


def test_every_fault_of_a_security_group_is_a_finding_of_its_own(
    account_with: Callable[..., Any], run_item: Callable[..., Any]
) -> None:
    ids = account_with(
        "backend-open-to-world", "all-ports", "group-reference-to-stranger", "default-group-used"
    )
    item = run_item(GROUPS)
    assert item["outcome"] == "fail"
    failed = [one for one in item["findings"] if one["outcome"] == "fail"]
    said = sorted(one["detail"].partition(";")[0] for one in failed)
    assert said == [
        "it is the default group, which must not be used",
        "it opens all ports",
        "it opens to the world: tcp 5432",
        "the group that it lets in is not the service's",
    ]
    assert ids["default_group"] in {one["subject"] for one in failed}


@pytest.mark.parametrize(
    ("item_id", "operation"),
    [
        (BALANCER, "elasticloadbalancing:DescribeTargetHealth"),
        (GROUPS, "ec2:GetManagedPrefixListEntries"),
    ],
)
def test_a_denied_operation_is_unknown_and_named(
    account_with: Callable[..., Any],
    denied: Callable[[str], Any],
    run_item: Callable[..., Any],
    item_id: str,
    operation: str,
) -> None:
    account_with()
    item = run_item(item_id, env=denied(operation))
    assert item["outcome"] == "unknown"
    [finding] = about_aws(item)
    auditor = "arn:aws:iam::123456789012:user/auditor"
    assert finding["detail"] == f"AWS 123456789012 eu-central-1 denied {operation} to {auditor}"
    assert finding["remedy"] == f"allow {operation} to {auditor}"


@pytest.mark.parametrize("item_id", ITEMS)
@pytest.mark.usefixtures("control")
def test_an_empty_account_is_unknown_because_nothing_was_found(
    run_item: Callable[..., Any], item_id: str
) -> None:
    item = run_item(item_id)
    assert item["outcome"] == "unknown"
    [finding] = about_aws(item)
    assert finding["detail"] in {
        "no load balancer of the service found",
        "no network interface of the backend found",
    }


@pytest.mark.usefixtures("control")
def test_the_wrong_account_is_unknown_and_both_are_named(run_item: Callable[..., Any]) -> None:
    item = run_item(BALANCER, profile_overrides={"account": "999999999999"})
    assert item["outcome"] == "unknown"
    [finding] = about_aws(item)
    assert finding["detail"] == (
        "the credentials are of AWS account 123456789012, and readiness.toml names 999999999999"
    )


def test_without_credentials_the_item_is_unknown(run_item: Callable[..., Any]) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    item = run_item(GROUPS, env=nobody)
    assert item["outcome"] == "unknown"
    [finding] = about_aws(item)
    assert finding["detail"] == "there are no credentials for AWS 123456789012 eu-central-1"
    assert finding["remedy"] == "log in, or name a credentials profile in [aws] accounts.profile"


def test_an_endpoint_that_does_not_resolve_is_unknown(run_item: Callable[..., Any]) -> None:
    item = run_item(BALANCER, endpoint_url="http://aws.invalid")
    assert item["outcome"] == "unknown"
    [finding] = about_aws(item)
    assert finding["detail"] == (
        "AWS 123456789012 eu-central-1 cannot be reached at http://aws.invalid/"
        " for sts:GetCallerIdentity"
    )


def test_a_profile_that_names_no_resources_is_unknown(run_item: Callable[..., Any]) -> None:
    item = run_item(GROUPS, profile_overrides={"resources": ""})
    assert item["outcome"] == "unknown"
    [finding] = about_aws(item)
    assert finding["detail"] == (
        "[aws.resources] names neither tags, VPCs nor load balancers of the service"
    )
