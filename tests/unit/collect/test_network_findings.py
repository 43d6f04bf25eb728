"""What the two AWS items of the suite find in what collectors see: each planted fault, by name."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_orr.collect.load_balancers import LoadBalancers
from pytest_orr.collect.security_groups import BackendSecurityGroups
from pytest_orr.errors import NothingFound
from pytest_orr.model import Finding, Outcome
from pytest_orr.record.findings import Subjects

if TYPE_CHECKING:
    from collections.abc import Callable

SUITE = Path(__file__).parents[3] / "readiness"
BALANCER = "network.load-balancer.elb"
GROUPS = "network.backend.security-groups"


def body_of(item_id: str) -> Callable[..., None]:
    """The function of the suite that carries an id."""
    spec = importlib.util.spec_from_file_location("network", SUITE / "test_network_security.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    bodies: dict[str, Callable[..., None]] = {
        mark.args[0]: function
        for function in vars(module).values()
        for mark in getattr(function, "pytestmark", ())
        if mark.name == "orr"
    }
    return bodies[item_id]


def judge(item_id: str, desk: Any) -> tuple[Finding, ...]:
    """Collect the item's fact and run its body on it."""
    collector: Any = LoadBalancers() if item_id == BALANCER else BackendSecurityGroups()
    subject = Subjects()
    facts = {collector.name: collector.collect(desk).value}
    body_of(item_id)(profile=desk.profile, subject=subject, **facts)
    return subject.findings


def failures(findings: tuple[Finding, ...]) -> dict[str, str]:
    """Details of what failed, by subject."""
    return {one.subject: one.detail for one in findings if one.outcome is not Outcome.PASS}


@pytest.mark.parametrize("item_id", [BALANCER, GROUPS])
def test_a_sound_account_passes(account_with: Callable[..., Any], item_id: str) -> None:
    findings = judge(item_id, account_with().desk())
    assert failures(findings) == {}
    assert len(findings) >= 4


BALANCER_FAULTS = [
    ("balancer-one-zone", "load_balancer", "it stands in too few zones"),
    ("no-access-logs", "load_balancer", "its access logs are off"),
    ("no-deletion-protection", "load_balancer", "its deletion protection is off"),
    ("no-https-listener", "load_balancer", "it has no HTTPS or TLS listener on port 443"),
    ("no-targets", "load_balancer", "no target is registered with it"),
    ("listener-plain-http", "http", "a rule answers HTTP without a redirect"),
    ("listener-rule-plain-http", "http", "a rule answers HTTP without a redirect"),
    ("weak-tls-policy", "https", "readiness.toml does not accept its TLS policy"),
    ("unhealthy-target", "target_group", "its healthy targets stand in too few zones"),
    ("targets-one-zone", "target_group", "its healthy targets stand in too few zones"),
]


@pytest.mark.parametrize(("fault", "planted", "said"), BALANCER_FAULTS)
def test_a_fault_of_the_balancer_is_found_where_it_was_planted(
    account_with: Callable[..., Any], fault: str, planted: str, said: str
) -> None:
    account = account_with(fault)
    failed = failures(judge(BALANCER, account.desk()))
    resources = {**account.ids, **account.ids["listeners"]}
    assert failed[resources[planted]].startswith(said)


GROUP_FAULTS = [
    ("backend-open-to-world", "backend_group", "it is open to the world: tcp 5432"),
    ("ipv6-world", "backend_group", "it is open to the world: tcp 6379"),
    ("world-in-halves", "backend_group", "it is open to the world: tcp 3306"),
    ("icmp-world", "backend_group", "it is open to the world: icmp"),
    ("prefix-list-world", "backend_group", "it is open to the world: tcp 9100"),
    ("balancer-extra-port", "balancer_group", "it is open to the world: tcp 8443"),
    ("default-group-used", "default_group", "it is the default group, which must not be used"),
]


@pytest.mark.parametrize(("fault", "planted", "said"), GROUP_FAULTS)
def test_a_fault_of_a_group_is_found_where_it_was_planted(
    account_with: Callable[..., Any], fault: str, planted: str, said: str
) -> None:
    account = account_with(fault)
    failed = failures(judge(GROUPS, account.desk()))
    assert failed.keys() >= {account.ids[planted]}
    assert failed[account.ids[planted]].startswith(f"{said}; saw ")


RULE_FAULTS = [
    ("all-ports", "it opens all ports", "every protocol and port from"),
    ("wide-port-range", "it opens all ports", "tcp 1024-65535 from"),
    (
        "group-reference-to-stranger",
        "the group that it lets in is not the service's",
        "tcp 8081 from",
    ),
]


@pytest.mark.parametrize(("fault", "said", "saw"), RULE_FAULTS)
def test_a_fault_of_a_rule_is_found_at_that_rule_alone(
    account_with: Callable[..., Any], fault: str, said: str, saw: str
) -> None:
    account = account_with(fault)
    failed = failures(judge(GROUPS, account.desk()))
    [(rule, detail)] = failed.items()
    assert rule.startswith("sgr-")
    assert detail.startswith(f"{said}; saw explorer-backend lets in {saw}")


def test_a_balancer_in_the_services_vpc_without_its_tags_is_found(
    account_with: Callable[..., Any],
) -> None:
    account = account_with("undeclared-balancer")
    failed = failures(judge(BALANCER, account.desk()))
    [(arn, detail)] = [item for item in failed.items() if "/forgotten/" in item[0]]
    assert "loadbalancer/app/forgotten" in arn
    assert detail.startswith(
        "[aws.resources] vpcs says that it is the service's, but tags does not"
    )


def test_an_instance_in_the_services_vpc_without_its_tags_is_found(
    account_with: Callable[..., Any],
) -> None:
    failed = failures(judge(GROUPS, account_with("undeclared-instance").desk()))
    [(interface, detail)] = failed.items()
    assert interface.startswith("eni-")
    assert "vpcs says that it is the service's, but tags does not" in detail


def resources(desk: Any, **changed: Any) -> Any:
    """The ``[aws]`` section of a desk with other resources."""
    return replace(desk.profile.aws, resources=replace(desk.profile.aws.resources, **changed))


def test_a_declared_balancer_that_is_not_there_is_found(account_with: Callable[..., Any]) -> None:
    account = account_with()
    arns = (account.ids["load_balancer"], account.ids["load_balancer"].replace("explorer", "gone"))
    desk = account.desk(resources(account.desk(), load_balancers=arns))
    assert failures(judge(BALANCER, desk)) == {
        arns[1]: "no account and region of readiness.toml has it; saw declared in readiness.toml"
    }


def test_a_tagged_balancer_that_is_not_among_the_declared_ones_is_found(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    gone = account.ids["load_balancer"].replace("explorer", "gone")
    desk = account.desk(resources(account.desk(), load_balancers=(gone,)))
    assert failures(judge(BALANCER, desk))[account.ids["load_balancer"]].startswith(
        "[aws.resources] tags and vpcs says that it is the service's, but load_balancers does not"
    )


def test_groups_and_vpcs_are_compared_both_ways(account_with: Callable[..., Any]) -> None:
    account = account_with()
    ids = account.ids
    desk = account.desk(
        resources(
            account.desk(),
            vpcs=(ids["vpc"], "vpc-gone"),
            security_groups=(ids["backend_group"], "sg-gone"),
        )
    )
    failed = failures(judge(GROUPS, desk))
    assert set(failed) == {ids["balancer_group"], "sg-gone", "vpc-gone"}
    assert failed[ids["balancer_group"]].startswith(
        "[aws.resources] security_groups does not list it"
    )


def test_a_group_that_rules_name_is_accepted_once_it_is_declared(
    account_with: Callable[..., Any],
) -> None:
    account = account_with("group-reference-to-stranger")
    ids = account.ids
    names = ("backend_group", "balancer_group", "stranger_group")
    declared = tuple(ids[name] for name in names)
    desk = account.desk(resources(account.desk(), security_groups=declared))
    assert failures(judge(GROUPS, desk)) == {}


@pytest.mark.parametrize(
    ("item_id", "said"),
    [
        (BALANCER, "no load balancer of the service found"),
        (GROUPS, "no network interface of the backend found"),
    ],
)
def test_an_empty_account_is_nothing_found(empty_account: Any, item_id: str, said: str) -> None:
    with pytest.raises(NothingFound, match=f"^{said}$"):
        judge(item_id, empty_account.desk())


def test_thresholds_come_from_the_profile(account_with: Callable[..., Any]) -> None:
    account = account_with("balancer-extra-port", "wide-port-range")
    desk = account.desk(public_ports=(80, 443, 8443), widest_port_range=65535)
    assert failures(judge(GROUPS, desk)) == {}
    desk = account.desk(public_ports=(80,), widest_port_range=65535)
    assert failures(judge(GROUPS, desk))[account.ids["balancer_group"]].startswith(
        "it is open to the world: tcp 443, tcp 8443"
    )
