"""Names, ports and SSH as a person judges them, against the example's hosts and account."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Repository

CHECKOUT = Path(__file__).parents[2]
BALANCER = "network.load-balancer.elb"
GROUPS = "network.backend.security-groups"
SSH = "network.backend.ssh-jump-host"
SERVICE = "network.backend.service-port"
ITEMS = {
    BALANCER: "test_the_backend_survives_a_zone_behind_its_load_balancer",
    GROUPS: "test_security_groups_let_in_only_what_is_declared",
    SSH: "test_ssh_reaches_the_backend_through_the_jump_host_alone",
    SERVICE: "test_service_ports_answer_trusted_networks_only",
}
MODULE = "readiness/test_network_security.py"
OFFICE = "198.51.100.0/24"
TAKEN_DOWN = "127.77.0.11"
"""Where the example's first backend is, for its jump host alone."""


@pytest.fixture(scope="module")
def world(boot_example: Callable[..., Any]) -> Iterator[Any]:
    with boot_example("repaired") as running:
        yield running


@pytest.fixture
def judged(
    world: Any,
    lay_down: Callable[[Path], Repository],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., dict[str, Any]]:
    """Judge the four items live, and return them by id; ``edit`` changes the profile's text."""
    text = (CHECKOUT / "examples/explorer/repaired/readiness.toml").read_text(encoding="utf-8")

    def run(edit: Callable[[str], str] = str, **env: str) -> dict[str, Any]:
        repository = lay_down(tmp_path_factory.mktemp("service"))
        (repository.suite / "readiness.toml").write_text(edit(text), encoding="utf-8")
        ran = repository.pytest(
            *(f"{MODULE}::{name}" for name in ITEMS.values()),
            *("--orr-as-of", "2026-11-20", "-p", "no:cacheprovider", "-p", "no:xdist"),
            env={**world.environment, **env},
        )
        assert (repository.report / "selection.json").exists(), ran.out + ran.err
        items = repository.document("selection.json")["items"]
        return {item["id"]: item for item in items if item["id"] in ITEMS}

    return run


@pytest.fixture
def ingress(world: Any) -> Iterator[Callable[..., str]]:
    """Let somebody in for one test; returns the id of the rule."""
    account: Any = boto3.client(
        "ec2",
        endpoint_url=world.environment["AWS_ENDPOINT_URL"],
        region_name="eu-central-1",
        aws_access_key_id="anybody",
        aws_secret_access_key="anybody",  # noqa: S106 of nobody
    )
    made: list[tuple[str, str]] = []

    def let_in(group: str, port: int, cidr: str) -> str:
        rule = {
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
            "IpRanges": [{"CidrIp": cidr}],
        }
        answer = account.authorize_security_group_ingress(
            GroupId=world.account[group], IpPermissions=[rule]
        )
        [added] = answer["SecurityGroupRules"]
        made.append((world.account[group], added["SecurityGroupRuleId"]))
        return str(added["SecurityGroupRuleId"])

    yield let_in
    for group, added in made:
        account.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[added])


@pytest.fixture
def exposed(world: Any, tmp_path: Path) -> Iterator[tuple[int, str]]:
    """A port that answers beside the jump host, and the ssh_config by which it is the backend's.

    The address is this test's own, so that no other test's world has the open port.
    """
    address = "127.78.0.11"
    written = Path(world.environment["EXPLORER_SSH_CONFIG"]).read_text(encoding="utf-8")
    config = tmp_path / "ssh-config-exposed"
    config.write_text(written.replace(TAKEN_DOWN, address), encoding="utf-8")
    with socket.create_server((address, 0)) as server:
        yield int(server.getsockname()[1]), str(config)


def outcomes(items: dict[str, Any]) -> dict[str, str]:
    return {item_id: item["outcome"] for item_id, item in items.items()}


def found(item: Any, outcome: str) -> dict[str, str]:
    return {one["subject"]: one["detail"] for one in item["findings"] if one["outcome"] == outcome}


def without(table: str, text: str) -> str:
    """Take every table of this name out of a profile."""
    return re.sub(rf"^\[\[{table}\]\]\n(?:[^\[\n].*\n)*", "", text, flags=re.MULTILINE)


def test_a_sound_network_passes(judged: Callable[..., dict[str, Any]]) -> None:
    items = judged()
    assert set(outcomes(items).values()) == {"pass"}, json.dumps(items, indent=1)
    assert "api.explorer.example" in found(items[BALANCER], "pass")
    for item_id in (GROUPS, SSH, SERVICE):
        assert found(items[item_id], "pass")["explorer-backend-1"] == (
            "open from here: nothing; SSH from explorer-jump: open"
        )
    assert found(items[SSH], "pass")["explorer-jump: sshd"] == "no passwords, root login no"


def test_ssh_past_the_jump_host_and_from_forgotten_places_fails_by_rule(
    judged: Callable[..., dict[str, Any]], ingress: Callable[..., str]
) -> None:
    beside = ingress("backend_group", 22, OFFICE)
    forgotten = ingress("jump_group", 22, "203.0.113.77/32")
    items = judged()
    assert outcomes(items) == {BALANCER: "pass", GROUPS: "pass", SSH: "fail", SERVICE: "pass"}
    failed = found(items[SSH], "fail")
    assert {rule: detail.partition(";")[0] for rule, detail in failed.items()} == {
        beside: f"it lets others than the jump host's way in: {OFFICE}",
        forgotten: "it lets others than the jump host's way in: 203.0.113.77/32",
    }


def test_a_declared_source_that_no_rule_lets_in_fails(
    judged: Callable[..., dict[str, Any]],
) -> None:
    items = judged(lambda text: text.replace(f'["{OFFICE}"]', f'["{OFFICE}", "192.0.2.0/24"]'))
    assert found(items[SSH], "fail") == {
        "192.0.2.0/24": "no rule lets it in; saw declared in [network] ssh_sources"
    }


def test_a_service_port_that_strangers_may_reach_fails_until_they_are_trusted(
    judged: Callable[..., dict[str, Any]], ingress: Callable[..., str]
) -> None:
    rule = ingress("backend_group", 8080, "192.0.2.0/24")
    items = judged()
    assert outcomes(items) == {BALANCER: "pass", GROUPS: "pass", SSH: "pass", SERVICE: "fail"}
    assert found(items[SERVICE], "fail")[rule].startswith(
        "neither a balancer nor in [network] trusted: 192.0.2.0/24"
    )
    trusting = judged(
        lambda text: text.replace("ssh_sources =", 'trusted = ["192.0.2.0/24"]\nssh_sources =')
    )
    assert trusting[SERVICE]["outcome"] == "pass"


def test_sockets_are_compared_with_declared_ports_both_ways(
    judged: Callable[..., dict[str, Any]],
) -> None:
    more = judged(lambda text: text.replace("[22, 8080, 9100]", "[22, 8080]"))
    assert found(more[SERVICE], "fail")["explorer-backend-1: sockets"].startswith(
        "ports listen that nobody declared: [9100]"
    )
    less = judged(lambda text: text.replace("[22, 8080, 9100]", "[22, 6060, 8080, 9100]"))
    assert found(less[SERVICE], "fail")["explorer-backend-1: sockets"].startswith(
        "declared ports do not listen: [6060]"
    )


@pytest.mark.parametrize(
    ("item_id", "said"),
    [
        (GROUPS, "it answers from here on ports that nobody declared: "),
        (SERVICE, "it answers beside the balancer on service ports: "),
        (SSH, "its SSH server answers beside the jump host"),
    ],
)
def test_a_port_that_answers_beside_the_jump_host_fails(
    judged: Callable[..., dict[str, Any]], exposed: tuple[int, str], item_id: str, said: str
) -> None:
    port, config = exposed

    def edit(text: str) -> str:
        if item_id == GROUPS:
            return text.replace("[host_limits]", f"[host_limits]\nnode_exporter_port = {port}")
        listening = text.replace("[22, 8080, 9100]", f"[22, 8080, 9100, {port}]")
        return listening.replace("= [8080]", f"= [8080, {port}]")

    if item_id == SSH:
        written = Path(config).read_text(encoding="utf-8")
        moved = written.replace("HostName 127.78.0.11", f"HostName 127.78.0.11\n    Port {port}")
        Path(config).write_text(moved, encoding="utf-8")
    items = judged(edit, EXPLORER_SSH_CONFIG=config)
    assert items[item_id]["outcome"] == "fail"
    assert found(items[item_id], "fail")["explorer-backend-1"].startswith(said)


def test_a_service_name_that_leads_elsewhere_fails(judged: Callable[..., dict[str, Any]]) -> None:
    items = judged(
        lambda text: text.replace(
            "https://api.explorer.example/health", "https://explorer.example/health"
        )
    )
    assert outcomes(items) == {BALANCER: "fail", GROUPS: "pass", SSH: "pass", SERVICE: "pass"}
    assert found(items[BALANCER], "fail") == {
        "explorer.example": "it leads elsewhere than to the service's load balancers; saw leads to"
        " 127.77.2.1, 127.77.2.2, 127.77.2.3, 127.77.2.4"
    }


def test_a_service_name_that_does_not_exist_fails(judged: Callable[..., dict[str, Any]]) -> None:
    items = judged(lambda text: text.replace("https://api.explorer", "https://gone.explorer"))
    assert found(items[BALANCER], "fail") == {
        "gone.explorer.example": "DNS knows no address of it; saw leads to no address"
    }


def test_without_hosts_what_aws_says_is_judged_and_the_rest_is_unknown(
    judged: Callable[..., dict[str, Any]],
) -> None:
    items = judged(lambda text: without("hosts", text))
    assert outcomes(items) == {
        BALANCER: "pass",
        GROUPS: "unknown",
        SSH: "unknown",
        SERVICE: "unknown",
    }
    told = "readiness.toml declares no [[hosts]]"
    assert found(items[GROUPS], "unknown") == {"backend_ports": told}
    assert len(found(items[GROUPS], "pass")) > 10
    assert found(items[SSH], "unknown")["backend_ports"] == told
    assert OFFICE in found(items[SSH], "pass")


def test_without_declared_sources_nobody_knows_who_was_meant(
    judged: Callable[..., dict[str, Any]],
) -> None:
    items = judged(lambda text: text.replace(f'ssh_sources = ["{OFFICE}"]', ""))
    assert items[SSH]["outcome"] == "unknown"
    assert found(items[SSH], "unknown") == {"the item": "no entry in [network] ssh_sources found"}


def test_behind_a_jump_host_that_is_not_reached_closed_ports_prove_nothing(
    judged: Callable[..., dict[str, Any]], world: Any, tmp_path: Path
) -> None:
    config = tmp_path / "ssh-config-down"
    written = Path(world.environment["EXPLORER_SSH_CONFIG"]).read_text(encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    config.write_text(re.sub(r"Port \d+", f"Port {closed}", written, count=1), encoding="utf-8")
    items = judged(EXPLORER_SSH_CONFIG=str(config))
    assert outcomes(items) == {
        BALANCER: "pass",
        GROUPS: "unknown",
        SSH: "unknown",
        SERVICE: "unknown",
    }
    for item_id in (GROUPS, SSH, SERVICE):
        assert "refused" in found(items[item_id], "unknown")["explorer-backend-1"]


def test_a_denied_operation_leaves_hosts_judged(judged: Callable[..., dict[str, Any]]) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    items = judged(**nobody)
    assert set(outcomes(items).values()) == {"unknown"}
    for item_id in (SSH, SERVICE):
        assert (
            "there are no credentials"
            in found(items[item_id], "unknown")["backend_security_groups"]
        )
        assert "explorer-backend-1" in found(items[item_id], "pass")


def test_a_name_server_that_is_silent_leaves_the_balancer_judged(
    judged: Callable[..., dict[str, Any]],
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        items = judged(EXPLORER_RESOLVER=f"127.0.0.1:{port}")
    assert items[BALANCER]["outcome"] == "unknown"
    assert found(items[BALANCER], "unknown") == {
        "api.explorer.example": f"DNS server 127.0.0.1 port {port} gave no usable answer in time"
        " about api.explorer.example A"
    }
    assert len(found(items[BALANCER], "pass")) == 5
