"""Which TCP ports listen on each host: the fact ``host_sockets``."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.interface import Desk
from pytest_orr.observation import Answer

PROCESS = re.compile(r'\(\("([^"]*)"')
EVERYWHERE = frozenset({"*", "0.0.0.0", "::"})  # noqa: S104 read from hosts, bound by nobody here


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A TCP socket that listens."""

    address: str
    """As the host has it, without brackets and interface; ``*`` is every address."""
    port: int
    process: str = ""
    """Name of its process, where the login may see it."""

    @property
    def seen(self) -> str:
        """One line about the socket, for a finding."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        by = f" by {self.process}" if self.process else ""
        return f"{address}:{self.port}{by}"

    @property
    def is_loopback(self) -> bool:
        """Whether only the host itself reaches it."""
        if self.address in EVERYWHERE:
            return False
        address = ip_address(self.address)
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class HostListeners:
    """Every TCP socket of a host that listens."""

    listeners: tuple[Listener, ...]

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        ports = ", ".join(map(str, self.exposed_ports))
        return f"listens on {ports or 'no port'} beside loopback"

    @property
    def exposed(self) -> tuple[Listener, ...]:
        """Sockets that listen on other addresses than loopback."""
        return tuple(one for one in self.listeners if not one.is_loopback)

    @property
    def exposed_ports(self) -> tuple[int, ...]:
        """Their ports, sorted."""
        return tuple(sorted({one.port for one in self.exposed}))

    def on(self, port: int) -> tuple[Listener, ...]:
        """Return the sockets of a port."""
        return tuple(one for one in self.listeners if one.port == port)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSockets:
    """Which ports listen on each host, and where?"""

    name: str = "host_sockets"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:sockets",)
    fact_type: Any = tuple[HostFact[HostListeners], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[HostListeners], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("sockets",), _listeners)


def _listeners(host: HostView) -> HostListeners:
    return HostListeners(listeners=listeners_in(host))


def listeners_in(host: HostView) -> tuple[Listener, ...]:
    """Return every socket that ``ss`` printed, sorted."""
    found = {_listener(line) for line in host.section("sockets").all("listening")}
    return tuple(sorted(found, key=lambda one: (one.port, one.address, one.process)))


def _listener(line: str) -> Listener:
    """Read ``LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:(("name",pid=1,fd=2))``."""
    _, _, _, local, _, *more = line.split(maxsplit=5)
    address, _, port = local.rpartition(":")
    process = PROCESS.search(more[0]) if more else None
    bare = address.partition("%")[0].strip("[]")
    if bare not in EVERYWHERE:
        bare = str(ip_address(bare))
    return Listener(address=bare, port=int(port), process=process[1] if process else "")
