"""Whether each host is measured by a node_exporter: the fact ``host_exporters``."""

from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.host_script import EXPORTERS
from pytest_orr.collect.host_sockets import Listener, listeners_in
from pytest_orr.collect.host_values import SystemdUnit, units_in
from pytest_orr.collect.interface import Desk
from pytest_orr.observation import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """What listens on the port of node_exporter, and the units that may be it."""

    port: int
    listeners: tuple[Listener, ...] = ()
    units: tuple[SystemdUnit, ...] = ()
    """Those of its usual units that the host has; none where systemd does not run it."""

    @property
    def seen(self) -> str:
        """One line about the exporter, for a finding."""
        at = ", ".join(listener.seen for listener in self.listeners)
        units = "; ".join(unit.seen for unit in self.units) or "no unit of node_exporter"
        return f"{units}; listens on {at}" if at else f"{units}; nothing listens on {self.port}"

    @property
    def listens(self) -> bool:
        """Whether something listens on its port."""
        return bool(self.listeners)

    @property
    def comes_back(self) -> bool:
        """Whether one of its units runs, and is started again after a reboot."""
        return any(unit.is_active and unit.is_enabled for unit in self.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostExporters:
    """Is each host measured by a node_exporter?"""

    name: str = "host_exporters"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:sockets", "ssh:units")
    fact_type: Any = tuple[HostFact[Exporter], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[Exporter], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("sockets",), _exporter)


def _exporter(host: HostView) -> Exporter:
    port = host.limits.node_exporter_port
    lines = host.section("units").all("property") if host.has("units") else ()
    units = (unit for unit in units_in(lines) if unit.name in EXPORTERS and unit.is_loaded)
    return Exporter(
        port=port,
        listeners=tuple(one for one in listeners_in(host) if one.port == port),
        units=tuple(units),
    )
