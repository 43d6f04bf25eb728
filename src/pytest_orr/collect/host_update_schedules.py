"""What patches each host by itself, and with what success: the fact ``host_update_schedules``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_orr.collect import instances, managed_schedules
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_images import distribution_of, known_packages
from pytest_orr.collect.host_lines import SectionRead
from pytest_orr.collect.host_permissions import not_permitted
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.host_script import UPDATE_TIMERS
from pytest_orr.collect.host_sources import with_managed
from pytest_orr.collect.host_values import SystemdUnit, epoch_instant, units_in
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.managed_schedules import PatchSchedule, Schedules
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer, Unavailable

ORIGINS = ("Unattended-Upgrade::Allowed-Origins::", "Unattended-Upgrade::Origins-Pattern::")
SUCCESS = ("All upgrades installed", "No packages found")
STAMPS = "/var/lib/apt/periodic/"
NO_LOG = "unattended-upgrades.log' for reading: No such file or directory"
"""What tail says where unattended-upgrades has never run, which is an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSchedule:
    """What installs security updates on a host without anybody's doing."""

    is_installed: bool
    """Whether unattended-upgrades is."""
    index_days: int
    """apt fetches indexes every so many days; 0 never."""
    upgrade_days: int
    """unattended-upgrades runs every so many days; 0 never."""
    origins: tuple[str, ...] = ()
    """What it may upgrade from, as it is configured."""
    timers: tuple[SystemdUnit, ...] = ()
    cron_files: tuple[str, ...] = ()
    """Files of cron that start an upgrade."""
    succeeded_at: datetime | None = None
    """When an unattended upgrade last ended without an error."""
    unread: tuple[str, ...] = ()
    """What this login may not read, and might hold a schedule or a success."""
    clock: Unavailable | None = None

    @property
    def seen(self) -> str:
        """One line about the schedule, for a finding."""
        by = ", ".join(timer.seen for timer in self.timers) or "no timers"
        cron = f", cron: {', '.join(self.cron_files)}" if self.cron_files else ""
        success = f"{self.succeeded_at:%Y-%m-%d %H:%M}" if self.succeeded_at else "never"
        return f"{by}{cron}, every {self.upgrade_days} days, last success {success}"

    @property
    def runs_by_timer(self) -> bool:
        """Whether both timers of apt come round, and start unattended-upgrades."""
        waiting = [timer for timer in self.timers if timer.is_enabled and timer.is_active]
        configured = self.is_installed and self.index_days > 0 and self.upgrade_days > 0
        return configured and {timer.name for timer in waiting} >= set(UPDATE_TIMERS)

    @property
    def is_scheduled(self) -> bool:
        """Whether a timer or cron starts the upgrade."""
        found = self.runs_by_timer or bool(self.cron_files)
        if not found and self.unread:
            raise not_permitted("schedule", *self.unread)
        return found

    @property
    def allows_security(self) -> bool:
        """Whether unattended-upgrades may upgrade from a security archive."""
        return any("security" in origin.lower() for origin in self.origins)

    def succeeded_within(self, days: int, as_of: datetime) -> bool:
        """Tell whether the last success is at most so many days before ``as_of``."""
        if self.clock is not None:
            raise FactUnavailable(self.clock.cause, self.clock.remedy)
        if self.succeeded_at is None and self.unread:
            raise not_permitted("schedule", *self.unread)
        return self.succeeded_at is not None and as_of - self.succeeded_at <= timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostUpdateSchedules:
    """What patches each host regularly, and did it succeed?"""

    name: str = "host_update_schedules"
    source: str = "SSH, AWS ec2 and ssm"
    operations: tuple[str, ...] = (
        *instances.OPERATIONS,
        *managed_schedules.OPERATIONS,
        "ssh:release",
        "ssh:schedule",
        "ssh:units",
    )
    fact_type: Any = tuple[HostFact[UpdateSchedule | PatchSchedule], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[UpdateSchedule | PatchSchedule], ...]]:
        """Ask every host, and SSM about instances that none of them stands for."""
        return with_managed(
            desk,
            lambda: desk.hosts.answer(("release",), _schedule),
            Schedules(as_of=desk.as_of).read,
        )


def _schedule(host: HostView) -> UpdateSchedule:
    known_packages(distribution_of(host).get("ID", ""))
    read = host.section("schedule")
    settings = [line.rstrip(";").partition(" ")[::2] for line in read.all("setting")]
    values = {name: value.strip('"') for name, value in settings}
    enabled = values.get("APT::Periodic::Enable", "1") != "0"
    return UpdateSchedule(
        is_installed=bool(read.one("installed")),
        index_days=_days(values, "Update-Package-Lists") if enabled else 0,
        upgrade_days=_days(values, "Unattended-Upgrade") if enabled else 0,
        origins=tuple(value.strip('"') for name, value in settings if name in ORIGINS),
        timers=_timers(host),
        cron_files=tuple(sorted(read.all("cron"))),
        succeeded_at=_succeeded_at(read),
        unread=tuple(line for line in read.all("unread") if not line.endswith(NO_LOG)),
        clock=host.clock,
    )


def _timers(host: HostView) -> tuple[SystemdUnit, ...]:
    """Return the timers of apt; a host that systemd does not run has none."""
    if not host.has("units"):
        return ()
    units = units_in(host.section("units").all("property"))
    return tuple(unit for unit in units if unit.name in UPDATE_TIMERS)


def _days(values: dict[str, str], name: str) -> int:
    """Return the days of a period; apt counts smaller units, too, and ``always`` is each time."""
    said = values.get(f"APT::Periodic::{name}", "0")
    if said == "always" or said[-1:] in {"s", "m", "h"}:
        return 1 if said == "always" or int(said[:-1]) else 0
    return int(said.rstrip("d") or 0)


def _succeeded_at(read: SectionRead) -> datetime | None:
    """Return the last success: of the daily job, or of a run whose log ends well."""
    split = (line.partition(" ") for line in read.all("stamp"))
    stamps = {path: seconds for seconds, _, path in split}
    seconds = stamps.get(f"{STAMPS}upgrade-stamp")
    if seconds is None and _ended_well(read.all("log")):
        seconds = stamps.get(f"{STAMPS}unattended-upgrades-stamp")
    return None if seconds is None else epoch_instant(seconds)


def _ended_well(log: tuple[str, ...]) -> bool:
    last = 0
    for number, line in enumerate(log):
        last = number if " INFO Starting" in line else last
    run = log[last:]
    succeeded = any(word in line for line in run for word in SUCCESS)
    return succeeded and not any(" ERROR" in line for line in run)
