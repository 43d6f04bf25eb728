"""Alert rules of the service, and whom each of them tells whatever its series add."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.alertmanager import Alertmanager
from pytest_orr.clients.prometheus import Prometheus
from pytest_orr.collect.watching.alert_rules import AlertRuleFact, AlertRules
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Alertmanager as DeclaredAlertmanager
from pytest_orr.profile.monitoring import Prometheus as DeclaredPrometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
KNOWN_AS = "alertmanager.explorer.internal:9093"
NOWHERE = "http://127.0.0.1:9"


class Stack:
    """The example's Prometheus and Alertmanager, whose answers a test may change."""

    def __init__(self) -> None:
        sys.path.append(str(CHECKOUT))
        example: Any = import_module("examples.explorer.monitoring")
        self.prometheus = example.MonitoringServer("prometheus", "repaired")
        self.alertmanager = example.MonitoringServer("alertmanager", "repaired")

    def rule(self, expression: str, **labels: str) -> None:
        """Let there be one rule."""
        rule = {"name": "One", "query": expression, "labels": labels, "type": "alerting"}
        more = {"health": "ok", "state": "inactive", "lastEvaluation": "2026-11-20T00:00:00Z"}
        group = {"name": "g", "rules": [{**rule, **more}, {"type": "recording"}]}
        self.tell("rules", {"groups": [group]})
        self.tell("config", {"yaml": "global: {external_labels: {cluster: production}}"})

    def series(self, *labels: dict[str, str]) -> None:
        """Let each question for series find these labels."""
        result = [{"metric": one, "value": [1795132800, "1"]} for one in labels]
        self.tell("query$", {"resultType": "vector", "result": result})

    def route(self, *routes: dict[str, Any], receiver: str = "chat") -> None:
        """Let Alertmanager run a configuration."""
        receivers = [{"name": "chat"}, {"name": "pager", "pagerduty_configs": [{}]}]
        root = {"receiver": receiver, "routes": [*routes]}
        written = json.dumps({"route": root, "receivers": receivers})
        self.spoil(self.alertmanager, "status", {"config": {"original": written}})

    def tell(self, path: str, data: Any) -> None:
        self.spoil(self.prometheus, path, {"status": "success", "data": data})

    def silence(self, **said: Any) -> None:
        matcher = {"name": "alertname", "value": "One", "isRegex": False}
        whole = {"id": "s1", "status": {"state": "active"}, "matchers": [matcher], **said}
        self.spoil(self.alertmanager, "silences", [whole])

    def spoil(self, server: Any, path: str, body: Any) -> None:
        from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path

        server.spoil(path, lambda *_: json_answer(body))

    def desk(self, *, known_as: str = KNOWN_AS, url: str = "", **series: str) -> Any:
        """A desk that asks both."""
        secret, token = FromEnvironment(env="PASSWORD"), FromEnvironment(env="TOKEN")
        prometheus = DeclaredPrometheus(
            url=self.prometheus.url, user="reader", password=secret, series=series
        )
        alertmanager = DeclaredAlertmanager(
            url=url or self.alertmanager.url, token=token, known_as=(known_as,)
        )
        environment = {"PASSWORD": "password-of-nobody", "TOKEN": "alertmanager-of-nobody"}
        return SimpleNamespace(
            profile=SimpleNamespace(prometheus=prometheus, alertmanager=alertmanager),
            prometheus=Prometheus(prometheus, Path(), environment=environment),
            alertmanager=Alertmanager(alertmanager, Path(), environment=environment),
            as_of=AS_OF,
        )

    def only(self, **declared: Any) -> AlertRuleFact:
        """The one rule that was made."""
        [rule] = AlertRules().collect(self.desk(**declared)).value
        return rule


@pytest.fixture(scope="module")
def both() -> Iterator[Stack]:
    made = Stack()
    yield made
    made.prometheus.close()
    made.alertmanager.close()


@pytest.fixture
def stack(both: Stack) -> Iterator[Stack]:
    yield both
    both.prometheus.mend()
    both.alertmanager.mend()


def why(read: Callable[[], Any]) -> str:
    with pytest.raises(FactUnavailable) as caught:
        read()
    return caught.value.diagnostics()


class TestRules:
    """What a rule says."""

    def test_the_recorded_rules_are_told_with_whom_they_wake(self, stack: Stack) -> None:
        rules = {one.name: one for one in AlertRules().collect(stack.desk()).value}
        down, slow = rules["ExplorerBackendDown"], rules["ExplorerSlow"]
        assert down.wakes_somebody
        assert down.is_evaluated
        assert not slow.wakes_somebody
        assert down.runbook_url == "https://wiki.example.org/explorer/runbook#backend-down"
        assert (down.state, down.lasts, down.labels["severity"]) == ("inactive", 120, "page")
        assert down.seen.endswith("(inactive), tells on-call by pagerduty")
        assert slow.receivers.seen == "chat by webhook"

    def test_a_rule_is_about_its_series_and_its_words(self, stack: Stack) -> None:
        stack.rule('absent(up{job="a"}) or rate(errors_total[5m]) > 1')
        rule = stack.only()
        assert rule.series == ("up", "errors_total")
        assert rule.is_about("up")
        assert rule.is_about("[5m]")
        assert not rule.is_about("requests_total")

    def test_what_is_no_expression_is_about_no_series(self, stack: Stack) -> None:
        stack.rule("up{")
        rule = stack.only()
        assert rule.series == ()
        assert rule.is_about("up")

    def test_rules_of_others_are_left_out(self, stack: Stack) -> None:
        def told(expression: str, **labels: str) -> int:
            stack.prometheus.mend()
            stack.rule(expression, **labels)
            return len(AlertRules().collect(stack.desk(service="explorer")).value)

        assert told("up == 0", service="explorer") == 1
        assert told('up{service="explorer"} == 0') == 1
        assert told('up{service="faucet"} == 0', severity="page") == 0

    def test_a_rule_without_runbook_or_evaluation_shows(self, stack: Stack) -> None:
        rule = {"name": "One", "query": "x", "type": "alerting", "health": "err", "lastError": "no"}
        stack.tell("rules", {"groups": [{"rules": [rule]}]})
        found = stack.only()
        assert (found.runbook_url, found.is_evaluated, found.evaluated) == ("", False, None)
        assert found.seen.startswith("x (err: no)")


class TestWhomItTells:
    """Routes, with labels that are known and that are not."""

    PAGES = ({"matchers": ['severity="page"'], "receiver": "pager"},)

    def test_a_label_that_neither_rule_nor_series_have_matches_nothing(self, stack: Stack) -> None:
        stack.rule("up == 0")
        stack.route(*self.PAGES)
        stack.series({})
        assert not stack.only().wakes_somebody

    def test_labels_of_the_series_decide_where_the_rule_has_none(self, stack: Stack) -> None:
        stack.rule("errors > 0")
        stack.route(*self.PAGES)
        stack.series({"severity": "page"})
        assert stack.only().wakes_somebody

    def test_series_that_reach_different_people_make_it_unknown(self, stack: Stack) -> None:
        stack.rule("errors > 0")
        stack.route(*self.PAGES)
        stack.series({"severity": "page"}, {"severity": "low"})
        told = why(lambda: stack.only().wakes_somebody)
        assert "depends on the series' severity whether One wakes somebody" in told
        assert "on the rule itself" in told

    def test_a_sum_may_lack_what_its_series_have(self, stack: Stack) -> None:
        stack.rule("sum(errors) > 0")
        stack.route(*self.PAGES)
        stack.series({"severity": "page"})
        assert "depends on" in why(lambda: stack.only().wakes_somebody)

    def test_a_label_made_by_a_template_is_not_known(self, stack: Stack) -> None:
        stack.rule("errors > 0", severity="{{ $labels.level }}")
        stack.route(*self.PAGES)
        stack.series({})
        assert not stack.only().wakes_somebody

    def test_labels_that_are_added_on_the_way_decide_too(self, stack: Stack) -> None:
        stack.rule("up == 0")
        stack.route({"matchers": ["cluster=production"], "receiver": "pager"})
        assert stack.only().wakes_somebody

    def test_an_expression_that_nobody_understands_makes_it_unknown(self, stack: Stack) -> None:
        stack.rule("up{")
        stack.route(*self.PAGES)
        assert "the expression of One is not understood" in why(lambda: stack.only().wakes_somebody)

    def test_too_many_series_are_not_gone_through(self, stack: Stack) -> None:
        stack.rule("errors > 0")
        stack.route(*self.PAGES)
        stack.series(*({"severity": str(number)} for number in range(2001)))
        assert "more than 2000 different labels" in why(lambda: stack.only().wakes_somebody)

    def test_a_silence_lets_nobody_wake(self, stack: Stack) -> None:
        stack.rule("up == 0", severity="page")
        stack.silence(createdBy="bo", endsAt="2026-11-21T00:00:00Z")
        rule = stack.only()
        assert not rule.wakes_somebody
        assert rule.receivers.seen.endswith("silenced: by bo until 2026-11-21 00:00")

    def test_a_silence_over_one_series_lets_the_others_wake(self, stack: Stack) -> None:
        stack.rule("up == 0", severity="page")
        stack.silence(matchers=[{"name": "instance", "value": "a", "isRegex": False}])
        stack.series({"instance": "a"}, {"instance": "b"})
        rule = stack.only()
        assert rule.wakes_somebody
        assert rule.receivers.seen.endswith("silenced in part: by s1")
        stack.prometheus.mend()
        stack.rule("up == 0", severity="page")
        stack.series({"instance": "a"})
        assert not stack.only().wakes_somebody

    def test_a_silence_of_nobody_is_told_by_its_id(self, stack: Stack) -> None:
        stack.rule("up == 0", severity="page")
        stack.silence()
        assert stack.only().receivers.reading.silences == ("by s1",)

    def test_a_route_that_is_muted_at_times_wakes_nobody_then(self, stack: Stack) -> None:
        stack.rule("up == 0", severity="page")
        hours = {"times": [{"start_time": "22:00", "end_time": "24:00"}]}
        route = {
            "receiver": "pager",
            "mute_time_intervals": ["late"],
            "matchers": ["severity=page"],
        }
        whole = {
            "route": {"receiver": "chat", "routes": [route]},
            "receivers": [{"name": "chat"}, {"name": "pager", "pagerduty_configs": [{}]}],
            "time_intervals": [{"name": "late", "time_intervals": [hours]}],
        }
        written = {"config": {"original": json.dumps(whole)}}
        stack.spoil(stack.alertmanager, "status", written)
        rule = stack.only()
        assert not rule.wakes_somebody
        assert rule.receivers.seen == "pager by pagerduty, muted in 14 hours of a week"


class TestWhatGoesWrong:
    """An Alertmanager that is silent while Prometheus answers, and one that gets no alerts."""

    def test_a_silent_alertmanager_hides_no_rule(self, stack: Stack) -> None:
        rules = AlertRules().collect(stack.desk(url=NOWHERE)).value
        assert len(rules) > 10
        assert "refused" in why(lambda: rules[0].wakes_somebody)

    def test_alerts_that_go_elsewhere_are_not_followed(self, stack: Stack) -> None:
        told = why(lambda: AlertRules().collect(stack.desk(known_as="x:1")).value[0].wakes_somebody)
        assert f"Prometheus sends alerts to {KNOWN_AS}, and not to 127.0.0.1:" in told

    def test_alerts_that_go_nowhere_are_told(self, stack: Stack) -> None:
        stack.tell("alertmanagers", {"activeAlertmanagers": []})
        told = why(lambda: AlertRules().collect(stack.desk()).value[0].wakes_somebody)
        assert "Prometheus sends alerts to nobody" in told
