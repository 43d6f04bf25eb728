"""Reads what Prometheus scrapes of the service and its hosts: the fact ``scrape_targets``.

A node target belongs to the declared host that its own ``node_uname_info`` names, else to the one
whose name or address it is scraped by. Those of no declared host are told, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pytest_orr.clients.prometheus_said import Target
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .target_hosts import TargetHosts

Kind = Literal["node", "probe", "service"]
LATE = 2
"""Intervals after which a scrape is overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapeTarget:
    """One thing that Prometheus scrapes: a host, a probe of the service, or a part of it."""

    kind: Kind
    """By its job: [prometheus] node_jobs and probe_jobs; every other is the service itself."""
    job: str
    instance: str
    url: str
    """Where it is scraped, without user and query."""
    probed: str
    """Of a probe: what it looks at, without user and query."""
    host: str
    """Of a node target: the declared host that it is; empty if it is none."""
    health: Literal["up", "down", "unknown"]
    last_scrape: datetime | None
    """Aware; none if it never was."""
    interval: float
    """Seconds from one scrape to the next; 0 where an old Prometheus does not tell."""
    error: str
    """Of the last scrape."""
    labels: Mapping[str, str]

    @property
    def name(self) -> str:
        """Job and instance."""
        return f"{self.job} {self.instance}"

    @property
    def is_up(self) -> bool:
        """Whether its last scrape succeeded."""
        return self.health == "up"

    def is_fresh(self, as_of: datetime) -> bool:
        """Tell whether its last scrape was at most two intervals before an instant.

        Raises ``FactUnavailable`` where Prometheus does not tell the interval.
        """
        if not self.interval:
            raise FactUnavailable(
                f"Prometheus does not tell how often it scrapes {self.name}",
                "update Prometheus to 2.27 or newer",
            )
        allowed = timedelta(seconds=LATE * self.interval)
        return self.last_scrape is not None and as_of - self.last_scrape <= allowed

    def answers(self, as_of: datetime) -> bool:
        """Tell whether it answered when it was last scraped.

        Raises ``FactUnavailable`` if that was long before an instant: nobody knows what is now.
        """
        if not self.is_fresh(as_of):
            raise FactUnavailable(
                f"Prometheus has not scraped {self.name} for more than {LATE} intervals",
                "see whether Prometheus is overloaded or stands still, and run again",
            )
        return self.is_up

    @property
    def seen(self) -> str:
        """One line for a finding."""
        when = f"last scrape {self.last_scrape:%Y-%m-%d %H:%M:%S}" if self.last_scrape else "never"
        error = f", {self.error}" if self.error else ""
        return f"{self.health}, {when} (every {self.interval:g} s){error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapeTargets:
    """What does Prometheus scrape of the service and its hosts?"""

    name: str = "scrape_targets"
    source: str = "Prometheus"
    operations: tuple[str, ...] = ("prometheus:GET",)
    fact_type: Any = tuple[ScrapeTarget, ...]

    def collect(self, desk: Desk) -> Answer[tuple[ScrapeTarget, ...]]:
        """Read all targets; keep the service's own, and node targets of its hosts."""
        hosts = TargetHosts(desk)
        facts = (_fact(desk, hosts, one) for one in desk.prometheus.targets())
        own = [one for one in facts if one.host or desk.prometheus.own(one.labels)]
        own.sort(key=lambda one: (one.job, one.instance, one.url))
        return Answer(value=tuple(own), where=(desk.prometheus.where,))


def _fact(desk: Desk, hosts: TargetHosts, target: Target) -> ScrapeTarget:
    kind = _kind(desk, target)
    return ScrapeTarget(
        kind=kind,
        job=target.job,
        instance=target.instance,
        url=target.url,
        probed=target.probed,
        host=hosts.of(target) if kind == "node" else "",
        health=target.health,
        last_scrape=target.last_scrape,
        interval=target.interval,
        error=target.error,
        labels=dict(target.labels),
    )


def _kind(desk: Desk, target: Target) -> Kind:
    declared = desk.profile.prometheus
    assert declared is not None
    if target.job in declared.node_jobs:
        return "node"
    return "probe" if target.job in declared.probe_jobs else "service"
