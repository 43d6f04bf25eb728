"""The least that AWS must allow, for the facts of the chosen items."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import iam_policy
from pytest_orr.clients.guard import SERVICES
from pytest_orr.clients.permission import LARGEST, actions_of
from pytest_orr.collect.registry import gathered, registry
from pytest_orr.discovery.asking import OPERATIONS as OF_DISCOVERY
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.unit.cli.conftest import Said

ITEMS = {item.id: item for item in read(baseline(), fact_names=registry().keys()).items}
PROFILE = """
[service]
name = "explorer"
environment = "production"
people = [{ email = "eve@example.org", name = "Eve", roles = ["ROLE"] }]
[release]
commit = "0123456"
[[not_applicable]]
item = "network.kms.setup"
reason = "no-such-component"
text = "It has no keys."
approver = "eve@example.org"
on = 2026-01-31
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder without a suite."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def actions_in(policy: dict[str, Any]) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def actions_for(ids: Iterable[str]) -> set[str]:
    """What the facts need that a run gathers for these items."""
    facts = gathered((name for one in ids for name in ITEMS[one].facts), registry())
    return {*actions_of(one for name in facts for one in registry()[name].operations)}


def test_the_policy_of_one_item_allows_what_its_facts_ask_and_no_more(
    orr: Callable[..., Said],
) -> None:
    said = orr("iam-policy", "network.load-balancer.elb")
    policy = json.loads(said.out)
    assert (said.status, said.err) == (0, "")
    assert policy["Version"] == "2012-10-17"
    assert actions_in(policy) == actions_for(["network.load-balancer.elb"])
    assert "elasticloadbalancing:DescribeTargetHealth" in actions_in(policy)
    assert not any(action.startswith(("kms:", "s3:")) for action in actions_in(policy))
    assert {statement["Resource"] for statement in policy["Statement"]} == {"*"}


def test_an_area_stands_for_all_its_items_and_the_order_means_nothing(
    orr: Callable[..., Said],
) -> None:
    ids = [one for one in ITEMS if one.startswith(("network.kms.", "compute.image."))]
    said = orr("iam-policy", "network.kms", "compute.image")
    assert actions_in(json.loads(said.out)) == actions_for(ids)
    assert orr("iam-policy", "compute.image", "network.kms", "network.kms.setup").out == said.out


def test_without_a_choice_it_is_the_whole_suites(orr: Callable[..., Said]) -> None:
    said = orr("iam-policy", "--split")
    [first, *more] = json.loads(said.out)
    whole = set[str]().union(*(actions_in(one) for one in (first, *more)))
    assert whole == actions_for(ITEMS)
    assert orr("iam-policy", "--split").out == said.out


def test_an_item_that_asks_nothing_of_aws_gives_an_empty_policy_and_says_so(
    orr: Callable[..., Said],
) -> None:
    said = orr("iam-policy", "code.audit.smart-contract")
    assert said.status == 0
    assert json.loads(said.out)["Statement"] == []
    assert said.err == "Nothing that needs a permission is asked of AWS.\n"


def test_unknown_names_are_told_all_at_once_with_the_nearest(orr: Callable[..., Said]) -> None:
    said = orr("iam-policy", "network.kms.set", "netwrk", "compute.image", "zzz")
    assert (said.status, said.out) == (22, "")
    first, *others = said.err.splitlines()
    assert first == "3 mistakes in what was written:"
    assert others[0].startswith(
        '  no item or area has the id "network.kms.set": did you mean "network.kms.setup" or '
    )
    assert others[1].startswith('  no item or area has the id "netwrk": did you mean "network"')
    assert others[2:] == ['  no item or area has the id "zzz"; see `orr catalogue`']


@pytest.mark.parametrize(("role", "left_out"), [("approver", True), ("service", False)])
def test_what_is_not_applicable_in_force_is_left_out(
    orr: Callable[..., Said], elsewhere: Path, role: str, *, left_out: bool
) -> None:
    path = elsewhere / "readiness.toml"
    path.write_text(PROFILE.replace("ROLE", role), encoding="utf-8")
    said = orr("iam-policy", "--profile", path, "network.kms", "network.load-balancer.elb")
    ids = ["network.load-balancer.elb", *([] if left_out else ["network.kms.setup"])]
    assert actions_in(json.loads(said.out)) == actions_for(ids)


def test_what_aws_own_policy_for_auditors_allows_may_be_left_out(orr: Callable[..., Said]) -> None:
    whole = actions_in(json.loads(orr("iam-policy", "network.load-balancer").out))
    beyond = orr("iam-policy", "network.load-balancer", "--beyond-security-audit")
    left = actions_in(json.loads(beyond.out))
    assert left < whole
    assert "wafv2:DescribeManagedRuleGroup" in left
    assert "ec2:DescribeVpcs" in whole - left


def test_what_discovery_asks_has_a_policy_of_its_own(orr: Callable[..., Said]) -> None:
    said = orr("iam-policy", "--discover")
    assert actions_in(json.loads(said.out)) == {*actions_of(OF_DISCOVERY)}


def test_a_policy_that_aws_would_not_take_is_refused_and_may_be_split(
    orr: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = tuple(f"{service}:Describe{number:03}" for service in SERVICES for number in range(20))
    monkeypatch.setattr(iam_policy, "OF_DISCOVERY", many)
    said = orr("iam-policy", "--discover")
    assert (said.status, said.out) == (22, "")
    assert f"characters, and AWS takes {LARGEST} in one; print several with --split" in said.err
    split = orr("iam-policy", "--discover", "--split")
    parts = json.loads(split.out)
    assert len(parts) > 1
    assert set[str]().union(*map(actions_in, parts)) == {*many}


def test_another_suite_may_be_named(
    orr: Callable[..., Said], small: Callable[..., Any], item: Callable[..., str]
) -> None:
    repository = small(item("demo.a.one", "assert load_balancers", asks="load_balancers"))
    said = orr("iam-policy", "--suite", repository.suite, "demo")
    facts = gathered(["load_balancers"], registry())
    operations = [one for name in facts for one in registry()[name].operations]
    assert actions_in(json.loads(said.out)) == {*actions_of(operations)}
