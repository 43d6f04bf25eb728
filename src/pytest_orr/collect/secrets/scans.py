"""Who looks for secrets in the repository, and what they saw: the fact ``secret_scans``.

GitGuardian, the forge's own alerts and reports of scanners are asked wherever they are declared;
where none of them answers, a scanner that is installed here looks through the whole history.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.collect.scans.declared import read_scans
from pytest_orr.collect.scans.report import ScanReport
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .hits import SecretHit, hit_of
from .looks import looks_of
from .watches import (
    ForgeAlerts,
    Watch,
    Workspace,
    read_alerts,
    read_watch,
    read_workspace,
)

STATE_IT = 'state in attestations.toml, with covers = "unknown"'


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretScanFacts:
    """Every source that was asked, each with what it saw or why it did not answer."""

    watches: tuple[Part[Watch], ...] = ()
    """GitGuardian over the declared repository."""
    workspaces: tuple[Part[Workspace], ...] = ()
    """GitGuardian over all repositories of the token."""
    alerts: tuple[Part[ForgeAlerts], ...] = ()
    """The forge over the project."""
    reports: tuple[Part[ScanReport], ...] = ()
    """Scans of the past: declared, or made here."""

    @property
    def sources(self) -> tuple[Part[Any], ...]:
        """All of them."""
        return (*self.watches, *self.workspaces, *self.alerts, *self.reports)

    @property
    def seen(self) -> str:
        """Which of them answered, for a finding."""
        answered = [one.name for one in self.sources if one.observed is not None]
        return f"answered by {', '.join(answered)}" if answered else "nobody answered"

    @property
    def watchers(self) -> tuple[str, ...]:
        """Who watches what is pushed next; ``FactUnavailable`` if nobody that answered does."""
        found: tuple[Part[Any], ...] = (*self.watches, *self.alerts)
        names = tuple(one.name for one in found if one.observed is not None)
        if not names:
            raise FactUnavailable(
                "a scan shows the past alone, and nobody who watches what is pushed next answered",
                "declare who watches it under [gitguardian] in readiness.toml, or switch the alerts"
                f" of [forge] on, or {STATE_IT}, who watches",
            )
        return names

    @property
    def watchers_of_all(self) -> tuple[str, ...]:
        """Who watches the team's other repositories, too; ``FactUnavailable`` if nobody does."""
        names = tuple(one.name for one in self.workspaces if one.observed is not None)
        if not names:
            raise FactUnavailable(
                "nobody who answered looks at the team's other repositories",
                "declare who watches them under [gitguardian] in readiness.toml,"
                f" or {STATE_IT}, who looked at them",
            )
        return names

    @property
    def hits(self) -> tuple[SecretHit, ...]:
        """Every secret that was seen in the service's own repository."""
        watched = (hit for one in self._read(self.watches) for hit in one.hits)
        told = (hit for one in self._read(self.alerts) for hit in one.hits)
        scanned = (hit_of(found) for one in self._read(self.reports) for found in one.findings)
        return _once(*watched, *told, *scanned)

    @property
    def service_accounts(self) -> tuple[SecretHit, ...]:
        """Those that are about service accounts of databases and clouds, in all repositories."""
        elsewhere = (hit for one in self._read(self.workspaces) for hit in one.hits)
        return tuple(hit for hit in _once(*self.hits, *elsewhere) if hit.kind)

    @staticmethod
    def _read(parts: tuple[Part[Any], ...]) -> tuple[Any, ...]:
        return tuple(one.observed for one in parts if one.observed is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretScans:
    """Asks all who look for secrets in the repository."""

    name: str = "secret_scans"
    source: str = "GitGuardian, the forge, scanners"
    operations: tuple[str, ...] = (
        *("gitguardian:GET", "forge:alerts", "forge:push_protection", "file:read", "git:log"),
    )
    fact_type: Any = SecretScanFacts

    def collect(self, desk: Desk) -> Answer[SecretScanFacts]:
        """Ask each; raises ``Undeclared`` when there is nobody to ask."""
        asked = _asked(desk)
        if not any(one.observed is not None for one in asked.sources) and not asked.reports:
            asked = SecretScanFacts(
                watches=asked.watches,
                workspaces=asked.workspaces,
                alerts=asked.alerts,
                reports=looks_of(desk, history=True),
            )
        if not asked.sources:
            raise Undeclared("[gitguardian]", "who watches the repository for secrets")
        return Answer(value=asked, where=tuple(one.name for one in asked.sources))


def _asked(desk: Desk) -> SecretScanFacts:
    profile = desk.profile
    watches: tuple[Part[Watch], ...] = ()
    workspaces: tuple[Part[Workspace], ...] = ()
    alerts: tuple[Part[ForgeAlerts], ...] = ()
    if profile.gitguardian is not None:
        name = f"GitGuardian on {profile.gitguardian.source}"
        watches = (part_of(name, partial(read_watch, desk.gitguardian)),)
        everywhere = "GitGuardian on all repositories"
        workspaces = (part_of(everywhere, partial(read_workspace, desk.gitguardian)),)
    if profile.forge is not None and profile.scan_limits.forge_alerts:
        name = f"{profile.forge.kind} on {profile.forge.project}"
        alerts = (part_of(name, partial(read_alerts, desk)),)
    declared = any(scan.about == "secrets" for scan in profile.scans)
    reports = read_scans(desk, "secrets") if declared else ()
    return SecretScanFacts(watches=watches, workspaces=workspaces, alerts=alerts, reports=reports)


def _once(*hits: SecretHit) -> tuple[SecretHit, ...]:
    return tuple({hit.id: hit for hit in hits}.values())
