"""Whom AWS means by the many names that it has for one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_orr.collect.policies import grants_of
from pytest_orr.collect.principals import admitted_by, plain_principal

ROLE = "arn:aws:iam::123456789012:role"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("123456789012", "arn:aws:iam::123456789012:root"),
        ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root"),
        (f"{ROLE}/backend", f"{ROLE}/backend"),
        (f"{ROLE}/team/explorer/backend", f"{ROLE}/backend"),
        ("arn:aws:sts::123456789012:assumed-role/backend/i-0123", f"{ROLE}/backend"),
        ("arn:aws:iam::123456789012:user/people/bo", "arn:aws:iam::123456789012:user/bo"),
        (f"{ROLE}/aws-service-role/autoscaling.amazonaws.com/R", "autoscaling.amazonaws.com"),
        ("arn:aws:sts::123456789012:assumed-role/aws:ec2-infrastructure/i-1", "ec2.amazonaws.com"),
        ("rds.eu-central-1.amazonaws.com", "rds.amazonaws.com"),
        ("cloudfront.amazonaws.com", "cloudfront.amazonaws.com"),
        ("delivery.logs.amazonaws.com", "delivery.logs.amazonaws.com"),
        ("AROAEXAMPLEOFAROLETHATISGONE", "AROAEXAMPLEOFAROLETHATISGONE"),
        ("arn:aws:iam::123456789012:saml-provider/x", "arn:aws:iam::123456789012:saml-provider/x"),
    ],
)
def test_a_name_has_one_plain_form(name: str, plain: str) -> None:
    assert plain_principal(name) == plain


def admitted(principal: Any, **condition: Any) -> tuple[str, ...]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*"}
    [grant] = grants_of(json.dumps({"Statement": {**statement, **condition}}), "a key")
    return admitted_by(grant)


def test_a_statement_admits_whom_it_names() -> None:
    assert admitted({"AWS": [f"{ROLE}/a/b", "123456789012"], "Service": "s3.amazonaws.com"}) == (
        *(f"{ROLE}/b", "arn:aws:iam::123456789012:root"),
        "s3.amazonaws.com",
    )
    assert admitted("*") == ("everybody",)


@pytest.mark.parametrize(
    ("terms", "left"),
    [
        ({"kms:CallerAccount": "123456789012"}, ("arn:aws:iam::123456789012:root",)),
        (
            {"kms:CallerAccount": "1" * 12, "kms:ViaService": ["rds.eu-west-1.amazonaws.com"]},
            ("rds.amazonaws.com",),
        ),
        ({"aws:PrincipalArn": f"{ROLE}/x/backend"}, (f"{ROLE}/backend",)),
        ({"aws:PrincipalOrgID": "o-1"}, ("everybody (on conditions)",)),
        ({"kms:ViaService": "rds.eu-west-1.amazonaws.com"}, ("everybody",)),
    ],
    ids=["account", "service", "role", "organization", "service of anybody"],
)
def test_of_everybody_a_statement_admits_whom_its_conditions_leave(
    terms: dict[str, Any], left: tuple[str, ...]
) -> None:
    assert admitted({"AWS": "*"}, Condition={"StringEquals": terms}) == left


def test_a_term_that_excludes_a_service_names_nobody() -> None:
    condition = {
        "StringEquals": {"kms:CallerAccount": "123456789012"},
        "StringNotEquals": {"kms:ViaService": "rds.eu-central-1.amazonaws.com"},
    }
    assert admitted("*", Condition=condition) == ("arn:aws:iam::123456789012:root",)
