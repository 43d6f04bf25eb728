"""A sound account passes, and what is declared is compared with what is there, both ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.load_balancers import LoadBalancers
from pytest_orr.collect.security_groups import BackendSecurityGroups
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

BALANCER = "network.load-balancer.elb"
GROUPS = "network.backend.security-groups"
COLLECTORS = (LoadBalancers(), BackendSecurityGroups())


def declared(account: Any, **resources: Any) -> Any:
    """A desk whose profile declares these resources besides the service's tags."""
    aws = account.desk().profile.aws
    return account.desk(replace(aws, resources=replace(aws.resources, **resources)))


@pytest.mark.parametrize("item_id", [BALANCER, GROUPS])
def test_a_sound_account_passes_with_a_finding_for_each_resource(
    sound_account: Any, judge: Callable[..., Any], item_id: str
) -> None:
    findings = judge(item_id, sound_account.desk())
    assert {one.outcome for one in findings} == {"pass"}
    subjects = {one.subject for one in findings}
    ids = sound_account.ids
    expected = {
        BALANCER: {ids["load_balancer"], *ids["listeners"].values(), ids["target_group"]},
        GROUPS: {ids["balancer_group"], ids["backend_group"]},
    }
    assert expected[item_id] <= subjects


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_a_fact_survives_json_unchanged(sound_account: Any, collector: Any) -> None:
    fact = sound_account.collect(collector)
    adapter: TypeAdapter[Any] = TypeAdapter(collector.fact_type)
    assert adapter.validate_json(adapter.dump_json(fact)) == fact


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_a_fact_is_the_same_each_time(sound_account: Any, collector: Any) -> None:
    assert sound_account.collect(collector) == sound_account.collect(collector)


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_a_profile_that_declares_no_resources_makes_the_fact_unavailable(
    sound_account: Any, collector: Any
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        collector.collect(declared(sound_account, tags={}))
    assert caught.value.cause == (
        "[aws.resources] names neither tags, VPCs nor load balancers of the service"
    )
    assert caught.value.remedy == (
        "name the service's tags, vpcs or load_balancers in [aws.resources] of readiness.toml"
    )


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_a_profile_without_aws_makes_the_fact_unavailable(
    sound_account: Any, collector: Any
) -> None:
    desk = sound_account.desk()
    blind = replace(desk, aws=type(desk.aws)(None, desk.progress))
    with pytest.raises(FactUnavailable) as caught:
        collector.collect(blind)
    assert caught.value.cause == "readiness.toml declares no [aws]"
    assert (
        caught.value.remedy
        == "declare the service's accounts and regions under [aws] in readiness.toml"
    )


@pytest.mark.parametrize(
    "resources",
    [{"vpcs": ("vpc",)}, {"load_balancers": ("load_balancer",)}],
    ids=["by VPC", "by ARN"],
)
def test_a_balancer_is_the_services_without_tags_when_it_is_declared(
    sound_account: Any, failures: Callable[..., dict[str, str]], resources: Any
) -> None:
    named = {key: (sound_account.ids[name],) for key, (name,) in resources.items()}
    desk = declared(sound_account, tags={}, **named)
    [balancer] = LoadBalancers().collect(desk).value.found
    assert balancer.declared_by == tuple(resources)
    assert failures(BALANCER, desk) == {}


def test_a_declared_balancer_that_is_not_there_is_found(
    sound_account: Any, failures: Callable[..., dict[str, str]]
) -> None:
    there = sound_account.ids["load_balancer"]
    gone = there.replace("explorer", "gone")
    assert failures(BALANCER, declared(sound_account, load_balancers=(there, gone))) == {
        gone: "no account and region of readiness.toml has it; saw declared in readiness.toml"
    }


def test_a_tagged_balancer_that_is_not_among_the_declared_ones_is_found(
    sound_account: Any, failures: Callable[..., dict[str, str]]
) -> None:
    there = sound_account.ids["load_balancer"]
    desk = declared(sound_account, load_balancers=(there.replace("explorer", "gone"),))
    assert failures(BALANCER, desk)[there].startswith(
        "[aws.resources] names it by tags and vpcs, but not by load_balancers"
    )


def test_declared_groups_and_vpcs_are_compared_both_ways(
    sound_account: Any, failures: Callable[..., dict[str, str]]
) -> None:
    ids = sound_account.ids
    desk = declared(
        sound_account,
        vpcs=(ids["vpc"], "vpc-gone"),
        security_groups=(ids["backend_group"], ids["jump_group"], "sg-gone"),
    )
    failed = failures(GROUPS, desk)
    assert set(failed) == {ids["balancer_group"], "sg-gone", "vpc-gone"}
    assert failed[ids["balancer_group"]].startswith(
        "[aws.resources] security_groups does not list it"
    )


def test_what_lies_outside_the_declared_vpcs_is_found(
    sound_account: Any, failures: Callable[..., dict[str, str]]
) -> None:
    ids = sound_account.ids
    desk = declared(sound_account, tags={"service": "explorer", "Name": "explorer-backend-1"})
    narrowed = declared(sound_account, tags=desk.profile.aws.resources.tags, vpcs=("vpc-gone",))
    failed = failures(GROUPS, narrowed)
    assert "vpc-gone" in failed
    assert any(
        detail.startswith("[aws.resources] names it by tags, but not by vpcs")
        for detail in failed.values()
    )
    assert ids["backend_group"] not in failed


def test_a_region_that_holds_nothing_of_the_service_adds_nothing(sound_account: Any) -> None:
    desk = sound_account.desk()
    account = replace(desk.profile.aws.accounts[0], regions=("eu-central-1", "eu-west-1"))
    both = sound_account.desk(replace(desk.profile.aws, accounts=(account,)))
    for collector in COLLECTORS:
        answer = collector.collect(both)
        assert answer.value == collector.collect(desk).value
        assert answer.where == ("123456789012 eu-central-1", "123456789012 eu-west-1")
