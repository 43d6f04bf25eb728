"""Real Prometheus, Alertmanager and node_exporter, asked by the product as it asks anywhere."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_orr.clients.alertmanager import Alertmanager
from pytest_orr.clients.alertmanager_routes import routing_in
from pytest_orr.clients.prometheus import Prometheus
from pytest_orr.collect.watching.alert_rules import AlertRules
from pytest_orr.collect.watching.exported_metrics import ExportedMetrics
from pytest_orr.collect.watching.node_targets import NodeTargets
from pytest_orr.collect.watching.scrape_targets import ScrapeTargets
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.front import Endpoint
from pytest_orr.profile.monitoring import Alertmanager as DeclaredAlertmanager
from pytest_orr.profile.monitoring import Prometheus as DeclaredPrometheus
from tests.system.monitoring.scraping import HOSTS
from tests.system.monitoring.series import AS_OF
from tests.system.monitoring.stack import Stack, answers, what_is_lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KNOWN_AS = "alertmanager.explorer.internal:9093"
FAMILIES = ("explorer_requests_total", "explorer_request_duration_seconds", "explorer_build_info")
SCRAPED_WITHIN = 60
"""Seconds; Prometheus finds its targets after five."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The faulty stack, with the past of the last hours, when everything was scraped once."""
    if lacking := what_is_lacking():
        pytest.skip(f"the monitoring stack {lacking}")
    faults = frozenset({"node-down", "no-runbook", "route-to-nobody", "stale-series"})
    with Stack(
        folder=tmp_path_factory.mktemp("stack"),
        faults=faults,
        since=AS_OF - dt.timedelta(hours=3),
        every="1s",
    ) as running:
        until = time.monotonic() + SCRAPED_WITHIN
        while not _all_scraped(running) and time.monotonic() < until:
            time.sleep(0.2)
        yield running


def _all_scraped(stack: Stack) -> bool:
    desk = desk_of(stack)
    targets, rules = desk.prometheus.targets(), desk.prometheus.rules()
    seen = [one.last_scrape for one in targets] + [one.evaluated for one in rules]
    ups = desk.prometheus.query("up", at=desk.as_of)
    warned = any(one.state != "inactive" for one in rules if one.name == "ExplorerHostDown")
    return len(targets) == 5 and len(ups) == 5 and all(seen) and warned


def desk_of(stack: Stack, **prometheus: Any) -> Any:
    """A desk at this moment, whose Prometheus and Alertmanager are the real ones."""
    told = {"url": stack.prometheus, "series": {"service": "explorer"}, **prometheus}
    asked = DeclaredPrometheus(**told)
    alertmanager = DeclaredAlertmanager(url=stack.alertmanager, known_as=(KNOWN_AS,))
    metrics = Endpoint(name="metrics", role="metrics", url="http://a.b/metrics", metrics=FAMILIES)
    machines = tuple(SimpleNamespace(name=one, environment="production") for one in HOSTS)
    return SimpleNamespace(
        profile=SimpleNamespace(
            prometheus=asked,
            alertmanager=alertmanager,
            machines=machines,
            service=SimpleNamespace(environment="production"),
            endpoints=(metrics,),
        ),
        prometheus=Prometheus(asked, Path(), environment={"PASSWORD": "open-sesame", "NO": "no"}),
        alertmanager=Alertmanager(alertmanager, Path(), environment={}),
        as_of=dt.datetime.now(dt.UTC),
        ssh=SimpleNamespace(route=_no_route),
    )


def _no_route(_: Any) -> Any:
    raise FactUnavailable("no ssh_config", "write one")


def why(read: Callable[[], Any]) -> str:
    with pytest.raises(FactUnavailable) as caught:
        read()
    return caught.value.cause


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def guarded(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if not nginx:
        pytest.skip("needs nginx: run .ci/packages as root")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "users").write_text("reader:{PLAIN}open-sesame\n")
    place = f"127.0.0.1:{_free_port()}"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{one}_temp_path {folder}/{one};" for one in kinds)
    (folder / "nginx.conf").write_text(f"""
daemon off; pid {folder}/pid; error_log {folder}/error.log; user root; events {{}}
http {{ access_log off; {paths} server {{ listen {place};
auth_basic "p"; auth_basic_user_file {folder}/users;
location / {{ proxy_pass {stack.prometheus}; }} }} }}
""")
    child = subprocess.Popen([nginx, "-p", str(folder), "-c", "nginx.conf"])
    until = time.monotonic() + SCRAPED_WITHIN
    while not (folder / "pid").exists() and time.monotonic() < until:
        time.sleep(0.05)
    yield f"http://{place}"
    child.terminate()
    child.wait()


class TestFacts:
    """What collectors see of the real thing."""

    def test_hosts_name_themselves_and_the_one_that_is_down_shows(self, stack: Stack) -> None:
        desk = desk_of(stack)
        nodes = {one.name: one for one in NodeTargets().collect(desk).value}
        assert [*nodes] == [*HOSTS]
        assert {name for name, one in nodes.items() if not one.answers(desk.as_of)} == {
            "explorer-backend-2"
        }
        said = desk.prometheus.query("node_uname_info", at=desk.as_of)
        assert {one.labels["nodename"] for one in said} == {*HOSTS[:2]}

    def test_targets_are_fresh_by_their_own_interval(self, stack: Stack) -> None:
        desk = desk_of(stack)
        own = ScrapeTargets().collect(desk).value
        assert {one.interval for one in own} == {1}
        assert all(one.is_fresh(desk.as_of) for one in own)
        late = desk.as_of + dt.timedelta(hours=1)
        assert not any(one.is_fresh(late) for one in own)

    def test_a_series_that_ended_is_told_with_its_own_last_instant(self, stack: Stack) -> None:
        desk = desk_of(stack)
        families = {one.name: one.reading for one in ExportedMetrics().collect(desk).value}
        assert families["explorer_requests_total"].is_fresh(15, desk.as_of)
        assert families["explorer_request_duration_seconds"].is_fresh(15, desk.as_of)
        ended = families["explorer_build_info"]
        assert not ended.is_fresh(15, desk.as_of)
        assert ended.newest
        assert dt.timedelta(hours=1) < desk.as_of - ended.newest < dt.timedelta(hours=3)
        sampled = desk.prometheus.sampled("explorer_build_info", at=desk.as_of)
        assert {one.at for one in sampled} == {ended.newest}

    def test_samples_bear_the_instant_of_their_scrape_and_not_of_the_question(
        self, stack: Stack
    ) -> None:
        desk = desk_of(stack)
        for one in desk.prometheus.sampled("explorer_requests_total", at=desk.as_of):
            assert one.at != desk.as_of
            assert dt.timedelta() <= desk.as_of - one.at < dt.timedelta(minutes=1)

    def test_rules_wake_whom_alertmanager_says(self, stack: Stack) -> None:
        rules = {one.name: one for one in AlertRules().collect(desk_of(stack)).value}
        assert len(rules) > 10
        assert all(one.is_evaluated for one in rules.values())
        assert rules["ExplorerErrors"].wakes_somebody
        assert not rules["ExplorerBackendDown"].wakes_somebody
        assert not rules["ExplorerQueueLong"].runbook_url
        assert rules["ExplorerHostDown"].state in {"pending", "firing"}

    def test_a_silence_in_force_is_told(self, stack: Stack) -> None:
        amtool = ["amtool", "--alertmanager.url", stack.alertmanager, "silence"]
        add = [*amtool, "add", "alertname=ExplorerErrors", "--author=bo", "--comment=x"]
        made = subprocess.run([*add, "--duration=10m"], check=True, capture_output=True, text=True)
        try:
            rules = {one.name: one for one in AlertRules().collect(desk_of(stack)).value}
            assert not rules["ExplorerErrors"].wakes_somebody
            assert "silenced: by bo until" in rules["ExplorerErrors"].receivers.seen
        finally:
            subprocess.run([*amtool, "expire", made.stdout.strip()], check=True)

    def test_an_expression_is_refused_in_prometheus_own_words(self, stack: Stack) -> None:
        desk = desk_of(stack)
        told = why(lambda: desk.prometheus.query("up{", at=desk.as_of))
        assert "parse error" in told


class TestInFront:
    """A proxy that asks who it is, as most have."""

    def test_who_may_is_let_in(self, stack: Stack, guarded: str) -> None:
        own = FromEnvironment(env="PASSWORD")
        let_in = desk_of(stack, url=guarded, user="reader", password=own)
        assert len(let_in.prometheus.targets()) == 5

    def test_who_may_not_is_told_so(self, stack: Stack, guarded: str) -> None:
        told = why(desk_of(stack, url=guarded).prometheus.targets)
        assert told == "the proxy in front of Prometheus does not let us in (401)"
        wrong = FromEnvironment(env="NO")
        desk = desk_of(stack, url=guarded, user="reader", password=wrong)
        assert why(desk.prometheus.targets) == told


class TestDown:
    """Prometheus is down, and comes back; the last tests here, as others need it."""

    def test_one_that_is_down_is_told_from_one_that_starts(self, stack: Stack) -> None:
        stack.end("prometheus")
        assert "refused the connection" in why(desk_of(stack).prometheus.targets)
        causes = set[str]()
        stack.begin_prometheus()
        until = time.monotonic() + SCRAPED_WITHIN
        while time.monotonic() < until:
            try:
                desk_of(stack).prometheus.alertmanagers()
                break
            except FactUnavailable as error:
                causes.add(error.cause.partition(" (503)")[0])
        answers(f"{stack.prometheus}/-/ready")
        assert all("refused" in one or one == "Prometheus is not ready" for one in causes), causes


VALUES = st.sampled_from(["a", "b", "ab", ""])
NAMES = st.sampled_from(["x", "y", "z"])
MATCHERS = st.one_of(
    st.builds('{}{}"{}"'.format, NAMES, st.sampled_from(["=", "!="]), VALUES),
    st.builds("{}{}{}".format, NAMES, st.sampled_from(["=", "!="]), st.sampled_from(["a", "b"])),
    st.builds(
        '{}{}"{}"'.format,
        NAMES,
        st.sampled_from(["=~", "!~"]),
        st.sampled_from(["a|b", "a.*", ".+", "[ab]?", "(a|b){2}", "^a$", "", "b*?"]),
    ),
)
RECEIVERS = ("one", "two", "three")


LEGACY = st.dictionaries(NAMES, st.sampled_from(["a", "b"]), max_size=1)
LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "matchers": st.lists(MATCHERS, max_size=2),
        "match": LEGACY,
        "match_re": LEGACY,
        "receiver": st.sampled_from(RECEIVERS),
        "continue": st.booleans(),
    },
)


def _above(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda node, routes: {**node, "routes": routes}, LEAVES, st.lists(children))


TREES = st.recursive(LEAVES, _above, max_leaves=6)
LABELS = st.dictionaries(NAMES, st.sampled_from(["a", "b", "ab"]))


@pytest.mark.skipif(not shutil.which("amtool"), reason="needs prometheus-alertmanager")
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(TREES, min_size=1, max_size=3), LABELS)
def test_routes_are_those_that_amtool_finds(
    tmp_path: Path, routes: list[Any], labels: dict[str, str]
) -> None:
    configuration = {
        "route": {"receiver": "one", "routes": routes},
        "receivers": [{"name": name} for name in RECEIVERS],
    }
    file = tmp_path / "alertmanager.json"
    file.write_text(json.dumps(configuration))
    given_labels = [f"{key}={value}" for key, value in labels.items()]
    command = ["amtool", "config", "routes", "test", f"--config.file={file}", *given_labels]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    reached = routing_in(_as_read(configuration)).root.reached(labels)
    assert ",".join(one.receiver for one in reached) == told


def _as_read(value: Any) -> Any:
    """Return a configuration as YAML is read here: every scalar is a text."""
    if isinstance(value, dict):
        return {key: _as_read(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_read(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else value
