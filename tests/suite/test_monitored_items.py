"""node_exporter and the service's metrics by what a real Prometheus answered, with each fault."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
HOSTS = CHECKOUT / "examples" / "explorer" / "hosts"
NODES = "monitoring.dashboard.node-exporter"
METRICS = "monitoring.dashboard.prometheus-metrics"
BACKEND = "explorer-backend-2: Prometheus"
TARGET = "explorer explorer-backend-2:8080"
PLACE = "http://explorer.example/metrics"
PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }]
[release]
commit = "4ca7ac2c97b787aa52cd3c2cb244906a53464fce"
[[hosts]]
names = ["explorer-jump", "explorer-backend-1", "explorer-backend-2"]
outputs = { explorer-jump = "h/1", explorer-backend-1 = "h/2", explorer-backend-2 = "h/3" }
[[endpoints]]
name = "frontend"
role = "frontend"
url = "http://explorer.example/"
marker = "Latest blocks"
connect = { env = "EXPLORER_EDGE" }
[[endpoints]]
name = "metrics"
role = "metrics"
url = "http://10.0.0.7:8080/metrics"
metrics = ["explorer_requests_total", "explorer_build_info"]
"""
WATCHED = """\
[prometheus]
url = { env = "EXPLORER_PROMETHEUS" }
user = "reader"
password = { env = "EXPLORER_PROMETHEUS_PASSWORD" }
series = { service = "explorer" }
"""


@pytest.fixture(scope="module")
def watching() -> Iterator[tuple[Any, Any]]:
    """The example's Prometheus, and a page that may tell metrics."""
    sys.path.append(str(CHECKOUT))
    example: Any = import_module("examples.explorer.monitoring")
    from examples.explorer.forge_server import Answer, ForgeServer  # noqa: PLC0415 after the path

    prometheus = example.MonitoringServer("prometheus", "repaired")
    page = ForgeServer(lambda *_: Answer(status=404))
    yield prometheus, page
    prometheus.close()
    page.close()


@pytest.fixture
def judged(
    watching: tuple[Any, Any],
    judge_here: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Any]]:
    """Judge an item while faults are planted in Prometheus."""
    prometheus, page = watching
    names = ("jump", "backend-1", "backend-2")
    printed = {f"h/{n}": (HOSTS / f"{name}.jsonl").read_bytes() for n, name in enumerate(names, 1)}

    def judge(
        item: str,
        *faults: str,
        profile: str = PROFILE + WATCHED,
        password: str = "password-of-nobody",  # noqa: S107 opens nothing but the example
    ) -> Any:
        prometheus.faults = frozenset(faults)
        monkeypatch.setenv("EXPLORER_EDGE", page.url.removeprefix("http://"))
        monkeypatch.setenv("EXPLORER_PROMETHEUS", prometheus.url)
        monkeypatch.setenv("EXPLORER_PROMETHEUS_PASSWORD", password)
        return judge_here(profile, item, beside=printed)[item]

    yield judge
    prometheus.faults = frozenset()
    page.mend()


def test_both_are_sound_by_a_sound_prometheus(judged: Callable[..., Any]) -> None:
    nodes, metrics = judged(NODES), judged(METRICS)
    assert not nodes.said("fail")
    assert BACKEND in nodes.said("pass")
    assert metrics.outcome == "pass", metrics.record.findings
    assert [*metrics.said("pass")] == [
        "explorer explorer-backend-1:8080",
        TARGET,
        "explorer_build_info",
        "explorer_requests_total",
        PLACE,
    ]


@pytest.mark.parametrize(
    ("item", "fault", "found"),
    [
        (NODES, "target-down", {BACKEND: "its node_exporter does not answer Prometheus"}),
        (NODES, "target-missing", {BACKEND: "Prometheus scrapes no node_exporter of it"}),
        (
            NODES,
            "target-of-nobody",
            {
                "node explorer-backend-9:9100: Prometheus": (
                    "Prometheus scrapes it, and it is no host of [[hosts]]"
                )
            },
        ),
        (METRICS, "service-down", {TARGET: "its metrics do not answer, or do not parse"}),
        (
            METRICS,
            "family-stale",
            {"explorer_build_info": "Prometheus has no sample of the last 15 minutes"},
        ),
    ],
)
def test_each_fault_is_found_where_it_was_planted(
    judged: Callable[..., Any], item: str, fault: str, found: dict[str, str]
) -> None:
    seen = judged(item, fault)
    assert seen.outcome == "fail", seen.record.findings
    assert seen.said("fail") == found


def test_a_host_that_prometheus_has_and_the_profile_has_not_is_a_fault(
    judged: Callable[..., Any],
) -> None:
    less = PROFILE.replace(', "explorer-backend-2"]', "]").replace(
        ', explorer-backend-2 = "h/3"', ""
    )
    seen = judged(NODES, profile=less + WATCHED)
    assert [*seen.said("fail")] == ["node explorer-backend-2:9100: Prometheus"]


def test_metrics_that_anybody_can_read_are_a_fault(
    judged: Callable[..., Any], watching: tuple[Any, Any]
) -> None:
    from examples.explorer.forge_server import Answer  # noqa: PLC0415 after the path is set

    watching[1].spoil("metrics", lambda *_: Answer(body=b"a 1\n"))
    seen = judged(METRICS)
    assert seen.said("fail") == {PLACE: "anybody can read the metrics there"}


@pytest.mark.parametrize("item", [NODES, METRICS])
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("starting", "Prometheus is not ready (503)"),
        ("in-part", "its answer to GET /api/v1/"),
    ],
)
def test_a_prometheus_that_cannot_tell_makes_both_unknown(
    judged: Callable[..., Any], item: str, fault: str, says: str
) -> None:
    seen = judged(item, fault)
    assert seen.outcome == "unknown", seen.record.findings
    assert any(says in one for one in seen.said("unknown").values())


@pytest.mark.parametrize("item", [NODES, METRICS])
def test_refused_credentials_are_told_from_missing_ones(
    judged: Callable[..., Any], item: str
) -> None:
    for password, says in (
        ("wrong", "does not let us in (401)"),
        ("", "EXPLORER_PROMETHEUS_PASSWORD, named in [prometheus] password, is not set"),
    ):
        seen = judged(item, password=password)
        assert seen.outcome == "unknown"
        assert any(says in one for one in seen.said("unknown").values())


@pytest.mark.parametrize(
    ("item", "fault", "subject"),
    [(NODES, "target-stale", BACKEND), (METRICS, "service-stale", TARGET)],
)
def test_a_stale_scrape_is_unknown(
    judged: Callable[..., Any], item: str, fault: str, subject: str
) -> None:
    seen = judged(item, fault)
    assert not seen.said("fail")
    assert "for more than 2 intervals" in seen.said("unknown")[subject]


@pytest.mark.parametrize("item", [NODES, METRICS])
def test_nothing_scraped_and_nobody_asked_is_never_a_pass(
    judged: Callable[..., Any], item: str
) -> None:
    nothing = judged(item, "nothing-scraped")
    assert nothing.outcome == ("fail" if item == NODES else "unknown"), nothing.record.findings
    undeclared = judged(item, profile=PROFILE)
    assert undeclared.outcome == "unknown"
    told = "readiness.toml declares no [prometheus]"
    assert any(told in one for one in undeclared.said("unknown").values())
