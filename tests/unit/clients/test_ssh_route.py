from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.ssh import Hop, Route, SshAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import (
    FromEnvironment,
    HostGroup,
    Machine,
    Person,
    Profile,
    Release,
    Service,
    Ssh,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Find = Callable[..., Route]

ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Write an ssh_config, and find the way to a host of a profile beside it."""

    def route(
        text: str | None,
        *groups: HostGroup,
        name: str = "backend",
        environment: Mapping[str, str] | None = None,
        **ssh: Any,
    ) -> Route:
        settings: dict[str, Any] = {"known_hosts": "known_hosts"}
        if text is not None:
            (tmp_path / "ssh_config").write_text(text)
            settings["config"] = "ssh_config"
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="4f2a9c1d0e"),
            ssh=Ssh(**settings | ssh),
            hosts=groups or (HostGroup(names=(name,)),),
        )
        around = {"HOME": "/home/ana"} | dict(environment or {})
        access = SshAccess(profile, tmp_path, lambda _: None, environment=around)
        return access.route(next(one for one in profile.machines if one.name == name))

    return route


def refused(find: Find, *arguments: Any, **more: Any) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        find(*arguments, **more)
    return caught.value


def test_without_a_file_a_hosts_name_is_its_address(find: Find, tmp_path: Path) -> None:
    expected = Hop(
        name="backend",
        address="backend",
        port=22,
        user=ME,
        key_name="backend",
        known_hosts=(tmp_path / "known_hosts",),
    )
    assert find(None).hops == (expected,)
    assert str(expected) == "backend:22"


def test_a_hop_is_what_ssh_config_says_of_it(find: Find, tmp_path: Path) -> None:
    route = find(
        "Host backend\n  HostName %h.Example.ORG\n  Port 2222\n  User auditor\n"
        "  IdentityFile ~/keys/%r-%h-%p\n  IdentityFile rel%%ative\n  IdentityFile none\n"
        "  CertificateFile /certs/%n@%u\n  CertificateFile ${SIDE}\n",
        environment={"SSH_AUTH_SOCK": "/run/agent", "SIDE": "side"},
    )
    assert route.host == Hop(
        name="backend",
        address="backend.example.org",
        port=2222,
        user="auditor",
        key_name="[backend.example.org]:2222",
        known_hosts=(tmp_path / "known_hosts",),
        identities=(
            Path("/home/ana/keys/auditor-backend.example.org-2222"),
            tmp_path / "rel%ative",
        ),
        certificates=(Path(f"/certs/backend@{ME}"), tmp_path / "side"),
        agent="/run/agent",
    )
    assert str(route) == "backend (backend.example.org:2222)"


def test_the_file_may_be_named_by_the_environment_or_lie_at_home(
    find: Find, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "else" / "config"
    elsewhere.parent.mkdir()
    elsewhere.write_text("Port 7\nUserKnownHostsFile known1 ~/known2\n")
    route = find(
        None,
        config=FromEnvironment(env="SSH_CONFIG"),
        known_hosts=None,
        environment={"SSH_CONFIG": str(elsewhere)},
    )
    assert route.host.port == 7
    assert route.host.known_hosts == (tmp_path / "else" / "known1", Path("/home/ana/known2"))
    at_home = find(None, config="~/else/config", environment={"HOME": str(tmp_path)})
    assert at_home.host.port == 7
    assert refused(find, None, config=FromEnvironment(env="SSH_CONFIG")).cause == (
        "environment variable SSH_CONFIG, named in [ssh] config, is not set"
    )


@pytest.mark.parametrize("more", [{}, {"config": "UserKnownHostsFile none\n"}])
def test_known_host_keys_must_be_named(find: Find, more: dict[str, str]) -> None:
    told = refused(find, more.get("config"), known_hosts=None)
    assert told.cause == "no file of known host keys is named for backend"


@pytest.mark.parametrize(
    ("line", "agent", "path"),
    [
        ("", True, "/run/agent"),
        ("", False, ""),
        ("IdentityAgent none\n", True, ""),
        ("IdentityAgent SSH_AUTH_SOCK\n", True, "/run/agent"),
        ("IdentityAgent $OTHER\n", True, "/run/other"),
        ("IdentityAgent ~/agent\n", True, "/home/ana/agent"),
        ("IdentityAgent ~/agent\n", False, ""),
    ],
)
def test_the_agent_is_the_one_that_is_named_if_it_may_be_used(
    find: Find, line: str, path: str, *, agent: bool
) -> None:
    around = {"SSH_AUTH_SOCK": "/run/agent", "OTHER": "/run/other"}
    assert find(line, agent=agent, environment=around).host.agent == path


def test_an_alias_names_the_host_key(find: Find) -> None:
    hop = find("HostKeyAlias Farm\nPort 7\nIdentityFile %k\n").host
    assert (hop.key_name, hop.identities[0].name) == ("farm", "Farm")


def names(route: Route) -> list[str]:
    return [f"{hop.user}@{hop.address}:{hop.port}" for hop in route.hops]


def test_proxy_jump_is_followed_hop_by_hop(find: Find) -> None:
    route = find(
        "Host backend\n  ProxyJump first,bo@[fe80::1]:77,ssh://eve@third:99/\n"
        "Host first\n  HostName 10.0.0.1\n  ProxyJump outer\n"
        "Host third\n  ProxyJump not-followed\nHost *\n  User ana\n"
    )
    assert names(route) == [
        "ana@outer:22",
        "ana@10.0.0.1:22",
        "bo@fe80::1:77",
        "eve@third:99",
        "ana@backend:22",
    ]
    assert str(route) == "backend:22 through outer and first and fe80::1 and third"
    assert str(route.jumps[2]) == "[fe80::1]:77"


@pytest.mark.parametrize("written", ["none", "NONE"])
def test_no_jump_host_is_none(find: Find, written: str) -> None:
    assert find(f"ProxyJump {written}\n").jumps == ()


def test_jump_hosts_of_the_profile_outweigh_ssh_config(find: Find) -> None:
    groups = (
        HostGroup(names=("outer",), role="jump"),
        HostGroup(names=("inner",), role="jump", jump=("outer",)),
        HostGroup(names=("backend",), jump=("inner",)),
        HostGroup(names=("other",)),
    )
    config = "Host backend other\n  ProxyJump wrong\nHost outer\n  Port 7\n"
    route = find(config, *groups)
    assert [hop.name for hop in route.hops] == ["outer", "inner", "backend"]
    assert route.jumps[0].port == 7
    assert [hop.name for hop in find(config, *groups, name="other").hops] == ["wrong", "other"]


def test_a_way_in_a_circle_is_refused(find: Find) -> None:
    told = refused(find, "Host backend\n  ProxyJump jump\nHost jump\n  ProxyJump backend\n")
    assert told.cause == (
        "the way to backend goes in a circle: backend through jump through backend"
    )


HOSTILE = ("-oProxyCommand=id", "a b", "$(id)", "`id`", "a;id", "a\tb", "%i", "é", "a/b", "x" * 254)


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_could_mean_something_else_is_refused(find: Find, address: str) -> None:
    told = refused(find, f'Host backend\n  HostName "{address}"\n')
    assert "cannot be" in told.cause
    assert told.remedy in {"correct it in readiness.toml or ssh_config", "write it out"}


@pytest.mark.parametrize("name", [*HOSTILE, "a\nb", ""])
def test_a_name_that_could_mean_something_else_is_refused(find: Find, name: str) -> None:
    template = HostGroup(names=("template",))
    machine = Machine(name=name, group=template, environment="production")
    with pytest.raises(FactUnavailable) as caught:
        find_machine(find, machine)
    assert caught.value.cause.startswith("a host's name cannot be ")
    assert caught.value.cause.isprintable()


def find_machine(find: Find, machine: Machine) -> Route:
    """Ask for a host that no profile could have declared."""
    ana = Person(email="ana@example.org", name="Ana", roles=("service",))
    profile = Profile(
        service=Service(name="explorer", environment="production", people=(ana,)),
        release=Release(commit="4f2a9c1d0e"),
    )
    assert find(None).host.name == "backend"
    return SshAccess(profile, Path(), lambda _: None).route(machine)


@pytest.mark.parametrize("user", ["-l", "a b", "$HOME", "a\\b", "a;b", "x" * 65])
def test_a_user_that_could_mean_something_else_is_refused(find: Find, user: str) -> None:
    told = refused(find, f'User "{user}"\n')
    assert told.cause.startswith("the user for backend cannot be ")


@pytest.mark.parametrize("port", ["0", "65536", "ssh", "-1", "22x"])
def test_a_port_that_is_none_is_refused(find: Find, port: str) -> None:
    assert refused(find, f"Port {port}\n").cause == f'the port of backend cannot be "{port}"'


@pytest.mark.parametrize("jump", ["a:b", "@host", "a@b@c:22:33", "-oProxyCommand=id", "a,"])
def test_a_jump_host_that_is_none_is_refused(find: Find, jump: str) -> None:
    cause = refused(find, f"Host backend\n  ProxyJump {jump}\n").cause
    assert "ProxyJump" in cause or "a host's name cannot be" in cause


@pytest.mark.parametrize("written", ["%z", "${UNSET}", "%C"])
def test_a_token_that_is_not_known_is_named(find: Find, written: str) -> None:
    assert refused(find, f"IdentityFile {written}\n").cause == (
        f'"{written}" of ssh_config cannot be expanded: "{written}" is not known'
    )


def test_somebody_this_machine_does_not_know_is_a_named_reason(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert refused(find, None).cause == "this machine has no user with the id 3999999999"


def test_the_client_library_is_not_loaded_before_the_first_question() -> None:
    code = "import sys, pytest_orr.clients.ssh; sys.exit('paramiko' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
