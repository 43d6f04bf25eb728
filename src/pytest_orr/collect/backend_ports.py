"""Tries the ports of the service's backend hosts, from here and from the jump host before them.

The fact ``backend_ports``. Connections are made and closed; nothing is sent.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.ports import PortState
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.port_readings import BackendHost, PortSeen
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.schema import Machine

AT_ONCE = 64
OFTEN_LEFT_OPEN = (80, 443, 2375, 2376, 3306, 5432, 6379, 9090, 9100, 9200, 27017)
"""Ports besides the declared ones that are tried on every backend host: web servers that answer
beside the balancer, Docker, MySQL, PostgreSQL, Redis, Prometheus, node_exporter, Elasticsearch and
MongoDB. They are what scanners look for first, and what is opened by accident most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendPorts:
    """Which ports of the backend hosts can be reached, and from where?"""

    name: str = "backend_ports"
    source: str = "TCP connections"
    operations: tuple[str, ...] = ("tcp:connect", "jump:direct-tcpip")
    fact_type: Any = tuple[BackendHost, ...]

    def collect(self, desk: Desk) -> Answer[tuple[BackendHost, ...]]:
        """Try all ports of all hosts at once; a host in trouble does not hide the others."""
        environment = desk.profile.service.environment
        own = [one for one in desk.profile.machines if one.environment == environment]
        backend = [one for one in own if one.group.role == "backend"]
        if not backend:
            raise Undeclared("[[hosts]]", "the service's hosts, and the jump hosts before them,")
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            started = [_start(desk, machine, pool) for machine in backend]
            hosts = tuple(finish() for finish in started)
        return Answer(value=hosts, where=tuple(host.name for host in hosts))


def _start(desk: Desk, machine: Machine, pool: ThreadPoolExecutor) -> Callable[[], BackendHost]:
    """Begin to try a host's ports; what is returned waits for the outcome."""
    try:
        way = _way_to(desk, machine)
    except FactUnavailable as error:
        why = Unavailable(cause=error.cause, remedy=error.remedy)
        return lambda: BackendHost(name=machine.name, unavailable=why)
    declared = {way.port, desk.profile.host_limits.node_exporter_port, *_declared(machine)}
    begin = partial(_begin, pool)
    from_here = begin(partial(desk.ports.probe, way.address), declared.union(OFTEN_LEFT_OPEN))
    from_jump = begin(partial(_from_jump, desk, way), declared)
    return lambda: _host(machine, way, from_here(), from_jump())


def _begin(
    pool: ThreadPoolExecutor, attempt: Callable[[int], PortState], ports: Iterable[int]
) -> Callable[[], tuple[PortSeen, ...]]:
    running = [pool.submit(_seen, attempt, port) for port in sorted(ports)]
    return lambda: tuple(one.result() for one in running)


def _seen(attempt: Callable[[int], PortState], port: int) -> PortSeen:
    try:
        return PortSeen(port=port, outcome=attempt(port))
    except FactUnavailable as error:
        why = Unavailable(cause=error.cause, remedy=error.remedy)
        return PortSeen(port=port, outcome=why)


def _declared(machine: Machine) -> set[int]:
    return {*machine.group.ports, *machine.group.service_ports}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a host is reached, from the profile and ssh_config."""

    address: str
    port: int
    jumps: tuple[str, ...]
    jump_addresses: tuple[str, ...]
    source: str

    @property
    def jump(self) -> str:
        return self.jumps[-1] if self.jumps else ""


def _way_to(desk: Desk, machine: Machine) -> _Way:
    if machine.name in machine.group.outputs:
        raise FactUnavailable(
            f"{machine.name} is reported by a file, and its ports are not tried",
            "let it be reached through the jump host, and take it out of outputs",
        )
    *jumps, host = desk.ssh.route(machine).hops
    return _Way(
        address=host.address,
        port=host.port,
        jumps=tuple(hop.name for hop in jumps),
        jump_addresses=_addresses(desk, jumps[-1].address) if jumps else (),
        source=_source(desk, host.address),
    )


def _addresses(desk: Desk, name: str) -> tuple[str, ...]:
    try:
        return desk.ports.addresses_of(name)
    except FactUnavailable:  # a name that only the jump host before it knows
        return ()


def _source(desk: Desk, address: str) -> str:
    try:
        return desk.ports.source_towards(address)
    except FactUnavailable:  # probing will say so, port by port
        return ""


def _from_jump(desk: Desk, way: _Way, port: int) -> PortState:
    jump = next((one for one in desk.profile.machines if one.name == way.jump), None)
    if jump is not None:
        return desk.ssh.reach(jump, way.address, port)
    if not way.jump:
        raise FactUnavailable(
            "no jump host lies before it", "declare one as jump of its [[hosts]] entry"
        )
    raise FactUnavailable(
        f"jump host {way.jump} is in ssh_config alone",
        f'declare {way.jump} under [[hosts]] with role = "jump"',
    )


def _host(
    machine: Machine, way: _Way, from_here: tuple[PortSeen, ...], from_jump: tuple[PortSeen, ...]
) -> BackendHost:
    return BackendHost(
        name=machine.name,
        address=way.address,
        tried_from=way.source,
        jumps=way.jumps,
        jump_addresses=way.jump_addresses,
        ssh_port=way.port,
        declared=tuple(sorted(_declared(machine))),
        service_ports=tuple(sorted({*machine.group.service_ports})),
        from_here=from_here,
        from_jump=from_jump,
    )
