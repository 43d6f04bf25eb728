"""Whom a resource policy lets in: anybody, or somebody whom a condition names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_orr.collect.policies import Grant, grants_of
from pytest_orr.errors import FactUnavailable

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/explorer"


def policy(*statements: dict[str, Any]) -> str:
    usual = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [usual | one for one in statements]})


def grant(**statement: Any) -> Grant:
    [found] = grants_of(policy({"Principal": "*"} | statement), "alias/explorer")
    return found


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [ROLE, "*"]}])
def test_a_wildcard_lets_in_anybody(principal: Any) -> None:
    found = grant(Principal=principal)
    assert found.is_for_everybody
    assert "everybody" in found.who


def test_whom_a_statement_is_not_for_is_everybody_else() -> None:
    text = {"Effect": "Allow", "NotPrincipal": {"AWS": ROLE}, "Action": "*"}
    [found] = grants_of(json.dumps({"Statement": text}), "alias/explorer")
    assert found.is_for_everybody


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "kms:CallerAccount", ACCOUNT),
        ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/*"),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/explorer-*"),
        ("ArnEquals", "AWS:SourceArn", "arn:aws:s3:::explorer-frontend"),
        ("StringEquals", "aws:SourceVpce", ["vpce-1", "vpce-2"]),
    ],
)
def test_a_condition_that_says_who_confines_a_wildcard(operator: str, key: str, value: Any) -> None:
    found = grant(Condition={operator: {key: value}})
    assert not found.is_for_everybody
    assert found.who == ("everybody (on conditions)",)


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "kms:ViaService", "rds.eu-central-1.amazonaws.com"),
        ("StringNotEquals", "kms:CallerAccount", ACCOUNT),
        ("StringEqualsIfExists", "kms:CallerAccount", ACCOUNT),
        ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/"),
        ("StringLike", "kms:CallerAccount", "*"),
        ("StringLike", "kms:CallerAccount", [ACCOUNT, "9*"]),
        ("StringLike", "aws:PrincipalOrgID", "o-?*"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/explorer"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
        ("ArnLike", "aws:SourceArn", "arn:aws"),
        ("StringEquals", "kms:CallerAccount", []),
        ("StringEquals", "kms:CallerAccount", ""),
        ("Bool", "aws:SecureTransport", True),
        ("IpAddress", "aws:SourceIp", "198.51.100.0/24"),
    ],
)
def test_a_condition_that_leaves_open_who_it_is_confines_nobody(
    operator: str, key: str, value: Any
) -> None:
    assert grant(Condition={operator: {key: value}}).is_for_everybody


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ({"AWS": ROLE}, ("role/explorer",)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, (f"all of {ACCOUNT}",)),
        ({"AWS": ACCOUNT}, (f"all of {ACCOUNT}",)),
        (
            {"Service": ["a.amazonaws.com", "b.amazonaws.com"]},
            ("a.amazonaws.com", "b.amazonaws.com"),
        ),
        ({"CanonicalUser": "79a59df9"}, ("79a59df9",)),
    ],
)
def test_principals_are_named_as_people_know_them(principal: Any, shown: tuple[str, ...]) -> None:
    found = grant(Principal=principal)
    assert found.who == shown
    assert not found.is_for_everybody


@pytest.mark.parametrize(
    ("actions", "allowed"),
    [
        ("kms:Decrypt", True),
        ("KMS:DECRYPT", True),
        (["kms:Describe*", "kms:De*"], True),
        ("*", True),
        ("kms:Encrypt", False),
        ("kms:Describe*", False),
    ],
)
def test_actions_are_matched_as_patterns_without_regard_to_case(
    actions: Any, *, allowed: bool
) -> None:
    assert grant(Action=actions).allows("kms:Decrypt") is allowed


def test_a_statement_that_names_what_it_leaves_out_allows_the_rest() -> None:
    text = {"Effect": "Allow", "Principal": "*", "NotAction": "kms:PutKeyPolicy"}
    [found] = grants_of(json.dumps({"Statement": [text]}), "alias/explorer")
    assert found.allows("kms:Decrypt")


def test_statements_that_deny_are_left_out_and_names_stay() -> None:
    text = policy(
        {"Effect": "Deny", "Principal": "*"},
        {"Principal": {"AWS": ROLE}},
        {"Principal": {"AWS": ROLE}, "Sid": "Use"},
    )
    assert [one.name for one in grants_of(text, "alias/explorer")] == ["statement 2", "Use"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"Statement": 1}', '{"Statement": [{"Effect": "Allow"}]}']
)
def test_what_is_no_policy_is_unavailable(text: str) -> None:
    with pytest.raises(FactUnavailable) as caught:
        grants_of(text, "alias/explorer")
    assert caught.value.cause == "the policy of alias/explorer cannot be read"
    assert caught.value.remedy == "update pytest-orr, which does not know this kind of policy"
