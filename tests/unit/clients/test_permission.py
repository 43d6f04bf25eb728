"""From operations to the least IAM policy that allows them."""

from __future__ import annotations

import json

import pytest

from pytest_orr.clients.further_reads import OFFERED
from pytest_orr.clients.permission import (
    ALSO_NEEDED,
    LARGEST,
    NEEDS_NONE,
    actions_of,
    policies_of,
    policy_of,
    size_of,
)

MANY = tuple(
    f"{service}:Describe{number:03}" for service in ("ec2", "rds") for number in range(300)
)


def actions_in(*policies: dict[str, object]) -> list[str]:
    statements = [one for policy in policies for one in policy["Statement"]]  # type: ignore[attr-defined]  # a policy is JSON
    return [action for statement in statements for action in statement["Action"]]


def test_an_action_is_what_iam_calls_the_operation() -> None:
    asked = ("s3:ListBuckets", "ec2:DescribeVpcs", "s3:GetBucketEncryption", "ec2:DescribeVpcs")
    assert actions_of(asked) == (
        "ec2:DescribeVpcs",
        "s3:GetEncryptionConfiguration",
        "s3:ListAllMyBuckets",
    )


def test_what_aws_checks_besides_is_allowed_too() -> None:
    assert actions_of(("wafv2:GetWebACLForResource",)) == (
        "elasticloadbalancing:GetLoadBalancerWebACL",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
    )


def test_what_is_not_asked_of_aws_and_who_one_is_need_no_permission() -> None:
    assert actions_of(("http:GET", "ssh:release", "sts:GetCallerIdentity")) == ()
    assert NEEDS_NONE <= OFFERED
    assert ALSO_NEEDED.keys() <= OFFERED


def test_a_policy_has_one_sorted_statement_a_service() -> None:
    assert policy_of(("kms:ListAliases", "ec2:DescribeVpcs", "ec2:DescribeInstances")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadEc2",
                "Effect": "Allow",
                "Action": ["ec2:DescribeInstances", "ec2:DescribeVpcs"],
                "Resource": "*",
            },
            {
                "Sid": "ReadKms",
                "Effect": "Allow",
                "Action": ["kms:ListAliases"],
                "Resource": "*",
            },
        ],
    }


def test_the_name_of_a_statement_is_one_that_aws_takes() -> None:
    [statement] = policy_of(("application-autoscaling:DescribeScalingPolicies",))["Statement"]
    assert statement["Sid"] == "ReadApplicationAutoscaling"


def test_white_space_does_not_count_in_a_policys_size() -> None:
    policy = policy_of(("ec2:DescribeVpcs",))
    written = json.dumps(policy, indent=2)
    assert size_of(policy) == len("".join(written.split()))


def test_parts_hold_every_action_once_and_none_is_larger_than_aws_takes() -> None:
    assert size_of(policy_of(MANY)) > LARGEST
    parts = policies_of(MANY)
    assert all(size_of(part) <= LARGEST for part in parts)
    assert actions_in(*parts) == sorted(MANY)
    assert len(parts) == 2
    fuller = policy_of([*actions_in(parts[0]), actions_in(parts[1])[0]])
    assert size_of(fuller) > LARGEST


@pytest.mark.parametrize("actions", [(), ("ec2:DescribeVpcs",)])
def test_what_is_small_enough_is_one_part(actions: tuple[str, ...]) -> None:
    assert policies_of(actions) == (policy_of(actions),)
