"""What a desk asks through follows from the run's collectors and from its policy."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.clients.ssh import SshAccess
from pytest_orr.collect.desk import aws_operations_of, opened_desk
from pytest_orr.collect.registry import registry
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.answers import Gate, Policy

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def listed(account: Any, folder: Path, policy: Policy, *names: str) -> Any:
    """What a desk for some facts makes of a listing that these need."""
    profile = account.desk().profile
    written: Any = SimpleNamespace(
        profile=profile, folder=folder, policy=policy, drills=(), stated=()
    )
    collectors = [registry()[name] for name in names]
    with opened_desk(written, collectors, lambda _: None, as_of=AS_OF) as desk:
        return desk.aws.listing(desk.aws.places[0], "ec2:DescribeVpcs", "Vpcs")


def test_a_run_may_ask_aws_what_its_own_collectors_declare(
    empty_account: Any, tmp_path: Path
) -> None:
    assert listed(empty_account, tmp_path, Policy(), "load_balancers", "backend_security_groups")
    with pytest.raises(FactUnavailable, match="ec2:DescribeVpcs is not among the read-only"):
        listed(empty_account, tmp_path, Policy(), "aws_identities")


def test_nobody_may_declare_what_the_product_does_not_offer() -> None:
    harmful: Any = SimpleNamespace(operations=("ec2:DescribeVpcs", "ec2:DeleteVpc", "ssh:release"))
    assert aws_operations_of([harmful]) == {"ec2:DescribeVpcs"}


def test_a_policy_that_wants_narrow_credentials_holds_for_a_whole_run(
    empty_account: Any, tmp_path: Path
) -> None:
    strict = Policy(gate=Gate(credentials="narrow"))
    facts = ("load_balancers", "backend_security_groups")
    assert listed(empty_account, tmp_path, strict, *facts)
    iam = empty_account.client("iam")
    iam.create_user(UserName="moto")
    everything = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    iam.put_user_policy(
        UserName="moto",
        PolicyName="all",
        PolicyDocument=everything.replace("{", '{"Version": "2012-10-17", ', 1),
    )
    with pytest.raises(FactUnavailable, match=r'policy\.toml says credentials = "narrow"'):
        listed(empty_account, tmp_path, strict, *facts)


def test_a_client_is_made_when_something_is_asked_through_it_and_closed_once(
    empty_account: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    def close(name: str) -> None:
        closed.append(name)

    monkeypatch.setattr(AwsAccess, "close", lambda _self: close("aws"))
    monkeypatch.setattr(SshAccess, "close", lambda _self: close("ssh"))
    profile = empty_account.desk().profile
    written: Any = SimpleNamespace(
        profile=profile, folder=tmp_path, policy=Policy(), drills=(), stated=()
    )
    with opened_desk(written, [], lambda _: None, as_of=AS_OF) as desk:
        assert not closed
        assert [place.account for place in desk.aws.places] == ["123456789012"]
    assert closed == ["aws"]
