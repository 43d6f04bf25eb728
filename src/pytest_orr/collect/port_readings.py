"""What became of the ports of a backend host, tried from two places; for ``backend_ports``."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_orr.clients.ports import PortState
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSeen:
    """What became of a connection to a port, or why none could be tried."""

    port: int
    outcome: PortState | Unavailable

    @property
    def state(self) -> PortState:
        """What became of it; ``FactUnavailable`` if none could be tried."""
        if isinstance(self.outcome, Unavailable):
            raise FactUnavailable(self.outcome.cause, self.outcome.remedy)
        return self.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendHost:
    """A backend host of the service with what became of its ports.

    A port that is closed says nothing about a firewall when the host is down, so whatever needs a
    closed port raises ``FactUnavailable`` unless the way through the jump host works. An open port
    needs no such proof.
    """

    name: str
    address: str = ""
    """As the hop before it knows it; it is tried from here under the same."""
    tried_from: str = ""
    """Address of this machine towards it."""
    jumps: tuple[str, ...] = ()
    """Names of the jump hosts before it, in order; none when it is reached without."""
    jump_addresses: tuple[str, ...] = ()
    """Addresses of the last of them, as they are known from here."""
    ssh_port: int = 22
    declared: tuple[int, ...] = ()
    """Ports that may listen on it, sorted; those of its service among them."""
    service_ports: tuple[int, ...] = ()
    from_here: tuple[PortSeen, ...] = ()
    """By port: the declared ones and those that are often left open."""
    from_jump: tuple[PortSeen, ...] = ()
    """By port: the declared ones."""
    unavailable: Unavailable | None = None
    """Why nothing was tried."""

    @property
    def jump(self) -> str:
        """Name of the last jump host before it; empty when there is none."""
        return self.jumps[-1] if self.jumps else ""

    def state_from_here(self, port: int) -> PortState:
        """What became of a connection from this machine."""
        return self._port(port, self.from_here).state

    def state_from_jump(self, port: int) -> PortState:
        """What became of a connection from the jump host."""
        return self._port(port, self.from_jump).state

    @property
    def chain_works(self) -> bool:
        """Whether its SSH server is reached the way that the profile declares."""
        if self.jump:
            return self.state_from_jump(self.ssh_port) == "open"
        return self.state_from_here(self.ssh_port) == "open"

    @property
    def ssh_open_from_here(self) -> bool:
        """Whether its SSH server answers this machine beside the jump host."""
        return bool(self._open({self.ssh_port}))

    def is_open_from_here(self, port: int) -> bool:
        """Whether a port that was tried answers this machine."""
        return bool(self._open({self._port(port, self.from_here).port}))

    @property
    def undeclared_open(self) -> tuple[int, ...]:
        """Ports that answer this machine and may not listen; the SSH port is another question."""
        tried = {one.port for one in self.from_here}
        return self._open(tried - {self.ssh_port, *self.declared})

    def service_ports_open(self, trusted: Iterable[str]) -> tuple[int, ...]:
        """Return the service ports that answer this machine, unless it is in a trusted network.

        ``trusted`` are networks and ids of security groups and prefix lists; ids are passed over.
        """
        if within := _network_of(self.tried_from, trusted):
            raise FactUnavailable(
                f"this machine ({self.tried_from}) is in {within}, which may reach service ports",
                "run the review from outside the trusted networks",
            )
        return self._open({*self.service_ports})

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        if self.unavailable is not None:
            return self.unavailable.cause
        opened = ", ".join(str(one.port) for one in self.from_here if one.outcome == "open")
        seen, whence = (self.from_jump, self.jump) if self.jump else (self.from_here, "here")
        way = next((one.outcome for one in seen if one.port == self.ssh_port), "not tried")
        told = way.cause if isinstance(way, Unavailable) else way
        return f"open from here: {opened or 'nothing'}; SSH from {whence}: {told}"

    def _port(self, port: int, tried: tuple[PortSeen, ...]) -> PortSeen:
        self._require_a_try()
        for one in tried:
            if one.port == port:
                return one
        raise FactUnavailable(
            f"port {port} of {self.name} was not tried",
            "declare it in ports or service_ports of its [[hosts]] entry",
        )

    def _open(self, ports: set[int]) -> tuple[int, ...]:
        """Return which of some ports are open from here; that none is counts with its proof."""
        self._require_a_try()
        asked = [one for one in self.from_here if one.port in ports]
        if not any(one.outcome == "open" for one in asked):
            self._require_a_living_host()
            return tuple(one.port for one in asked if one.state == "open")
        return tuple(one.port for one in asked if one.outcome == "open")

    def _require_a_try(self) -> None:
        if self.unavailable is not None:
            raise FactUnavailable(self.unavailable.cause, self.unavailable.remedy)

    def _require_a_living_host(self) -> None:
        if not self.chain_works:
            whence = self.jump or "here"
            raise FactUnavailable(
                f"SSH on {self.name} cannot be reached from {whence}, so that a closed port may"
                " be an outage",
                f"start {self.name}, or let {whence} reach its port {self.ssh_port}",
            )


def _network_of(address: str, trusted: Iterable[str]) -> str:
    """Return the network among trusted sources that holds an address, if one does."""
    networks = (one for one in trusted if "/" in one)
    return next((one for one in networks if _holds(one, address)), "")


def _holds(network: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:  # no address is known, or the network cannot be one
        return False
