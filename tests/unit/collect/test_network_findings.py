"""What the two AWS items find in what collectors see: each planted fault, where it was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import NothingFound

if TYPE_CHECKING:
    from collections.abc import Callable

BALANCER = "network.load-balancer.elb"
GROUPS = "network.backend.security-groups"

BALANCER_FAULTS = [
    {
        "balancer-one-zone": ("load_balancer", "it stands in too few zones"),
        "listener-plain-http": ("http", "a rule answers HTTP without a redirect"),
        "weak-tls-policy": ("https", "readiness.toml does not accept its TLS policy"),
        "unhealthy-target": ("target_group", "its healthy targets stand in too few zones"),
    },
    {
        "no-access-logs": ("load_balancer", "its access logs are off"),
        "listener-rule-plain-http": ("http", "a rule answers HTTP without a redirect"),
        "targets-one-zone": ("target_group", "its healthy targets stand in too few zones"),
    },
    {"no-deletion-protection": ("load_balancer", "its deletion protection is off")},
    {"no-https-listener": ("load_balancer", "it has no HTTPS or TLS listener on port 443")},
    {"no-targets": ("load_balancer", "no target is registered with it")},
]


@pytest.mark.parametrize("faults", BALANCER_FAULTS, ids=" ".join)
def test_each_fault_of_the_balancer_is_found_where_it_was_planted(
    account_with: Callable[..., Any],
    failures: Callable[..., dict[str, str]],
    faults: dict[str, tuple[str, str]],
) -> None:
    account = account_with(*faults)
    failed = failures(BALANCER, account.desk())
    resources = {**account.ids, **account.ids["listeners"]}
    for planted, said in faults.values():
        assert failed[resources[planted]].startswith(f"{said}; saw ")


def test_each_opening_to_the_world_is_found_where_it_was_planted(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with(
        "backend-open-to-world",
        "balancer-extra-port",
        "default-group-used",
        "icmp-world",
        "ipv6-world",
        "prefix-list-world",
        "world-in-halves",
    )
    ids = account.ids
    failed = failures(GROUPS, account.desk())
    default = failed.pop(ids["default_group"])
    assert default.startswith("it is the default group, which must not be used; saw default")
    assert all(subject.startswith("sgr-") for subject in failed)
    backend = f"to explorer-backend ({ids['backend_group']})"
    balancer = f"to explorer-balancer ({ids['balancer_group']})"
    opens = "it opens to the world"
    assert sorted(failed.values()) == [
        f"{opens}: icmp; saw icmp from 0.0.0.0/0 {backend}",
        f"{opens}: tcp 3306; saw tcp 3306 from 0.0.0.0/1 {backend}",
        f"{opens}: tcp 3306; saw tcp 3306 from 128.0.0.0/1 {backend}",
        f"{opens}: tcp 5432; saw tcp 5432 from 0.0.0.0/0 {backend}",
        f"{opens}: tcp 6379; saw tcp 6379 from ::/0 {backend}",
        f"{opens}: tcp 8443; saw tcp 8443 from 0.0.0.0/0 {balancer}",
        f"{opens}: tcp 9100; saw tcp 9100 from {ids['prefix_list']} {backend}",
    ]


def test_rules_that_open_to_the_world_only_together_are_found_at_their_group(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with("world-in-halves")
    [(group, detail)] = failures(GROUPS, account.desk(widest_ipv4_prefix=1)).items()
    assert group == account.ids["backend_group"]
    assert detail.startswith("its rules together open to the world: tcp 3306; saw explorer-backend")


def test_each_bad_rule_is_found_at_that_rule(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with("all-ports", "wide-port-range", "group-reference-to-stranger")
    ids = account.ids
    failed = failures(GROUPS, account.desk())
    assert all(subject.startswith("sgr-") for subject in failed)
    to = f"to explorer-backend ({ids['backend_group']})"
    opens, stranger = "it opens all ports", "the group that it lets in is not the service's"
    assert sorted(failed.values()) == [
        f"{opens}; saw every protocol and port from {ids['balancer_group']} {to}",
        f"{opens}; saw tcp 1024-65535 from {ids['balancer_group']} {to}",
        f"{stranger}; saw tcp 8081 from {ids['stranger_group']} {to}",
    ]


def test_what_stands_in_the_services_vpc_without_its_tags_is_found(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with("undeclared-balancer", "undeclared-instance")
    said = "[aws.resources] names it by vpcs, but not by tags"
    failed = failures(BALANCER, account.desk())
    balancers = {arn: detail for arn, detail in failed.items() if ":loadbalancer/" in arn}
    [(balancer, detail)] = balancers.items()
    assert "/forgotten/" in balancer
    assert detail.startswith(said)
    [(interface, detail)] = failures(GROUPS, account.desk()).items()
    assert interface.startswith("eni-")
    assert detail.startswith(said)


def test_thresholds_come_from_the_profile(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with("balancer-extra-port", "wide-port-range")
    lenient = account.desk(public_ports=(80, 443, 8443), widest_port_range=65535)
    assert failures(GROUPS, lenient) == {}
    strict = account.desk(public_ports=(80,), widest_port_range=65535)
    opened = {detail.partition(";")[0] for detail in failures(GROUPS, strict).values()}
    assert opened == {"it opens to the world: tcp 443", "it opens to the world: tcp 8443"}


@pytest.mark.parametrize(
    ("item_id", "said"),
    [
        (BALANCER, "no load balancer of the service found"),
        (GROUPS, "no network interface of the backend found"),
    ],
)
def test_an_empty_account_is_nothing_found(
    empty_account: Any, judge: Callable[..., Any], item_id: str, said: str
) -> None:
    with pytest.raises(NothingFound, match=f"^{said}$"):
        judge(item_id, empty_account.desk())
