"""Targets of Prometheus and the hosts that they are, compared both ways."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.prometheus import Prometheus
from pytest_orr.collect.watching.node_targets import NodeTargets
from pytest_orr.collect.watching.scrape_targets import ScrapeTarget, ScrapeTargets
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Prometheus as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
HOSTS = ("explorer-jump", "explorer-backend-1", "explorer-backend-2")
PASSWORD = "password-of-nobody"  # noqa: S105 opens nothing but the example


@pytest.fixture(scope="module")
def watching() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    example: Any = import_module("examples.explorer.monitoring")
    server = example.MonitoringServer("prometheus", "repaired")
    yield server
    server.close()


@pytest.fixture
def desk(watching: Any) -> Iterator[Callable[..., Any]]:
    """A desk whose Prometheus is the example's: ``desk("target-down", hosts=…)``."""

    def make(
        *faults: str,
        hosts: tuple[str, ...] = HOSTS,
        password: str = PASSWORD,
        addresses: dict[str, str] | None = None,
        **declared: Any,
    ) -> Any:
        watching.faults = frozenset(faults)
        told = {"series": {"service": "explorer"}, **declared}
        secret = FromEnvironment(env="PASSWORD")
        prometheus = Declared(url=watching.url, user="reader", password=secret, **told)
        machines = tuple(SimpleNamespace(name=one, environment="production") for one in hosts)
        service = SimpleNamespace(environment="production")
        return SimpleNamespace(
            profile=SimpleNamespace(prometheus=prometheus, machines=machines, service=service),
            prometheus=Prometheus(prometheus, Path(), environment={"PASSWORD": password}),
            as_of=AS_OF,
            ssh=SimpleNamespace(route=lambda one: _route((addresses or {}).get(one.name, ""))),
        )

    yield make
    watching.faults = frozenset()
    watching.mend()


def _route(address: str) -> Any:
    if not address:
        raise FactUnavailable("no ssh_config", "write one")
    return SimpleNamespace(host=SimpleNamespace(address=address))


def seen_as(watching: Any, *, instance: str, url: str = "http://10.0.0.7:9100/metrics") -> None:
    """Let one node target have another instance and address, and no name of its own."""

    def change(request: Any, told: Any) -> Any:
        body = json.loads(told.body)
        if request.query.get("query") == "node_uname_info":
            body["data"]["result"] = []
        for one in body["data"].get("activeTargets", ()):
            if one["labels"]["instance"] == "explorer-jump:9100":
                one["labels"]["instance"], one["scrapeUrl"] = instance, url
        return type(told)(body=json.dumps(body).encode(), headers=told.headers)

    watching.spoil("api", change)


def jump_of(desk: Any) -> tuple[ScrapeTarget, ...]:
    targets = ScrapeTargets().collect(desk).value
    return tuple(one for one in targets if one.host == "explorer-jump")


class TestTargets:
    """What is scraped, and what it is."""

    def test_each_target_has_a_kind_and_node_targets_a_host(self, desk: Callable[..., Any]) -> None:
        answer = ScrapeTargets().collect(desk())
        kinds = [(one.kind, one.name, one.host) for one in answer.value]
        assert kinds == [
            ("probe", "blackbox https://api.explorer.example/api/v1/status", ""),
            ("probe", "blackbox https://api.explorer.example/health", ""),
            ("probe", "blackbox https://explorer.example/", ""),
            ("service", "explorer explorer-backend-1:8080", ""),
            ("service", "explorer explorer-backend-2:8080", ""),
            ("node", "node explorer-backend-1:9100", "explorer-backend-1"),
            ("node", "node explorer-backend-2:9100", "explorer-backend-2"),
            ("node", "node explorer-jump:9100", "explorer-jump"),
        ]
        assert answer.value[0].probed == "https://api.explorer.example/api/v1/status"
        assert all(one.answers(AS_OF) for one in answer.value)
        assert answer.value[-1].seen.startswith("up, last scrape 2026-11-20 00:")

    def test_targets_of_others_are_left_out_but_for_those_of_our_hosts(
        self, desk: Callable[..., Any]
    ) -> None:
        found = ScrapeTargets().collect(desk(series={"service": "faucet"})).value
        assert {one.kind for one in found} == {"node"}
        assert len(found) == 3

    def test_a_target_is_a_host_by_its_name_its_short_name_or_its_address(
        self, desk: Callable[..., Any], watching: Any
    ) -> None:
        address = {"explorer-jump": "10.0.0.7"}
        for instance, url, known in (
            ("Explorer-Jump:9100", "http://10.0.0.9:9100/metrics", {}),
            ("explorer-jump.internal:9100", "http://10.0.0.9:9100/metrics", {}),
            ("10.0.0.7:9100", "http://10.0.0.9:9100/metrics", address),
            ("jump", "http://10.0.0.7:9100/metrics", address),
            ("jump", "http://explorer-jump:9100/metrics", {}),
            ("jump", "http://explorer-jump.internal:9100/metrics", {}),
        ):
            watching.mend()
            seen_as(watching, instance=instance, url=url)
            assert jump_of(desk(addresses=known)), (instance, url)

    def test_an_address_that_is_shared_or_loopback_names_no_host(
        self, desk: Callable[..., Any], watching: Any
    ) -> None:
        seen_as(watching, instance="jump:9100")
        assert not jump_of(desk(addresses=dict.fromkeys(HOSTS, "10.0.0.7")))
        watching.mend()
        for here in ("127.0.0.1", "localhost"):
            seen_as(watching, instance="jump:9100", url=f"http://{here}:9100/metrics")
            assert not jump_of(desk(addresses={"explorer-jump": here}))

    def test_what_a_host_says_of_itself_counts_more_than_its_label(
        self, desk: Callable[..., Any], watching: Any
    ) -> None:
        def change(_: Any, told: Any) -> Any:
            body = json.loads(told.body)
            for one in body["data"].get("result", ()):
                if one["metric"]["instance"] == "explorer-backend-1:9100":
                    one["metric"]["nodename"] = "explorer-backend-2"
            return type(told)(body=json.dumps(body).encode(), headers=told.headers)

        watching.spoil("query", change)
        found = ScrapeTargets().collect(desk()).value
        hosts = {one.instance: one.host for one in found if one.kind == "node"}
        assert hosts["explorer-backend-1:9100"] == "explorer-backend-2"

    def test_an_interval_that_is_not_told_makes_freshness_unknown(
        self, desk: Callable[..., Any], watching: Any
    ) -> None:
        def change(_: Any, told: Any) -> Any:
            body = told.body.replace(b'"scrapeInterval": "5s"', b'"scrapeInterval": ""')
            return type(told)(body=body, headers=told.headers)

        watching.spoil("targets", change)
        target = ScrapeTargets().collect(desk()).value[0]
        with pytest.raises(FactUnavailable, match="does not tell how often it scrapes"):
            target.answers(AS_OF)

    def test_a_scrape_of_two_intervals_ago_is_fresh_and_an_older_one_is_not(
        self, desk: Callable[..., Any]
    ) -> None:
        target = ScrapeTargets().collect(desk()).value[0]
        assert target.last_scrape
        assert target.is_fresh(target.last_scrape + timedelta(seconds=10))
        assert not target.is_fresh(target.last_scrape + timedelta(seconds=11))


class TestNodes:
    """Hosts and node targets, compared both ways."""

    def test_every_host_is_scraped(self, desk: Callable[..., Any]) -> None:
        nodes = NodeTargets().collect(desk()).value
        assert [one.name for one in nodes] == [*HOSTS]
        assert all(one.is_declared and one.targets and one.answers(AS_OF) for one in nodes)

    def test_a_host_without_a_target_shows(self, desk: Callable[..., Any]) -> None:
        nodes = {one.name: one for one in NodeTargets().collect(desk("target-missing")).value}
        lost = nodes["explorer-backend-2"]
        assert (lost.targets, lost.seen) == ((), "no node target in Prometheus")

    def test_a_target_without_a_host_shows(self, desk: Callable[..., Any]) -> None:
        *_, stray = NodeTargets().collect(desk("target-of-nobody")).value
        assert (stray.name, stray.is_declared) == ("node explorer-backend-9:9100", False)

    def test_a_host_that_is_declared_no_longer_is_a_stray_target(
        self, desk: Callable[..., Any]
    ) -> None:
        nodes = NodeTargets().collect(desk(hosts=HOSTS[:2])).value
        assert [one.name for one in nodes if not one.is_declared] == [
            "node explorer-backend-2:9100"
        ]

    def test_a_target_that_is_down_does_not_answer(self, desk: Callable[..., Any]) -> None:
        nodes = {one.name: one for one in NodeTargets().collect(desk("target-down")).value}
        assert not nodes["explorer-backend-2"].answers(AS_OF)
        assert "down" in nodes["explorer-backend-2"].seen
        assert nodes["explorer-jump"].answers(AS_OF)

    def test_a_stale_scrape_says_nothing(self, desk: Callable[..., Any]) -> None:
        nodes = {one.name: one for one in NodeTargets().collect(desk("target-stale")).value}
        with pytest.raises(FactUnavailable, match="has not scraped node explorer-backend-2:9100"):
            nodes["explorer-backend-2"].answers(AS_OF)

    def test_without_hosts_there_is_nothing_to_compare(self, desk: Callable[..., Any]) -> None:
        with pytest.raises(Undeclared, match=r"declares no \[\[hosts\]\]"):
            NodeTargets().collect(desk(hosts=()))

    def test_a_prometheus_that_refuses_starts_or_tells_a_part_makes_all_unknown(
        self, desk: Callable[..., Any]
    ) -> None:
        with pytest.raises(FactUnavailable, match="does not let us in"):
            NodeTargets().collect(desk(password="wrong"))  # noqa: S106 opens nothing
        for fault, told in (("starting", "is not ready"), ("in-part", "is not whole")):
            with pytest.raises(FactUnavailable, match=told):
                NodeTargets().collect(desk(fault))
