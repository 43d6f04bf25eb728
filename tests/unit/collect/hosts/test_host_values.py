"""What hosts print becomes values, and values say in a line what was seen."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.host_machines import MachineUse
from pytest_orr.collect.host_sockets import Listener
from pytest_orr.collect.host_values import (
    epoch_instant,
    systemd_instant,
    systemd_seconds,
    units_in,
)
from pytest_orr.collect.registry import registry
from pytest_orr.collect.support_ends import support_end, table_source
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.hosts import HostLimits, MachineSpec

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def epoch(moment: dt.datetime) -> str:
    return str(int(moment.timestamp()))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Fri 2026-11-20 09:00:00 UTC", AS_OF),
        ("n/a", None),
        ("", None),
        ("0", None),
        ("Fri 2026-11-20 09:00:00 CET", None),
    ],
)
def test_an_instant_of_systemd_is_one_only_in_utc(text: str, instant: dt.datetime | None) -> None:
    assert systemd_instant(text) == instant


def test_seconds_since_1970_are_an_instant() -> None:
    assert epoch_instant(epoch(AS_OF)) == AS_OF
    with pytest.raises(ValueError, match="invalid literal"):
        epoch_instant("soon")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1min 30s", 90), ("500ms", 0.5), ("1d 1h", 90000), ("2w", 1209600), ("infinity", None)],
)
def test_a_span_of_systemd_is_seconds(text: str, seconds: float | None) -> None:
    assert systemd_seconds(text) == (seconds if seconds is None else pytest.approx(seconds))


def test_units_are_told_apart_and_known_by_every_name() -> None:
    lines = [
        *("Names=ssh.service sshd.service", "LoadState=loaded", "ActiveState=active", ""),
        *("Id=odd.service", "Names=odd.service", "LoadState=not-found", "NRestarts=", ""),
        "",
    ]
    units = {unit.name: unit for unit in units_in(lines)}
    assert list(units) == ["ssh.service", "sshd.service", "odd.service"]
    assert units["sshd.service"].is_active
    assert not units["odd.service"].is_loaded
    assert units["odd.service"].seen == "odd.service: not-found"


SOUND = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "UnitFileState": "enabled",
    "Restart": "on-failure",
    "NRestarts": "1",
    "User": "explorer",
    "DynamicUser": "no",
    "TimeoutStopUSec": "1min 30s",
    "ExecMainStartTimestamp": "Thu 2026-11-19 09:00:00 UTC",
}


def unit_of(**changes: str) -> Any:
    return units_in(
        [f"{key}={value}" for key, value in {"Id": "a.service", **SOUND, **changes}.items()]
    )[0]


def test_a_sound_unit_is_all_that_it_should_be() -> None:
    unit = unit_of()
    assert unit.is_loaded
    assert unit.is_enabled
    assert unit.is_active
    assert unit.restarts_itself
    assert unit.stops_in_time
    assert not unit.runs_as_root
    assert unit.seen == "a.service: active, running, enabled"


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("is_loaded", {"LoadState": "masked"}, False),
        ("is_enabled", {"UnitFileState": "disabled"}, False),
        ("is_enabled", {"UnitFileState": "enabled-runtime"}, False),
        ("is_active", {"ActiveState": "failed"}, False),
        ("restarts_itself", {"Restart": "no"}, False),
        ("restarts_itself", {"Restart": "always"}, True),
        ("stops_in_time", {"TimeoutStopUSec": "infinity"}, False),
        ("runs_as_root", {"User": ""}, True),
        ("runs_as_root", {"User": "root"}, True),
        ("runs_as_root", {"User": "", "DynamicUser": "yes"}, False),
    ],
)
def test_each_property_of_a_unit_is_of_its_own_words(
    name: str, changes: dict[str, str], *, expected: bool
) -> None:
    assert getattr(unit_of(**changes), name) is expected


def properties(*units: dict[str, str]) -> list[tuple[str, str]]:
    lines = ["\n".join(f"{key}={value}" for key, value in unit.items()) + "\n" for unit in units]
    return [("property", line) for line in "\n".join(lines).split("\n")]


def test_a_units_start_is_compared_with_the_runs_instant(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    read = properties({"Id": "a.service", **SOUND}, {"Id": "b.service", "LoadState": "not-found"})
    fact = fact_of(
        "host_units", lines_of(clock=clock, units=read), units=("a.service", "b.service")
    ).reading
    started, never = fact.units
    assert fact.started_within(started, 1, AS_OF)
    assert not fact.started_within(started, 1, AS_OF + DAY)
    assert not fact.started_within(never, 90, AS_OF)
    assert fact.seen == "a.service: active, running, enabled; b.service: not-found"


def test_a_declared_unit_that_systemd_says_nothing_about_is_unknown(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    fact = fact_of("host_units", lines_of(clock=clock, units=[]), units=("a.service",))
    assert fact.unavailable.cause == "systemctl said nothing about a.service"


def test_where_no_unit_is_declared_there_is_none(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    fact = fact_of("host_units", lines_of(clock=clock, units=[]))
    assert fact.reading.units == ()
    assert fact.seen == "no unit is declared"


def test_a_clock_that_is_wrong_leaves_whatever_is_dated_unknown(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    wrong = lines_of(
        clock=[("epoch", epoch(AS_OF - 900 * DAY))],
        release=[("os-release", "ID=debian"), ("os-release", "VERSION_ID=12")],
        reboot=[],
        updates=[("index", f"{epoch(AS_OF)} /var/lib/apt/lists/a-security_InRelease")],
        schedule=[("stamp", f"{epoch(AS_OF)} /var/lib/apt/periodic/upgrade-stamp")],
        units=properties({"Id": "a.service", **SOUND}),
        renewals=[],
    )
    images = fact_of("host_images", wrong).reading
    units = fact_of("host_units", wrong, units=("a.service",)).reading
    schedule = fact_of("host_update_schedules", wrong).reading
    renewals = fact_of("host_renewals", wrong).reading
    said = "its clock said 2024-06-03 09:00:00 when"
    with pytest.raises(FactUnavailable, match=said):
        images.security_updates(AS_OF, 7)
    with pytest.raises(FactUnavailable, match=said):
        units.started_within(units.units[0], 90, AS_OF)
    with pytest.raises(FactUnavailable, match=said):
        schedule.succeeded_within(7, AS_OF)
    with pytest.raises(FactUnavailable, match=said):
        renewals.ran_within(7, AS_OF)


TIMER = {
    "Id": "certbot.timer",
    "LoadState": "loaded",
    "ActiveState": "active",
    "UnitFileState": "enabled",
    "LastTriggerUSec": "Thu 2026-11-19 09:00:00 UTC",
}
JOB = {"Id": "certbot.service", "LoadState": "loaded", "Result": "success", "ExecMainStatus": "0"}


def renewals_of(lines_of: Any, fact_of: Any, *units: dict[str, str], **more: Any) -> Any:
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    return fact_of(
        "host_renewals",
        lines_of(clock=clock, renewals=more.get("renewals", []), units=properties(*units)),
    ).reading


def test_a_renewal_by_timer_is_scheduled_and_its_last_run_is_known(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    renewals = renewals_of(lines_of, fact_of, TIMER, JOB)
    assert renewals.is_scheduled
    assert renewals.ran_within(1, AS_OF)
    assert not renewals.ran_within(1, AS_OF + DAY)
    assert not renewals.last_run_failed
    assert "certbot.timer: active, enabled" in renewals.seen


@pytest.mark.parametrize("fault", [{"Result": "exit-code"}, {"ExecMainStatus": "1"}])
def test_a_renewal_that_failed_is_seen(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any], fault: dict[str, str]
) -> None:
    assert renewals_of(lines_of, fact_of, TIMER, {**JOB, **fault}).last_run_failed


@pytest.mark.parametrize("fault", [{"ActiveState": "inactive"}, {"UnitFileState": "disabled"}])
def test_a_renewal_whose_timer_is_off_is_not_scheduled(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any], fault: dict[str, str]
) -> None:
    off = {**TIMER, **fault}
    assert not renewals_of(lines_of, fact_of, off).is_scheduled
    unread = [("unread", "/var/spool/cron/crontabs")]
    with pytest.raises(FactUnavailable, match="/var/spool/cron/crontabs"):
        _ = renewals_of(lines_of, fact_of, off, renewals=unread).is_scheduled


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.0.53", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("*", False),
        ("0.0.0.0", False),  # noqa: S104 read from a host
        ("::", False),
        ("10.0.0.1", False),
        ("fe80::1", False),
    ],
)
def test_only_loopback_is_the_hosts_own(address: str, *, loopback: bool) -> None:
    assert Listener(address=address, port=1).is_loopback is loopback


def test_sockets_are_read_with_interface_brackets_and_process(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    rows = [
        'LISTEN 0      128         0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=1,fd=3))',
        "LISTEN 0      4096  127.0.0.53%lo:53        0.0.0.0:*",
        "LISTEN 0      128            [::]:22           [::]:*",
        "LISTEN 0      128     [::1]:8080           [::]:*",
    ]
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    printed = lines_of(clock=clock, sockets=[("listening", row) for row in rows])
    found = fact_of("host_sockets", printed).reading
    assert [one.seen for one in found.listeners] == [
        "0.0.0.0:22 by sshd",
        "[::]:22",
        "127.0.0.53:53",
        "[::1]:8080",
    ]
    assert found.exposed_ports == (22,)
    assert found.seen == "listens on 22 beside loopback"


def test_a_socket_that_ss_cannot_print_makes_the_host_unknown(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    printed = lines_of(clock=clock, sockets=[("listening", "LISTEN 0 0 nowhere:ssh *:*")])
    assert "what the script cannot print" in fact_of("host_sockets", printed).unavailable.cause


MACHINE = MachineUse(
    cpus=2,
    memory_mib=2048,
    memory_available_mib=1024,
    disk_gib=20,
    disk_used_percent=70,
    load=(0.1, 0.2, 0.3),
)


def test_a_machine_falls_short_in_each_way() -> None:
    assert MACHINE.falls_short_of(MachineSpec(cpus=2, memory_mib=2048, disk_gib=20)) == ()
    assert MACHINE.falls_short_of(MachineSpec(cpus=4, memory_mib=4096, disk_gib=40)) == (
        "2 CPUs of 4",
        "2048 MiB of memory of 4096",
        "20 GiB of disk of 40",
    )
    assert MACHINE.seen == "2 CPUs, 2048 MiB, 50 % available, disk 20 GiB, 70 % used"


def test_processors_are_counted_by_ranges(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    rows = [
        ("cpus", "0-3,5,7-8"),
        ("load", "0.10 0.20 0.30 1/100 42"),
        ("memory", "MemTotal:  2097152 kB"),
        ("memory", "MemAvailable: 1048576 kB"),
        ("disk", "/dev/vda1 20971520 1 1 70% /"),
    ]
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    machine = fact_of("host_machines", lines_of(clock=clock, machine=rows)).reading
    assert (machine.cpus, machine.memory_free_percent, machine.disk_gib) == (7, 50, 20)


@pytest.mark.parametrize("period", ["always", "1", "7d", "12h", "600m", "3600s"])
def test_a_period_of_apt_is_days(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any], period: str
) -> None:
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    release = [("os-release", "ID=debian")]
    setting = [("setting", f'APT::Periodic::Unattended-Upgrade "{period}";')]
    fact = fact_of(
        "host_update_schedules", lines_of(clock=clock, release=release, schedule=setting, units=[])
    )
    assert fact.reading.upgrade_days >= 1


@pytest.mark.parametrize("name", [name for name in registry() if name.startswith("host_")])
def test_every_fact_says_itself_in_one_line_and_comes_back_from_json(host: Any, name: str) -> None:
    host.group = {"config_files": ("/etc/passwd",), "service_directories": ("/srv",)}
    host.root.stub("sshd", "exit 1")
    host.root.stub("ss", "exit 0")
    fact = host.fact(name)
    assert fact.seen
    assert "\n" not in fact.seen
    adapter = TypeAdapter(registry()[name].fact_type)
    assert adapter.validate_json(adapter.dump_json((fact,))) == (fact,)


@pytest.mark.parametrize(
    ("distribution", "version", "until", "is_lts"),
    [
        ("amzn", "2023", "2029-06-30", True),
        ("debian", "12", "2028-06-30", True),
        ("ubuntu", "24.04", "2029-05-31", True),
        ("ubuntu", "25.10", "2026-07-09", False),
    ],
)
def test_the_shipped_table_knows_releases(
    distribution: str, version: str, until: str, *, is_lts: bool
) -> None:
    end = support_end(distribution, version)
    assert end is not None
    assert (f"{end.until:%Y-%m-%d}", end.is_lts) == (until, is_lts)
    assert end.until.tzinfo is dt.UTC


@pytest.mark.parametrize("release", [("debian", ""), ("debian", "14"), ("arch", "12"), ("", "")])
def test_the_shipped_table_knows_no_other(release: tuple[str, str]) -> None:
    assert support_end(*release) is None


def test_the_shipped_table_names_its_source_and_date() -> None:
    assert table_source().startswith("Debian package distro-info-data ")
    assert table_source().endswith("read 2026-11-27")


def test_the_shipped_table_says_what_the_distributions_say() -> None:
    folder = Path("/usr/share/distro-info")
    if not folder.is_dir():
        pytest.skip("needs the Debian package distro-info-data")
    columns = {"debian": "eol-lts", "ubuntu": "eol-server"}
    for distribution, column in columns.items():
        with (folder / f"{distribution}.csv").open() as stream:
            rows = {row["version"].removesuffix(" LTS"): row for row in csv.DictReader(stream)}
        for version, row in rows.items():
            end = support_end(distribution, version)
            if end is not None and row.get(column):
                assert f"{end.until:%Y-%m-%d}" == row[column], version


def test_leftovers_say_where_nothing_could_be_seen(
    lines_of: Callable[..., bytes], fact_of: Callable[..., Any]
) -> None:
    clock = [("epoch", epoch(dt.datetime.now(dt.UTC)))]
    rows = [("login", "root:0:0:/root:/bin/sh"), ("found", "find: '/root': Permission denied")]
    fact = fact_of("host_leftovers", lines_of(clock=clock, leftovers=rows), HostLimits())
    assert fact.seen == "0 leftovers in 1 homes and beside them, 1 directories not readable"
