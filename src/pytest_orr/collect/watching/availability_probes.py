"""Reads who looks at each endpoint from outside, and how that went: ``availability_probes``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, parts_by_id
from pytest_orr.collect.watching.outside_monitors import FOR_USERS, read_monitors
from pytest_orr.collect.watching.probe_readings import place_of, read_probes
from pytest_orr.collect.watching.watched_endpoints import (
    Monitors,
    Probes,
    WatchedEndpoint,
    WatchedEndpoints,
)
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.schema import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityProbes:
    """Who looks at each endpoint from outside, and how did that go?"""

    name: str = "availability_probes"
    source: str = "Prometheus and UptimeRobot"
    operations: tuple[str, ...] = (
        "prometheus:GET",
        "alertmanager:GET",
        "blackbox:GET /config",
        "uptimerobot:GET /v3/monitors",
        "uptimerobot:GET /v3/integrations",
    )
    fact_type: Any = WatchedEndpoints

    def collect(self, desk: Desk) -> Answer[WatchedEndpoints]:
        """Read both sources; one that cannot be read hides nothing of the other."""
        if not desk.profile.endpoints:
            raise Undeclared("[[endpoints]]", "the service's URLs")
        declared = [one for one in desk.profile.endpoints if one.role in FOR_USERS]
        names = [one.name for one in declared]
        probes = parts_by_id(dict.fromkeys(names, "Prometheus"), lambda: _probes(desk, declared))
        monitors = parts_by_id(
            dict.fromkeys(names, "UptimeRobot"), lambda: _monitors(desk, declared)
        )
        found = (_watched(one, probes[one.name], monitors[one.name]) for one in declared)
        facts = WatchedEndpoints(found=tuple(sorted(found, key=lambda one: one.name)))
        return Answer(value=facts, where=tuple(one.url for one in facts.found))


def _probes(desk: Desk, declared: Iterable[Endpoint]) -> dict[str, Probes]:
    read = read_probes(desk)
    return {
        one.name: Probes(
            found=tuple(probe for places, probe in read if place_of(one.url) in places)
        )
        for one in declared
    }


def _monitors(desk: Desk, declared: Iterable[Endpoint]) -> dict[str, Monitors]:
    seen = [one for one, _ in read_monitors(desk.uptimerobot, desk.profile.hosts_of_endpoints)]
    return {
        one.name: Monitors(
            found=tuple(monitor for monitor in seen if place_of(monitor.url) == place_of(one.url))
        )
        for one in declared
    }


def _watched(endpoint: Endpoint, probes: Part[Probes], monitors: Part[Monitors]) -> WatchedEndpoint:
    assert endpoint.role != "metrics"
    return WatchedEndpoint(
        name=endpoint.name,
        role=endpoint.role,
        url=urlsplit(endpoint.url)._replace(query="", fragment="").geturl(),
        marker=endpoint.marker,
        probes=probes,
        monitors=monitors,
    )
