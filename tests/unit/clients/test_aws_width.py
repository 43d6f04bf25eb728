"""How wide credentials are: by what they are, or by simulation, and what a policy may refuse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.clients.aws_question import Login
from pytest_orr.clients.aws_width import (
    BEYOND_LOOKING,
    SIMULATE,
    principal_of,
    told_by,
    width_without_asking,
)
from pytest_orr.clients.guard import READ_ONLY
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.aws import Aws, AwsAccount

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "123456789012"
HERE = Place(account=ACCOUNT, region="eu-central-1")
VPCS = ("ec2:DescribeVpcs", "Vpcs")
WHO = f"arn:aws:sts::{ACCOUNT}:user/moto"
"""Whom moto takes any key for, and what it calls them."""


def results(**decisions: str) -> list[dict[str, Any]]:
    """What a simulation says; what is not named is denied by nobody allowing it."""
    return [
        {"EvalActionName": action, "EvalDecision": decisions.get(action, "implicitDeny")}
        for action in BEYOND_LOOKING
    ]


def access(said: list[str] | None = None, *, narrow_only: bool = False) -> AwsAccess:
    """Somebody who asks the account."""
    aws = Aws(accounts=(AwsAccount(id=ACCOUNT, regions=("eu-central-1",)),))
    heard = [] if said is None else said
    return AwsAccess(aws, heard.append, narrow_only=narrow_only)


@pytest.fixture
def allow(empty_account: Any) -> Callable[..., None]:
    """Let whoever asks do something: ``allow("s3:*")``."""
    iam = empty_account.client("iam")
    iam.create_user(UserName="moto")

    def put(*actions: str) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName="moto", PolicyName="some", PolicyDocument=policy)

    return put


def test_what_may_do_nothing_but_look_is_narrow(allow: Callable[..., None]) -> None:
    allow("ec2:Describe*", "iam:Get*")
    width = access().width(ACCOUNT)
    assert (width.word, width.why) == (
        "narrow",
        f"none of {len(BEYOND_LOOKING)} actions beyond looking is allowed",
    )


def test_what_may_do_more_is_wide_and_it_is_said_what(allow: Callable[..., None]) -> None:
    allow("s3:Put*", "kms:*")
    width = access().width(ACCOUNT)
    assert (width.word, width.why) == (
        "wide",
        "it may kms:Decrypt, kms:ScheduleKeyDeletion, s3:PutObject",
    )


def test_one_request_finds_out_for_all_who_ask(empty_account: Any) -> None:
    said: list[str] = []
    asking = access(said)
    assert asking.width(ACCOUNT) == asking.width(ACCOUNT)
    asking.listing(HERE, *VPCS)
    assert said == [
        f"AWS {HERE} sts:GetCallerIdentity",
        f"AWS {ACCOUNT} us-east-1 iam:SimulatePrincipalPolicy",
        f"AWS {HERE} ec2:DescribeVpcs",
    ]
    assert empty_account.url


def test_a_simulation_that_is_denied_leaves_the_width_unknown_and_the_rest_known(
    empty_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = empty_account.client("iam")
    iam.create_user(UserName="auditor")
    allowed = {"Effect": "Allow", "Action": ["ec2:*", "sts:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="auditor", PolicyName="some", PolicyDocument=policy)
    key = iam.create_access_key(UserName="auditor")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    empty_account.control("reset-auth", "0")
    try:
        asking, who = access(), f"arn:aws:iam::{ACCOUNT}:user/auditor"
        why = f"AWS {ACCOUNT} us-east-1 denied {SIMULATE} to {who}; allow {SIMULATE} to {who}"
        width = asking.width(ACCOUNT)
        assert (width.word, width.why) == ("unknown", why)
        assert asking.listing(HERE, *VPCS)
        with pytest.raises(FactUnavailable, match="may be wider than needed"):
            access(narrow_only=True).listing(HERE, *VPCS)
    finally:
        empty_account.control("reset-auth", "inf")


def test_a_policy_may_refuse_wide_credentials_and_then_nothing_is_asked(
    allow: Callable[..., None],
) -> None:
    allow("s3:DeleteBucket")
    said: list[str] = []
    asking = access(said, narrow_only=True)
    for _ in range(2):
        with pytest.raises(FactUnavailable) as caught:
            asking.listing(HERE, *VPCS)
    assert caught.value.cause == (
        f"the credentials for AWS account {ACCOUNT} are wider than needed ({WHO}: it may"
        ' s3:DeleteBucket), and policy.toml says credentials = "narrow"'
    )
    assert caught.value.remedy == (
        "name a role that can only look in [[aws.accounts]] role, or use credentials with no more"
        " than `orr iam-policy` prints"
    )
    assert [one.rpartition(" ")[2] for one in said] == [
        "sts:GetCallerIdentity",
        "iam:SimulatePrincipalPolicy",
    ]
    assert asking.caller(ACCOUNT) == WHO


def test_a_policy_that_refuses_wide_credentials_takes_narrow_ones(
    allow: Callable[..., None],
) -> None:
    allow("ec2:DescribeVpcs")
    assert access(narrow_only=True).listing(HERE, *VPCS)


def test_the_root_of_an_account_is_wide_without_any_request() -> None:
    width = width_without_asking(f"arn:aws:iam::{ACCOUNT}:root", Login())
    assert width is not None
    assert (width.word, width.why) == (
        "wide",
        "it is the account's root, which may do everything",
    )


def test_credentials_by_themselves_say_nothing() -> None:
    assert width_without_asking(f"arn:aws:iam::{ACCOUNT}:user/ana", Login()) is None


def test_a_simulation_that_leaves_an_action_out_is_none() -> None:
    width = told_by(results()[1:])
    assert (width.word, width.why) == (
        "unknown",
        "the simulation leaves cloudformation:CreateStack out",
    )


@pytest.mark.parametrize(
    "above",
    [
        {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
        {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
    ],
    ids=["organization", "boundary"],
)
def test_what_the_organization_or_the_boundary_denies_is_not_allowed(above: dict[str, Any]) -> None:
    allowed = results(**{"s3:PutObject": "allowed"})
    assert told_by(allowed).word == "wide"
    assert told_by([one | above for one in allowed]).word == "narrow"


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/team/ana", f"arn:aws:iam::{ACCOUNT}:user/team/ana"),
        (
            f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/orr/session-1",
            f"arn:aws-cn:iam::{ACCOUNT}:role/orr",
        ),
    ],
)
def test_of_a_session_the_roles_policies_are_simulated(arn: str, principal: str) -> None:
    assert principal_of(arn) == principal


def test_no_action_beyond_looking_is_a_read_of_the_product() -> None:
    assert READ_ONLY.isdisjoint(BEYOND_LOOKING)
