"""Looks whether the world can read the service's metrics: the fact ``public_metrics``.

Each public place of the service is asked for the paths of its metrics. Whatever it answers shows
that it was reached, so that a refusal means something; only an exposition means that it is public.
"""

import ipaddress
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pytest_orr.clients.http import NoAnswer, Page, TlsRefused
from pytest_orr.collect.exposition import families_in
from pytest_orr.collect.interface import Desk

# The variable too: by it alone a fact that is read back finds what its parts are.
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.schema import Endpoint

PUBLIC = frozenset({"service", "frontend", "backend"})
"""Roles of the endpoints that users, or the world, reach."""
AT_ONCE = 8
USUAL = "/metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsAnswer:
    """What a public place answers to somebody who asks for metrics."""

    status: int
    """HTTP status; 0 where the metrics' own address does not answer us."""
    families: int
    """How many families of metrics the answer holds; none of what is no exposition."""

    @property
    def tells_metrics(self) -> bool:
        """Whether anybody can read metrics there."""
        return self.status == 200 and self.families > 0

    @property
    def seen(self) -> str:
        """One line for a finding."""
        told = f", {self.families} families of metrics" if self.families else ""
        return f"status {self.status}{told}" if self.status else "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMetrics:
    """Can anybody outside read the service's metrics?"""

    name: str = "public_metrics"
    source: str = "HTTP, DNS"
    operations: tuple[str, ...] = ("http:GET", "dns:A", "dns:AAAA")
    fact_type: Any = tuple[Part[MetricsAnswer], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[MetricsAnswer], ...]]:
        """Ask every public place for the usual path and for those of the metrics endpoints."""
        endpoints = desk.profile.endpoints
        metered = [one for one in endpoints if one.role == "metrics"]
        if not metered:
            raise Undeclared("[[endpoints]]", "the URL of role metrics")
        paths = sorted({USUAL, *(urlsplit(one.url).path or "/" for one in metered)})
        places = _places(endpoints).items()
        asked = {f"{place}{path}": one for place, one in places for path in paths}
        asked |= {one.url: one for one in metered if one.url not in asked and _is_public(desk, one)}
        if not asked:
            raise Undeclared("[[endpoints]]", "the URLs at which the world reaches the service")
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            found = tuple(pool.map(partial(_ask, desk), asked.keys(), asked.values()))
        return Answer(value=found, where=tuple(part.name for part in found))


def _places(endpoints: tuple[Endpoint, ...]) -> dict[str, Endpoint]:
    """Return each public place, as scheme and host, with an endpoint that tells the way there."""
    return {_place(one.url): one for one in endpoints if one.role in PUBLIC}


def _place(url: str) -> str:
    return urlsplit(url)._replace(path="", query="", fragment="").geturl().lower()


def _is_public(desk: Desk, endpoint: Endpoint) -> bool:
    """Tell whether a metrics endpoint's name leads to an address of the internet.

    One that is reached by ``connect`` alone needs a way that the world has not.
    """
    if endpoint.connect:
        return False
    host = urlsplit(endpoint.url).hostname or ""
    return any(ipaddress.ip_address(one).is_global for one in _addresses(desk, host))


def _addresses(desk: Desk, host: str) -> Iterator[str]:
    try:
        yield str(ipaddress.ip_address(host))
    except ValueError:
        yield from desk.dns.lookup(host, "A")
        yield from desk.dns.lookup(host, "AAAA")


def _ask(desk: Desk, url: str, endpoint: Endpoint) -> Part[MetricsAnswer]:
    return part_of(url, partial(_look, desk, url, endpoint))


def _look(desk: Desk, url: str, endpoint: Endpoint) -> MetricsAnswer:
    try:
        page = desk.http.get(url, desk.http.route_to(endpoint))
    except TlsRefused:
        raise
    except NoAnswer:
        if endpoint.role in PUBLIC:  # then nothing says that anybody was asked at all
            raise
        return MetricsAnswer(status=0, families=0)
    return MetricsAnswer(status=page.status, families=_families(page))


def _families(page: Page) -> int:
    try:
        return len(families_in(page.text))
    except ValueError:
        return 0
