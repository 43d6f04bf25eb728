"""Signals that say when to scale: each way in which an alarm on one may be worth nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from pytest_orr.collect.alarms import Alarm, Route
from pytest_orr.collect.saturation_signals import (
    SaturationSignal,
    SaturationSignals,
    WatchedSignal,
)
from pytest_orr.errors import Undeclared
from pytest_orr.profile.schema import Saturation, Scaling

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
CONNECTIONS = Saturation(
    name="connections",
    namespace="AWS/RDS",
    metric="DatabaseConnections",
    dimensions={"DBInstanceIdentifier": "explorer"},
    capacity=50,
)
REQUESTS = Saturation(name="requests", alarm="explorer-requests", capacity=14400)


def signals(account: Any, *declared: Saturation) -> dict[str, SaturationSignal]:
    desk = account.desk(also={"scaling": Scaling(saturation=declared)})
    return {one.name: one.reading for one in SaturationSignals().collect(desk).value}


def test_alarms_are_found_by_metric_and_by_name(grown: Any) -> None:
    account = grown(part="alarms")
    balancer = account.ids["load_balancer"].partition(":loadbalancer/")[2]
    account.client("cloudwatch").put_metric_data(
        Namespace="AWS/ApplicationELB",
        MetricData=[
            {
                "MetricName": "RequestCount",
                "Dimensions": [{"Name": "LoadBalancer", "Value": balancer}],
                "Timestamp": AS_OF,
                "Value": 7000.0,
            }
        ],
    )
    found = signals(account, CONNECTIONS, REQUESTS)
    assert {name: one.obstacle(0.8, AS_OF, 15) for name, one in found.items()} == {
        "connections": "",
        "requests": "",
    }
    [watched] = found["connections"].watched
    assert watched.last_sample == AS_OF - dt.timedelta(minutes=5)
    assert found["connections"].seen == (
        "AWS/RDS DatabaseConnections DBInstanceIdentifier=explorer, tested up to 50:"
        " explorer-connections: OK, GreaterThanOrEqualToThreshold 40, actions on, to"
        " arn:aws:sns:eu-central-1:123456789012:explorer-scaling (1 confirmed); last sample"
        " 2026-11-19 23:55 UTC"
    )
    assert found["requests"].what == "alarm explorer-requests"


@pytest.mark.parametrize(
    ("fault", "obstacle"),
    [
        ("saturation-alarm-missing", "nothing watches it"),
        ("saturation-alarm-silent", "its actions are off"),
        ("saturation-alarm-late", "it goes off at 45, which is later than 40"),
        ("saturation-alarm-falling", "it does not go off when the signal rises"),
        ("saturation-alarm-unrouted", "it notifies no topic with a confirmed subscription"),
        ("saturation-data-stale", "its metric has no fresh sample"),
    ],
)
def test_an_alarm_that_warns_nobody_in_time_is_told(grown: Any, fault: str, obstacle: str) -> None:
    found = signals(grown(fault, part="alarms"), CONNECTIONS)["connections"]
    assert found.obstacle(0.8, AS_OF, 15) == obstacle
    assert found.seen.startswith("AWS/RDS DatabaseConnections")


def test_without_declared_signals_nobody_is_asked(empty_account: Any) -> None:
    with pytest.raises(Undeclared, match=r"no \[\[scaling.saturation\]\]"):
        signals(empty_account)


ALARM = Alarm(
    arn="arn",
    name="low-memory",
    account="123456789012",
    region="eu-central-1",
    metrics=(),
    comparison="LessThanThreshold",
    threshold=1250.0,
    actions_enabled=True,
    state="OK",
    routes=(Route(target="arn:aws:sns:eu-central-1:123456789012:t", confirmed=1),),
)
WATCHED = WatchedSignal(alarm=ALARM, last_sample=AS_OF)
MEMORY = SaturationSignal(
    name="free memory",
    what="alarm low-memory",
    falls=True,
    capacity=1000,
    watched=(WATCHED,),
)


def test_a_signal_that_falls_is_watched_from_above() -> None:
    assert MEMORY.obstacle(0.8, AS_OF, 15) == ""
    late = replace(WATCHED, alarm=replace(ALARM, threshold=1100.0))
    assert replace(MEMORY, watched=(late,)).obstacle(0.8, AS_OF, 15) == (
        "it goes off at 1100, which is later than 1250"
    )
    rising = replace(WATCHED, alarm=replace(ALARM, comparison="GreaterThanThreshold"))
    assert replace(MEMORY, watched=(rising,)).obstacle(0.8, AS_OF, 15) == (
        "it does not go off when the signal falls"
    )


def test_one_good_alarm_is_enough_and_others_are_told() -> None:
    silent = replace(WATCHED, alarm=replace(ALARM, actions_enabled=False))
    anomalies = replace(WATCHED, alarm=replace(ALARM, threshold=None))
    assert replace(MEMORY, watched=(silent, WATCHED)).obstacle(0.8, AS_OF, 15) == ""
    assert replace(MEMORY, watched=(silent, anomalies, silent)).obstacle(0.8, AS_OF, 15) == (
        "its actions are off; it does not go off when the signal falls"
    )


def test_a_sample_may_be_as_old_as_the_profile_says() -> None:
    old = replace(WATCHED, last_sample=AS_OF - dt.timedelta(minutes=15))
    assert replace(MEMORY, watched=(old,)).obstacle(0.8, AS_OF, 15) == ""
    older = replace(WATCHED, last_sample=AS_OF - dt.timedelta(minutes=16))
    assert replace(MEMORY, watched=(older,)).obstacle(0.8, AS_OF, 15)
