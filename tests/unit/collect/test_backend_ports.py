"""The ports of backend hosts: tried on loopback from here, and told by a table from the jump host.

The real jump host stands in the tests of the items and of the whole world.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.clients.ports import PortAccess, PortState
from pytest_orr.clients.ssh_route import Hop, Route
from pytest_orr.collect.backend_ports import OFTEN_LEFT_OPEN, BackendPorts
from pytest_orr.collect.port_readings import BackendHost, PortSeen
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable
from pytest_orr.profile.hosts import HostGroup, HostLimits, Machine, machines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ADDRESS = "127.88.0.11"
"""Nobody else listens here."""
OUTAGE = Unavailable(cause="jump-1 (127.88.0.1:22) refused the connection", remedy="start it")


class Ssh:
    """Knows ways, and what a jump host gets through to."""

    def __init__(self, ways: Mapping[str, tuple[str, ...]], reached: Mapping[int, Any]) -> None:
        self.ways = ways
        self.reached = reached
        self.asked: list[tuple[str, str, int]] = []

    def route(self, machine: Machine) -> Route:
        if machine.name not in self.ways:
            raise FactUnavailable(f"{machine.name} has no way", "write one")
        return Route(hops=tuple(hop(name) for name in (*self.ways[machine.name], machine.name)))

    def reach(self, jump: Machine, address: str, port: int) -> Any:
        self.asked.append((jump.name, address, port))
        state = self.reached.get(port, "refused")
        if isinstance(state, Unavailable):
            raise FactUnavailable(state.cause, state.remedy)
        return state


def hop(name: str) -> Hop:
    address = ADDRESS if name.startswith("backend") else "127.88.0.1"
    return Hop(name=name, address=address, port=22, user="a", key_name=name, known_hosts=())


@pytest.fixture
def listening() -> Iterator[Callable[[], int]]:
    """Open a port on the host's address: ``listening()`` returns its number."""
    with ExitStack() as stack:

        def start() -> int:
            server = stack.enter_context(socket.create_server((ADDRESS, 0)))
            return int(server.getsockname()[1])

        yield start


class Closed(PortAccess):
    """A host that nobody reaches from here, whatever else listens on this machine."""

    def probe(self, address: str, port: int) -> PortState:  # noqa: ARG002 it is the same for all
        return "dropped"


TRYING = PortAccess(connect_seconds=1)


def collected(
    ssh: Any, *groups: HostGroup, exporter: int = 9100, ports: PortAccess = TRYING
) -> tuple[BackendHost, ...]:
    profile = SimpleNamespace(
        service=SimpleNamespace(environment="production"),
        machines=machines_of(groups, "production"),
        host_limits=HostLimits(node_exporter_port=exporter),
    )
    desk: Any = SimpleNamespace(profile=profile, ssh=ssh, ports=ports)
    answer = BackendPorts().collect(desk)
    assert answer.where == tuple(host.name for host in answer.value)
    return answer.value


JUMP = HostGroup(names=("jump-1",), role="jump")
BEHIND = {"backend-1": ("jump-1",)}


class TestAHost:
    def test_is_tried_from_here_and_from_its_jump_host(self, listening: Callable[[], int]) -> None:
        service, undeclared = listening(), listening()
        ssh = Ssh(BEHIND, {22: "open", service: "dropped"})
        group = HostGroup(names=("backend-1",), ports=(22,), service_ports=(service,))
        [host] = collected(ssh, JUMP, group, exporter=undeclared)
        assert (host.address, host.jump) == (ADDRESS, "jump-1")
        assert host.jump_addresses == ("127.88.0.1",)
        assert (host.declared, host.service_ports) == ((22, service), (service,))
        assert host.tried_from.startswith("127.")
        tried = {22, service, undeclared}
        assert {one.port for one in host.from_here} == tried | {*OFTEN_LEFT_OPEN}
        assert {port for _, _, port in ssh.asked} == tried
        assert host.chain_works
        assert host.state_from_here(service) == "open"
        assert host.state_from_jump(service) == "dropped"
        assert undeclared in host.undeclared_open
        assert host.service_ports_open(()) == (service,)
        assert str(service) in host.seen

    def test_that_only_its_jump_host_reaches_is_closed(self) -> None:
        group = HostGroup(names=("backend-1",), ports=(22, 8080), service_ports=(8080,))
        [host] = collected(Ssh(BEHIND, {22: "open"}), JUMP, group, ports=Closed())
        assert not host.ssh_open_from_here
        assert (host.undeclared_open, host.service_ports_open(())) == ((), ())
        assert host.seen == "open from here: nothing; SSH from jump-1: open"

    @pytest.mark.parametrize("state", ["refused", "dropped"])
    def test_that_its_jump_host_does_not_reach_may_be_down(self, state: str) -> None:
        group = HostGroup(names=("backend-1",), service_ports=(8080,))
        [host] = collected(Ssh(BEHIND, {22: state}), JUMP, group, ports=Closed())
        assert not host.chain_works
        for question in (
            lambda: host.ssh_open_from_here,
            lambda: host.undeclared_open,
            lambda: host.service_ports_open(()),
        ):
            with pytest.raises(FactUnavailable) as caught:
                question()
            assert caught.value.cause == (
                "SSH on backend-1 cannot be reached from jump-1, so that a closed port may be an"
                " outage"
            )

    def test_behind_a_jump_host_that_is_down_says_so(self, listening: Callable[[], int]) -> None:
        group = HostGroup(names=("backend-1",), service_ports=(listening(),))
        [host] = collected(Ssh(BEHIND, {22: OUTAGE}), JUMP, group)
        assert host.service_ports_open(()), "an open port needs no proof"
        [host] = collected(Ssh(BEHIND, {22: OUTAGE}), JUMP, group, ports=Closed())
        with pytest.raises(FactUnavailable) as caught:
            assert host.undeclared_open
        assert caught.value.cause == OUTAGE.cause
        assert host.seen.endswith(f"SSH from jump-1: {OUTAGE.cause}")

    def test_without_a_jump_host_is_reached_from_here_alone(self) -> None:
        alone = Ssh({"backend-1": ()}, {})
        [host] = collected(alone, HostGroup(names=("backend-1",)), ports=Closed())
        assert (host.jump, host.jump_addresses) == ("", ())
        assert not host.chain_works
        with pytest.raises(FactUnavailable) as caught:
            host.state_from_jump(22)
        assert caught.value.cause == "no jump host lies before it"

    def test_behind_a_jump_host_that_nobody_declared_is_unknown(self) -> None:
        [host] = collected(Ssh(BEHIND, {22: "open"}), HostGroup(names=("backend-1",)))
        with pytest.raises(FactUnavailable) as caught:
            assert host.chain_works
        assert caught.value.cause == "jump host jump-1 is in ssh_config alone"

    def test_without_a_way_does_not_hide_the_others(self) -> None:
        group = HostGroup(names=("backend-1", "backend-2", "backend-3"), outputs={"backend-3": "f"})
        reached, lost, reported = collected(Ssh(BEHIND, {22: "open"}), JUMP, group)
        assert reached.chain_works
        assert lost.seen == "backend-2 has no way"
        assert reported.seen == "backend-3 is reported by a file, and its ports are not tried"
        for host in (lost, reported):
            for question in ("undeclared_open", "ssh_open_from_here", "chain_works"):
                with pytest.raises(FactUnavailable) as caught:
                    getattr(host, question)
                assert caught.value.cause == host.seen

    def test_may_have_a_jump_host_that_only_another_one_knows(self) -> None:
        class Inner(Ssh):
            def route(self, machine: Machine) -> Route:
                *way, host = super().route(machine).hops
                inner = replace(way[-1], address="jump-2.invalid")
                return Route(hops=(*way, inner, host))

        [host] = collected(Inner(BEHIND, {22: "open"}), JUMP, HostGroup(names=("backend-1",)))
        assert (host.jumps, host.jump_addresses) == (("jump-1", "jump-1"), ())

    def test_whose_name_means_nothing_here_is_unknown(self) -> None:
        class Elsewhere(Ssh):
            def route(self, machine: Machine) -> Route:
                way = super().route(machine)
                inside = replace(way.host, address="backend-1.invalid")
                return Route(hops=(*way.jumps, inside))

        [host] = collected(Elsewhere(BEHIND, {22: "open"}), JUMP, HostGroup(names=("backend-1",)))
        assert host.tried_from == ""
        with pytest.raises(FactUnavailable) as caught:
            assert host.undeclared_open
        assert caught.value.cause == "backend-1.invalid does not resolve"

    def test_comes_back_from_json_as_it_was(self) -> None:
        hosts = collected(Ssh(BEHIND, {22: OUTAGE}), JUMP, HostGroup(names=("backend-1",)))
        kind = TypeAdapter(BackendPorts().fact_type)
        assert kind.validate_python(kind.dump_python(hosts, mode="json")) == hosts


class TestHosts:
    @pytest.mark.parametrize(
        "groups",
        [(), (JUMP,), (HostGroup(names=("backend-1",), environment="testing"),)],
        ids=["none", "jump hosts alone", "of another environment"],
    )
    def test_must_be_declared(self, groups: tuple[HostGroup, ...]) -> None:
        with pytest.raises(FactUnavailable) as caught:
            collected(Ssh({}, {}), *groups)
        assert caught.value.cause == ("readiness.toml declares no [[hosts]]")


def seen(**more: Any) -> BackendHost:
    """A host of which the service port is closed from here."""
    return BackendHost(
        **{
            "name": "backend-1",
            "jumps": ("jump-1",),
            "tried_from": "198.51.100.7",
            "service_ports": (8080,),
            "from_here": (
                PortSeen(port=22, outcome="refused"),
                PortSeen(port=8080, outcome="dropped"),
            ),
            "from_jump": (PortSeen(port=22, outcome="open"),),
        }
        | more
    )


class TestATrustedPlace:
    @pytest.mark.parametrize("trusted", ["198.51.100.0/24", "198.51.100.7/32", "0.0.0.0/0"])
    def test_proves_nothing_about_service_ports(self, trusted: str) -> None:
        with pytest.raises(FactUnavailable) as caught:
            seen().service_ports_open(("sg-0123", trusted))
        assert caught.value.cause == (
            f"this machine (198.51.100.7) is in {trusted}, which may reach service ports"
        )

    @pytest.mark.parametrize(
        "trusted", ["203.0.113.0/24", "2001:db8::/32", "999.1.1.1/24", "sg-0123"]
    )
    def test_is_not_any_other(self, trusted: str) -> None:
        assert seen().service_ports_open((trusted,)) == ()

    def test_is_not_one_whose_address_is_unknown(self) -> None:
        assert seen(tried_from="").service_ports_open(("198.51.100.0/24",)) == ()


def test_a_port_that_was_not_tried_is_unknown() -> None:
    with pytest.raises(FactUnavailable) as caught:
        seen().state_from_jump(8080)
    assert caught.value.cause == "port 8080 of backend-1 was not tried"
