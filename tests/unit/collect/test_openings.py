"""What rules open to the world, whichever way they spell it."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.collect.ingress import Rule, SecurityGroup
from pytest_orr.collect.openings import Opening, world_openings
from pytest_orr.profile.schema import Network

NETWORK = Network()


def rule(*cidrs: str, protocol: str = "tcp", ports: tuple[int, int] = (443, 443)) -> Rule:
    """A rule that lets in some networks."""
    low, high = ports
    return Rule(id="sgr-1", protocol=protocol, from_port=low, to_port=high, cidrs=cidrs)


def said(*rules: Rule, **network: Any) -> list[str]:
    """Openings in words."""
    return [str(one) for one in world_openings(rules, Network(**network))]


def test_one_network_that_is_the_world_is_an_opening() -> None:
    assert said(rule("0.0.0.0/0")) == ["tcp 443"]
    assert said(rule("::/0")) == ["tcp 443"]


def test_networks_are_merged_across_rules_before_they_are_judged() -> None:
    assert said(rule("0.0.0.0/1"), widest_ipv4_prefix=1) == []
    assert said(rule("0.0.0.0/1"), rule("128.0.0.0/1"), widest_ipv4_prefix=1) == ["tcp 443"]


def test_networks_are_merged_only_where_their_ports_meet() -> None:
    low = rule("0.0.0.0/1", ports=(1, 100))
    high = rule("128.0.0.0/1", ports=(50, 200))
    assert said(low, high, widest_ipv4_prefix=1) == ["tcp 50-100"]


def test_half_the_world_for_every_protocol_meets_the_other_half_on_one_port() -> None:
    everything = rule("0.0.0.0/1", protocol="all", ports=(0, 65535))
    assert said(everything, rule("128.0.0.0/1"), widest_ipv4_prefix=1) == ["tcp 443"]


def test_every_protocol_says_it_all() -> None:
    everything = rule("0.0.0.0/0", protocol="all", ports=(0, 65535))
    assert said(everything, rule("0.0.0.0/0")) == ["every protocol and port"]


def test_a_public_network_counts_as_the_world_below_the_threshold() -> None:
    assert said(rule("8.8.0.0/16")) == []
    assert said(rule("8.8.0.0/15")) == ["tcp 443"]
    assert said(rule("2001:db8::/32")) == []
    assert said(rule("2000::/31")) == ["tcp 443"]


@pytest.mark.parametrize("prefix", ["widest_ipv4_prefix", "widest_ipv6_prefix"])
def test_the_whole_world_counts_whatever_the_threshold(prefix: str) -> None:
    assert said(rule("0.0.0.0/0", "::/0"), **{prefix: 0}) == ["tcp 443"]


@pytest.mark.parametrize("private", ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "fc00::/7"])
def test_a_network_that_nobody_outside_has_is_not_the_world(private: str) -> None:
    assert said(rule(private)) == []


def test_a_network_that_is_only_partly_private_is_public() -> None:
    assert said(rule("172.0.0.0/8")) == ["tcp 443"]


def test_neighbouring_openings_are_named_together_and_others_apart() -> None:
    rules = [rule("0.0.0.0/0", ports=ports) for ports in ((80, 80), (81, 90), (443, 443))]
    assert said(*rules) == ["tcp 80-90", "tcp 443"]


def test_protocols_without_ports_are_named_by_themselves() -> None:
    rules = [rule("0.0.0.0/0", protocol=name, ports=(0, 65535)) for name in ("icmp", "50")]
    assert said(*rules) == ["50", "icmp"]


@given(
    st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(sorted),
    st.lists(st.integers(1, 65535), max_size=6),
)
def test_taking_ports_out_of_an_opening_leaves_exactly_the_others(
    stretch: list[int], ports: list[int]
) -> None:
    low, high = stretch
    left = Opening(protocol="udp", from_port=low, to_port=high).without(ports)
    covered = {port for one in left for port in range(one.from_port, one.to_port + 1)}
    assert covered == set(range(low, high + 1)) - set(ports)


def test_ports_are_not_taken_out_of_what_has_none() -> None:
    assert [str(one) for one in Opening(protocol="icmp").without((80, 443))] == ["icmp"]


NETWORKS = st.one_of(
    st.builds(
        lambda address, prefix: str(ipaddress.ip_network((address, prefix), strict=False)),
        st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address),
        st.integers(0, 32),
    ),
    st.builds(
        lambda address, prefix: str(ipaddress.ip_network((address, prefix), strict=False)),
        st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address),
        st.integers(0, 64),
    ),
)
RULES = st.builds(
    lambda cidrs, protocol, ports: rule(
        *cidrs,
        protocol=protocol,
        ports=(ports[0], ports[1]) if protocol in {"tcp", "udp"} else (0, 65535),
    ),
    st.lists(NETWORKS, max_size=3),
    st.sampled_from(["tcp", "udp", "icmp", "all"]),
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted),
)


def open_ports(rules: list[Rule], protocol: str) -> set[int]:
    """Ports from 0 to 20 that rules open to the world for a protocol."""
    return {
        port
        for one in world_openings(rules, NETWORK)
        if one.protocol in {protocol, "all"}
        for port in range(one.from_port, min(one.to_port, 20) + 1)
    }


@given(st.lists(RULES, max_size=5), RULES, st.sampled_from(["tcp", "udp", "icmp"]))
def test_one_more_rule_never_closes_a_port(rules: list[Rule], more: Rule, protocol: str) -> None:
    assert open_ports(rules, protocol) <= open_ports([*rules, more], protocol)


@given(st.lists(RULES, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(rules: list[Rule], random: Any) -> None:
    before = world_openings(rules, NETWORK)
    random.shuffle(rules)
    assert world_openings(rules, NETWORK) == before


@pytest.mark.parametrize(
    ("protocol", "ports", "everything"),
    [
        ("tcp", (443, 443), False),
        ("tcp", (1, 1000), False),
        ("udp", (1, 1001), True),
        ("tcp", (0, 65535), True),
        ("all", (0, 65535), True),
        ("132", (0, 65535), True),
        ("icmp", (0, 65535), False),
        ("icmpv6", (0, 65535), False),
    ],
)
def test_a_rule_opens_everything_when_it_has_no_ports_or_too_many(
    protocol: str, ports: tuple[int, int], *, everything: bool
) -> None:
    assert rule(protocol=protocol, ports=ports).opens_everything(NETWORK) is everything


def group_of(*rules: Rule, of_balancer: bool = False) -> SecurityGroup:
    """A group with some rules."""
    return SecurityGroup(
        id="sg-1",
        name="door",
        account="123456789012",
        region="eu-central-1",
        vpc="vpc-1",
        carried_by=("eni-1",),
        of_balancer=of_balancer,
        is_forgotten=False,
        rules=rules,
    )


@pytest.mark.parametrize(
    ("of_balancer", "expected"), [(True, ["tcp 81-442"]), (False, ["tcp 80-443"])]
)
def test_only_a_balancers_group_may_open_public_ports(
    *, of_balancer: bool, expected: list[str]
) -> None:
    wide = rule("0.0.0.0/0", ports=(80, 443))
    group = group_of(wide, of_balancer=of_balancer)
    assert [str(one) for one in group.openings_by(wide, NETWORK)] == expected


def test_each_opening_is_told_once_at_its_rule_or_else_at_the_group() -> None:
    alone, half, other = rule("0.0.0.0/0"), rule("8.8.0.0/16"), rule("8.9.0.0/16")
    group = group_of(alone, half, other)
    assert [str(one) for one in group.openings_by(alone, NETWORK)] == ["tcp 443"]
    assert group.openings_by(half, NETWORK) == ()
    assert [str(one) for one in group.joint_openings(NETWORK)] == ["tcp 443"]
    assert group_of(alone, half).joint_openings(NETWORK) == ()


@given(st.lists(RULES, max_size=5), st.booleans())
def test_what_a_group_opens_is_told_at_its_rules_or_at_the_group(
    rules: list[Rule],
    of_balancer: bool,  # noqa: FBT001 hypothesis passes it by name
) -> None:
    group = group_of(*rules, of_balancer=of_balancer)
    told = [*group.joint_openings(NETWORK)]
    told += [one for each in rules for one in group.openings_by(each, NETWORK)]
    expected = [
        left
        for opening in world_openings(rules, NETWORK)
        for left in opening.without(NETWORK.public_ports if of_balancer else ())
    ]
    for opening in expected:
        for port in (opening.from_port, opening.to_port):
            assert any(
                one.protocol in {opening.protocol, "all"} and one.from_port <= port <= one.to_port
                for one in told
            )
