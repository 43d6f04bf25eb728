"""Prometheus' API as a real one answered when it was recorded, and what may go wrong with it."""

from __future__ import annotations

import base64
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.hostile_json import At
from pytest_orr.clients.prometheus import Prometheus
from pytest_orr.clients.prometheus_said import instant_in, samples_of, seconds_in, target_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Prometheus as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
PASSWORD = "password-of-nobody"  # noqa: S105 opens nothing but the example


@pytest.fixture(scope="module")
def watching() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    example: Any = import_module("examples.explorer.monitoring")
    server = example.MonitoringServer("prometheus", "repaired")
    yield server
    server.close()


@pytest.fixture
def recorded(watching: Any) -> Iterator[Any]:
    """The example's Prometheus, whose faults and answers a test may change."""
    yield watching
    watching.faults = frozenset()
    watching.mend()


@pytest.fixture
def ask(recorded: Any) -> Callable[..., Prometheus]:
    """Ask with a password; ``paused`` takes down how long was waited."""

    def begin(paused: list[float] | None = None, **declared: Any) -> Prometheus:
        waited = [] if paused is None else paused
        usual = {"user": "reader", "password": FromEnvironment(env="PASSWORD")}
        return Prometheus(
            Declared(**{"url": FromEnvironment(env="URL"), **usual, **declared}),
            Path(),
            environment={"URL": f"{recorded.url}/", "PASSWORD": PASSWORD, "TOKEN": "t0ken"},
            pause=waited.append,
        )

    return begin


def answer(status: int, body: Any = None, **headers: str) -> Any:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    return json_answer(body, status, **headers)


def text(status: int, body: str) -> Any:
    from examples.explorer.forge_server import Answer  # noqa: PLC0415 after the path is set

    return Answer(status=status, body=body.encode())


def put(*values: Any) -> Callable[[Any, Any], Any]:
    """Return a spoiling that answers with these, one after the other, and then as usual."""
    left = list(values)
    return lambda _, told: left.pop(0) if left else told


def why(read: Callable[[], Any]) -> str:
    """Return the cause and the remedy for which nothing could be read."""
    with pytest.raises(FactUnavailable) as caught:
        read()
    return caught.value.diagnostics()


class TestWhatItTells:
    """Targets, rules and samples, with their instants."""

    def test_targets_have_health_interval_and_the_instant_of_their_last_scrape(
        self, ask: Callable[..., Prometheus]
    ) -> None:
        targets = {f"{one.job} {one.instance}": one for one in ask().targets()}
        node = targets["node explorer-backend-1:9100"]
        assert (node.health, node.interval, node.error, node.probed) == ("up", 5, "", "")
        assert node.url == "http://explorer-backend-1:9100/metrics"
        assert node.last_scrape
        assert abs(node.last_scrape - AS_OF) < timedelta(minutes=10)

    def test_a_probe_tells_what_it_looks_at_and_nothing_of_a_query(
        self, ask: Callable[..., Prometheus]
    ) -> None:
        [page] = [one for one in ask().targets() if one.labels.get("probe") == "frontend"]
        assert (page.probed, page.module) == ("https://explorer.example/", "frontend")
        assert page.url == "http://blackbox.explorer.internal:9115/probe"

    def test_rules_have_expression_labels_annotations_and_state(
        self, ask: Callable[..., Prometheus]
    ) -> None:
        rules = {one.name: one for one in ask().rules()}
        down = rules["ExplorerBackendDown"]
        assert down.labels == {"severity": "page", "service": "explorer"}
        assert down.annotations["runbook_url"].endswith("/runbook#backend-down")
        assert (down.group, down.health, down.state, down.lasts) == (
            "explorer",
            "ok",
            "inactive",
            120,
        )
        assert down.evaluated

    def test_samples_bear_the_instant_at_which_they_were_scraped(
        self, ask: Callable[..., Prometheus]
    ) -> None:
        sampled = ask().sampled("explorer_request_errors_total", at=AS_OF)
        assert {one.labels["track"] for one in sampled} == {"stable", "canary"}
        assert all(timedelta() < AS_OF - one.at < timedelta(minutes=5) for one in sampled)

    def test_a_question_is_asked_once(self, ask: Callable[..., Prometheus], recorded: Any) -> None:
        prometheus = ask()
        assert prometheus.targets() == prometheus.targets()
        assert len(recorded.asked) == 1

    def test_who_receives_alerts_and_which_labels_they_get_is_told(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        written = "global:\n  external_labels:\n    cluster: production\n"
        said = {"status": "success", "data": {"yaml": written}}
        recorded.spoil("config", put(answer(200, said)))
        prometheus = ask()
        assert prometheus.alertmanagers() == (
            "http://alertmanager.explorer.internal:9093/api/v2/alerts",
        )
        assert prometheus.external_labels() == {"cluster": "production"}

    def test_a_configuration_without_labels_adds_none(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        said = {"status": "success", "data": {"yaml": "global: {}\nscrape_configs: []\n"}}
        recorded.spoil("config", put(answer(200, said)))
        assert ask().external_labels() == {}

    def test_labels_of_the_service_are_those_that_the_profile_names(
        self, ask: Callable[..., Prometheus]
    ) -> None:
        own = ask(series={"service": "explorer"}).own
        assert own({"service": "explorer", "job": "any"})
        assert not own({"service": "faucet"})
        assert not own({})
        assert ask().own({})


class TestWhatGoesWrong:
    """A monitoring system that is down, refuses, or tells a part."""

    def test_one_that_starts_is_told_from_one_that_is_not_there(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        recorded.faults = frozenset({"starting"})
        assert "Prometheus is not ready (503)" in why(ask().targets)
        assert "refused the connection" in why(ask(url="http://127.0.0.1:9").targets)

    def test_refused_credentials_name_what_to_set(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        told = why(ask(user=None, password=None).targets)
        assert told.startswith("the proxy in front of Prometheus does not let us in (401)")
        assert "under [prometheus]" in told
        recorded.spoil("targets", put(answer(403, "no")))
        assert "denies us GET /api/v1/targets (403)" in why(ask().targets)

    def test_a_variable_that_is_not_set_is_named(self) -> None:
        declared = Declared(url=FromEnvironment(env="WHERE"))
        told = why(lambda: Prometheus(declared, Path(), environment={}))
        assert told.startswith("environment variable WHERE, named in [prometheus] url, is not set")

    def test_without_the_section_nobody_is_asked(self) -> None:
        with pytest.raises(Undeclared, match=r"declares no \[prometheus\]"):
            Prometheus(None, Path())

    def test_user_and_password_leave_as_basic_and_a_token_as_bearer(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        ask().targets()
        sent = base64.b64encode(f"reader:{PASSWORD}".encode()).decode()
        assert recorded.asked[-1].headers["authorization"] == f"Basic {sent}"
        why(ask(user=None, password=None, token=FromEnvironment(env="TOKEN")).targets)
        assert recorded.asked[-1].headers["authorization"] == "Bearer t0ken"

    def test_no_credentials_leave_for_another_machine_in_clear(
        self, ask: Callable[..., Prometheus]
    ) -> None:
        told = why(ask(url="http://prometheus.example.org").targets)
        assert "a token is sent by nothing else" in told
        assert PASSWORD not in told

    def test_a_warning_makes_the_answer_none(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        recorded.faults = frozenset({"in-part"})
        told = why(ask().targets)
        assert "its answer to GET /api/v1/targets is not whole: remote store" in told

    def test_an_expression_that_is_refused_is_told_with_the_reason(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        said = {"status": "error", "errorType": "bad_data", "error": "1:3: parse error"}
        recorded.spoil("query", put(answer(400, said), answer(422, {"status": "error"})))
        assert "does not answer up{: 1:3: parse error" in why(lambda: ask().query("up{", at=AS_OF))
        assert "it does not say why" in why(lambda: ask().query("up", at=AS_OF))

    def test_a_rate_limit_is_waited_for_within_bounds(
        self, ask: Callable[..., Prometheus], recorded: Any
    ) -> None:
        busy = answer(429, "slow down", Retry_After="7")
        recorded.spoil("targets", put(busy, answer(429, "slow down")))
        paused: list[float] = []
        assert ask(paused).targets()
        assert paused == [7, 2]
        recorded.spoil("targets", lambda *_: busy)
        assert "rate limit is reached" in why(ask().targets)

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            (text(200, "<html>"), "is no whole JSON file"),
            (text(500, "<html>"), "with status 500"),
            (text(502, "bad gateway"), "with status 502: bad gateway"),
            (answer, "says nothing at $.status"),
        ],
        ids=["no JSON", "a page", "words", "nothing"],
    )
    def test_what_is_no_answer_of_prometheus_is_said_to_be_none(
        self, ask: Callable[..., Prometheus], recorded: Any, said: Any, told: str
    ) -> None:
        recorded.spoil("targets", put(answer(200, {}) if said is answer else said))
        assert told in why(ask().targets)

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            ({"resultType": "string", "result": [1, "a"]}, "is a string, and no samples"),
            (
                {"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {}]}]},
                "native histograms",
            ),
            (
                {"resultType": "vector", "result": [{"metric": {}, "value": [1]}]},
                "no instant with a value",
            ),
            (
                {"resultType": "vector", "result": [{"metric": {}, "value": [1, "x"]}]},
                "no value at",
            ),
            (
                {"resultType": "vector", "result": [{"metric": {}, "value": [-1, "1"]}]},
                "no instant at",
            ),
        ],
        ids=["string", "histogram", "half", "value", "instant"],
    )
    def test_samples_that_are_none_are_refused(
        self, ask: Callable[..., Prometheus], recorded: Any, data: Any, told: str
    ) -> None:
        recorded.spoil("query", put(answer(200, {"status": "success", "data": data})))
        assert told in why(lambda: ask().query("up", at=AS_OF))


class TestReading:
    """Single values."""

    def test_durations_are_seconds(self) -> None:
        assert seconds_in("1m30s") == 90
        assert seconds_in("500ms") == 0.5
        assert seconds_in("") == 0

    def test_a_scalar_is_one_sample(self) -> None:
        data = At(value={"resultType": "scalar", "result": [1795132800, "+Inf"]}, path="$")
        [one] = samples_of(data)
        assert (one.at, one.value) == (AS_OF, float("inf"))

    def test_a_target_that_was_never_scraped_has_no_instant(self) -> None:
        said = {"scrapeUrl": "http://u:p@a:1/m?x=y", "lastScrape": "0001-01-01T00:00:00Z"}
        target = target_of(At(value=said, path="$"))
        assert (target.last_scrape, target.health, target.url) == (None, "unknown", "http://a:1/m")

    def test_an_error_is_told_without_what_a_query_may_hold(self) -> None:
        error = 'Get "http://a/m?token=secret": dial tcp: refused? Yes'
        target = target_of(At(value={"scrapeUrl": "http://a/m", "lastError": error}, path="$"))
        assert target.error == 'Get "http://a/m": dial tcp: refused? Yes'

    def test_a_probe_of_no_url_is_told_as_it_is(self) -> None:
        said = {"scrapeUrl": "http://a/probe?target=db.internal:5432&module=tcp"}
        target = target_of(At(value=said, path="$"))
        assert (target.probed, target.module) == ("db.internal:5432", "tcp")

    @pytest.mark.parametrize("instant", ["soon", "2026-11-20T00:00:00"])
    def test_what_is_no_instant_is_refused(
        self, ask: Callable[..., Prometheus], recorded: Any, instant: str
    ) -> None:
        target = {"labels": {}, "scrapeUrl": "http://a", "lastScrape": instant}
        data = {"activeTargets": [target]}
        recorded.spoil("targets", put(answer(200, {"status": "success", "data": data})))
        assert "has no instant" in why(ask().targets)

    def test_what_is_no_number_is_no_instant(self) -> None:
        assert instant_in(float("nan")) is None
        assert instant_in(1795132800) == AS_OF
