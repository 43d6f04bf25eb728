"""Target groups of the service's balancers, and who is told when one of their hosts fails."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.alarms import Alarm, Route
from pytest_orr.collect.metrics import Metric
from pytest_orr.collect.watching import unhealthy_host_alarms
from pytest_orr.collect.watching.unhealthy_host_alarms import HostAlarms, UnhealthyHostAlarms
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

TOPIC = "arn:aws:sns:eu-central-1:123456789012:pages"
GROUP = (("TargetGroup", "targetgroup/explorer/1"),)
COUNTED = Metric(namespace="AWS/ApplicationELB", name="UnHealthyHostCount", dimensions=GROUP)
LEFT = Metric(namespace="AWS/NetworkELB", name="HealthyHostCount", dimensions=GROUP)
ALARM = Alarm(
    arn="arn:aws:cloudwatch:eu-central-1:123456789012:alarm:hosts",
    name="hosts",
    account="123456789012",
    region="eu-central-1",
    metrics=(COUNTED,),
    statistic="Maximum",
    comparison="GreaterThanThreshold",
    threshold=0.0,
    actions_enabled=True,
    state="OK",
    routes=(Route(target=TOPIC, confirmed=1),),
)


def test_a_group_has_the_alarms_that_count_its_hosts(sound_account: Any) -> None:
    found = {one.arn: one for one in UnhealthyHostAlarms().collect(sound_account.desk()).value}

    group = found[sound_account.ids["target_group"]]
    assert group.name == "explorer-backend"
    assert [one.name for one in group.alarms.reading.alarms] == ["explorer-unhealthy-hosts"]
    assert group.seen.startswith("explorer-unhealthy-hosts: OK, GreaterThanOrEqualToThreshold 1")
    assert group.alarms.reading.gap == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"comparison": "LessThanThreshold"}, "hosts goes off when its hosts are well"),
        ({"metrics": (LEFT,), "comparison": "LessThanThreshold"}, ""),
        ({"metrics": (LEFT,)}, "hosts goes off when its hosts are well"),
        ({"state": "INSUFFICIENT_DATA"}, "hosts has insufficient data"),
        ({"actions_enabled": False}, "the actions of hosts are off"),
        ({"routes": ()}, "hosts notifies nobody"),
        ({"routes": (Route(target=TOPIC),)}, "hosts notifies nobody"),
        (
            {"routes": (Route(target="arn:aws:ssm-incidents::123456789012:response-plan/x"),)},
            "",
        ),
    ],
)
def test_an_alarm_tells_somebody_of_hosts_that_fail_or_says_why_not(
    change: dict[str, Any], words: str
) -> None:
    assert HostAlarms(alarms=(replace(ALARM, **change),)).gap == words


def test_no_alarm_and_a_topic_of_another_account_are_told_apart() -> None:
    assert HostAlarms().gap == "no alarm watches its unhealthy hosts"
    assert HostAlarms().seen == "no alarms"
    foreign = Route(target=TOPIC.replace("123456789012", "999999999999"))
    with pytest.raises(FactUnavailable, match="known to its own account alone"):
        _ = HostAlarms(alarms=(replace(ALARM, routes=(foreign,)),)).gap


def test_a_service_outside_aws_has_no_groups() -> None:
    desk: Any = SimpleNamespace(profile=SimpleNamespace(aws=None))

    assert UnhealthyHostAlarms().collect(desk).value == ()


def test_alarms_that_are_denied_hide_no_group(
    sound_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any) -> Any:
        raise FactUnavailable("cloudwatch:DescribeAlarms is denied", "allow it")

    monkeypatch.setattr(unhealthy_host_alarms, "read_speaking_alarms", denied)
    groups = UnhealthyHostAlarms().collect(sound_account.desk()).value

    assert "explorer-backend" in {one.name for one in groups}
    with pytest.raises(FactUnavailable, match="DescribeAlarms is denied"):
        _ = groups[0].alarms.reading


def test_an_account_without_balancers_has_no_groups(empty_account: Any) -> None:
    assert UnhealthyHostAlarms().collect(empty_account.desk()).value == ()


def test_hosts_that_nobody_watches_fail_in_silence(account_with: Callable[..., Any]) -> None:
    account = account_with("unhealthy-alarm-missing")

    found = {one.arn: one for one in UnhealthyHostAlarms().collect(account.desk()).value}

    group = found[account.ids["target_group"]]
    assert group.alarms.reading.gap == "no alarm watches its unhealthy hosts"
