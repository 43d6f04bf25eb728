"""Items of other sections by what a recorded, real Prometheus says: sound, and with each fault."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
CANARY = "cicd.release.canary"
CRITERIA = "operations.rollback.criteria"
LIMIT = "deployment.infura.high-limit"
MONITORING = "scalability.scale-up.monitoring"
FORECAST = "scalability.projection.owner-forecast"
PER_DAY = "scalability.projection.requests-per-day"
ITEMS = (CANARY, CRITERIA, LIMIT, MONITORING, FORECAST, PER_DAY)
PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [
    {{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }},
    {{ email = "cleo@example.org", name = "Cleo", roles = ["product"] }},
]
[release]
commit = "{commit}"
first = {first}
[repository]
path = {{ env = "EXPLORER_REPOSITORY" }}
rollback_criteria = "docs/rollback.toml"
[forge]
kind = "gitlab"
project = "explorer/explorer"
url = {{ env = "EXPLORER_FORGE" }}
token = {{ env = "EXPLORER_TOKEN" }}
staging = "staging"
[projection]
requests_per_day = 4_200_000
peak_rps = 150
by = "cleo@example.org"
on = 2026-10-28
growth = [
    {{ months = 3, requests_per_day = 5_000_000, peak_rps = 180 }},
    {{ months = 6, requests_per_day = 6_500_000, peak_rps = 230 }},
    {{ months = 12, requests_per_day = 9_000_000, peak_rps = 320 }},
]
[provider]
calls_per_request = 2.0
calls_per_day = 13_000_000
refused_calls = "explorer_node_refused_total"
[delivery.canary]
hours = 12
rollout = "playbooks/deploy.yml"
requests = "explorer_requests_total"
errors = "explorer_request_errors_total"
canary = {{ track = "canary" }}
baseline = {{ track = "stable" }}
[scaling]
requests = "explorer_requests_total"
[[scaling.saturation]]
name = "blocks to be indexed"
series = 'explorer_queue_length{{queue="blocks"}}'
rule = "ExplorerQueueLong"
capacity = 100
"""
WATCHED = """\
[prometheus]
url = { env = "EXPLORER_PROMETHEUS" }
user = "reader"
password = { env = "EXPLORER_PROMETHEUS_PASSWORD" }
series = { service = "explorer" }
[alertmanager]
url = { env = "EXPLORER_ALERTMANAGER" }
token = { env = "EXPLORER_ALERTMANAGER_TOKEN" }
known_as = ["alertmanager.explorer.internal:9093"]
"""
SEEN = {
    CANARY: "traffic of canary",
    CRITERIA: "data of criterion 1: explorer_request_errors_total",
    LIMIT: "refused calls",
    MONITORING: "blocks to be indexed",
    FORECAST: "the service itself",
    PER_DAY: "the service itself",
}
"""What each item finds of Prometheus."""


@pytest.fixture(scope="module")
def watching() -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """The example's Prometheus and Alertmanager, and the variables that lead there."""
    sys.path.append(str(CHECKOUT))
    monitoring: Any = import_module("examples.explorer.monitoring")
    names = ("prometheus", "alertmanager")
    servers = {name: monitoring.MonitoringServer(name, "repaired") for name in names}
    yield (
        servers,
        {
            "EXPLORER_PROMETHEUS": servers["prometheus"].url,
            "EXPLORER_PROMETHEUS_PASSWORD": monitoring.PASSWORD,
            "EXPLORER_ALERTMANAGER": servers["alertmanager"].url,
            "EXPLORER_ALERTMANAGER_TOKEN": monitoring.TOKEN,
        },
    )
    for server in servers.values():
        server.close()


@pytest.fixture
def judged(
    watching: tuple[dict[str, Any], dict[str, str]],
    forges: dict[str, tuple[Any, dict[str, str]]],
    judge_here: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., dict[str, Any]]]:
    """Judge items while faults are planted in Prometheus: ``judged(*ids, faults=(…))``."""
    from examples.explorer.forge_state import forge_state  # noqa: PLC0415 after the path is set
    from examples.explorer.release import release_commit  # noqa: PLC0415 after the path is set

    servers, variables = watching
    forge, of_forge = forges["gitlab"]

    def judge(
        *ids: str,
        faults: tuple[str, ...] = (),
        first: bool = False,
        watched: str = WATCHED,
        env: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        forge.state = forge_state(())
        servers["prometheus"].faults = frozenset(faults)
        for name, value in {**of_forge, **variables, **(env or {})}.items():
            monkeypatch.setenv(name, value)
        said = {"commit": release_commit(), "first": str(first).lower()}
        return judge_here(PROFILE.format(**said) + watched, *ids)

    yield judge
    forge.mend()
    servers["prometheus"].faults = frozenset()


def test_each_item_is_sound_by_a_sound_prometheus(judged: Callable[..., Any]) -> None:
    found = judged(*ITEMS)
    assert {one for one, what in found.items() if what.said("fail")} == set()
    for one, subject in SEEN.items():
        assert subject in found[one].said("pass"), found[one].record.findings


@pytest.mark.parametrize(
    ("item", "fault", "says"),
    [
        (CANARY, "canary-worse", "a larger part of its requests failed than of the release before"),
        (CANARY, "canary-unused", "nobody used it"),
        (CRITERIA, "criterion-without-data", "nobody can measure it: it has no fresh data"),
        (CRITERIA, "criterion-stale", "nobody can measure it: it has no fresh data"),
        (LIMIT, "calls-refused", "the provider has refused calls"),
        (MONITORING, "queue-rule-late", "it goes off at 95, which is later than 80"),
        (MONITORING, "queue-rule-quiet", "it wakes nobody"),
        (MONITORING, "queue-rule-broken", "Prometheus does not evaluate it (err)"),
        (MONITORING, "queue-stale", "its series has no fresh sample"),
        (MONITORING, "rules-missing", "nothing watches it"),
        (PER_DAY, "day-above-projection", "more than 4,200,000 requests a day came"),
    ],
)
def test_each_fault_is_found_where_it_was_planted(
    judged: Callable[..., Any], item: str, fault: str, says: str
) -> None:
    [found] = judged(item, faults=(fault,)).values()
    assert found.outcome == "fail", found.record.findings
    assert found.said("fail") == {SEEN[item]: says}


@pytest.mark.parametrize(
    ("item", "fault", "says"),
    [
        (CANARY, "canary-not-counted", "Prometheus has no samples of explorer_requests_total"),
        (CANARY, "history-too-short", "of the time from 2026-11-17 1"),
        (LIMIT, "history-too-short", "of the time from 2026-11-13 00:00 to 2026-11-20 00:00"),
        (PER_DAY, "history-too-short", "minutes of the 24 hours"),
        (MONITORING, "queue-rule-unclear", "is no comparison of one expression with a number"),
        *((one, "starting", "Prometheus is not ready (503)") for one in ITEMS),
        *((one, "in-part", "its answer to GET /api/v1/") for one in ITEMS),
    ],
)
def test_what_prometheus_cannot_tell_is_unknown(
    judged: Callable[..., Any], item: str, fault: str, says: str
) -> None:
    [found] = judged(item, faults=(fault,)).values()
    assert found.outcome == "unknown", found.record.findings
    assert says in found.said("unknown")[SEEN[item]]


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"EXPLORER_PROMETHEUS": ""}, "EXPLORER_PROMETHEUS, named in [prometheus] url, is not set"),
        ({"EXPLORER_PROMETHEUS": "http://127.0.0.1:9"}, "127.0.0.1:9"),
        ({"EXPLORER_PROMETHEUS_PASSWORD": "of-nobody"}, "does not let us in (401)"),
    ],
)
def test_a_prometheus_that_is_down_or_closed_is_told_apart(
    judged: Callable[..., Any], env: dict[str, str], says: str
) -> None:
    found = judged(*ITEMS, env=env)
    for one, what in found.items():
        assert what.outcome == "unknown"
        assert says in what.said("unknown")[SEEN[one]], (one, what.record.findings)


def test_without_a_prometheus_each_item_says_what_to_declare(judged: Callable[..., Any]) -> None:
    found = judged(*(one for one in ITEMS if one != LIMIT), watched="")
    for one, what in found.items():
        assert what.said("unknown")[SEEN[one]] == "readiness.toml declares no [prometheus]"


def test_a_first_launch_asks_for_the_traffic_of_the_named_staging(
    judged: Callable[..., Any],
) -> None:
    [found] = judged(CANARY, first=True).values()
    assert {*found.said("unknown")} - {"production"} == {"traffic of staging"}
