"""How systemd keeps the service on each host: the fact ``host_units``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.host_values import SystemdUnit, units_in
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceUnits:
    """The units of the service that the profile declares for a host."""

    units: tuple[SystemdUnit, ...]
    """In the profile's order; one that the host does not have has the state not-found."""
    clock: Unavailable | None = None

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        return "; ".join(unit.seen for unit in self.units) or "no unit is declared"

    def started_within(self, unit: SystemdUnit, days: int, as_of: datetime) -> bool:
        """Tell whether a unit was last started at most so many days before ``as_of``."""
        if self.clock is not None:
            raise FactUnavailable(self.clock.cause, self.clock.remedy)
        return unit.started_at is not None and as_of - unit.started_at <= timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostUnits:
    """How does systemd keep the service's units on each host?"""

    name: str = "host_units"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:units",)
    fact_type: Any = tuple[HostFact[ServiceUnits], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[ServiceUnits], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("units",), _units)


def _units(host: HostView) -> ServiceUnits:
    shown = {unit.name: unit for unit in units_in(host.section("units").all("property"))}
    declared = host.machine.group.units
    if missing := [name for name in declared if name not in shown]:
        raise FactUnavailable(
            f"systemctl said nothing about {', '.join(missing)}", "run again, and see"
        )
    return ServiceUnits(units=tuple(shown[name] for name in declared), clock=host.clock)
