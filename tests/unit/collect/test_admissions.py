"""Whom rules let in on SSH and service ports, held against those whom the profile declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.ingress import Rule, SecurityGroup
from pytest_orr.collect.network_interfaces import Interface, _addresses
from pytest_orr.collect.port_readings import BackendHost
from pytest_orr.collect.security_groups import BackendSecurityGroupFacts
from pytest_orr.profile.schema import Network

if TYPE_CHECKING:
    from pytest_orr.collect.admissions import Admissions

OFFICE, HOME = "198.51.100.0/24", "203.0.113.77/32"
BEHIND = BackendHost(name="backend-1", jumps=("jump-1",), jump_addresses=("203.0.113.5",))


def rule(number: int, port: int, **source: Any) -> Rule:
    return Rule(id=f"sgr-{number}", protocol="tcp", from_port=port, to_port=port, **source)


def group(name: str, *rules: Rule, of_balancer: bool = False) -> SecurityGroup:
    return SecurityGroup(
        id=f"sg-{name}",
        name=name,
        account="123456789012",
        region="eu-central-1",
        vpc="vpc-1",
        carried_by=(),
        of_balancer=of_balancer,
        is_forgotten=False,
        rules=rules,
    )


BALANCER = group("balancer", rule(1, 443, cidrs=("0.0.0.0/0",)), of_balancer=True)
JUMP = group("jump", rule(2, 22, cidrs=(OFFICE,)))
BACKEND = group("backend", rule(3, 22, group="sg-jump"), rule(4, 8080, group="sg-balancer"))


def facts(*groups: SecurityGroup) -> BackendSecurityGroupFacts:
    jump = Interface(
        declared_by=("tags",),
        id="eni-1",
        account="123456789012",
        region="eu-central-1",
        vpc="vpc-1",
        instance="i-1",
        description="",
        groups=("sg-bastion",),
        addresses=("10.20.1.5", "203.0.113.5"),
    )
    return BackendSecurityGroupFacts(
        interfaces=(jump,), groups=groups, strangers=(), declared=(), lost=()
    )


def ssh(*groups: SecurityGroup, sources: tuple[str, ...] = (OFFICE,), **more: Any) -> Admissions:
    hosts = more.get("hosts", (BEHIND,))
    return facts(*groups).ssh_admissions(Network(ssh_sources=sources), hosts)


def strangers(admissions: Admissions) -> dict[str, tuple[str, ...]]:
    return {one.rule: one.strangers for one in admissions.found if one.strangers}


class TestSsh:
    def test_through_the_jump_hosts_group_is_meant(self) -> None:
        seen = ssh(BALANCER, JUMP, BACKEND)
        assert [one.rule for one in seen.found] == ["sgr-2", "sgr-3"]
        assert strangers(seen) == {}
        assert (seen.declared, seen.let_in(OFFICE)) == ((OFFICE,), True)
        assert seen.found[1].seen == "tcp 22 from sg-jump to backend (sg-backend)"

    @pytest.mark.parametrize("address", ["10.20.1.5/32", "203.0.113.5/32"])
    def test_from_a_single_address_of_the_jump_host_is_meant(self, address: str) -> None:
        bastion = group("bastion", rule(2, 22, cidrs=(OFFICE,)))
        backend = group("backend", rule(3, 22, cidrs=(address,)))
        assert strangers(ssh(bastion, backend)) == {}
        wider = group("backend", rule(3, 22, cidrs=("10.20.1.0/24",)))
        assert strangers(ssh(bastion, wider)) == {"sgr-3": ("10.20.1.0/24",)}

    def test_through_a_jump_host_that_is_elsewhere_is_meant(self) -> None:
        outside = BackendHost(name="backend-1", jumps=("jump-1",), jump_addresses=("192.0.2.9",))
        backend = group("backend", rule(3, 22, cidrs=("192.0.2.9/32",)))
        assert strangers(ssh(backend, hosts=(outside,), sources=("192.0.2.9/32",))) == {}

    def test_into_the_backend_from_where_only_the_jump_host_may_be_reached_is_not(self) -> None:
        backend = group("backend", *BACKEND.rules, rule(5, 22, cidrs=(OFFICE,)))
        assert strangers(ssh(JUMP, backend)) == {"sgr-5": (OFFICE,)}

    def test_from_a_forgotten_address_is_not_meant(self) -> None:
        jump = group("jump", *JUMP.rules, rule(5, 22, cidrs=(HOME,)))
        assert strangers(ssh(jump, BACKEND)) == {"sgr-5": (HOME,)}

    def test_from_the_backend_itself_is_not_meant(self) -> None:
        backend = group("backend", *BACKEND.rules, rule(5, 22, group="sg-backend"))
        assert strangers(ssh(JUMP, backend)) == {"sgr-5": ("sg-backend",)}

    def test_between_backend_groups_is_not_meant(self) -> None:
        one = group("one", rule(3, 22, group="sg-jump"), rule(5, 22, group="sg-two"))
        two = group("two", rule(6, 22, group="sg-jump"), rule(7, 22, group="sg-one"))
        assert strangers(ssh(JUMP, one, two)) == {"sgr-5": ("sg-two",), "sgr-7": ("sg-one",)}

    def test_of_any_spelling_counts(self) -> None:
        everything = Rule(id="sgr-5", protocol="all", group="sg-balancer")
        wide = Rule(id="sgr-6", protocol="tcp", from_port=0, to_port=1024, cidrs=(HOME,))
        udp = Rule(id="sgr-7", protocol="udp", from_port=22, to_port=22, cidrs=(HOME,))
        backend = group("backend", *BACKEND.rules, everything, wide, udp)
        assert strangers(ssh(JUMP, backend)) == {"sgr-5": ("sg-balancer",), "sgr-6": (HOME,)}

    def test_on_another_port_counts_where_hosts_have_it_there(self) -> None:
        other = BackendHost(name="backend-1", jumps=("jump-1",), ssh_port=2222)
        backend = group("backend", *BACKEND.rules, rule(5, 2222, cidrs=(HOME,)))
        assert strangers(ssh(JUMP, backend)) == {}
        assert strangers(ssh(JUMP, backend, hosts=(other,))) == {"sgr-5": (HOME,)}

    def test_through_two_jump_hosts_is_meant_where_two_are_declared(self) -> None:
        inner = group("inner", rule(5, 22, group="sg-jump"))
        backend = group("backend", rule(6, 22, group="sg-inner"))
        two = BackendHost(name="backend-1", jumps=("jump-1", "jump-2"))
        assert strangers(ssh(JUMP, inner, backend, hosts=(two,))) == {}
        assert strangers(ssh(JUMP, inner, backend)) == {"sgr-6": ("sg-inner",)}

    def test_of_a_prefix_list_is_its_name_or_what_it_holds(self) -> None:
        listed = rule(5, 22, prefix_list="pl-1", cidrs=(HOME, OFFICE))
        jump = group("jump", listed)
        assert strangers(ssh(jump, BACKEND, sources=("pl-1",))) == {}
        assert strangers(ssh(jump, BACKEND)) == {"sgr-5": (HOME,)}
        empty = group("jump", rule(5, 22, prefix_list="pl-1"), *JUMP.rules)
        assert strangers(ssh(empty, BACKEND)) == {"sgr-5": ("pl-1",)}

    def test_that_is_declared_and_let_in_by_nobody_is_told(self) -> None:
        seen = ssh(JUMP, BACKEND, sources=(OFFICE, HOME))
        assert (seen.let_in(OFFICE), seen.let_in(HOME)) == (True, False)

    @pytest.mark.parametrize("written", ["198.51.100.0/24", "198.51.100.9/24"])
    def test_is_compared_as_networks(self, written: str) -> None:
        assert strangers(ssh(JUMP, BACKEND, sources=(written,))) == {}

    def test_without_hosts_or_rules_is_nothing(self) -> None:
        assert ssh(BALANCER, hosts=()).found == ()


def test_an_interface_has_its_private_and_public_addresses() -> None:
    raw = {
        "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.20.1.5", "Association": {"PublicIp": "203.0.113.5"}},
            {"PrivateIpAddress": "10.20.1.6"},
        ],
        "Ipv6Addresses": [{"Ipv6Address": "2001:db8::5"}],
    }
    assert tuple(_addresses(raw)) == ("10.20.1.5", "203.0.113.5", "10.20.1.6", "2001:db8::5")
    assert tuple(_addresses({})) == ()


class TestServicePorts:
    def test_let_in_the_balancer_and_trusted_networks(self) -> None:
        backend = group("backend", *BACKEND.rules, rule(5, 8080, cidrs=(OFFICE,)))
        seen = facts(BALANCER, backend).service_admissions(Network(trusted=(OFFICE,)), {8080})
        assert strangers(seen) == {}
        assert seen.balancers == ("sg-balancer",)
        assert seen.let_in(*seen.balancers)
        assert seen.let_in(OFFICE)

    def test_let_in_nobody_else(self) -> None:
        backend = group("backend", *BACKEND.rules, rule(5, 8080, cidrs=(OFFICE,)))
        seen = facts(BALANCER, backend).service_admissions(Network(), {8080})
        assert strangers(seen) == {"sgr-5": (OFFICE,)}

    def test_that_only_others_reach_are_told(self) -> None:
        backend = group("backend", rule(5, 8080, cidrs=(OFFICE,)))
        seen = facts(BALANCER, backend).service_admissions(Network(trusted=(OFFICE, HOME)), {8080})
        assert not seen.let_in(*seen.balancers)
        assert not seen.let_in(HOME)
