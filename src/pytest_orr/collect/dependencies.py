"""Reads what is locked, what is known against it, and how it is kept current: ``dependencies``."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from pytest_orr.clients.git_globs import matches
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.days import day_of, has_passed
from pytest_orr.profile.repository import Repository
from pytest_orr.profile.scans import Accepted, Scan, ScanLimits

from .dependency_sources import looks_at_all, read_sources
from .interface import Desk
from .lockfiles.found import Found, FoundLock
from .lockfiles.packages import Locked, Package
from .parts import Part, part_of, unread
from .scans.declared import name_of
from .scans.report import ScanFinding, ScanReport

GRAVE = frozenset({"critical", "high", "unknown"})
"""Severities that must be judged one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockfile:
    """A lockfile of the release's commit."""

    path: str
    ecosystems: tuple[str, ...] = ()
    packages: int = 0
    """Packages at exact versions."""
    loose: tuple[str, ...] = ()
    """Packages without an exact version."""
    covered_by: str = ""
    """Report that looked at its packages, as it cannot be read here."""
    is_looked_up: bool = True
    """Whether somebody who looks at all lockfiles is asked, or a report is said to cover it; that
    nobody knows advisories at all is told by itself."""

    @property
    def is_whole(self) -> bool:
        """Whether it locks all that it names, and somebody looks that up.

        Raises ``FactUnavailable`` with what it does not lock, and if nobody looks.
        """
        if not self.is_looked_up:
            raise FactUnavailable(
                "neither OSV nor the forge is asked about its packages, and no report covers it",
                "name it under covers of the report under [[scans]] that looked at it, or let "
                "[osv] asked be true",
            )
        if self.loose:
            some = ", ".join(self.loose[:5])
            raise FactUnavailable(
                f"it names no exact version of {some}, so nobody can look {_them(self.loose)} up",
                "let the package manager lock exact versions",
            )
        return True

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.covered_by:
            return f"looked at by {self.covered_by}"
        return f"{self.packages} packages of {', '.join(self.ecosystems) or 'no ecosystem'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """How dependencies are kept current."""

    bots: tuple[str, ...]
    """Settings of bots that propose updates, as paths."""
    newest: datetime
    """When a lockfile last changed."""
    commit: str
    """With which commit."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        bots = ", ".join(self.bots) or "no settings of an update bot"
        return f"{bots}; newest update {self.commit[:12]} of {self.newest:%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyFacts:
    """What the release depends on, by its lockfiles, and what is known against that."""

    lockfiles: tuple[Part[Lockfile], ...]
    """Manifests without a lockfile are among them, as unknown."""
    updates: Part[Updates]
    sources: tuple[Part[ScanReport], ...]
    """Whoever knows advisories: OSV, reports of scanners, the forge."""

    def grave(
        self, commit: str, as_of: datetime, limits: ScanLimits
    ) -> Iterator[tuple[str, ScanFinding]]:
        """Yield each open advisory that is high, critical or ungraded, with who tells of it.

        Sources that do not count are left out: they are unknown as a whole.
        """
        for source in self.sources:
            report = source.observed
            if report is not None and _counts(report, commit, as_of, limits):
                for finding in report.open_findings:
                    if finding.severity in GRAVE:
                        yield source.name, finding

    def fate_of(self, accepted: Accepted, as_of: datetime) -> str:
        """Say in one line what became of an entry under [[accepted]]."""
        told = f"until {accepted.until} by {accepted.by}: {accepted.reason}"
        if has_passed(accepted.until, day_of(as_of)):
            return f"no longer counts, {told}"
        alone = (accepted,)
        findings = (one for part in self.sources for one in _findings_of(part))
        if any(one.acceptance(alone, as_of) for one in findings):
            return told
        return f"no source tells of it, so it can be taken out; {told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Which packages does the release lock, what is known against them, are they kept current?"""

    name: str = "dependencies"
    source: str = "git, reports of scanners, OSV and the forge"
    operations: tuple[str, ...] = (
        *("file:read", "forge:alerts", "git:log", "git:ls-tree", "osv:query"),
    )
    fact_type: Any = DependencyFacts

    def collect(self, desk: Desk) -> Answer[DependencyFacts]:
        """Read all; what cannot be had of one hides nothing of the others."""
        declared = desk.profile.code
        try:
            found = Found(desk.git, declared.of_others)
        except FactUnavailable as error:
            return _without_git(desk, error)
        locks = [(lock, _read(lock)) for lock in found.locks]
        covering = [scan for scan in desk.profile.scans if scan.about == "dependencies"]
        value = DependencyFacts(
            lockfiles=tuple(_part(desk, lock, read, covering) for lock, read in locks),
            updates=part_of("updates", partial(_updates, desk, declared, found.lockfiles)),
            sources=_sources(desk, locks),
        )
        return Answer(value=value, where=desk.git.where)


def _sources(
    desk: Desk, locks: list[tuple[FoundLock, Locked | FactUnavailable]]
) -> tuple[Part[ScanReport], ...]:
    """Return who knows advisories; that nobody is declared hides no lockfile that is there."""
    try:
        return read_sources(desk, _places(locks))
    except Undeclared as error:
        if not locks:
            raise
        return (unread("who knows advisories", error),)


def _without_git(desk: Desk, error: FactUnavailable) -> Answer[DependencyFacts]:
    """Return what others know; without them the repository's own reason counts."""
    try:
        sources = read_sources(desk, None)
    except Undeclared:
        raise error from None
    unseen = unread("lockfiles", error)
    updates = replace(unseen, name="updates")
    return Answer(value=DependencyFacts(lockfiles=(unseen,), updates=updates, sources=sources))


def _read(lock: FoundLock) -> Locked | FactUnavailable:
    try:
        return lock.read()
    except FactUnavailable as error:
        return error


def _part(
    desk: Desk, lock: FoundLock, read: Locked | FactUnavailable, covering: Collection[Scan]
) -> Part[Lockfile]:
    if isinstance(read, Locked):
        covers = (matches(lock.path, scan.covers) for scan in covering)
        seen = Lockfile(
            path=lock.path,
            ecosystems=tuple(sorted({one.ecosystem for one in read.packages})),
            packages=len(read.packages),
            loose=read.loose,
            is_looked_up=looks_at_all(desk.profile) or any(covers) or not covering,
        )
        return Part(name=lock.path, observed=seen)
    for scan in covering:
        if matches(lock.path, scan.covers):
            return Part(name=lock.path, observed=Lockfile(path=lock.path, covered_by=name_of(scan)))
    return unread(lock.path, read)


def _places(
    locks: Iterable[tuple[FoundLock, Locked | FactUnavailable]],
) -> dict[Package, tuple[str, ...]]:
    """Return every locked package with the files that lock it."""
    found: dict[Package, tuple[str, ...]] = {}
    for lock, read in locks:
        for package in read.packages if isinstance(read, Locked) else ():
            found[package] = (*found.get(package, ()), lock.path)
    return found


def _updates(desk: Desk, declared: Repository, lockfiles: tuple[str, ...]) -> Updates:
    newest = desk.git.newest_change(lockfiles) if lockfiles else None
    if newest is None:
        raise FactUnavailable(
            "no commit changed a lockfile", "commit the lockfile of each package manager"
        )
    bots = desk.git.entries(declared.update_bots)
    return Updates(bots=tuple(one.path for one in bots), newest=newest.committed, commit=newest.id)


def _counts(report: ScanReport, commit: str, as_of: datetime, limits: ScanLimits) -> bool:
    try:
        return report.counts(commit, as_of, limits)
    except FactUnavailable:
        return False


def _findings_of(part: Part[ScanReport]) -> tuple[ScanFinding, ...]:
    return part.observed.findings if part.observed else ()


def _them(things: tuple[str, ...]) -> str:
    return "it" if len(things) == 1 else "them"
