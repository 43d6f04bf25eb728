"""All that carries the tag is proposed, no stranger is, and nothing is asked but to read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.clients.guard import READ_ONLY, SERVICES
from pytest_orr.discovery import discover as discovering
from pytest_orr.discovery.asking import OPERATIONS
from pytest_orr.discovery.discover import NobodyToAsk, Request, discover
from pytest_orr.profile.load import load
from pytest_orr.scaffold.answers import Answers
from pytest_orr.scaffold.profile_text import profile_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.profile.schema import Profile

ACCOUNT, REGION = "123456789012", "eu-central-1"
WHO = f"AWS account {ACCOUNT}, as arn:aws:sts::{ACCOUNT}:user/moto, in {REGION}"
OWN_NAMES = {"api.explorer.example", "explorer.example", "www.explorer.example"}
OWN_GROUPS = ("balancer_group", "backend_group", "jump_group")
TELLS_OF = {
    "acm:DescribeCertificate": "api.explorer.example",
    "autoscaling:DescribeAutoScalingGroups": "explorer-workers",
    "cloudfront:ListDistributions": "K3HNB4Z7JVNR2",
    "ec2:DescribeInstances": "explorer-backend-1",
    "kms:DescribeKey": "alias/explorer-signing",
    "kms:ListAliases": "alias/explorer-signing",
    "route53:ListHostedZones": "www.explorer.example",
    "route53:ListResourceRecordSets": "www.explorer.example",
    "tag:GetResources": "vpc-",
}
"""What is not proposed when an operation cannot be asked."""


def request(**other: Any) -> Request:
    asked: dict[str, Any] = {
        "tags": {"service": "explorer"},
        "regions": (REGION,),
        "profile": None,
        "account": None,
    }
    return Request(**(asked | other))


def groups_with_the_tag(account: Any) -> set[str]:
    """Security groups that carry the service's tag, as somebody else asks for them."""
    wanted = [{"Name": "tag:service", "Values": ["explorer"]}]
    found = account.client("ec2").describe_security_groups(Filters=wanted)
    return {group["GroupId"] for group in found["SecurityGroups"]}


def accepted(text: str) -> str:
    """What a person gets who takes the mark away from every line."""
    lines = [line if line.startswith("##") else line[2:] for line in text.split("\n")]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def proposal(shown: Any) -> str:
    """What is proposed of the account."""
    assert shown.ids
    return discover(request(), lambda _: None)


@pytest.fixture
def profile(proposal: str, tmp_path: Path) -> Profile:
    """The profile that a fresh scaffold becomes by it."""
    path = tmp_path / "readiness.toml"
    path.write_text(profile_text(Answers()) + accepted(proposal), encoding="utf-8")
    return load(path, items=(), as_of=dt.date(2026, 11, 20)).profile


def test_everything_that_carries_the_tag_is_proposed(shown: Any, profile: Profile) -> None:
    ids = shown.ids
    assert profile.aws is not None
    assert [(one.id, one.regions) for one in profile.aws.accounts] == [(ACCOUNT, (REGION,))]
    resources = profile.aws.resources
    assert resources.tags == {"service": "explorer"}
    assert resources.vpcs == (ids["vpc"],)
    assert resources.load_balancers == (ids["load_balancer"],)
    assert set(resources.security_groups) == groups_with_the_tag(shown)
    assert {ids[one] for one in OWN_GROUPS} <= set(resources.security_groups)
    assert {one.name for one in profile.endpoints} >= OWN_NAMES
    assert [(one.bucket, one.distribution) for one in profile.hosting] == [
        (ids["bucket"], ids["distribution"])
    ]
    assert {(key.alias, key.usage) for key in profile.keys} >= {
        ("alias/explorer", "ENCRYPT_DECRYPT"),
        ("alias/explorer-signing", "SIGN_VERIFY"),
    }
    assert [(group.names, group.role) for group in profile.hosts] == [
        (("explorer-jump",), "jump"),
        (("explorer-backend-1", "explorer-backend-2"), "backend"),
    ]
    assert ("explorer", "rds") in {(one.identifier, one.kind) for one in profile.databases}


def test_what_a_profile_has_no_key_for_is_said(proposal: str) -> None:
    lines = proposal.splitlines()
    [groups] = [line for line in lines if line.startswith("## Scaling groups: ")]
    assert "explorer-workers" in groups
    assert "## Instances of scaling groups without a name of their own: 1" in lines
    assert any(line.startswith("## Tagged as well: ") for line in lines)
    assert "could not be seen" not in proposal


def test_no_stranger_and_nothing_that_ended_is_proposed(proposal: str) -> None:
    for stranger in ("stranger", "other", "explorer-gone", "inside.", "_acme"):
        assert stranger not in proposal, stranger


def test_who_asks_is_told_before_anything_else_is_asked(shown: Any, sent: list[str]) -> None:
    assert shown.ids
    heard: list[tuple[str, list[str]]] = []
    discover(request(), lambda told: heard.append((told, [*sent])))
    assert heard == [(WHO, ["sts:GetCallerIdentity"])]


def test_nothing_is_asked_that_discovery_does_not_declare(shown: Any, sent: list[str]) -> None:
    assert shown.ids
    discover(request(), lambda _: None)
    assert {*sent} == {*OPERATIONS}
    assert READ_ONLY.issuperset(OPERATIONS)
    assert sent.count("tag:GetResources") == 2  # the region, and where global services are


@pytest.mark.parametrize("operation", TELLS_OF)
def test_what_cannot_be_asked_is_said_and_costs_only_what_it_would_have_told(
    shown: Any, proposal: str, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    assert shown.ids
    assert TELLS_OF[operation] in proposal
    others = tuple(one for one in OPERATIONS if one != operation)
    monkeypatch.setattr(discovering, "OPERATIONS", others)
    lines = discover(request(), lambda _: None).splitlines()
    lost = [line for line in proposal.splitlines() if TELLS_OF[operation] in line]
    assert not {*lost} & {*lines}
    service, _, name = operation.partition(":")
    refused = f"## - {SERVICES[service].event}:{name} is not among the read-only operations"
    assert any(line.startswith(refused) for line in lines)
    assert '# id = "123456789012"' in lines


def test_an_answer_that_lacks_something_costs_only_what_it_would_have_told(
    shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AwsAccess, "call", lambda *_, **__: {})
    lines = discover(request(), lambda _: None).splitlines()
    certificate = f"an answer about {shown.ids['certificate']} lacks 'Certificate'"
    assert f"## - {certificate}; update pytest-orr" in lines
    assert f'# vpcs = ["{shown.ids["vpc"]}"]' in lines


def test_all_tags_must_be_carried_and_none_is_a_pattern(shown: Any) -> None:
    assert shown.ids
    for tags in ({"service": "explorer", "stage": "x"}, {"service": "expl*"}):
        text = discover(request(tags=tags), lambda _: None)
        assert "explorer-backend" not in text
        assert "## Nothing was found: look at the tag, the regions and the account." in text


def test_a_region_is_asked_once_and_a_region_without_anything_adds_nothing(
    shown: Any, proposal: str, sent: list[str]
) -> None:
    assert shown.ids
    text = discover(request(regions=(REGION, "us-east-1")), lambda _: None)
    assert sent.count("tag:GetResources") == 2
    regions = '# regions = ["eu-central-1", "us-east-1"]'
    assert regions in text.splitlines()
    added = {*text.splitlines()} - {*proposal.splitlines()}
    assert added == {
        regions,
        "## What AWS account 123456789012 shows in eu-central-1, us-east-1",
    }


@pytest.fixture
def without_credentials(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who is logged in nowhere."""
    assert shown.ids
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")


@pytest.mark.usefixtures("without_credentials")
def test_without_credentials_it_is_said_how_to_name_some() -> None:
    with pytest.raises(NobodyToAsk) as caught:
        discover(request(), lambda _: None)
    assert caught.value.exit_code == 4
    assert caught.value.diagnostics() == (
        f"there are no credentials for AWS {REGION}; log in, or name a credentials profile"
        " with --aws-profile"
    )


@pytest.mark.usefixtures("shown")
def test_a_credentials_profile_that_is_not_there_is_named() -> None:
    with pytest.raises(NobodyToAsk, match='there is no credentials profile "nobody" for AWS'):
        discover(request(profile="nobody"), lambda _: None)
    with pytest.raises(NobodyToAsk, match='there is no credentials profile "nobody" for AWS'):
        discover(request(profile="nobody", regions=()), lambda _: None)


@pytest.mark.usefixtures("shown")
def test_credentials_of_another_account_are_refused_with_both_accounts(sent: list[str]) -> None:
    with pytest.raises(NobodyToAsk, match=f"of AWS account {ACCOUNT} .*, not of 210987654321"):
        discover(request(account="210987654321"), lambda _: None)
    assert sent == ["sts:GetCallerIdentity"]


@pytest.mark.usefixtures("shown")
def test_the_region_is_the_one_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NobodyToAsk, match="no region is named; name one or several with --region"):
        discover(request(regions=()), lambda _: None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    heard: list[str] = []
    discover(request(regions=(), tags={"service": "nobody"}), heard.append)
    assert heard == [WHO]
