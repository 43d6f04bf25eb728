"""Saturation signals in Prometheus: each way in which a rule on one may be worth nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.alertmanager import Receiver
from pytest_orr.collect.parts import Part
from pytest_orr.collect.saturation_signals import SaturationSignal, SaturationSignals
from pytest_orr.collect.watching.alert_rules import AlertRuleFact, Reached
from pytest_orr.collect.watching.saturation_rules import WatchedSeries, watched_series
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable
from pytest_orr.profile.schema import Saturation, Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
SILENT: Part[Reached] = Part(name="r", unavailable=Unavailable(cause="it is silent", remedy="mend"))
ON_CALL = Receiver(name="on-call", kinds=("pagerduty",), wakes=True)
NOBODY = Receiver(name="nobody", kinds=(), wakes=False)


def reached(receiver: Receiver) -> Part[Reached]:
    return Part(name="r", observed=Reached(receivers=(receiver,)))


RULE = AlertRuleFact(
    name="ExplorerQueueFills",
    group="explorer",
    expression="explorer_queue_length > 0.8 * 500",
    labels={"severity": "page"},
    runbook_url="",
    health="ok",
    state="inactive",
    evaluated=AS_OF,
    lasts=60.0,
    error="",
    receivers=reached(ON_CALL),
)
WATCHED = WatchedSeries(rule=RULE, last_sample=AS_OF)
QUEUE = SaturationSignal(
    name="queue", what="explorer_queue_length", falls=False, capacity=500, rules=(WATCHED,)
)


def of_rule(**change: Any) -> SaturationSignal:
    watched = {key: change.pop(key) for key in ("last_sample", "is_about_it") if key in change}
    rule = replace(RULE, **change)
    return replace(QUEUE, rules=(replace(WATCHED, rule=rule, **watched),))


def test_a_rule_that_wakes_somebody_in_time_has_no_obstacle() -> None:
    assert QUEUE.obstacle(0.8, AS_OF, 15) == ""
    assert QUEUE.seen == (
        "explorer_queue_length, tested up to 500: ExplorerQueueFills: "
        "explorer_queue_length > 0.8 * 500 (inactive), tells on-call by pagerduty; "
        "last sample 2026-11-20 00:00 UTC"
    )
    falling = replace(QUEUE, falls=True, capacity=100)
    free = replace(RULE, expression="explorer_queue_free < 125")
    good = replace(falling, rules=(replace(WATCHED, rule=free),))
    assert good.obstacle(0.8, AS_OF, 15) == ""


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"is_about_it": False}, "its expression does not ask for the series"),
        ({"health": "err"}, "Prometheus does not evaluate it (err)"),
        ({"evaluated": None}, "Prometheus does not evaluate it (ok)"),
        ({"expression": "explorer_queue_length > 450"}, "it goes off at 450, which is later than"),
        ({"expression": "explorer_queue_length < 4"}, "it does not go off when the signal rises"),
        ({"last_sample": AS_OF - dt.timedelta(minutes=16)}, "its series has no fresh sample"),
        ({"last_sample": None}, "its series has no fresh sample"),
        ({"receivers": reached(NOBODY)}, "it wakes nobody"),
    ],
)
def test_a_rule_that_warns_nobody_in_time_is_told(change: Any, obstacle: str) -> None:
    assert of_rule(**change).obstacle(0.8, AS_OF, 15).startswith(obstacle)


def test_a_rule_on_a_signal_that_falls_must_go_off_early() -> None:
    free = of_rule(expression="explorer_queue_free < 110")
    falling = replace(free, falls=True, capacity=100)
    assert falling.obstacle(0.8, AS_OF, 15) == "it goes off at 110, which is later than 125"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"receivers": SILENT}, "it is silent"),
        ({"expression": "deriv(explorer_queue_length[5m]) > on () x"}, "is no comparison of one"),
    ],
)
def test_what_nobody_can_tell_of_a_rule_is_unknown_unless_it_fails_anyway(
    change: Any, why: str
) -> None:
    signal = of_rule(**change)
    with pytest.raises(FactUnavailable, match=why):
        signal.obstacle(0.8, AS_OF, 15)
    assert of_rule(**change, last_sample=None).obstacle(0.8, AS_OF, 15)
    one_is_good = replace(signal, rules=(*signal.rules, WATCHED))
    assert one_is_good.obstacle(0.8, AS_OF, 15) == ""


def test_a_signal_without_a_rule_is_watched_by_nothing() -> None:
    assert replace(QUEUE, rules=()).obstacle(0.8, AS_OF, 15) == "nothing watches it"
    assert replace(QUEUE, rules=()).seen.endswith("no alarm or rule; no sample")


@pytest.fixture
def desk(empty_account: Any, told_prometheus: Any) -> Callable[..., Desk]:
    """A desk whose Prometheus has one rule: ``desk(signal, …)``."""
    told_prometheus.rules = [
        {
            "type": "alerting",
            "name": "ExplorerQueueFills",
            "query": 'explorer_queue_length{service="explorer"} > 400',
            "labels": {"service": "explorer"},
            "health": "ok",
            "state": "inactive",
            "duration": 60,
            "lastEvaluation": "2026-11-20T00:00:00Z",
        }
    ]
    told_prometheus.samples('explorer_queue_length{service="explorer"}', AS_OF, service="explorer")

    def make(*signals: Saturation) -> Desk:
        also = {
            "scaling": Scaling(saturation=signals),
            "prometheus": told_prometheus.declared(service="explorer"),
        }
        made: Desk = empty_account.desk(also=also)
        return replace(made, prometheus=told_prometheus.client(service="explorer"))

    return make


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, True),
        ({"rule": "ExplorerQueueFills"}, True),
        ({"rule": "ExplorerSlow"}, None),
        ({"series": "explorer_other"}, None),
        ({"series": "explorer_other", "rule": "ExplorerQueueFills"}, False),
    ],
)
def test_rules_are_found_by_name_or_by_what_they_ask_for(
    desk: Callable[..., Desk], keys: dict[str, str], *, found: bool | None
) -> None:
    named = {"series": "explorer_queue_length", **keys}
    signal = Saturation(name="queue", capacity=500, **named)  # type: ignore[arg-type] # texts alone
    watched = watched_series(desk(signal), signal)
    assert [one.is_about_it for one in watched] == ([] if found is None else [found])
    assert [one.last_sample for one in watched] == [AS_OF if found else None] * len(watched)


def test_signals_are_read_by_themselves(desk: Callable[..., Desk], told_prometheus: Any) -> None:
    queue = Saturation(name="queue", series="explorer_queue_length", capacity=500)
    alarm = Saturation(name="requests", alarm="explorer-requests", capacity=14400)
    found = {one.name: one for one in SaturationSignals().collect(desk(queue, alarm)).value}
    assert [*found] == ["queue", "requests"]
    assert found["queue"].seen.startswith("explorer_queue_length, tested up to 500: Explorer")
    assert found["requests"].seen.endswith("no alarm or rule; no sample")
    told_prometheus.status = 500
    found = {one.name: one for one in SaturationSignals().collect(desk(queue, alarm)).value}
    assert found["queue"].unavailable is not None
    assert found["requests"].observed is not None
