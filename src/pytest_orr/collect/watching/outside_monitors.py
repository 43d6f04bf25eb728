"""Reads who watches the public names from outside (UptimeRobot): the fact ``outside_monitors``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_orr.clients.uptimerobot import UptimeRobot
from pytest_orr.clients.uptimerobot_said import BY_URL, Contact, Monitor
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, parts_by_id
from pytest_orr.collect.watching.gaps import least_gap
from pytest_orr.collect.watching.monitors import OutsideMonitor, Told
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.monitoring import Monitoring
from pytest_orr.profile.scaling import host_of_url
from pytest_orr.profile.schema import Endpoint

FOR_USERS = frozenset({"service", "frontend", "backend"})
"""Roles of endpoints that somebody outside must watch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicName:
    """A host at which the service answers its users, with the monitors that look at it."""

    host: str
    endpoints: tuple[str, ...]
    """Names of the declared endpoints there, sorted."""
    monitors: tuple[OutsideMonitor, ...]
    """Those that ask it by HTTP."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return "; ".join(one.seen for one in self.monitors) or "no monitor"

    def gap(self, limits: Monitoring, as_of: datetime) -> str:
        """Return in words why nobody outside watches it; empty if a monitor does.

        Raises ``FactUnavailable`` when that hangs on something that is not known.
        """
        return least_gap(
            self.monitors, lambda one: one.gap(limits, as_of), "no monitor looks at it"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideMonitorFacts:
    """The public names and the service's monitors, compared both ways."""

    names: tuple[PublicName, ...]
    """By host."""
    own: tuple[OutsideMonitor, ...]
    """The service's, by name: those with its tags, or that look at a declared host or below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideMonitors:
    """Who watches the public names from outside, and what else does the account watch of ours?"""

    name: str = "outside_monitors"
    source: str = "UptimeRobot"
    operations: tuple[str, ...] = (
        "uptimerobot:GET /v3/monitors",
        "uptimerobot:GET /v3/integrations",
    )
    fact_type: Any = OutsideMonitorFacts

    def collect(self, desk: Desk) -> Answer[OutsideMonitorFacts]:
        """Read all monitors that the key sees, and sort out the service's."""
        endpoints = desk.profile.endpoints
        if not endpoints:
            raise Undeclared("[[endpoints]]", "the service's URLs")
        robot = desk.uptimerobot
        seen = read_monitors(robot, desk.profile.hosts_of_endpoints)
        tags = desk.profile.uptimerobot.tags if desk.profile.uptimerobot else ()
        facts = OutsideMonitorFacts(
            names=tuple(_names(endpoints, [one for one, _ in seen])),
            own=tuple(one for one, tagged in seen if _is_own(one, tagged, tags, desk)),
        )
        return Answer(value=facts, where=(robot.where,))


def read_monitors(
    robot: UptimeRobot, declared: frozenset[str]
) -> tuple[tuple[OutsideMonitor, tuple[str, ...]], ...]:
    """Return every monitor of the account with its tags, by name.

    ``declared`` are the hosts of the declared endpoints. Whom they tell is a part of its own:
    contacts may be denied to a key that monitors are told to.
    """
    there = robot.monitors()
    told = parts_by_id({one.id: one.name for one in there}, lambda: _told(robot, there))
    found = ((_monitor(one, told[one.id], declared), one.tags) for one in there)
    return tuple(sorted(found, key=lambda pair: (pair[0].name, pair[0].url)))


def _told(robot: UptimeRobot, there: Iterable[Monitor]) -> dict[str, Told]:
    known = {one.id: one for one in robot.contacts()}
    return {one.id: _told_by(one, known) for one in there}


def _told_by(monitor: Monitor, known: Mapping[str, Contact]) -> Told:
    contacts = [known[one] for one in monitor.contacts if one in known]
    return Told(
        active=tuple(one.kind for one in contacts if one.is_active and one.hears_of_down),
        idle=tuple(one.kind for one in contacts if not (one.is_active and one.hears_of_down)),
        unknown=len(monitor.contacts) - len(contacts),
    )


def _monitor(monitor: Monitor, told: Part[Told], declared: frozenset[str]) -> OutsideMonitor:
    return OutsideMonitor(
        name=monitor.name or f"monitor {monitor.id}",
        kind=monitor.kind,
        url=monitor.url,
        host=monitor.host,
        status=monitor.status,
        interval=monitor.interval,
        keyword=monitor.keyword,
        keyword_rule=monitor.keyword_rule,
        is_case_ignored=monitor.is_case_ignored,
        checks_certificate=monitor.checks_certificate,
        newest=monitor.newest,
        told=told,
        is_declared=monitor.host in declared,
    )


def _names(
    endpoints: Iterable[Endpoint], monitors: Iterable[OutsideMonitor]
) -> Iterable[PublicName]:
    asking = [one for one in monitors if one.kind in BY_URL]
    by_host: dict[str, list[str]] = {}
    for endpoint in endpoints:
        if endpoint.role in FOR_USERS:
            by_host.setdefault(host_of_url(endpoint.url), []).append(endpoint.name)
    for host, names in sorted(by_host.items()):
        yield PublicName(
            host=host,
            endpoints=tuple(sorted(names)),
            monitors=tuple(one for one in asking if one.host == host),
        )


def _is_own(
    monitor: OutsideMonitor, tagged: tuple[str, ...], tags: tuple[str, ...], desk: Desk
) -> bool:
    """Tell whether a monitor is the service's; a heartbeat, which looks at nothing, is not."""
    if not monitor.host:
        return False
    if monitor.is_declared or not set(tags).isdisjoint(tagged):
        return True
    hosts = desk.profile.hosts_of_endpoints
    return not tags and any(monitor.host.endswith(f".{host}") for host in hosts)
