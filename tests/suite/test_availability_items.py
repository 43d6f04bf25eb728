"""Items on monitors, probes and targets by what UptimeRobot and a recorded Prometheus tell."""

from __future__ import annotations

import json
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
ROBOT = "monitoring.paging.uptimerobot"
SERVICE = "monitoring.availability.service"
FRONTEND = "monitoring.availability.frontend"
BACKEND = "monitoring.availability.backend"
PAGE, LOOKUP = "https://explorer.example/", "https://api.explorer.example/api/v1/status"
PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
[monitoring]
availability = 0.999
availability_days = 2
"""
ENDPOINTS = """
[[endpoints]]
name = "lookup"
role = "service"
url = "https://api.explorer.example/api/v1/status"
marker = '"synced": true'
connect = { env = "EXPLORER_EDGE" }
ca = { env = "EXPLORER_CA" }
[[endpoints]]
name = "page"
role = "frontend"
url = "https://explorer.example/"
marker = "Latest blocks"
connect = { env = "EXPLORER_EDGE" }
ca = { env = "EXPLORER_CA" }
[[endpoints]]
name = "health"
role = "backend"
url = "https://api.explorer.example/health"
connect = { env = "EXPLORER_EDGE" }
ca = { env = "EXPLORER_CA" }
"""
ROBOTS = """
[uptimerobot]
url = { env = "EXPLORER_UPTIMEROBOT" }
token = { env = "EXPLORER_UPTIMEROBOT_KEY" }
tags = ["explorer"]
"""
SCRAPED = """
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
WHOLE = PROFILE + ENDPOINTS + ROBOTS + SCRAPED
OUTSIDE = "page: from outside"
TARGET = "explorer explorer-backend-2:8080"
PROBE = "lookup: probe"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Any]]:
    """The example's service, monitors and metrics: servers by name, and where they are."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer import edge, uptimerobot  # noqa: PLC0415 after the path is set
    from examples.explorer.certificates import issue  # noqa: PLC0415 after the path

    monitoring: Any = import_module("examples.explorer.monitoring")
    ca, chain = issue(tmp_path_factory.mktemp("edge"), edge.HOSTS)
    front = edge.Server(edge.replies("repaired"), chain)
    threading.Thread(target=front.serve_forever, args=(0.01,), daemon=True).start()
    servers: dict[str, Any] = {
        name: monitoring.MonitoringServer(name, "repaired")
        for name in ("prometheus", "alertmanager")
    }
    servers["uptimerobot"] = uptimerobot.UptimeRobotServer()
    yield (
        servers,
        {
            "EXPLORER_EDGE": f"127.0.0.1:{front.server_port}",
            "EXPLORER_CA": str(ca),
            "EXPLORER_UPTIMEROBOT": servers["uptimerobot"].url,
            "EXPLORER_UPTIMEROBOT_KEY": uptimerobot.KEY,
            "EXPLORER_PROMETHEUS": servers["prometheus"].url,
            "EXPLORER_PROMETHEUS_PASSWORD": monitoring.PASSWORD,
            "EXPLORER_ALERTMANAGER": servers["alertmanager"].url,
            "EXPLORER_ALERTMANAGER_TOKEN": monitoring.TOKEN,
        },
    )
    front.shutdown()
    front.server_close()
    for server in servers.values():
        server.close()


@pytest.fixture
def judged(
    world: tuple[dict[str, Any], dict[str, str]],
    judge_here: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Any]]:
    """Judge one item with a fault: ``judged(id, robot=…, metrics=…, profile=…, env=…)``."""
    servers, variables = world

    def judge(
        item: str,
        *,
        robot: str = "",
        metrics: str = "",
        profile: str = WHOLE,
        env: dict[str, str] | None = None,
    ) -> Any:
        servers["uptimerobot"].faults = frozenset({robot} - {""})
        servers["prometheus"].faults = frozenset({metrics} - {""})
        for name, value in {**variables, **(env or {})}.items():
            monkeypatch.setenv(name, value)
        return judge_here(profile, item)[item]

    yield judge
    for server in servers.values():
        server.faults = frozenset()
        server.mend()


def change(spoiling: Callable[[Any], None]) -> Callable[[Any, Any], Any]:
    """Return what changes an answer of JSON in its place."""
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    def spoil(_: Any, told: Any) -> Any:
        body = json.loads(told.body)
        spoiling(body)
        return json_answer(body, told.status)

    return spoil


@pytest.mark.parametrize("item", [ROBOT, SERVICE, FRONTEND, BACKEND])
def test_what_is_watched_and_wakes_somebody_passes(judged: Callable[..., Any], item: str) -> None:
    found = judged(item)

    assert (found.outcome, found.said("fail"), found.said("unknown")) == ("pass", {}, {})


@pytest.mark.parametrize(
    ("fault", "subject", "words"),
    [
        ("api-unwatched", "api.explorer.example", "no monitor looks at it"),
        ("page-paused", "explorer.example", "explorer page is paused"),
        ("page-down", "explorer page", "it sees what it looks at fail now"),
        ("contact-missing", "explorer.example", "explorer page tells nobody"),
        ("contacts-paused", "explorer.example", "explorer page tells Email (idle)"),
        ("interval-long", "api.explorer.example", "explorer health looks every 900 seconds alone"),
        (
            "undeclared-watched",
            "explorer of 2024",
            "readiness.toml declares no endpoint at its host",
        ),
    ],
)
def test_each_fault_of_a_monitor_is_found(
    judged: Callable[..., Any], fault: str, subject: str, words: str
) -> None:
    found = judged(ROBOT, robot=fault)

    assert found.outcome == "fail"
    assert found.said("fail")[subject].startswith(words)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("rate-limited", "its rate limit is reached"),
        ("key-refused", "UptimeRobot refuses the key"),
        ("of-one-monitor", "UptimeRobot denies GET /v3/integrations"),
        ("page-starting", "explorer page has not looked yet"),
        ("stale", "ends 2026-11-17 00:00"),
    ],
)
def test_what_uptimerobot_does_not_tell_is_unknown(
    judged: Callable[..., Any], fault: str, words: str
) -> None:
    found = judged(ROBOT, robot=fault)

    assert found.outcome == "unknown"
    assert words in "; ".join(found.said("unknown").values())


def test_uptimerobot_that_is_down_is_told_apart_from_no_key(judged: Callable[..., Any]) -> None:
    down = judged(ROBOT, env={"EXPLORER_UPTIMEROBOT": "http://127.0.0.1:9"})
    keyless = judged(ROBOT, env={"EXPLORER_UPTIMEROBOT_KEY": ""})
    undeclared = judged(ROBOT, profile=PROFILE + ENDPOINTS)

    said = [" ".join(one.said("unknown").values()) for one in (down, keyless, undeclared)]
    assert [one.outcome for one in (down, keyless, undeclared)] == ["unknown"] * 3
    assert "127.0.0.1:9" in said[0]
    assert "EXPLORER_UPTIMEROBOT_KEY, named in [uptimerobot] token, is not set" in said[1]
    assert "readiness.toml declares no [uptimerobot]" in said[2]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("keyword-missing", "explorer page asserts no content"),
        ("keyword-inverted", "explorer page goes off where its keyword is found"),
        ("certificate-unchecked", "explorer page does not go off on a certificate"),
        ("page-paused", "explorer page is paused"),
        ("contact-missing", "explorer page tells nobody"),
    ],
)
def test_a_page_that_nobody_watches_by_its_content_fails(
    judged: Callable[..., Any], fault: str, words: str
) -> None:
    found = judged(FRONTEND, robot=fault, profile=PROFILE + ENDPOINTS + ROBOTS)

    assert found.outcome == "fail"
    assert found.said("fail")[OUTSIDE].startswith(words)


def test_a_page_s_monitor_needs_no_prometheus_and_a_silent_one_is_no_answer(
    judged: Callable[..., Any],
) -> None:
    robots = judged(FRONTEND, profile=PROFILE + ENDPOINTS + ROBOTS)
    silent = judged(FRONTEND, robot="keyword-missing", env={"EXPLORER_PROMETHEUS": ""})
    undeclared = judged(FRONTEND, profile=PROFILE + ENDPOINTS)

    assert [one.outcome for one in (robots, silent, undeclared)] == ["pass", "unknown", "unknown"]
    assert "EXPLORER_PROMETHEUS, named in [prometheus] url" in silent.said("unknown")[OUTSIDE]
    assert "readiness.toml declares no [prometheus]" in undeclared.said("unknown")[OUTSIDE]


def test_a_journey_s_probe_must_pass_lately_and_wake_somebody(
    judged: Callable[..., Any], world: tuple[dict[str, Any], Any]
) -> None:
    prometheus = world[0]["prometheus"]

    def failing(body: Any) -> None:
        for series in body["data"].get("result", ()):
            if series["metric"].get("__name__") == "probe_success":
                series["value"][1] = "0"

    prometheus.spoil("query", change(failing))
    failed = judged(SERVICE)
    prometheus.mend()
    silent = judged(SERVICE, metrics="rules-missing")

    assert failed.said("fail")[PROBE].startswith(f"the last run of blackbox {LOOKUP} failed")
    assert silent.said("fail") == {PROBE: f"blackbox {LOOKUP}: no alert rule is bound to it"}


def test_a_journey_s_history_is_held_against_the_objective(judged: Callable[..., Any]) -> None:
    strict = judged(SERVICE, profile=WHOLE.replace("0.999", "0.99999"))
    none = judged(SERVICE, profile=WHOLE.replace("availability = 0.999\n", ""))

    assert "and the objective is 99.9990%" in strict.said("fail")[PROBE]
    assert none.said("unknown") == {PROBE: "readiness.toml declares no [monitoring] availability"}


@pytest.mark.parametrize(
    ("env", "profile", "words"),
    [
        ({"EXPLORER_PROMETHEUS": "http://127.0.0.1:9"}, WHOLE, "127.0.0.1:9"),
        ({"EXPLORER_PROMETHEUS_PASSWORD": "of-nobody"}, WHOLE, "does not let us in (401)"),
        ({}, PROFILE + ENDPOINTS + ROBOTS, "readiness.toml declares no [prometheus]"),
    ],
)
def test_a_prometheus_that_does_not_tell_leaves_the_journey_unknown(
    judged: Callable[..., Any], env: dict[str, str], profile: str, words: str
) -> None:
    found = judged(SERVICE, env=env, profile=profile)

    assert found.outcome == "unknown"
    assert words in found.said("unknown")[PROBE]


@pytest.mark.parametrize(
    ("fault", "subject", "words"),
    [
        ("service-down", TARGET, "Prometheus finds it down"),
        ("rules-missing", TARGET, "no alert rule is bound to it"),
        ("nothing-scraped", "what Prometheus scrapes", "Prometheus scrapes nothing of the service"),
    ],
)
def test_each_fault_of_a_target_is_found(
    judged: Callable[..., Any], fault: str, subject: str, words: str
) -> None:
    found = judged(BACKEND, metrics=fault)

    assert found.outcome == "fail"
    assert found.said("fail")[subject].startswith(words)


@pytest.mark.parametrize(
    ("fault", "env", "words"),
    [
        ("service-stale", {}, f"Prometheus has not scraped {TARGET} lately"),
        ("in-part", {}, "is not whole"),
        ("", {"EXPLORER_PROMETHEUS": "http://127.0.0.1:9"}, "127.0.0.1:9"),
        ("", {"EXPLORER_ALERTMANAGER_TOKEN": "of-nobody"}, "does not let us in (401)"),
    ],
)
def test_targets_that_are_stale_or_not_told_are_unknown(
    judged: Callable[..., Any], fault: str, env: dict[str, str], words: str
) -> None:
    found = judged(BACKEND, metrics=fault, env=env)

    assert found.outcome == "unknown"
    assert words in " ".join(found.said("unknown").values())
