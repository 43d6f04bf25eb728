"""An endpoint with whoever looks at it from outside, as ``availability_probes`` tells of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pytest_orr.collect.parts import Part
from pytest_orr.collect.watching.gaps import least_gap
from pytest_orr.collect.watching.monitors import OutsideMonitor
from pytest_orr.collect.watching.probes import Probe
from pytest_orr.errors import FactUnavailable, section_to_declare
from pytest_orr.profile.monitoring import Monitoring

NOBODY = "no probe looks at it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What Prometheus probes of an endpoint."""

    found: tuple[Probe, ...] = ()

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return "; ".join(one.seen for one in self.found) or "no probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitors:
    """What UptimeRobot looks at of an endpoint."""

    found: tuple[OutsideMonitor, ...] = ()

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return "; ".join(one.seen for one in self.found) or "no monitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedEndpoint:
    """A declared endpoint with whoever looks at its URL from outside."""

    name: str
    role: Literal["service", "frontend", "backend"]
    url: str
    marker: str
    probes: Part[Probes]
    monitors: Part[Monitors]

    @property
    def seen(self) -> str:
        """One line about both, for a finding."""
        return "; ".join(part.seen for part in self._sources)

    def gap(self, limits: Monitoring, as_of: datetime) -> str:
        """Return in words why no probe of it is well and wakes somebody; empty if one does."""
        found = self.probes.reading.found
        return least_gap(found, lambda one: one.gap(limits, as_of), NOBODY)

    def shortfall(self, limits: Monitoring) -> str:
        """Return in words why its history falls short of the objective; empty if it does not."""
        found = self.probes.reading.found
        return least_gap(found, lambda one: one.shortfall(limits), NOBODY)

    def content_gap(self, limits: Monitoring, as_of: datetime) -> str:
        """Return in words why nobody is woken when its content is missing; empty if somebody is.

        A probe or a monitor will do, and either alone may be declared, or open to be looked into.
        Raises ``FactUnavailable`` when that hangs on something that is not known.
        """
        watchers = [watcher for part in self._sources for watcher in _watchers(part)]
        known = [one for one in watchers if not _is_closed(one)] or watchers
        nobody = "no probe or monitor looks at it"
        return least_gap(known, lambda one: self._content_gap(one, limits, as_of), nobody)

    @property
    def _sources(self) -> tuple[Part[Any], ...]:
        """Those of the two that are declared; both where neither is."""
        both = (self.probes, self.monitors)
        return tuple(part for part in both if not _is_undeclared(part)) or both

    def _content_gap(
        self, one: Probe | OutsideMonitor | FactUnavailable, limits: Monitoring, as_of: datetime
    ) -> str:
        if isinstance(one, FactUnavailable):
            raise one
        return one.content_gap(self.marker) or one.gap(limits, as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedEndpoints:
    """The endpoints of users, by name."""

    found: tuple[WatchedEndpoint, ...]

    def of_role(self, role: str) -> tuple[WatchedEndpoint, ...]:
        """Return those of a role."""
        return tuple(one for one in self.found if one.role == role)


def _watchers(part: Part[Any]) -> Iterable[Probe | OutsideMonitor | FactUnavailable]:
    """Return what a source has; in its place why it could not be read."""
    if part.observed is not None:
        found: tuple[Probe | OutsideMonitor, ...] = part.observed.found
        return found
    assert part.unavailable is not None
    return (FactUnavailable(part.unavailable.cause, part.unavailable.remedy),)


def _is_closed(one: Probe | OutsideMonitor | FactUnavailable) -> bool:
    """Tell whether it is a probe of which nobody declared where to learn what it asserts."""
    return isinstance(one, Probe) and _is_undeclared(one.asserted)


def _is_undeclared(part: Part[Any]) -> bool:
    return part.unavailable is not None and bool(section_to_declare(part.unavailable.remedy))
