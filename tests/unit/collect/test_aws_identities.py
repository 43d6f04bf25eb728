"""Who asks each account, and how wide their credentials are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.aws_identities import AwsIdentities, Caller, callers_of
from pytest_orr.collect.registry import WITH_ANY, WITH_AWS, gathered, registry
from pytest_orr.collect.snapshot import text_of, value_in
from pytest_orr.errors import FactUnavailable
from pytest_orr.model import AwsCaller, RunBlock
from pytest_orr.observation import Observed, Unobserved
from pytest_orr.profile.aws import Aws, AwsAccount

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT, OTHER = "123456789012", "210987654321"
RUN = RunBlock(
    id="r", started="2026-11-20T00:00:00Z", as_of="2026-11-20T00:00:00Z", tool="", suite=""
)
BOTH = Aws(
    accounts=(
        AwsAccount(id=ACCOUNT, regions=("eu-central-1",)),
        AwsAccount(id=OTHER, regions=("eu-west-1",), environment="testing"),
    )
)
NARROW = Caller(
    arn=f"arn:aws:sts::{ACCOUNT}:user/moto",
    width="narrow",
    why="none of 18 actions beyond looking is allowed",
)
OF_ANOTHER = f"the credentials are of AWS account {ACCOUNT}, and readiness.toml names {OTHER}"


def test_every_declared_account_is_told_and_one_that_cannot_be_hides_no_other(
    empty_account: Any,
) -> None:
    own, other = empty_account.collect(AwsIdentities(), BOTH)
    assert (own.account, own.environment, own.caller.reading) == (ACCOUNT, "production", NARROW)
    assert (other.account, other.environment) == (OTHER, "testing")
    with pytest.raises(FactUnavailable, match=OF_ANOTHER):
        _ = other.caller.reading
    assert f"AWS {ACCOUNT}: {NARROW.arn} (narrow: {NARROW.why})" in empty_account.progress
    assert own.caller.seen == f"{NARROW.arn}, narrow: {NARROW.why}"


def test_a_review_names_whoever_asked_and_who_could_not_be_named(empty_account: Any) -> None:
    callers = callers_of(empty_account.collect(AwsIdentities(), BOTH))
    assert callers == (
        AwsCaller(account=ACCOUNT, arn=NARROW.arn, width="narrow", why=NARROW.why),
        AwsCaller(account=OTHER, arn="", width="unknown", why=OF_ANOTHER),
    )


def test_wide_credentials_are_told_with_what_they_may_do(empty_account: Any) -> None:
    iam = empty_account.client("iam")
    iam.create_user(UserName="moto")
    allowed = {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="moto", PolicyName="some", PolicyDocument=policy)
    [identity] = empty_account.collect(AwsIdentities())
    assert identity.caller.reading.width == "wide"
    assert identity.caller.reading.why == "it may ssm:GetParameter, ssm:SendCommand"


def test_it_is_gathered_with_every_fact_of_aws_and_without_one_never() -> None:
    known = registry()
    assert gathered(["load_balancers", "profile"], known) == {"load_balancers", WITH_ANY, WITH_AWS}
    assert gathered(["host_units", "public_names"], known) >= {"host_units"}
    assert gathered(["host_units"], known) == {"host_units", WITH_ANY}


@pytest.mark.parametrize("seen", [True, False])
def test_it_is_read_back_from_a_runs_file(empty_account: Any, tmp_path: Path, seen: bool) -> None:  # noqa: FBT001 a parameter of the test
    collector = AwsIdentities()
    value = empty_account.collect(collector)
    common: dict[str, Any] = {"name": collector.name, "source": collector.source}
    observation = (
        Observed(**common, value=value) if seen else Unobserved(**common, cause="no", remedy="none")
    )
    told = text_of(RUN, {collector.name: observation}, registry(), scope="", redact=lambda one: one)
    path = tmp_path / "facts.json"
    path.write_text(told, encoding="utf-8")
    assert value_in(path, collector) == (value if seen else None)
    assert value_in(path, registry()["load_balancers"]) is None
