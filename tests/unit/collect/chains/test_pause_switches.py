"""What pauses the service: a contract and its multisig, a rule of WAF, a target group."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.chains.contract_switches import read_contract
from pytest_orr.collect.chains.front_switches import GroupSwitch, PlacedRule, RuleSwitch
from pytest_orr.collect.chains.pause_switches import PauseSwitches
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.chains import Chain
from pytest_orr.profile.emergency import Emergency, PauseSwitch
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAIN = Chain(name="main", id=424_242, rpc=FromEnvironment(env="EXPLORER_NODE"))
RULE = PauseSwitch(name="wall", web_acl_rule="explorer-maintenance")
GROUP = PauseSwitch(name="page", target_group="explorer-page")


@pytest.fixture
def recorded(running_nodes: Any) -> dict[str, str]:
    """Addresses of the example's contracts."""
    told: dict[str, str] = json.loads(running_nodes.module.RECORDED.read_text(encoding="utf-8"))
    return told


@pytest.fixture
def vault(recorded: dict[str, str]) -> PauseSwitch:
    """The example's contract that can be paused."""
    where: Any = {"contract": recorded["switch"], "pauser": recorded["multisig"]}
    return PauseSwitch(name="vault", chain="main", **where)


@pytest.fixture
def seen(desk_for: Callable[..., Any], nodes: Any, tmp_path: Path) -> Callable[[PauseSwitch], Any]:
    """What is seen of a contract."""

    def see(switch: PauseSwitch) -> Any:
        desk = desk_for(tmp_path, nodes.environment, chains=(MAIN,))
        return read_contract(desk, switch)

    return see


class TestContracts:
    """A contract tells whether it is paused, and who may pause it."""

    def test_that_run_in_the_hands_of_their_multisig(self, seen: Any, vault: Any) -> None:
        switch = seen(vault)
        assert switch.is_there
        assert switch.is_off
        assert switch.is_the_pauser
        assert switch.takes_enough
        assert "running; 2 of 3 sign for 0x9fe4" in switch.seen

    def test_that_are_paused_or_in_other_hands(self, seen: Any, vault: Any, nodes: Any) -> None:
        nodes.spoil("EXPLORER_NODE", "paused")
        assert not seen(vault).is_off
        nodes.spoil("EXPLORER_NODE", "other-hands")
        switch = seen(vault)
        assert not switch.is_the_pauser
        assert "and 0x0000000000000000000000000000000000000001 may pause it" in switch.seen

    def test_whose_multisig_asks_for_too_few(self, seen: Any, vault: Any) -> None:
        assert not seen(dataclasses.replace(vault, signers=3)).takes_enough

    def test_without_a_pause_or_a_safe(self, seen: Any, vault: Any, recorded: Any) -> None:
        swapped = {"contract": recorded["multisig"], "pauser": recorded["switch"]}
        switch = seen(dataclasses.replace(vault, **swapped))
        assert not switch.is_there
        assert not switch.is_the_pauser
        assert not switch.takes_enough
        assert "no paused(); 0 of 0 sign for" in switch.seen

    def test_on_a_chain_that_nobody_declared(self, seen: Any, vault: Any) -> None:
        with pytest.raises(Undeclared, match=r"\[\[chains\]\]"):
            seen(dataclasses.replace(vault, chain="other"))

    def test_whose_node_is_behind_are_unknown(self, seen: Any, vault: Any, nodes: Any) -> None:
        nodes.spoil("EXPLORER_NODE", "behind")
        with pytest.raises(FactUnavailable, match="knows no block after"):
            seen(vault)


@pytest.fixture
def facts() -> Callable[..., Any]:
    """The fact about an account in AWS: ``facts(account, RULE)``."""

    def of(account: Any, *pause: PauseSwitch) -> Any:
        return (
            PauseSwitches().collect(account.desk(also={"emergency": Emergency(pause=pause)})).value
        )

    return of


class TestFront:
    """WAF and balancers tell what would keep everybody off."""

    def test_a_rule_that_counts_is_a_switch_that_is_off(
        self, account_with: Callable[..., Any], facts: Any
    ) -> None:
        kept = facts(account_with(), RULE)
        [wall] = kept.switches
        assert wall.reading.is_there
        assert wall.reading.is_off
        assert "Count in web ACL explorer before" in wall.seen
        adapter: TypeAdapter[Any] = TypeAdapter(PauseSwitches().fact_type)
        assert adapter.validate_json(adapter.dump_json(kept)) == kept

    def test_a_rule_that_stops_or_is_not_there(
        self, account_with: Callable[..., Any], facts: Any
    ) -> None:
        account = account_with("maintenance-rule-stops")
        [wall] = facts(account, RULE).rules
        assert not wall.reading.is_off
        [wall] = facts(account, PauseSwitch(name="wall", web_acl_rule="other")).rules
        assert not wall.reading.is_there
        assert "in no web ACL before the service" in wall.seen

    def test_a_target_group_is_a_switch_once_something_answers_there(
        self, account_with: Callable[..., Any], facts: Any
    ) -> None:
        account = account_with()
        elb, vpc = account.client("elbv2"), account.ids["vpc"]
        [page] = facts(account, GROUP).groups
        assert not page.reading.is_there
        made = elb.create_target_group(Name="explorer-page", Protocol="HTTP", Port=80, VpcId=vpc)
        group = made["TargetGroups"][0]["TargetGroupArn"]
        assert not facts(account, GROUP).groups[0].reading.is_there
        elb.register_targets(
            TargetGroupArn=group, Targets=[{"Id": account.ids["instances"][0], "Port": 80}]
        )
        [page] = facts(account, GROUP).groups
        assert page.reading.is_there
        assert page.reading.is_off
        assert "1 targets; no rule leads there" in page.seen
        sent = {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]}
        elb.create_rule(
            ListenerArn=account.ids["listeners"]["https"],
            Priority=40,
            Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
            Actions=[{"Type": "forward", "ForwardConfig": sent}],
        )
        [page] = facts(account, GROUP).groups
        assert not page.reading.is_off

    def test_what_aws_refuses_is_unknown_by_itself(
        self, sound_account: Any, allow_all_but: Callable[..., None], facts: Any
    ) -> None:
        allow_all_but("wafv2:GetWebACL*")
        found = facts(sound_account, RULE, GROUP)
        with pytest.raises(FactUnavailable, match="GetWebACLForResource"):
            _ = found.rules[0].reading
        assert not found.groups[0].reading.is_there


def test_nothing_declared_is_undeclared(sound_account: Any, facts: Any) -> None:
    with pytest.raises(Undeclared, match=r"\[\[emergency\.pause\]\]"):
        facts(sound_account)


def test_what_is_off_counts_everywhere() -> None:
    counts = PlacedRule(host="a", web_acl="w", action="Count")
    stops = PlacedRule(host="b", web_acl="w", action="Block")
    assert RuleSwitch(rule="r", places=(counts,)).is_off
    assert not RuleSwitch(rule="r", places=(counts, stops)).is_off
    nothing = GroupSwitch(group="g", arns=(), targets=0, leads_there=())
    assert nothing.seen == "target group g: no such target group; no rule leads there"
