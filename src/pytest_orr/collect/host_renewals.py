"""What renews the certificates that lie on each host: the fact ``host_renewals``."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_paths import Paths, paths_in
from pytest_orr.collect.host_permissions import not_permitted
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.host_script import RENEWAL_JOBS, RENEWAL_TIMERS
from pytest_orr.collect.host_values import SystemdUnit, units_in
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCertificate:
    """A certificate that certbot keeps."""

    name: str
    """Of its lineage."""
    names: tuple[str, ...]
    """Public names that it is for."""
    issued_at: datetime
    """When it was last renewed: the beginning of its validity."""
    not_after: datetime
    is_renewed: bool
    """Whether certbot has a renewal configuration for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals:
    """The certificates of a host, and the jobs that renew them."""

    has_certbot: bool
    certificates: tuple[HostCertificate, ...] = ()
    timers: tuple[SystemdUnit, ...] = ()
    jobs: tuple[SystemdUnit, ...] = ()
    cron_files: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    clock: Unavailable | None = None

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        by = ", ".join((*(timer.seen for timer in self.timers), *self.cron_files))
        until = ", ".join(f"{one.name} until {one.not_after:%Y-%m-%d}" for one in self.certificates)
        return f"renewed by {by or 'nothing'}; {until or 'no certificate'}"

    @property
    def is_scheduled(self) -> bool:
        """Whether a timer or cron starts the renewal."""
        found = bool(self.cron_files) or any(
            timer.is_enabled and timer.is_active for timer in self.timers
        )
        if not found and self.unread:
            raise not_permitted("renewals", *self.unread)
        return found

    @property
    def last_run_failed(self) -> bool:
        """Whether the last run that systemd started ended with an error."""
        return any(job.exit_status != 0 or job.result not in {"", "success"} for job in self.jobs)

    def ran_within(self, days: int, as_of: datetime) -> bool:
        """Tell whether a timer started the renewal at most so many days before ``as_of``."""
        if self.clock is not None:
            raise FactUnavailable(self.clock.cause, self.clock.remedy)
        moments = [timer.triggered_at for timer in self.timers if timer.triggered_at is not None]
        return any(as_of - moment <= timedelta(days=days) for moment in moments)

    def certificate_for(self, name: str) -> HostCertificate | None:
        """Return the certificate of a public name that holds longest; nothing if there is none.

        That there is none is known only if all could be read.
        """
        parent = f"*.{name.partition('.')[2]}"
        fitting = [one for one in self.certificates if {name, parent} & set(one.names)]
        if not fitting and self.unread:
            raise not_permitted("renewals", *self.unread)
        return max(fitting, key=lambda one: one.not_after, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRenewals:
    """What renews the certificates on each host, and until when do they hold?"""

    name: str = "host_renewals"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:renewals", "ssh:units")
    fact_type: Any = tuple[HostFact[Renewals], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[Renewals], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("renewals",), _renewals)


def _renewals(host: HostView) -> Renewals:
    read = host.section("renewals")
    lines = host.section("units").all("property") if host.has("units") else ()
    units = [unit for unit in units_in(lines) if unit.is_loaded]
    configured, live = paths_in(read.all("renewal")), paths_in(read.all("certificate"))
    lineages = {path.rpartition("/")[2].removesuffix(".conf") for path in configured.found}
    certificates, unread = _certificates(live, lineages)
    return Renewals(
        has_certbot=read.one("certbot") == "present",
        certificates=certificates,
        timers=tuple(unit for unit in units if unit.name in RENEWAL_TIMERS),
        jobs=tuple(unit for unit in units if unit.name in RENEWAL_JOBS),
        cron_files=tuple(sorted(read.all("cron"))),
        unread=(*read.all("unread"), *configured.not_read, *live.unread, *unread),
        clock=host.clock,
    )


def _certificates(
    live: Paths, lineages: set[str]
) -> tuple[tuple[HostCertificate, ...], tuple[str, ...]]:
    certificates, unread = [], []
    for path in sorted(live.found):
        lines = [line.strip() for about, line in live.told if about == path]
        said = dict(line.split("=", 1) for line in lines if line.startswith(("notB", "notA")))
        lineage = path.split("/")[-2]
        if said.keys() < {"notBefore", "notAfter"}:
            unread.append(path)
            continue
        certificates.append(
            HostCertificate(
                name=lineage,
                names=_names(lines),
                issued_at=_instant(said["notBefore"]),
                not_after=_instant(said["notAfter"]),
                is_renewed=lineage in lineages,
            )
        )
    return tuple(certificates), tuple(unread)


def _names(lines: list[str]) -> tuple[str, ...]:
    named = (part.strip() for line in lines if "DNS:" in line for part in line.split(","))
    return tuple(sorted(part.removeprefix("DNS:") for part in named if part.startswith("DNS:")))


def _instant(text: str) -> datetime:
    """Return the instant of ``Feb  9 12:00:00 2027 GMT``."""
    month, day, clock, year, zone = text.split()
    return parsedate_to_datetime(f"{day} {month} {year} {clock} {zone}").astimezone(UTC)
