"""Systems, patches and schedules by SSM, and how they stand beside what hosts say by SSH."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_images import HostImage, HostImages
from pytest_orr.collect.host_sources import with_managed
from pytest_orr.collect.host_update_schedules import HostUpdateSchedules, UpdateSchedule
from pytest_orr.collect.managed_images import ManagedImage, read_managed_images
from pytest_orr.collect.managed_schedules import PatchSchedule
from pytest_orr.errors import FactUnavailable, NothingFound, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.schema import Hosting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.collect.interface import Desk

PATCHED, SCHEDULED = "compute.image.lts-patched", "compute.image.update-cron"
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
BASELINE = "pb-0a2f1e9c3b4d5e6f7"
IMAGE = ManagedImage(
    platform="Debian GNU/Linux",
    platform_version="12",
    has_lts=True,
    support_ends_at=dt.datetime(2028, 6, 30, tzinfo=dt.UTC),
    baseline=BASELINE,
    is_of_aws=True,
    operation="Scan",
    operated_at=NOW - dt.timedelta(days=7),
    missing=0,
    failed=0,
    waiting=0,
)
SCHEDULE = PatchSchedule(
    associations=("patches",),
    last_success=NOW - dt.timedelta(days=7),
    has_windows=False,
    baseline=BASELINE,
    is_of_aws=True,
)
BY_SSH = HostImage(distribution="debian", version="12")


def first_of(account: Any) -> str:
    return str(account.ids["instances"][0])


class TestTheItems:
    @pytest.mark.parametrize("item", [PATCHED, SCHEDULED])
    def test_pass_by_ssm_for_a_service_without_hosts(
        self, machines_with: Any, judge: Any, item: str
    ) -> None:
        account = machines_with()
        findings = judge(item, account.desk())
        assert {one.outcome for one in findings} == {"pass"}
        named = {one.subject.partition(":")[0] for one in findings}
        assert named == {*account.ids["instances"], account.ids["jump_instance"]}
        assert any("SSM: " in one.detail for one in findings)

    @pytest.mark.parametrize(
        ("item", "fault", "says"),
        [
            (PATCHED, "ami-deprecated", "its AMI is deprecated"),
            (PATCHED, "patches-missing", "security updates wait: 2 patches missing"),
            (SCHEDULED, "association-failed", "its last success is too long ago"),
        ],
    )
    def test_fail_by_the_name_of_what_was_planted(
        self, machines_with: Any, failures: Any, *, item: str, fault: str, says: str
    ) -> None:
        account = machines_with(fault)
        found = failures(item, account.desk())
        first = {
            subject: detail for subject, detail in found.items() if first_of(account) in subject
        }
        assert len(first) == 1
        assert says in next(iter(first.values()))
        assert len(found) == (3 if fault == "ami-deprecated" else 1)  # all share the AMI

    @pytest.mark.parametrize(
        ("fault", "says"),
        [
            ("ssm-unmanaged", "SSM of AWS 123456789012 eu-central-1 does not know i-"),
            ("ssm-connection-lost", "has not reached i-"),
        ],
    )
    @pytest.mark.parametrize("item", [PATCHED, SCHEDULED])
    def test_are_unknown_for_an_instance_that_ssm_does_not_reach(
        self, machines_with: Any, judge: Any, *, item: str, fault: str, says: str
    ) -> None:
        account = machines_with(fault)
        findings = judge(item, account.desk())
        unknown = [one for one in findings if one.outcome == "unknown"]
        assert {one.subject.partition(":")[0] for one in unknown} == {first_of(account)}
        assert all(says in one.detail for one in unknown)
        assert not [one for one in findings if one.outcome == "fail"]

    @pytest.mark.parametrize("item", [PATCHED, SCHEDULED])
    def test_find_nothing_in_an_empty_account(
        self, empty_account: Any, judge: Any, item: str
    ) -> None:
        with pytest.raises(NothingFound, match="no host or instance of the service found"):
            judge(item, empty_account.desk())


class TestAnImage:
    def test_is_known_by_a_scan_that_is_recent_enough(self) -> None:
        assert IMAGE.security_updates(NOW, 7) == ()
        with pytest.raises(FactUnavailable, match="SSM last looked for patches on 2026-11-13"):
            IMAGE.security_updates(NOW, 6)

    def test_has_missing_and_failed_patches_however_old_the_scan_is(self) -> None:
        bad = replace(IMAGE, missing=2, failed=1)
        assert bad.security_updates(NOW, 1) == ("2 patches missing", "1 patches failed")

    def test_is_not_known_to_be_patched_by_a_baseline_of_ones_own(self) -> None:
        with pytest.raises(FactUnavailable, match="its patch baseline pb-own is not one of AWS"):
            replace(IMAGE, baseline="pb-own", is_of_aws=False).security_updates(NOW, 7)

    def test_of_a_system_that_the_table_does_not_know_is_not_known_to_be_supported(self) -> None:
        strange = replace(IMAGE, platform="SLES", platform_version="15", support_ends_at=None)
        with pytest.raises(FactUnavailable, match="no end of support is known of SLES 15"):
            strange.is_lts  # noqa: B018 reading it is the test

    def test_says_when_a_reboot_is_needed(self) -> None:
        assert not IMAGE.reboot_required
        assert replace(IMAGE, waiting=1).reboot_required


class TestASchedule:
    def test_is_one_when_an_association_installs(self) -> None:
        assert SCHEDULE.is_scheduled
        assert SCHEDULE.succeeded_within(7, NOW)
        assert not SCHEDULE.succeeded_within(6, NOW)
        assert not replace(SCHEDULE, last_success=None).succeeded_within(7, NOW)
        none = replace(SCHEDULE, associations=(), last_success=None)
        assert not none.is_scheduled
        assert none.seen == "SSM: no association, last success none in 30 days"

    def test_is_not_known_where_a_maintenance_window_may_install(self) -> None:
        with pytest.raises(FactUnavailable, match="maintenance windows are not read"):
            replace(SCHEDULE, associations=(), has_windows=True).is_scheduled  # noqa: B018 reading it is the test

    @pytest.mark.parametrize("baseline", ["pb-own", ""])
    def test_allows_security_by_a_baseline_of_aws_alone(self, baseline: str) -> None:
        assert SCHEDULE.allows_security
        with pytest.raises(FactUnavailable, match="is not known to approve all security patches"):
            replace(SCHEDULE, baseline=baseline, is_of_aws=False).allows_security  # noqa: B018 reading it is the test

    def test_is_none_by_what_scans_or_runs_once_or_is_something_else(
        self, machines_with: Any
    ) -> None:
        account = machines_with()
        ssm = account.client("ssm")
        run = {"Name": "AWS-RunPatchBaseline", "ScheduleExpression": "rate(1 day)"}
        others = {
            "scans": {"listed": run, "parameters": {"Operation": ["Scan"]}},
            "once": {
                "listed": {"Name": "AWS-RunPatchBaseline"},
                "parameters": {"Operation": ["Install"]},
            },
            "other": {"listed": {**run, "Name": "AWS-GatherSoftwareInventory"}, "parameters": {}},
        }
        ssm.put_parameter(
            Name="/planted/associations", Type="String", Value=json.dumps(others), Overwrite=True
        )
        facts = HostUpdateSchedules().collect(account.desk()).value
        assert {fact.reading.is_scheduled for fact in facts} == {False}

    def test_sees_maintenance_windows(self, machines_with: Any) -> None:
        account = machines_with()
        account.client("ssm").create_maintenance_window(
            Name="nights",
            Schedule="rate(1 day)",
            Duration=2,
            Cutoff=1,
            AllowUnassociatedTargets=False,
        )
        facts = HostUpdateSchedules().collect(account.desk()).value
        assert {getattr(fact.reading, "has_windows", False) for fact in facts} == {True}


class TestPatchStates:
    def test_of_an_instance_that_was_never_scanned_are_not_known(self, machines_with: Any) -> None:
        account = machines_with()
        managed = {
            one: {"information": {"PingStatus": "Online"}, "state": None}
            for one in account.ids["instances"]
        }
        account.client("ssm").put_parameter(
            Name="/planted/managed", Type="String", Value=json.dumps(managed), Overwrite=True
        )
        facts = {one.name: one for one in HostImages().collect(account.desk()).value}
        assert "has not looked for patches on" in facts[first_of(account)].seen
        schedules = {one.name: one for one in HostUpdateSchedules().collect(account.desk()).value}
        assert getattr(schedules[first_of(account)].reading, "baseline", None) == ""


class TestSources:
    def answer(
        self, desk: Desk, *hosts: HostFact[Any], known: Mapping[str, Any] | None = None
    ) -> Answer[Any]:
        def managed(*_: Any) -> Mapping[str, Any]:
            assert known is not None, "SSM was asked"
            return known

        return with_managed(desk, lambda: Answer(value=hosts, where=("hosts",)), managed)

    def host(self, name: str, **seen: Any) -> HostFact[Any]:
        return HostFact(name=name, role="backend", environment="production", is_own=True, **seen)

    @pytest.fixture
    def desk(self, machines_with: Any, hosts_of_the_example: dict[str, Any]) -> Any:
        return machines_with().desk(also=hosts_of_the_example)

    def test_ssm_is_not_asked_about_what_hosts_say_themselves(self, desk: Desk) -> None:
        names = ("explorer-backend-1", "explorer-backend-2", "explorer-jump")
        hosts = tuple(self.host(name, observed=BY_SSH) for name in names)
        assert self.answer(desk, *hosts) == Answer(value=hosts, where=("hosts",))

    def test_ssm_stands_in_for_a_silent_host_whose_silence_stays_a_finding(
        self, desk: Desk
    ) -> None:
        why = Unavailable(cause="port 22 is closed", remedy="open it")
        others = [self.host(f"explorer-{one}", observed=BY_SSH) for one in ("backend-2", "jump")]
        silent = self.host("explorer-backend-1", unavailable=why)
        [first] = {
            one["InstanceId"]
            for found in desk.aws.listing(
                desk.aws.places[0], "ec2:DescribeInstances", "Reservations"
            )
            for one in found["Instances"]
            if {"Key": "Name", "Value": "explorer-backend-1"} in one["Tags"]
        }
        found = self.answer(desk, silent, *others, known={first: IMAGE})
        assert found.value[0] == self.host("explorer-backend-1", observed=IMAGE)
        assert [(one.subject, one.cause) for one in found.caveats] == [
            ("explorer-backend-1 by SSH", "port 22 is closed")
        ]
        unknown = FactUnavailable("not managed", "manage it")
        found = self.answer(desk, silent, *others, known={first: unknown})
        assert (found.value[0], found.caveats) == (silent, ())

    def test_instances_that_cannot_be_listed_are_a_finding_beside_the_hosts(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: Any, **__: Any) -> Any:
            raise FactUnavailable("denied", "allow it")

        monkeypatch.setattr(desk.aws, "listing", refuse)
        host = self.host("explorer-backend-1", observed=BY_SSH)
        found = self.answer(desk, host)
        assert found.value == (host,)
        assert [(one.subject, one.cause) for one in found.caveats] == [
            ("instances of the service", "denied")
        ]
        nobody = replace(desk, profile=replace(desk.profile, hosts=()))
        with pytest.raises(FactUnavailable, match="denied"):
            self.answer(nobody)

    def test_outside_aws_hosts_alone_are_asked(self, desk_without_aws: Any) -> None:
        desk = desk_without_aws(Hosting(provider="netlify", endpoint="frontend", site="x"))
        with pytest.raises(Undeclared, match=r"\[\[hosts\]\]"):
            self.answer(desk)

    def test_an_answer_that_lacks_something_costs_its_instances_alone(
        self, machines_with: Any
    ) -> None:
        def lacking(*_: Any) -> Mapping[str, Any]:
            raise KeyError("PingStatus")

        account = machines_with()
        found = with_managed(account.desk(), lambda: Answer(value=()), lacking)
        assert {fact.seen for fact in found.value} == {
            f"an answer about {one} lacks 'PingStatus'"
            for one in (*account.ids["instances"], account.ids["jump_instance"])
        }


def test_facts_of_both_sources_are_read_back_as_what_they_were() -> None:
    host: dict[str, Any] = {
        "name": "a",
        "role": "backend",
        "environment": "production",
        "is_own": True,
    }
    by_ssh = UpdateSchedule(is_installed=True, index_days=1, upgrade_days=1)
    for kind, observed in (
        (HostImages().fact_type, (BY_SSH, IMAGE)),
        (HostUpdateSchedules().fact_type, (by_ssh, SCHEDULE)),
    ):
        adapter = TypeAdapter(kind)
        facts = tuple(HostFact(**host, observed=one) for one in observed)
        assert adapter.validate_json(adapter.dump_json(facts, warnings="none")) == facts


def test_instances_beyond_fifty_are_asked_about_in_several_requests(machines_with: Any) -> None:
    account = machines_with()
    desk = account.desk()
    [one, *_] = HostImages().collect(desk).value
    assert one.observed is not None
    account.progress.clear()
    from pytest_orr.collect.managed_images import patch_states  # noqa: PLC0415 what this test is about alone

    patch_states(desk.aws, desk.aws.places[0], [f"i-{at:08x}" for at in range(51)])
    asked = [line for line in account.progress if "PatchStates" in line]
    assert len(asked) == 2
    assert read_managed_images(desk.aws, desk.aws.places[0], ()) == {}
