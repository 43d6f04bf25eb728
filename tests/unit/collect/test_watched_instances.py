"""Who is told when an instance's load rises: alarms, their routes, measurements and inventory."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.alarms import Alarm, Route
from pytest_orr.collect.instances import Instance, hosts_of
from pytest_orr.collect.machine_alarms import LoadAlarm, Watch
from pytest_orr.collect.metrics import Metric
from pytest_orr.collect.place_alarms import place_alarms, read_place_alarms
from pytest_orr.collect.watched_instances import Samples, WatchedInstances
from pytest_orr.errors import FactUnavailable, NothingFound, Undeclared
from pytest_orr.profile.hosts import machines_of
from pytest_orr.profile.schema import Compute, HostGroup

if TYPE_CHECKING:
    from collections.abc import Callable

ITEM = "compute.vps.cloudwatch"
FIRST = "explorer-backend-1"
HOSTS = (FIRST, "explorer-backend-2", "explorer-jump")
CPU = Metric(namespace="AWS/EC2", name="CPUUtilization", dimensions=(("InstanceId", "i-1"),))
TOPIC = "arn:aws:sns:eu-central-1:123456789012:pages"
ALARM = Alarm(
    arn="arn:aws:cloudwatch:eu-central-1:123456789012:alarm:busy",
    name="busy",
    account="123456789012",
    region="eu-central-1",
    metrics=(CPU,),
    statistic="Average",
    comparison="GreaterThanThreshold",
    threshold=80.0,
    actions_enabled=True,
    state="OK",
    routes=(Route(target=TOPIC, confirmed=1),),
)
INSTANCE = Instance(
    declared_by=("tags",),
    id="i-1",
    account="123456789012",
    region="eu-central-1",
    state="running",
    type="t3.medium",
    image="ami-1",
)


def gap_of(alarm: Alarm, metric: str = "CPUUtilization", **more: Any) -> str:
    return LoadAlarm(metric=metric, alarm=alarm, **more).obstacle


def raw_alarm(name: str, **more: Any) -> dict[str, Any]:
    """Return an alarm as CloudWatch describes it."""
    return {
        "AlarmArn": f"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{name}",
        "AlarmName": name,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 80.0,
        "ActionsEnabled": True,
        "StateValue": "OK",
        **more,
    }


@pytest.fixture
def answering(empty_account: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return an access whose listings are AWS's answers as dictionaries, by their key."""

    def make(**answers: list[dict[str, Any]]) -> Any:
        access = empty_account.access()
        listing: Callable[..., Any] = lambda _, __, key, **___: answers.get(key, ())  # noqa: E731 AWS's answer, in one line
        monkeypatch.setattr(access, "listing", listing)
        return access

    return make


class TestTheItem:
    def test_passes_when_every_machine_is_watched_and_listed(
        self, machines_with: Any, judge: Any, hosts_of_the_example: dict[str, Any]
    ) -> None:
        desk = machines_with().desk(also=hosts_of_the_example)
        findings = judge(ITEM, desk)
        assert {one.outcome for one in findings} == {"pass"}
        loads = ("cpu", "status", "memory", "disk")
        watched = {f"{host}: {load}" for host in HOSTS for load in loads}
        assert {one.subject for one in findings} == {*HOSTS, *watched}

    @pytest.mark.parametrize(
        ("fault", "subject", "says"),
        [
            ("agent-silent", f"{FIRST}: memory", "it was not measured in the last 15 minutes"),
            ("alarm-at-150-percent", f"{FIRST}: cpu", "above 150, which is never reached"),
            ("alarm-missing", f"{FIRST}: cpu", "no alarm watches its cpu"),
            ("alarm-without-actions", f"{FIRST}: cpu", f"the actions of {FIRST}-CPU"),
            ("alarm-without-data", f"{FIRST}: cpu", "has insufficient data"),
        ],
    )
    def test_fails_by_the_name_of_what_was_planted_alone(
        self,
        machines_with: Any,
        failures: Any,
        hosts_of_the_example: dict[str, Any],
        *,
        fault: str,
        subject: str,
        says: str,
    ) -> None:
        found = failures(ITEM, machines_with(fault).desk(also=hosts_of_the_example))
        assert list(found) == [subject]
        assert says in found[subject]

    def test_fails_for_all_when_nobody_confirmed_the_topic(
        self, machines_with: Any, failures: Any, hosts_of_the_example: dict[str, Any]
    ) -> None:
        found = failures(ITEM, machines_with("topic-unconfirmed").desk(also=hosts_of_the_example))
        assert len(found) == 12
        assert all("no subscription confirmed" in detail for detail in found.values())

    def test_compares_instances_and_hosts_both_ways(
        self, machines_with: Any, failures: Any
    ) -> None:
        hosts = (HostGroup(names=(FIRST, "explorer-backend-3", "explorer-jump")),)
        desk = machines_with().desk(also={"hosts": hosts})
        there = WatchedInstances().collect(desk).value.found
        unlisted = next(one for one in there if not one.instance.host)
        found = failures(ITEM, desk)
        assert set(found) == {unlisted.name, "explorer-backend-3"}
        assert "no host of [[hosts]] is this instance alone" in found[unlisted.name]
        assert "explorer-backend-2" in found[unlisted.name]

    def test_does_not_know_what_to_compare_with_without_hosts(
        self, machines_with: Any, judge: Any
    ) -> None:
        findings = judge(ITEM, machines_with().desk())
        unknown = {one.detail for one in findings if one.outcome == "unknown"}
        assert unknown == {"readiness.toml declares no [[hosts]]"}

    def test_finds_nothing_in_an_empty_account(self, empty_account: Any, judge: Any) -> None:
        with pytest.raises(NothingFound, match="no instance of the service found"):
            judge(ITEM, empty_account.desk())

    def test_fails_for_an_instance_that_does_not_run_and_asks_no_more_of_it(
        self, machines_with: Any, failures: Any, hosts_of_the_example: dict[str, Any]
    ) -> None:
        account = machines_with()
        account.client("ec2").stop_instances(InstanceIds=[account.ids["instances"][0]])
        found = failures(ITEM, account.desk(also=hosts_of_the_example))
        assert list(found) == [FIRST]
        assert "it does not run" in found[FIRST]

    def test_asks_only_for_the_loads_that_the_profile_wants_watched(
        self, machines_with: Any, judge: Any, hosts_of_the_example: dict[str, Any]
    ) -> None:
        also = {**hosts_of_the_example, "compute": Compute(watched=("status",))}
        findings = judge(ITEM, machines_with("agent-silent", "alarm-missing").desk(also=also))
        assert {one.outcome for one in findings} == {"pass"}


class TestAnAlarm:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({}, ""),
            ({"comparison": "LessThanThreshold"}, "busy goes off when it falls alone"),
            ({"comparison": "GreaterThanUpperThreshold", "threshold": None}, ""),
            ({"threshold": 100.0}, "busy goes off above 100, which is never reached"),
            ({"threshold": 100.0, "comparison": "GreaterThanOrEqualToThreshold"}, ""),
            ({"threshold": 300.0, "statistic": "Sum"}, ""),
            ({"state": "INSUFFICIENT_DATA"}, "busy has insufficient data"),
            ({"actions_enabled": False}, "the actions of busy are off"),
            ({"routes": ()}, "busy notifies nobody"),
            ({"routes": (Route(target="arn:aws:automate:x:ec2:reboot"),)}, "busy notifies nobody"),
            ({"routes": (Route(target=TOPIC),)}, "no subscription confirmed: busy"),
            ({"routes": (Route(target="arn:aws:ssm-incidents::1:response-plan/a"),)}, ""),
        ],
    )
    def test_has_an_obstacle_by_name_or_none(self, change: dict[str, Any], says: str) -> None:
        assert gap_of(replace(ALARM, **change)) == says

    @pytest.mark.parametrize(("threshold", "says"), [(0.0, ""), (1.0, "never reached")])
    def test_on_a_status_check_must_be_reached_by_one(self, threshold: float, says: str) -> None:
        assert says in gap_of(replace(ALARM, threshold=threshold), "StatusCheckFailed")

    def test_of_a_query_with_conditions_is_not_known(self) -> None:
        with pytest.raises(FactUnavailable, match="whether the query of busy selects it"):
            gap_of(ALARM, is_sure=False)

    def test_that_a_composite_alarm_hears_under_conditions_is_not_known(self) -> None:
        with pytest.raises(FactUnavailable, match="whether all tells somebody of busy"):
            gap_of(replace(ALARM, routes=()), above="all")
        assert gap_of(ALARM, above="all") == ""


class TestAWatch:
    FOREIGN = replace(ALARM, routes=(Route(target=TOPIC.replace("123456789012", "9" * 12)),))

    def watch(self, *alarms: Alarm, metric: str = "CPUUtilization") -> Watch:
        return Watch(alarms=tuple(LoadAlarm(metric=metric, alarm=one) for one in alarms))

    def test_has_no_gap_by_one_alarm_that_would_reach_somebody(self) -> None:
        deaf = replace(ALARM, name="scale-down", comparison="LessThanThreshold")
        assert self.watch(deaf, self.FOREIGN, ALARM).gap("cpu") == ""
        assert self.watch(ALARM).seen == "alarms busy on CPUUtilization"

    def test_tells_why_none_of_its_alarms_would(self) -> None:
        off, silent = replace(ALARM, actions_enabled=False), replace(ALARM, name="b", routes=())
        said = self.watch(off, silent).gap("cpu")
        assert said == "the actions of busy are off; b notifies nobody"
        assert Watch().gap("cpu") == "no alarm watches its cpu"
        assert Watch().seen == "no alarms"

    def test_is_unknown_when_a_topic_of_another_account_may_reach_somebody(self) -> None:
        with pytest.raises(FactUnavailable, match="known to its own account alone"):
            self.watch(self.FOREIGN, replace(ALARM, actions_enabled=False)).gap("cpu")

    def test_of_the_status_takes_both_halves_for_the_whole(self) -> None:
        of_host = LoadAlarm(metric="StatusCheckFailed_System", alarm=replace(ALARM, threshold=0.5))
        of_guest = replace(of_host, metric="StatusCheckFailed_Instance")
        assert Watch(alarms=(of_host, of_guest)).gap("status") == ""
        assert Watch(alarms=(of_host,)).gap("status") == "no alarm watches its status"
        off = replace(of_guest, alarm=replace(of_guest.alarm, actions_enabled=False))
        assert Watch(alarms=(of_host, off)).gap("status") == "the actions of busy are off"


class TestAlarmsOfAPlace:
    @pytest.mark.parametrize(
        ("dimensions", "instance", "watches"),
        [
            ((("InstanceId", "i-1"),), INSTANCE, True),
            ((("InstanceId", "i-2"),), INSTANCE, False),
            ((("AutoScalingGroupName", "web"),), INSTANCE, False),
            ((("AutoScalingGroupName", "web"),), replace(INSTANCE, group="web"), True),
            ((), INSTANCE, False),
        ],
    )
    def test_watch_an_instance_by_its_id_or_its_group(
        self, dimensions: tuple[tuple[str, str], ...], instance: Instance, *, watches: bool
    ) -> None:
        alarm = replace(ALARM, metrics=(replace(CPU, dimensions=dimensions),))
        place = place_alarms((alarm,), {}, {})
        assert bool(place.watching(instance, ("AWS/EC2",)).alarms) is watches
        assert not place.watching(instance, ("Other",)).alarms

    @pytest.mark.parametrize(("path", "watches"), [("/", True), ("/data", False)])
    def test_watch_the_disk_by_its_root_alone(self, path: str, *, watches: bool) -> None:
        dimensions = (("InstanceId", "i-1"), ("path", path))
        disk = Metric(namespace="CWAgent", name="disk_used_percent", dimensions=dimensions)
        place = place_alarms((replace(ALARM, metrics=(disk,)),), {}, {})
        assert bool(place.watching(INSTANCE, ("CWAgent",)).alarms) is watches

    def test_are_read_with_what_composite_alarms_do_for_them(self, answering: Any) -> None:
        rules = {
            "any": 'ALARM("plain") OR ALARM(arn:aws:cloudwatch:eu-central-1:1:alarm:other)',
            "calm": "ALARM('conditional') AND NOT ALARM(works)",
            "off": "ALARM(alone)",
        }
        metric = {
            "Namespace": "AWS/EC2",
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "InstanceId", "Value": "i-1"}],
        }
        access = answering(
            MetricAlarms=[
                raw_alarm(name, ActionsEnabled=False, **metric)
                for name in ("plain", "conditional", "alone")
            ],
            CompositeAlarms=[
                {
                    "AlarmName": name,
                    "AlarmRule": rule,
                    "ActionsEnabled": name != "off",
                    "AlarmActions": [TOPIC],
                }
                for name, rule in rules.items()
            ],
            Subscriptions=[{"TopicArn": TOPIC, "SubscriptionArn": f"{TOPIC}:1"}],
        )
        found = read_place_alarms(access, access.places[0])
        watch = found.watching(INSTANCE, ("AWS/EC2",))
        told = {one.alarm.name: (one.alarm.actions_enabled, one.above) for one in watch.alarms}
        assert told == {
            "alone": (False, ""),
            "conditional": (False, "calm"),
            "plain": (True, ""),
        }
        assert watch.gap("cpu") == ""

    @pytest.mark.parametrize(
        ("query", "selected"),
        [
            (
                'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId',
                [("CPUUtilization", True)],
            ),
            (
                "SELECT MAX(CPUUtilization) FROM \"AWS/EC2\" WHERE tag.env = 'a'",
                [("CPUUtilization", False)],
            ),
            ('SELECT MAX(RequestCount) FROM SCHEMA("AWS/ELB", LoadBalancer)', []),
            ("m1 / 60", []),
        ],
    )
    def test_watch_by_queries(
        self, answering: Any, query: str, selected: list[tuple[str, bool]]
    ) -> None:
        access = answering(
            MetricAlarms=[raw_alarm("busy", Metrics=[{"Id": "q", "Expression": query}])]
        )
        watch = read_place_alarms(access, access.places[0]).watching(INSTANCE, ("AWS/EC2",))
        assert [(one.metric, one.is_sure) for one in watch.alarms] == selected


class TestSamples:
    NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)

    def test_are_recent_up_to_the_limit(self) -> None:
        samples = Samples(last=(("CPUUtilization", self.NOON - dt.timedelta(minutes=15)),))
        assert samples.are_recent("cpu", 15, self.NOON)
        assert not samples.are_recent("cpu", 14, self.NOON)
        assert not samples.are_recent("memory", 15, self.NOON)
        assert (samples.seen, Samples().seen) == (
            "CPUUtilization of 2026-11-20 11:45",
            "no samples",
        )


class TestAnInstance:
    def test_is_the_host_that_has_one_of_its_names(self) -> None:
        one = replace(INSTANCE, names=("10.0.0.1", "i-1", "web-1"))
        other = replace(INSTANCE, id="i-2", names=("10.0.0.2", "WEB-2", "i-2"))
        groups = (HostGroup(names=("web-1", "10.0.0.2", "lost")),)
        machines = machines_of(groups, "production")
        assert hosts_of(machines, (one, other)) == {"i-1": "web-1", "i-2": "10.0.0.2"}

    def test_is_no_host_when_two_go_by_its_name(self) -> None:
        one = replace(INSTANCE, names=("i-1", "web"))
        machines = machines_of((HostGroup(names=("web",)),), "production")
        assert hosts_of(machines, (one, replace(one, id="i-2", names=("i-2", "web")))) == {}

    def test_is_the_host_that_the_profile_says_it_is(self) -> None:
        named = HostGroup(names=("front",), instances={"front": "i-00000001"})
        one = replace(INSTANCE, id="i-00000001", names=("i-00000001", "web"))
        assert hosts_of(machines_of((named,), "production"), (one,)) == {"i-00000001": "front"}

    def test_of_a_scaling_group_need_not_be_listed(self) -> None:
        assert replace(INSTANCE, group="web").is_known
        assert not replace(INSTANCE, is_compared=True).is_known
        with pytest.raises(Undeclared):
            INSTANCE.is_known  # noqa: B018 reading it is the test
