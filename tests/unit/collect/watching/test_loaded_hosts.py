"""Hosts outside of AWS while a stress test ran, by what node_exporter measured of them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.watching.loaded_hosts import LoadedHosts
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.hosts import MachineSpec
from pytest_orr.profile.schema import (
    Aws,
    AwsAccount,
    Compute,
    Endpoint,
    HostGroup,
    HostLimits,
    Person,
    Profile,
    Release,
    Service,
    StressTest,
)
from pytest_orr.record.findings import Subjects

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
OWN = 'instance="backend-1:9100",job="node"'
CPU = "quantile_over_time(0.95, (100 * (1 - avg(rate(node_cpu_seconds_total"
MEMORY = "max_over_time((100 * (1 - min(node_memory_MemAvailable_bytes"
DISK = "max_over_time((100 * (1 - min(node_filesystem_avail_bytes"
KNOWN = "count_over_time((count(node_memory_MemTotal_bytes"
TEST = StressTest(
    tool="k6",
    file="k6.json",
    sha256="0" * 64,
    target="https://api.explorer.example/blocks",
    started=AS_OF - 3 * HOUR,
    ended=AS_OF - 2 * HOUR,
)
TARGET = {
    "labels": {"job": "node", "instance": "backend-1:9100", "service": "explorer"},
    "scrapeUrl": "http://backend-1:9100/metrics",
    "health": "up",
    "lastScrape": "2026-11-20T00:00:00Z",
    "lastError": "",
    "scrapeInterval": "15s",
}


BIG = SimpleNamespace(falls_short_of=lambda _: (), disk_used_percent=10.0, memory_free_percent=60.0)


@pytest.fixture
def loads(told_prometheus: Any) -> Callable[..., dict[str, Any]]:
    """Every part by name, by default of a host with one stress test: ``loads(aws=…)``."""
    answer = told_prometheus.data

    def data(path: str, asked: Any) -> Any:
        if path == "/api/v1/targets":
            return {"activeTargets": [TARGET]}
        return answer(path, asked)

    told_prometheus.data = data
    for question, value in ((CPU, 58.5), (MEMORY, 71.0), (DISK, 40.0), (KNOWN, 60.0)):
        told_prometheus.vectors[question] = [({}, value)]

    def collect(**change: Any) -> dict[str, Any]:
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        declared = {
            "service": Service(name="explorer", environment="production", people=(ana,)),
            "release": Release(commit="0123456"),
            "prometheus": told_prometheus.declared(service="explorer"),
            "hosts": (HostGroup(names=("backend-1",)), HostGroup(names=("jump",), role="jump")),
            "stress_tests": (TEST,),
            "endpoints": (
                Endpoint(name="api", role="backend", url="https://api.explorer.example/"),
            ),
            **change,
        }
        nobody: dict[str, Any] = dict.fromkeys(Desk.__dataclass_fields__)
        own = {
            "profile": Profile(**declared),
            "as_of": AS_OF,
            "prometheus": told_prometheus.client(service="explorer"),
            "ssh": SimpleNamespace(route=no_route),
        }
        return {one.name: one for one in LoadedHosts().collect(Desk(**{**nobody, **own})).value}

    return collect


def no_route(_: Any) -> Any:
    raise FactUnavailable("no ssh_config", "write one")


def test_a_host_is_read_for_the_time_of_the_test(
    loads: Callable[..., dict[str, Any]], told_prometheus: Any
) -> None:
    [part] = loads().values()
    assert part.name == "backend-1: k6.json"
    assert (part.reading.cpu, part.reading.memory, part.reading.disk) == (58.5, 71.0, 40.0)
    assert part.seen == "2026-11-19 21:00 to 22:00 UTC: CPU 58, memory 71, disk 40"
    [asked, *_] = [one for one in told_prometheus.asked if one[0].startswith(CPU)]
    assert OWN in asked[0]
    assert asked[1] == f"{TEST.ended.timestamp():.3f}"


def test_in_aws_and_without_hosts_nothing_is_asked(
    loads: Callable[..., dict[str, Any]], told_prometheus: Any
) -> None:
    account = AwsAccount(id="123456789012", regions=("eu-central-1",))
    assert loads(aws=Aws(accounts=(account,))) == {}
    assert loads(hosts=()) == {}
    assert told_prometheus.asked == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stress_tests": ()}, r"declares no \[\[stress_tests\]\]"),
        ({"endpoints": ()}, "the test loaded api.explorer.example, not the machines"),
        ({"hosts": (HostGroup(names=("backend-2",)),)}, "it is no node target of Prometheus"),
    ],
)
def test_a_load_of_which_nothing_can_be_told_is_unknown(
    loads: Callable[..., dict[str, Any]], change: Any, why: str
) -> None:
    [part] = loads(**change).values()
    with pytest.raises(FactUnavailable, match=why):
        _ = part.reading


@pytest.mark.parametrize(
    ("question", "value", "why"),
    [
        (KNOWN, 50.0, "Prometheus knows 83% of that time"),
        (KNOWN, None, "Prometheus knows 0% of that time"),
        (DISK, None, "has no samples of min"),
    ],
)
def test_a_history_that_lacks_something_is_unknown(
    loads: Callable[..., dict[str, Any]],
    told_prometheus: Any,
    question: str,
    value: float | None,
    why: str,
) -> None:
    told_prometheus.vectors[question] = [] if value is None else [({}, value)]
    [part] = loads().values()
    with pytest.raises(FactUnavailable, match=why):
        _ = part.reading


@pytest.mark.parametrize(
    ("question", "value", "why"),
    [
        (CPU, 61.0, "its CPU was too busy"),
        (MEMORY, 76.0, "its memory ran short"),
        (DISK, 71.0, "its disk was too full"),
        (KNOWN, 60.0, ""),
    ],
)
def test_the_item_holds_the_load_against_its_limits(
    loads: Callable[..., dict[str, Any]],
    told_prometheus: Any,
    suite_items: dict[str, Callable[..., None]],
    question: str,
    value: float,
    why: str,
) -> None:
    told_prometheus.vectors[question] = [({}, value)]
    subject = Subjects()
    suite_items["compute.vps.machine-spec"](
        host_machines=(
            SimpleNamespace(is_own=True, role="backend", name="b", seen="", reading=BIG),
        ),
        sized_instances=(),
        loaded_hosts=tuple(loads().values()),
        profile=SimpleNamespace(
            host_limits=HostLimits(), compute=Compute(), minimum_of=lambda _: MachineSpec(cpus=2)
        ),
        subject=subject,
        attestation=SimpleNamespace(evidence=("sheet",)),
    )
    failed = {one.subject: one.detail for one in subject.findings if one.outcome == "fail"}
    assert [*failed] == (["backend-1: k6.json"] if why else [])
    assert not why or failed["backend-1: k6.json"].startswith(why)
