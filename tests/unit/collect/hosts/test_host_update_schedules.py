"""What patches a host by itself: a timer or cron, what it may take, and whether it succeeded."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import Any

import pytest

from pytest_orr.errors import FactUnavailable

NOBODY = "65534:65534"

DAY = dt.timedelta(days=1)

PERIODIC = 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n'

ORIGINS = 'Unattended-Upgrade::Origins-Pattern { "origin=Debian,label=Debian-Security"; };\n'

TIMERS = """\
Id=apt-daily.timer
Names=apt-daily.timer
LoadState=loaded
ActiveState=active
UnitFileState=enabled
LastTriggerUSec=Fri 2026-11-20 06:00:00 UTC

Id=apt-daily-upgrade.timer
Names=apt-daily-upgrade.timer
LoadState=loaded
ActiveState=active
UnitFileState=enabled
LastTriggerUSec=n/a"""


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def scheduled(host: Any) -> None:
    host.root.write("etc/apt/apt.conf.d/20auto-upgrades", PERIODIC)
    host.root.write("etc/apt/apt.conf.d/50unattended-upgrades", ORIGINS)
    host.root.stub("unattended-upgrade", "exit 0")
    host.root.stub("systemctl", f"cat <<'E'\n{TIMERS}\nE")
    (host.root.path / "run/systemd/system").mkdir(parents=True)
    host.root.write("var/lib/apt/periodic/upgrade-stamp")


@pytest.mark.usefixtures("apt")
def test_a_schedule_by_timer_is_read_with_its_last_success(host: Any) -> None:
    scheduled(host)
    schedule = host.fact("host_update_schedules").reading
    assert schedule.is_scheduled
    assert schedule.runs_by_timer
    assert schedule.allows_security
    assert schedule.succeeded_within(7, now())
    assert not schedule.succeeded_within(7, now() + 8 * DAY)
    assert "last success" in schedule.seen


@pytest.mark.usefixtures("apt")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("etc/apt/apt.conf.d/20auto-upgrades", ""),
        ("etc/apt/apt.conf.d/30off", 'APT::Periodic::Unattended-Upgrade "0";\n'),
        ("etc/apt/apt.conf.d/30off", 'APT::Periodic::Update-Package-Lists "0";\n'),
        ("etc/apt/apt.conf.d/30off", 'APT::Periodic::Enable "0";\n'),
        (
            "stubs/bin/systemctl",
            f"#!/bin/sh\ncat <<'E'\n{TIMERS.replace('enabled', 'disabled')}\nE\n",
        ),
        (
            "stubs/bin/systemctl",
            f"#!/bin/sh\ncat <<'E'\n{TIMERS.replace('=active', '=inactive')}\nE\n",
        ),
    ],
)
def test_a_schedule_that_is_off_is_none(host: Any, name: str, text: str) -> None:
    scheduled(host)
    assert host.fact("host_update_schedules").reading.is_scheduled
    host.root.write(name, text, 0o755)
    assert not host.fact("host_update_schedules").reading.is_scheduled


@pytest.mark.usefixtures("apt")
def test_a_schedule_without_unattended_upgrades_is_none(host: Any) -> None:
    scheduled(host)
    (host.root.path / "stubs/bin/unattended-upgrade").unlink()
    if shutil.which("unattended-upgrade"):
        pytest.skip("unattended-upgrades is this machine's own")
    assert not host.fact("host_update_schedules").reading.is_scheduled


@pytest.mark.usefixtures("apt")
def test_an_upgrade_by_cron_is_found_outside_of_comments(host: Any) -> None:
    host.root.write("etc/cron.d/not", "# 0 4 * * * root unattended-upgrade\n")
    assert host.fact("host_update_schedules").reading.cron_files == ()
    host.root.write("etc/cron.d/patches", "0 4 * * * root unattended-upgrade --token=hunter2\n")
    host.root.write("var/spool/cron/crontabs/root", "0 4 * * * apt-get -y upgrade\n", 0o600)
    printed = host.printed("schedule")
    assert b"hunter2" not in printed
    schedule = host.fact("host_update_schedules").reading
    assert schedule.cron_files == ("/etc/cron.d/patches", "/var/spool/cron/crontabs/root")
    assert schedule.is_scheduled


@pytest.mark.usefixtures("apt")
@pytest.mark.parametrize(
    ("log", "succeeded"),
    [
        ("INFO Starting\nINFO No packages found that can be upgraded\n", True),
        ("INFO Starting\nERROR failed\nINFO Starting\nINFO All upgrades installed\n", True),
        ("INFO Starting\nINFO All upgrades installed\nINFO Starting\nERROR no\n", False),
        ("INFO Starting\n", False),
        ("", False),
    ],
)
def test_by_cron_the_last_run_succeeded_if_its_log_ends_well(
    host: Any, log: str, *, succeeded: bool
) -> None:
    host.root.write("etc/cron.d/patches", "0 4 * * * root unattended-upgrade\n")
    host.root.write("var/lib/apt/periodic/unattended-upgrades-stamp")
    lines = "".join(f"2026-11-20 04:00:00,1 {line}\n" for line in log.splitlines())
    host.root.write("var/log/unattended-upgrades/unattended-upgrades.log", lines, 0o640)
    schedule = host.fact("host_update_schedules").reading
    assert schedule.succeeded_within(7, now()) is succeeded


@pytest.mark.usefixtures("apt")
def test_a_log_that_was_never_written_says_that_there_was_no_run(host: Any) -> None:
    host.root.write("etc/apt/apt.conf.d/20auto-upgrades", PERIODIC.replace("1", "0"))
    (host.root.path / "var/log/unattended-upgrades").mkdir(parents=True)
    schedule = host.fact("host_update_schedules").reading
    assert schedule.unread == ()
    assert not schedule.is_scheduled
    assert not schedule.succeeded_within(7, now())


@pytest.mark.usefixtures("apt")
def test_crontabs_and_logs_that_may_not_be_read_leave_the_schedule_unknown(host: Any) -> None:
    host.root.write("var/spool/cron/crontabs/root", "", 0o600)
    host.root.write("var/log/unattended-upgrades/unattended-upgrades.log", "", 0o640)
    host.user = NOBODY
    schedule = host.fact("host_update_schedules").reading
    with pytest.raises(FactUnavailable, match="/var/spool/cron/crontabs") as caught:
        _ = schedule.is_scheduled
    assert "sudo = true" in caught.value.remedy
    with pytest.raises(FactUnavailable, match="not readable"):
        schedule.succeeded_within(7, now())
