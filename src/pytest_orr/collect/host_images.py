"""Which image and patch level runs on each host: the fact ``host_images``."""

import re
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_orr.collect import instances, managed_images
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_lines import SectionRead
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.host_sources import with_managed
from pytest_orr.collect.host_values import epoch_instant
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.managed_images import ManagedImage, read_managed_images
from pytest_orr.collect.support_ends import support_end, table_source
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer, Unavailable

KNOWN = frozenset({"debian", "ubuntu"})
"""Distributions of which it is known, and tried, how they keep packages."""
ATTEST = "attest what keeps its packages up to date, or use Debian or Ubuntu"
FLAVOUR = re.compile(r"-([a-z][a-z0-9-]*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostImage:
    """A host's distribution, and what of it waits to be updated."""

    distribution: str
    """Its id, such as ``debian``."""
    version: str
    pretty_name: str = ""
    has_lts: bool = False
    """Whether its release is one with long-term support, if the table knows it."""
    support_ends_at: datetime | None = None
    """When the release stops getting security updates, if the table knows it."""
    support_table: str = ""
    pending: tuple[str, ...] = ()
    """Packages of which a security archive has a later version."""
    updates_trouble: Unavailable | None = None
    """Why nothing can be said about updates."""
    index_read_at: datetime | None = None
    """When the newest index of a security archive is from; nothing if the host has none."""
    reboot_asked_for: bool = False
    """Whether a package asked for a reboot."""
    running_kernel: str = ""
    newest_kernel: str = ""
    """The newest installed one of the running one's flavour; nothing if none is."""
    clock: Unavailable | None = None

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        pending = f"{len(self.pending)} security updates pending"
        index = f"index of {self.index_read_at:%Y-%m-%d}" if self.index_read_at else "no index"
        name = self.pretty_name or f"{self.distribution} {self.version}"
        return f"{name}, {self.updates_trouble.cause if self.updates_trouble else pending}, {index}"

    @property
    def end_of_support(self) -> datetime:
        """When the release stops getting security updates; unknown for one not in the table."""
        if self.support_ends_at is None:
            raise FactUnavailable(
                f"no end of support is known of {self.distribution} {self.version}".rstrip(),
                f"the table is of {self.support_table}: update pytest-orr, or {ATTEST}",
            )
        return self.support_ends_at

    @property
    def is_lts(self) -> bool:
        """Whether the release is one with long-term support; unknown for one not in the table."""
        _ = self.end_of_support
        return self.has_lts

    def security_updates(self, as_of: datetime, oldest_index_days: int) -> tuple[str, ...]:
        """Return the packages with a pending security update.

        That there are none is known only from an index of a security archive that is not too old.
        """
        if self.updates_trouble is not None:
            raise FactUnavailable(self.updates_trouble.cause, self.updates_trouble.remedy)
        if not self.pending:
            self._trust_index(as_of, oldest_index_days)
        return self.pending

    def _trust_index(self, as_of: datetime, oldest_index_days: int) -> None:
        remedy = "let apt-get update run daily on the host, for its security archive too"
        if self.index_read_at is None:
            raise FactUnavailable("it has no package index of a security archive", remedy)
        if self.clock is not None:
            raise FactUnavailable(self.clock.cause, self.clock.remedy)
        if as_of - self.index_read_at > timedelta(days=oldest_index_days):
            raise FactUnavailable(
                f"its newest security index is of {self.index_read_at:%Y-%m-%d}: "
                "that no update is pending follows from nothing",
                remedy,
            )

    @property
    def reboot_required(self) -> bool:
        """Whether a package asked for a reboot, or a newer kernel than the running one waits."""
        return self.reboot_asked_for or bool(
            self.newest_kernel and self.newest_kernel != self.running_kernel
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HostImages:
    """Which distribution runs on each host, and what of it waits to be updated?"""

    name: str = "host_images"
    source: str = "SSH, AWS ec2 and ssm"
    operations: tuple[str, ...] = (
        *instances.OPERATIONS,
        *managed_images.OPERATIONS,
        "ssh:reboot",
        "ssh:release",
        "ssh:updates",
    )
    fact_type: Any = tuple[HostFact[HostImage | ManagedImage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[HostImage | ManagedImage], ...]]:
        """Ask every host, and SSM about instances that none of them stands for."""
        return with_managed(
            desk,
            lambda: desk.hosts.answer(("release", "reboot"), _image),
            read_managed_images,
        )


def _image(host: HostView) -> HostImage:
    release = distribution_of(host)
    distribution, version = release.get("ID", ""), release.get("VERSION_ID", "")
    end, reboot = support_end(distribution, version), host.section("reboot")
    updates, trouble = _updates(host, distribution)
    return HostImage(
        distribution=distribution,
        version=version,
        pretty_name=release.get("PRETTY_NAME", ""),
        has_lts=end is not None and end.is_lts,
        support_ends_at=end.until if end else None,
        support_table=table_source(),
        pending=tuple(sorted(updates.all("security"))),
        updates_trouble=trouble,
        index_read_at=_index_read_at(updates),
        reboot_asked_for=bool(reboot.one("required")),
        running_kernel=reboot.one("running"),
        newest_kernel=_newest(reboot.all("installed"), reboot.one("running")),
        clock=host.clock,
    )


def distribution_of(host: HostView) -> dict[str, str]:
    """Return what ``os-release`` says, its values without their quotes."""
    lines = host.section("release").all("os-release")
    pairs = (line.partition("=") for line in lines)
    return {name: " ".join(shlex.split(value)) for name, _, value in pairs}


def known_packages(distribution: str) -> None:
    """Raise ``FactUnavailable`` for a distribution whose package keeping is not known."""
    if distribution not in KNOWN:
        cause = f"pytest-orr does not know how {distribution or 'this system'} keeps packages"
        raise FactUnavailable(cause, ATTEST)


def _updates(host: HostView, distribution: str) -> tuple[SectionRead, Unavailable | None]:
    try:
        known_packages(distribution)
        return host.section("updates"), None
    except FactUnavailable as error:
        return SectionRead(), Unavailable(cause=error.cause, remedy=error.remedy)


def _index_read_at(updates: SectionRead) -> datetime | None:
    """Return the newest security index's instant: of its archive, where the archive told it."""
    indexes = (line.split(maxsplit=1) for line in updates.all("index"))
    instants = [epoch_instant(seconds) for seconds, path in indexes if _is_security(path)]
    return max(instants, default=None)


def _is_security(path: str) -> bool:
    return "-security_" in path.rpartition("/")[2]


def _newest(installed: tuple[str, ...], running: str) -> str:
    flavour = FLAVOUR.search(running)
    alike = [one for one in installed if flavour and one.endswith(flavour[0])]
    return max(alike, key=_by_number, default="")


def _by_number(kernel: str) -> list[tuple[int, str]]:
    parts = re.findall(r"([0-9]+)|([^0-9]+)", kernel)
    return [(int(number or 0), text) for number, text in parts]
