"""Alarms with their routes, and series of metrics, as CloudWatch and SNS tell them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import Place
from pytest_orr.collect.alarms import Alarm, Route, read_alarms
from pytest_orr.collect.metrics import Metric, Series, Span, read_series
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Place(account="123456789012", region="eu-central-1")
NOON = dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC)
REQUESTS = Metric(
    namespace="Explorer", name="Requests", dimensions=(("Service", "explorer"), ("Tier", "api"))
)
PART = "PartialData"
TOPIC = "arn:aws:sns:eu-central-1:{}:pages"
ALARM = Alarm(
    arn="arn:aws:cloudwatch:eu-central-1:123456789012:alarm:busy",
    name="busy",
    account="123456789012",
    region="eu-central-1",
    metrics=(REQUESTS,),
    statistic="Sum",
    comparison="GreaterThanThreshold",
    threshold=190.0,
    actions_enabled=True,
    state="OK",
)


def to(*targets: str, confirmed: int = 0) -> Alarm:
    return replace(ALARM, routes=tuple(Route(target=one, confirmed=confirmed) for one in targets))


def put(account: Any, at: dt.datetime, value: float, **more: Any) -> None:
    dimensions = [{"Name": name, "Value": value} for name, value in REQUESTS.dimensions]
    datum = {"MetricName": "Requests", "Dimensions": dimensions, "Timestamp": at, "Value": value}
    account.client("cloudwatch").put_metric_data(Namespace="Explorer", MetricData=[datum | more])


class TestAnAlarm:
    def test_is_read_with_what_it_watches_and_whom_it_tells(self, empty_account: Any) -> None:
        sns = empty_account.client("sns")
        topic = sns.create_topic(Name="pages")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ana@example.org")
        empty_account.client("cloudwatch").put_metric_alarm(
            AlarmName="busy",
            Namespace="Explorer",
            MetricName="Requests",
            Dimensions=[
                {"Name": "Tier", "Value": "api"},
                {"Name": "Service", "Value": "explorer"},
            ],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=3,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=190.0,
            AlarmActions=[topic],
        )
        [alarm] = read_alarms(empty_account.access(), HERE)
        assert alarm == replace(ALARM, routes=(Route(target=topic, confirmed=1),))
        assert alarm.seen == (
            "busy: OK, GreaterThanThreshold 190, actions on, to "
            "arn:aws:sns:eu-central-1:123456789012:pages (1 confirmed)"
        )

    def test_on_an_expression_watches_each_metric_of_it(self, empty_account: Any) -> None:
        stat = {
            "Metric": {"Namespace": "Explorer", "MetricName": "Requests", "Dimensions": []},
            "Period": 60,
            "Stat": "Sum",
        }
        empty_account.client("cloudwatch").put_metric_alarm(
            AlarmName="busy",
            Metrics=[
                {"Id": "a", "MetricStat": stat, "ReturnData": False},
                {"Id": "b", "Expression": "a / 60", "ReturnData": True},
            ],
            EvaluationPeriods=1,
            ComparisonOperator="LessThanThreshold",
            Threshold=1.0,
        )
        [alarm] = read_alarms(empty_account.access(), HERE)
        assert (alarm.metrics, alarm.statistic, alarm.rises) == (
            (Metric(namespace="Explorer", name="Requests"),),
            "",
            False,
        )
        assert alarm.seen.endswith("LessThanThreshold 1, actions on, to nobody")

    def test_on_anomalies_has_no_threshold(self) -> None:
        assert replace(ALARM, threshold=None).seen.startswith("busy: OK, anomalies")

    def test_without_any_there_is_nobody_to_ask_about_subscriptions(
        self, empty_account: Any
    ) -> None:
        empty_account.progress.clear()
        assert read_alarms(empty_account.access(), HERE) == ()
        assert not [line for line in empty_account.progress if "sns" in line]


class TestARoute:
    def test_reaches_somebody_by_a_confirmed_subscription(self) -> None:
        assert to(TOPIC.format("123456789012"), confirmed=1).reaches_somebody

    @pytest.mark.parametrize(
        "target", [TOPIC.format("123456789012"), "arn:aws:automate:eu-central-1:ec2:reboot"]
    )
    def test_reaches_nobody_otherwise(self, target: str) -> None:
        assert not to(target).reaches_somebody

    def test_to_a_topic_of_another_account_is_not_known(self) -> None:
        with pytest.raises(FactUnavailable, match="are known to its own account alone"):
            to(TOPIC.format("999999999999")).reaches_somebody  # noqa: B018 reading it is the test


class TestASeries:
    SPAN = Span(start=NOON, end=NOON + dt.timedelta(minutes=5), period=60)

    def test_has_a_value_for_each_period_with_data(self, empty_account: Any) -> None:
        for minute, value in ((0, 3.0), (0, 4.0), (3, 9.0)):
            put(empty_account, NOON + dt.timedelta(minutes=minute, seconds=10), value)
        put(empty_account, NOON + dt.timedelta(minutes=7), 1000.0)
        nothing = replace(REQUESTS, name="Nothing")
        busy, idle = read_series(
            empty_account.access(), HERE, [(REQUESTS, "Sum"), (nothing, "Average")], self.SPAN
        )
        third = NOON + dt.timedelta(minutes=3)
        assert busy.points == ((NOON, 7.0), (third, 9.0))
        assert (busy.values, busy.last) == ((7.0, 9.0), third)
        assert idle == Series(metric=nothing, statistic="Average")
        assert idle.last is None

    def test_of_more_metrics_than_one_request_takes_comes_whole(self, empty_account: Any) -> None:
        put(empty_account, NOON, 1.0)
        access, wanted = empty_account.access(), [(REQUESTS, "Sum")] * 501
        empty_account.progress.clear()
        found = read_series(access, HERE, wanted, self.SPAN)
        asked = [line for line in empty_account.progress if "GetMetricData" in line]
        assert (len(found), {one.values for one in found}, len(asked)) == (501, {(1.0,)}, 2)

    @pytest.mark.parametrize(
        ("parts", "values"),
        [
            (
                (
                    {"Id": "q0", "Timestamps": [NOON], "Values": [1.0], "StatusCode": PART},
                    {"Id": "q0", "Timestamps": [], "Values": [], "StatusCode": "Complete"},
                ),
                (1.0,),
            ),
            (
                ({"Id": "q0", "Timestamps": [], "Values": [], "StatusCode": "InternalError"},),
                "whole of Explorer Requests Service=explorer, Tier=api: InternalError",
            ),
            ((), "no answer"),
        ],
        ids=["in two pages", "that failed", "that was left out"],
    )
    def test_is_had_whole_or_not_at_all(
        self,
        empty_account: Any,
        monkeypatch: pytest.MonkeyPatch,
        parts: tuple[Mapping[str, Any], ...],
        values: tuple[float, ...] | str,
    ) -> None:
        access = empty_account.access()
        listing: Callable[..., Any] = lambda *_, **__: parts  # noqa: E731 AWS's answer, in one line
        monkeypatch.setattr(access, "listing", listing)
        if isinstance(values, tuple):
            [series] = read_series(access, HERE, [(REQUESTS, "Sum")], self.SPAN)
            assert series.values == values
        else:
            with pytest.raises(FactUnavailable, match=values):
                read_series(access, HERE, [(REQUESTS, "Sum")], self.SPAN)
