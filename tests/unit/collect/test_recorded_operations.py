"""What collectors ask of AWS is what they declare, and is asked where a plan says."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli.aws_plan import aws_blocks
from pytest_orr.clients.aws_width import OF_THE_RUN
from pytest_orr.clients.guard import READ_ONLY, SERVICES
from pytest_orr.clients.permission import actions_of, policy_of
from pytest_orr.collect.desk import opened_desk
from pytest_orr.collect.gather import gather
from pytest_orr.collect.registry import registry
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.load import load
from pytest_orr.profile.schema import AwsAccount
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_orr.profile.load import Written

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
CHECKOUT = Path(__file__).parents[3]
TESTING = "210987654321"
ASKED = re.compile(r"AWS (\d{12}) ([a-z0-9-]+) (\S+:\S+)")
"""What progress says of each question: account, region and operation."""
TRADE = "sts:AssumeRole"
"""What a login may take, beside what is asked."""

MOTOS = {"cloudwatch": "monitoring", "tag": "tagging"}
"""What moto calls services in policies, as they are called in signatures."""
OF_MOTO_ALONE = ("s3:ListBucket",)
"""What moto takes some operations of S3 for."""


def of_aws(operations: tuple[str, ...]) -> frozenset[str]:
    return frozenset(one for one in operations if one.partition(":")[0] in SERVICES)


COLLECTORS = tuple(name for name, one in registry().items() if of_aws(one.operations))


@pytest.fixture(scope="module")
def written(
    sound_account: Any,
    aws_environment: pytest.MonkeyPatch,
    name_server: Callable[[Mapping[str, Any]], str],
) -> Written:
    """The repaired example's profile, and an account that it is compared with."""
    aws_environment.setenv("EXPLORER_RESOLVER", name_server(sound_account.ids))
    aws_environment.setenv("EXPLORER_EDGE", "127.0.0.1:1")
    for name in ("EXPLORER_CA", "EXPLORER_KNOWN_HOSTS", "EXPLORER_SSH_CONFIG"):
        aws_environment.setenv(name, "/nowhere")
    path = CHECKOUT / "examples" / "explorer" / "repaired" / "readiness.toml"
    items = read(baseline(), fact_names=()).items
    found = load(path, items=items, as_of=AS_OF.date())
    assert found.profile.aws is not None
    [*own] = found.profile.aws.accounts
    other = AwsAccount(
        id=TESTING,
        regions=("eu-central-1",),
        role=f"arn:aws:iam::{TESTING}:role/orr",
        environment="testing",
    )
    others = [] if TESTING in {one.id for one in own} else [other]
    aws = replace(found.profile.aws, accounts=(*own, *others))
    return replace(found, profile=replace(found.profile, aws=aws))


@pytest.fixture(scope="module")
def planned(written: Written) -> dict[str, str]:
    """Where ``orr plan`` says that each operation is asked: titles of its blocks, joined."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for name in COLLECTORS:
        for one in registry()[name].operations:
            asked[one].append(name)
    found: defaultdict[str, str] = defaultdict(str)
    for title, operations in aws_blocks(written.profile, asked):
        for one in operations:
            found[one] += f"{title}; "
    return found


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_collector_asks_what_it_declares_where_the_plan_says(
    written: Written, planned: dict[str, str], sent: list[str], name: str
) -> None:
    collector, progress, missing = registry()[name], list[str](), ""
    with opened_desk(written, [collector], progress.append, as_of=AS_OF) as desk:
        try:
            collector.collect(desk)
        except FactUnavailable as error:
            missing = error.cause
    asked = [found.groups() for line in progress if (found := ASKED.fullmatch(line))]
    elsewhere = "declares no" in missing or "is not set" in missing  # AWS alone is there
    assert asked or elsewhere, "nothing was asked of AWS"
    declared = of_aws(collector.operations) | OF_THE_RUN
    assert {operation for *_, operation in asked} <= declared
    assert {*sent} - {TRADE} <= declared
    assert bool(sent) == bool(asked)
    for account, region, operation in asked:
        assert f"{account} {region}" in planned[operation], operation


def test_what_is_declared_is_listed_and_what_is_listed_the_policy_allows() -> None:
    operations = {one for name in COLLECTORS for one in of_aws(registry()[name].operations)}
    assert operations <= READ_ONLY
    allowed = {*actions_of(READ_ONLY)}
    for operation in sorted(operations):
        assert allowed.issuperset(actions_of([operation])), operation
        assert actions_of([operation]) or operation == "sts:GetCallerIdentity"


@pytest.fixture(scope="module")
def least(sound_account: Any, aws_environment: pytest.MonkeyPatch) -> Iterator[None]:
    """Become a user who may do what ``orr iam-policy`` prints for the whole suite, and no more."""
    iam = sound_account.client("iam")
    iam.create_user(UserName="auditor")
    key = iam.create_access_key(UserName="auditor")["AccessKey"]
    operations = {one for name in COLLECTORS for one in registry()[name].operations}
    actions = actions_of(operations)
    halves = [one.partition(":") for one in actions]
    renamed = [f"{MOTOS[prefix]}:{name}" for prefix, _, name in halves if prefix in MOTOS]
    policy = json.dumps(policy_of([*actions, *renamed, *OF_MOTO_ALONE]))
    iam.put_user_policy(UserName="auditor", PolicyName="least", PolicyDocument=policy)
    aws_environment.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    aws_environment.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    sound_account.control("reset-auth", "0")
    yield
    sound_account.control("reset-auth", "inf")


@pytest.mark.usefixtures("least")
def test_whoever_may_do_what_the_policy_says_is_denied_nothing(written: Written) -> None:
    collectors = [registry()[name] for name in COLLECTORS]
    with opened_desk(written, collectors, lambda _: None, as_of=AS_OF) as desk:
        seen = gather(collectors, desk, clock=lambda: AS_OF)
    assert seen.keys() == {*COLLECTORS}
    told = {name: re.findall(r"denied \S+ to", repr(one)) for name, one in seen.items()}
    assert {name: denials for name, denials in told.items() if denials} == {}
