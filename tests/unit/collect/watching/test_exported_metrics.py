"""Families that the service must export: as Prometheus has them, and as the world must not."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.http import HttpAccess, Route
from pytest_orr.collect.watching.exported_metrics import ExportedMetrics
from pytest_orr.collect.watching.public_metrics import PublicMetrics
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.schema import Endpoint, Network

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parents[4]
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
METRICS = "# TYPE a counter\na 1\nb 2\n"
FAMILY = "explorer_requests"


def endpoint(role: Any, url: str, *, connect: str | None = None, **more: Any) -> Endpoint:
    return Endpoint(name=f"{role} of {url}", role=role, url=url, connect=connect, timeout=2, **more)


class WithoutAddresses(HttpAccess):
    """Whoever asks an address of the internet gets no answer: no test asks one."""

    def route_to(self, endpoint: Endpoint) -> Route:
        route = HttpAccess.route_to(self, endpoint)
        return route if route.connect else replace(route, connect="127.0.0.1:9")


class TestInPrometheus:
    """The newest sample of each family."""

    @pytest.fixture
    def read(self, told_prometheus: Any) -> Callable[..., Any]:
        """Read the families that endpoints name: ``read("a", "b")``."""

        def collect(*families: str) -> Any:
            declared = endpoint("metrics", "http://a.b/metrics", metrics=families)
            profile = SimpleNamespace(
                prometheus=told_prometheus.declared(service="explorer"), endpoints=(declared,)
            )
            client = told_prometheus.client(service="explorer")
            desk: Any = SimpleNamespace(profile=profile, prometheus=client, as_of=AS_OF)
            return {one.name: one for one in ExportedMetrics().collect(desk).value}

        return collect

    def test_the_newest_of_all_series_of_a_family_counts(
        self, told_prometheus: Any, read: Callable[..., Any]
    ) -> None:
        told_prometheus.vectors["max(timestamp("] = [({}, AS_OF.timestamp() - 60)]
        family = read(FAMILY)[FAMILY].reading
        assert family.newest == AS_OF - timedelta(minutes=1)
        assert family.is_fresh(1, AS_OF)
        assert not family.is_fresh(1, AS_OF + timedelta(seconds=1))
        assert family.seen == "last sample in Prometheus 2026-11-19 23:59:00"
        [(asked, _)] = told_prometheus.asked
        for end in ("", "_total", "_count", "_bucket", "_info"):
            assert f'timestamp({FAMILY}{end}{{service="explorer"}})' in asked

    def test_a_series_that_ended_is_looked_for_within_a_day(
        self, told_prometheus: Any, read: Callable[..., Any]
    ) -> None:
        then = AS_OF - timedelta(hours=2)
        told_prometheus.vectors["max(max_over_time("] = [({}, then.timestamp())]
        family = read(FAMILY)[FAMILY].reading
        assert family.newest == then
        assert not family.is_fresh(15, AS_OF)

    def test_a_family_without_samples_has_none(self, read: Callable[..., Any]) -> None:
        family = read(FAMILY)[FAMILY]
        assert not family.reading.is_fresh(15, AS_OF)
        assert family.seen == "no sample in Prometheus within a day"

    def test_what_is_no_name_is_asked_of_nobody(
        self, told_prometheus: Any, read: Callable[..., Any]
    ) -> None:
        part = read("a{b")["a{b"]
        with pytest.raises(FactUnavailable, match=r"'a\{b' is no name of a metric"):
            _ = part.reading
        assert told_prometheus.asked == []

    def test_without_families_there_is_nothing_to_ask(self, read: Callable[..., Any]) -> None:
        with pytest.raises(Undeclared, match=r"declares no \[\[endpoints\]\] metrics"):
            read()


class TestInPublic:
    """Who asks a public place for metrics gets none."""

    @pytest.fixture
    def read(self) -> Callable[..., Any]:
        """Ask for metrics of endpoints: ``read(endpoint(…), A={"name": "address"})``."""
        sys.path.append(str(CHECKOUT))
        names: Any = import_module("examples.explorer.names")

        def collect(*endpoints: Endpoint, **addresses: str) -> Any:
            import dns.rrset  # noqa: PLC0415 here alone

            records = [
                dns.rrset.from_text(f"{name}.explorer.example.", 60, "IN", "A", address)
                for name, address in addresses.items()
            ]
            resolver = names.serve_names(records)
            desk: Any = SimpleNamespace(
                profile=SimpleNamespace(endpoints=endpoints),
                http=WithoutAddresses(environment={}),
                dns=DnsAccess(Network(resolver=resolver), {}),
            )
            return {one.name: one for one in PublicMetrics().collect(desk).value}

        return collect

    @pytest.fixture
    def frontend(self, pages: Any) -> Endpoint:
        return endpoint("frontend", "http://explorer.example/", connect=pages.address, marker="x")

    def test_metrics_that_anybody_can_read_show(
        self, pages: Any, frontend: Endpoint, read: Callable[..., Any]
    ) -> None:
        pages.answer("/internal/metrics", METRICS)
        pages.answer("/metrics", "<html>nothing here</html>")
        inside = endpoint("metrics", "http://10.0.0.7/internal/metrics", connect=pages.address)
        found = read(frontend, inside)
        assert [*found] == [
            "http://explorer.example/internal/metrics",
            "http://explorer.example/metrics",
        ]
        told, page = (one.reading for one in found.values())
        assert (told.tells_metrics, told.seen) == (True, "status 200, 2 families of metrics")
        assert (page.tells_metrics, page.seen) == (False, "status 200")

    def test_metrics_behind_a_refusal_are_not_public(
        self, pages: Any, frontend: Endpoint, read: Callable[..., Any]
    ) -> None:
        pages.answer("/metrics", METRICS, 403)
        inside = endpoint("metrics", "http://10.0.0.7/metrics")
        found = read(frontend, inside)
        assert [one.reading.tells_metrics for one in found.values()] == [False]

    def test_a_public_place_that_gives_no_answer_makes_it_unknown(
        self, read: Callable[..., Any]
    ) -> None:
        gone = endpoint("frontend", "http://explorer.example/", connect="127.0.0.1:9", marker="x")
        [part] = read(gone, endpoint("metrics", "http://10.0.0.7/metrics")).values()
        with pytest.raises(FactUnavailable, match="refused the connection"):
            _ = part.reading

    def test_the_metrics_own_address_is_asked_if_the_world_can_reach_it(
        self, pages: Any, frontend: Endpoint, read: Callable[..., Any]
    ) -> None:
        pages.answer("/metrics", METRICS)
        own = "http://inside.explorer.example:1/metrics"
        found = read(frontend, endpoint("metrics", own), inside="8.8.8.8")
        assert own in found
        assert not found[own].reading.tells_metrics
        assert found[own].seen == "no answer"
        assert own not in read(frontend, endpoint("metrics", own), inside="10.0.0.7")

    def test_without_metrics_or_public_places_there_is_nothing_to_ask(
        self, frontend: Endpoint, read: Callable[..., Any]
    ) -> None:
        with pytest.raises(Undeclared, match=r"\[\[endpoints\]\]"):
            read(frontend)
        with pytest.raises(Undeclared, match=r"\[\[endpoints\]\]"):
            read(endpoint("metrics", "http://10.0.0.7/metrics"))
