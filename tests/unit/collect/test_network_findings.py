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


def test_each_opening_to_the_world_is_found_at_its_group(
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
    failed = failures(GROUPS, account.desk())
    said = {group: detail.partition(";")[0] for group, detail in failed.items()}
    assert said == {
        account.ids["backend_group"]: (
            "it is open to the world: icmp, tcp 3306, tcp 5432, tcp 6379, tcp 9100"
        ),
        account.ids["balancer_group"]: "it is open to the world: tcp 8443",
        account.ids["default_group"]: "it is the default group, which must not be used",
    }


def test_each_bad_rule_is_found_at_that_rule(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with("all-ports", "wide-port-range", "group-reference-to-stranger")
    ids = account.ids
    failed = failures(GROUPS, account.desk())
    assert all(subject.startswith("sgr-") for subject in failed)
    lets_in = "explorer-backend lets in"
    stranger = "the group that it lets in is not the service's"
    assert sorted(failed.values()) == [
        f"it opens all ports; saw {lets_in} every protocol and port from {ids['balancer_group']}",
        f"it opens all ports; saw {lets_in} tcp 1024-65535 from {ids['balancer_group']}",
        f"{stranger}; saw {lets_in} tcp 8081 from {ids['stranger_group']}",
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
    [(group, detail)] = failures(GROUPS, strict).items()
    assert group == account.ids["balancer_group"]
    assert detail.startswith("it is open to the world: tcp 443, tcp 8443;")


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
