"""Whether instances are large enough: what they have, how loaded they were, and AWS's advice."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.clocks import Clocks
from pytest_orr.collect.host_readings import HostReadings
from pytest_orr.collect.instances import Instance
from pytest_orr.collect.load_metrics import AgentMetrics, read_agent_metrics
from pytest_orr.collect.machine_sizes import Advice, Size, read_advice
from pytest_orr.collect.metrics import Metric
from pytest_orr.collect.parts import parts_by_id
from pytest_orr.collect.sized_instances import SizedInstances
from pytest_orr.collect.stress_loads import StressLoad, read_loads
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.hosts import MachineSpec
from pytest_orr.profile.schema import HostGroup, StressTest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.sized_instances import SizedInstance

ITEM = "compute.vps.machine-spec"
FIRST = "explorer-backend-1"
INSTANCE = Instance(
    declared_by=("tags",),
    id="i-1",
    account="123456789012",
    region="eu-central-1",
    state="running",
    type="t3.medium",
    image="ami-1",
)
ARN = "arn:aws:ec2:eu-central-1:123456789012:instance/"
RECORDS = Path(__file__).parents[3] / "examples" / "explorer" / "hosts"
RECORDED = dt.datetime(2026, 11, 19, 18, tzinfo=dt.UTC)
"""When the example's hosts printed what the records hold; a day more is nothing."""


@pytest.fixture
def with_hosts() -> Callable[[Desk], Desk]:
    """Let a desk read the declared hosts from the example's records."""

    def add(desk: Desk) -> Desk:
        groups = tuple(
            replace(
                group,
                outputs={name: f"{name.removeprefix('explorer-')}.jsonl" for name in group.names},
            )
            for group in desk.profile.hosts
        )
        nobody: Any = None  # every host is reported by a file
        profile = replace(desk.profile, hosts=groups)
        hosts = HostReadings(
            profile,
            nobody,
            sections=frozenset({"machine"}),
            folder=RECORDS,
            progress=desk.progress,
            clocks=Clocks((RECORDED + dt.timedelta(days=1)).timestamp),
        )
        return replace(desk, profile=profile, hosts=hosts)

    return add


def sized(desk: Desk) -> dict[str, SizedInstance]:
    """What is seen of the instances, by name."""
    return {one.name: one for one in SizedInstances().collect(desk).value}


class TestTheItem:
    def test_passes_for_machines_that_are_large_enough(
        self, machines_with: Any, judge: Any, with_hosts: Any, hosts_of_the_example: dict[str, Any]
    ) -> None:
        findings = judge(ITEM, with_hosts(machines_with().desk(also=hosts_of_the_example)))
        assert {one.outcome for one in findings} == {"pass"}
        seen = {one.subject: one.detail for one in findings}
        parts = ("size", "use", "type", "advice", "k6.json")
        backends = (FIRST, "explorer-backend-2")
        assert set(seen) == {f"{host}: {part}" for host in backends for part in parts}
        assert seen[f"{FIRST}: type"] == "t3.medium with 2 CPUs, 4096 MiB, disk 40 GiB"
        assert seen[f"{FIRST}: k6.json"] == (
            "between 2026-11-19 23:50 and 2026-11-20 00:00 UTC: CPUCreditBalance 420, "
            "CPUUtilization 58, disk_used_percent 40, mem_used_percent 61"
        )

    @pytest.mark.parametrize(
        ("fault", "part", "says"),
        [
            ("machine-busy", "k6.json", "its CPU was too busy"),
            ("machine-credits-used-up", "k6.json", "it used up its CPU credits"),
            ("machine-too-small", "advice", "Compute Optimizer finds it too small"),
        ],
    )
    def test_fails_by_the_name_of_what_was_planted_alone(
        self,
        machines_with: Any,
        failures: Any,
        with_hosts: Any,
        hosts_of_the_example: dict[str, Any],
        *,
        fault: str,
        part: str,
        says: str,
    ) -> None:
        desk = with_hosts(machines_with(fault).desk(also=hosts_of_the_example))
        found = failures(ITEM, desk)
        assert list(found) == [f"{FIRST}: {part}"]
        assert says in found[f"{FIRST}: {part}"]

    def test_fails_when_the_type_has_less_than_is_declared(
        self, machines_with: Any, failures: Any, with_hosts: Any
    ) -> None:
        large = MachineSpec(cpus=2, memory_mib=4096, disk_gib=41)
        also = {"hosts": (HostGroup(names=(FIRST,), minimum=large),)}
        found = failures(ITEM, with_hosts(machines_with().desk(also=also)))
        assert "40 GiB of disk of 41" in found[f"{FIRST}: type"]

    def test_knows_nothing_of_an_instance_for_which_nothing_is_declared(
        self, machines_with: Any, judge: Any, with_hosts: Any
    ) -> None:
        also = {"hosts": (HostGroup(names=(FIRST,), minimum=MachineSpec()),)}
        findings = judge(ITEM, with_hosts(machines_with("agent-silent").desk(also=also)))
        unknown = {one.subject: one.detail for one in findings if one.outcome == "unknown"}
        assert unknown[f"{FIRST}: stress test"] == "readiness.toml declares no [[stress_tests]]"
        unlisted = {one for one in unknown.values() if "this instance" in one}
        assert unlisted == {"[[hosts]] declares no minimum for this instance"}

    def test_is_unknown_where_the_agent_did_not_measure(
        self, machines_with: Any, judge: Any, with_hosts: Any, hosts_of_the_example: dict[str, Any]
    ) -> None:
        desk = with_hosts(machines_with("agent-silent").desk(also=hosts_of_the_example))
        [unknown] = [one for one in judge(ITEM, desk) if one.outcome == "unknown"]
        assert unknown.subject == f"{FIRST}: k6.json"
        assert unknown.detail.startswith("CloudWatch has no sample of mem_used_percent between")
        assert unknown.remedy.startswith("run the CloudWatch agent, and test again")

    @pytest.mark.parametrize(
        "change", [{"stands_for": "api"}, {"target": "https://staging.explorer.example/"}]
    )
    def test_is_unknown_where_a_test_loaded_other_machines(
        self,
        machines_with: Any,
        judge: Any,
        with_hosts: Any,
        hosts_of_the_example: dict[str, Any],
        *,
        change: dict[str, str],
    ) -> None:
        [test] = hosts_of_the_example["stress_tests"]
        also = {**hosts_of_the_example, "stress_tests": (replace(test, **change),)}
        unknown = [
            one
            for one in judge(ITEM, with_hosts(machines_with().desk(also=also)))
            if one.outcome == "unknown"
        ]
        assert len(unknown) == 2
        assert all("not the machines that are judged" in one.detail for one in unknown)

    def test_is_unknown_without_compute_optimizer(
        self, machines_with: Any, judge: Any, with_hosts: Any, hosts_of_the_example: dict[str, Any]
    ) -> None:
        desk = with_hosts(machines_with("optimizer-not-enrolled").desk(also=hosts_of_the_example))
        unknown = [one for one in judge(ITEM, desk) if one.outcome == "unknown"]
        assert [one.subject for one in unknown] == [
            f"{host}: advice" for host in sorted_by_id(desk)
        ]
        assert {one.detail for one in unknown} == {
            "Compute Optimizer is not enabled in AWS 123456789012 eu-central-1"
        }


def sorted_by_id(desk: Desk) -> list[str]:
    return list(sized(desk))


class TestAnInstance:
    def test_of_a_service_outside_aws_is_none(self, desk_without_aws: Any) -> None:
        from pytest_orr.profile.schema import Hosting  # noqa: PLC0415 the desk's own key

        desk = desk_without_aws(Hosting(provider="netlify", endpoint="frontend", site="x"))
        assert SizedInstances().collect(desk).value == ()

    def test_whose_root_is_not_shown_has_no_known_size(
        self, machines_with: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = machines_with().desk()
        whole = desk.aws.listing

        def without_volumes(place: Any, operation: str, key: str, **more: Any) -> Any:
            return () if key == "Volumes" else whole(place, operation, key, **more)

        monkeypatch.setattr(desk.aws, "listing", without_volumes)
        for one in sized(desk).values():
            with pytest.raises(FactUnavailable, match="which holds the root of i-"):
                one.size.reading  # noqa: B018 reading it is the test

    def test_without_a_root_volume_or_a_known_type_has_no_known_size(
        self, machines_with: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = machines_with().desk()
        whole = desk.aws.listing

        def changed(place: Any, operation: str, key: str, **more: Any) -> Any:
            if key == "InstanceTypes":
                return ()
            found = whole(place, operation, key, **more)
            if key != "Reservations":
                return found
            first = found[0]["Instances"][0] | {"RootDeviceName": "", "InstanceType": "t3.medium"}
            return ({"Instances": [first]},)

        monkeypatch.setattr(desk.aws, "listing", changed)
        [one] = sized(desk).values()
        assert one.size.seen.endswith("does not describe the type t3.medium")
        assert one.instance.root == ""


class TestAdvice:
    def test_is_read_in_both_spellings(self) -> None:
        assert Advice(finding="Underprovisioned").wants_more
        assert Advice(finding="UNDER_PROVISIONED").wants_more
        assert not Advice(finding="OVER_PROVISIONED").wants_more
        assert Advice(finding="Optimized").seen == "Compute Optimizer says Optimized"

    def test_that_aws_does_not_give_is_unknown(
        self, empty_account: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = empty_account.access()
        monkeypatch.setattr(access, "call", lambda *_, **__: {"instanceRecommendations": []})
        place = access.places[0]
        [part] = parts_by_id(
            {"i-1": "i-1"}, lambda: read_advice(access, place, [INSTANCE])
        ).values()
        assert "has no recommendation for i-1" in part.seen

    def test_that_goes_on_is_asked_for_as_a_listing(
        self, empty_account: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        access = empty_account.access()
        whole = ({"instanceArn": f"{ARN}i-1", "finding": "Optimized"},)
        half = {"instanceRecommendations": [], "nextToken": "more"}
        monkeypatch.setattr(access, "call", lambda *_, **__: half)
        monkeypatch.setattr(access, "listing", lambda *_, **__: whole)
        advice = read_advice(access, access.places[0], [INSTANCE])
        assert advice == {"i-1": Advice(finding="Optimized")}

    @pytest.mark.parametrize(
        ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
    )
    def test_is_asked_for_by_the_arn_of_the_partition(
        self, empty_account: Any, monkeypatch: pytest.MonkeyPatch, region: str, partition: str
    ) -> None:
        asked: list[str] = []

        def note(*_: Any, instanceArns: list[str], **__: Any) -> dict[str, Any]:  # noqa: N803 AWS's own name
            asked.extend(instanceArns)
            return {"instanceRecommendations": []}

        access = empty_account.access()
        monkeypatch.setattr(access, "call", note)
        read_advice(access, access.places[0], [replace(INSTANCE, region=region)])
        assert asked == [f"arn:{partition}:ec2:{region}:123456789012:instance/i-1"]


class TestALoad:
    TEST = StressTest(
        tool="k6",
        file="k6.json",
        sha256="0" * 64,
        target="https://api.explorer.example",
        started=dt.datetime(2026, 10, 6, 10, 2, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        ended=dt.datetime(2026, 10, 6, 12, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    )

    def test_is_the_level_that_95_of_100_samples_stay_within(self, machines_with: Any) -> None:
        account = machines_with()
        desk = account.desk()
        instance = next(iter(sized(desk).values())).instance
        began = dt.datetime(2026, 10, 6, 9, tzinfo=dt.UTC)
        account.client("cloudwatch").put_metric_data(
            Namespace="AWS/EC2",
            MetricData=[
                {
                    "MetricName": "CPUUtilization",
                    "Dimensions": [{"Name": "InstanceId", "Value": instance.id}],
                    "Timestamp": began + dt.timedelta(minutes=5 * at),
                    "Value": 99.0 if at < 1 else 10.0 + at,
                }
                for at in range(20)
            ],
        )
        place, nothing = desk.aws.places[0], AgentMetrics(by_instance={})
        load = read_loads(desk.aws, place, self.TEST, [instance], nothing)[instance.id]
        assert load.span == "between 2026-10-06 09:02 and 2026-10-06 11:00 UTC"
        assert load.cpu == 29.0
        with pytest.raises(FactUnavailable, match="no sample of CPUCreditBalance between 2026"):
            load.credits  # noqa: B018 reading it is the test

    def test_without_samples_says_so(self) -> None:
        assert StressLoad(span="then").seen == "then: no samples"


class TestTheAgent:
    def test_is_asked_for_the_root_by_the_fewest_dimensions(self, empty_account: Any) -> None:
        def put(value: str = "i-1", **dimensions: str) -> None:
            named = {"InstanceId": value, **dimensions}
            datum = {
                "MetricName": "disk_used_percent",
                "Dimensions": [{"Name": name, "Value": said} for name, said in named.items()],
                "Value": 1.0,
            }
            empty_account.client("cloudwatch").put_metric_data(Namespace="Ours", MetricData=[datum])

        put(path="/", device="nvme0n1p1", fstype="ext4")
        put(path="/", fstype="ext4")
        put(path="/data")
        access = empty_account.access()
        agent = read_agent_metrics(access, access.places[0], "Ours")
        dimensions = (("InstanceId", "i-1"), ("fstype", "ext4"), ("path", "/"))
        assert agent.of("i-1")["disk_used_percent"] == Metric(
            namespace="Ours", name="disk_used_percent", dimensions=dimensions
        )
        assert "mem_used_percent" not in agent.of("i-1")
        assert set(agent.of("i-2")) == {"CPUUtilization", "StatusCheckFailed", "CPUCreditBalance"}


class TestASize:
    def test_falls_short_in_words(self) -> None:
        size = Size(type="t3.micro", cpus=2, memory_mib=1024, disk_gib=8, is_burstable=True)
        least = MachineSpec(cpus=4, memory_mib=4096, disk_gib=8)
        assert size.falls_short_of(least) == ("2 CPUs of 4", "1024 MiB of memory of 4096")
