"""What a real Prometheus reckons of a history that is known: counts, peaks, gaps and restarts."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.prometheus import Prometheus
from pytest_orr.collect.chains.provider_limits import ProviderLimits
from pytest_orr.collect.request_counts import RequestCounts
from pytest_orr.collect.watching.counters import count
from pytest_orr.collect.watching.criteria_metrics import CriteriaMetrics
from pytest_orr.collect.watching.loaded_hosts import LoadedHosts
from pytest_orr.collect.watching.scrape_targets import ScrapeTargets
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.chains import Provider
from pytest_orr.profile.monitoring import Prometheus as Declared
from pytest_orr.profile.repository import Repository
from pytest_orr.profile.scaling import Scaling
from tests.system.monitoring.series import AS_OF
from tests.system.monitoring.stack import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = dt.timedelta(days=1)
OWN = 'service="explorer"'
STEADY = f'requests_total{{track="stable",{OWN}}}'
TRIED = f'requests_total{{track="canary",{OWN}}}'
STRANGE = 'requests_total{track="stable",service="faucet"}'
RESTARTED = f"errors_total{{{OWN}}}"
BROKEN = f"gaps_total{{{OWN}}}"
REFUSED = f"refused_total{{{OWN}}}"
BUCKET = f'seconds_bucket{{le="1",{OWN}}}'
NODE = 'instance="backend-1:9100",job="node"'
HISTORY = (
    # series, from when to when before the review, seconds between samples, growth by the second,
    # and its first value
    (STEADY, 2 * DAY, 0 * DAY, 60, 5.0, 0.0),
    (TRIED, 2 * DAY, DAY, 60, 0.5, 0.0),
    (STRANGE, 2 * DAY, 0 * DAY, 60, 100.0, 0.0),
    (BROKEN, 2 * DAY, 1.5 * DAY, 60, 1.0, 0.0),
    (BUCKET, 0.5 * DAY, 0 * DAY, 60, 1.0, 0.0),
    (REFUSED, 8 * DAY, 0 * DAY, 240, 0.0, 0.0),
    *(
        (f'node_cpu_seconds_total{{cpu="{cpu}",mode="idle",{NODE}}}', DAY, 0 * DAY, 60, idle, 0.0)
        for cpu, idle in ((0, 0.5), (1, 0.7))
    ),
    (f"node_memory_MemTotal_bytes{{{NODE}}}", DAY, 0 * DAY, 60, 0.0, 100.0),
    (f"node_memory_MemAvailable_bytes{{{NODE}}}", DAY, 0 * DAY, 60, 0.0, 30.0),
    (f'node_filesystem_size_bytes{{mountpoint="/",{NODE}}}', DAY, 0 * DAY, 60, 0.0, 100.0),
    (f'node_filesystem_avail_bytes{{mountpoint="/",{NODE}}}', DAY, 0 * DAY, 60, 0.0, 45.0),
    (f'node_filesystem_avail_bytes{{mountpoint="/boot",{NODE}}}', DAY, 0 * DAY, 60, 0.0, 1.0),
)


def told() -> Iterator[str]:
    """Yield the lines of OpenMetrics."""
    for series, begins, ends, step, growth, first in HISTORY:
        for seconds in range(0, int((begins - ends).total_seconds()) + 1, step):
            at = (AS_OF - begins).timestamp() + seconds
            yield f"{series} {first + seconds * growth} {at:.0f}\n"
    for minute in range(24 * 60):  # starts again at noon, from nothing
        grown = minute if minute < 720 else minute - 720
        yield f"{RESTARTED} {grown} {(AS_OF - DAY).timestamp() + minute * 60:.0f}\n"
    yield "# EOF\n"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus with that history, and nothing to scrape."""
    if missing := [one for one in ("prometheus", "promtool") if not shutil.which(one)]:
        pytest.skip(f"needs {' and '.join(missing)}: run .ci/packages as root")
    folder = tmp_path_factory.mktemp("history")
    with (folder / "past.txt").open("w") as file:
        file.writelines(told())
    (folder / "empty.yml").write_text("global: {}\n")
    making = ("promtool", "tsdb", "create-blocks-from", "openmetrics")
    whole = ("--max-block-duration=360h", "past.txt", "data")
    subprocess.run([*making, *whole], check=True, cwd=folder, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        *("prometheus", "--config.file=empty.yml", "--storage.tsdb.path=data"),
        *(f"--web.listen-address={place}", "--storage.tsdb.retention.time=100y"),
    ]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        answers(f"http://{place}/-/ready")
        yield f"http://{place}"
    finally:
        running.kill()
        running.wait()


@pytest.fixture
def desk(url: str) -> Any:
    """A desk at the instant at which the history ends."""
    declared = Declared(url=url, series={"service": "explorer"})
    criteria = "".join(f"[[criteria]]\nmetric = '{one}'\n" for one in ("seconds", "gaps_total"))
    return SimpleNamespace(
        profile=SimpleNamespace(
            aws=None,
            prometheus=declared,
            scaling=Scaling(requests="requests_total"),
            repository=Repository(rollback_criteria="c.toml"),
            provider=Provider(
                calls_per_day=1, calls_per_request=1.0, refused_calls="refused_total"
            ),
            forecast=SimpleNamespace(requests_per_day=1),
        ),
        git=SimpleNamespace(read=lambda _: criteria.encode(), where=("git",)),
        prometheus=Prometheus(declared, Path(), environment={}),
        as_of=AS_OF,
    )


def test_a_counter_counts_for_the_service_and_the_track_alone(desk: Any) -> None:
    when = (AS_OF - 2 * DAY, AS_OF - DAY)
    tried = count(desk, "requests_total", *when, {"track": "canary"})
    steady = count(desk, "requests_total", *when, {"track": "stable"})
    assert tried.whole() == pytest.approx(43_200, rel=0.01)
    assert steady.whole() == pytest.approx(432_000, rel=0.01)


def test_a_counter_that_was_not_there_is_unknown_and_one_with_a_gap_too(desk: Any) -> None:
    gone = count(desk, "requests_total", AS_OF - DAY / 2, AS_OF, {"track": "canary"})
    assert (gone.amount, gone.known) == (None, 0.0)
    broken = count(desk, "gaps_total", AS_OF - 2 * DAY, AS_OF - DAY)
    assert broken.known == pytest.approx(0.5, abs=0.02)
    with pytest.raises(FactUnavailable, match=r"knows gaps_total.* for 50% of the time"):
        broken.whole()


def test_a_counter_that_started_again_from_nothing_lost_nothing(desk: Any) -> None:
    assert count(desk, "errors_total", AS_OF - DAY, AS_OF).whole() == pytest.approx(1438, abs=3)


def test_a_day_of_requests_has_its_peak_and_all_its_minutes(desk: Any) -> None:
    [part] = RequestCounts().collect(desk).value
    assert part.reading.day == pytest.approx(432_000, rel=0.01)
    assert part.reading.peak_rps == pytest.approx(5.5, abs=0.1)
    assert part.reading.minutes >= 1436


def test_refusals_of_a_week_are_none_where_the_counter_stood_still(desk: Any) -> None:
    refusals = ProviderLimits().collect(desk).value.refusals.reading
    assert refusals.week
    assert refusals.week.known > 0.99
    assert refusals.has_none(AS_OF, 15)


def test_a_histogram_has_data_by_its_parts_and_what_ended_has_none(desk: Any) -> None:
    seconds, broken = (one.reading for one in CriteriaMetrics().collect(desk).value)
    assert seconds.has_data(AS_OF, 15)
    assert not broken.has_data(AS_OF, 15)


def test_a_host_was_busy_as_node_exporter_counted(desk: Any, monkeypatch: Any) -> None:
    loaded = AS_OF - DAY / 2
    test = SimpleNamespace(
        started=loaded, ended=loaded + DAY / 24, stands_for=None, host="a", file="k6.json"
    )
    group = SimpleNamespace(role="backend")
    machine = SimpleNamespace(name="backend-1", environment="production", group=group)
    desk.profile.machines = (machine,)
    desk.profile.service = SimpleNamespace(environment="production")
    desk.profile.stress_tests, desk.profile.hosts_of_endpoints = (test,), frozenset({"a"})
    target = SimpleNamespace(host="backend-1", instance="backend-1:9100", job="node")
    told = SimpleNamespace(value=(target,))
    monkeypatch.setattr(ScrapeTargets, "collect", lambda *_: told)
    [part] = LoadedHosts().collect(desk).value
    levels = (part.reading.cpu, part.reading.memory, part.reading.disk)
    assert levels == pytest.approx((40, 70, 55), abs=0.1)
