"""Asks whoever knows advisories of the release's packages, for ``dependencies``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import read_json
from pytest_orr.errors import FactUnavailable, Undeclared

from .advisories import advisories_of, graded
from .lockfiles.purls import package_of
from .parts import Part, part_of
from .scans.cyclonedx import purls_of
from .scans.declared import name_of, raw_of, read_scan
from .scans.report import ScanFinding, ScanReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.forge.said import Alert
    from pytest_orr.profile.scans import Scan
    from pytest_orr.profile.schema import Profile

    from .interface import Desk
    from .lockfiles.packages import Package


def read_sources(
    desk: Desk, places: Mapping[Package, tuple[str, ...]] | None
) -> tuple[Part[ScanReport], ...]:
    """Return what OSV, each declared report and the forge tell, each read by itself.

    ``places`` are the locked packages with their lockfiles; none if nobody knows them. Raises
    ``Undeclared`` when nobody is there to be asked.
    """
    found = (*_osv(desk, places), *_reports(desk), *_alerts(desk))
    if not found:
        raise Undeclared("[[scans]]", "the report of a scan of dependencies")
    return found


def looks_at_all(profile: Profile) -> bool:
    """Tell whether somebody is asked who looks at every lockfile: OSV, or the forge."""
    return profile.osv.asked or _has_alerts(profile)


def _osv(
    desk: Desk, places: Mapping[Package, tuple[str, ...]] | None
) -> Iterator[Part[ScanReport]]:
    if places is not None and desk.profile.osv.asked:
        yield part_of("OSV", partial(_asked_osv, desk, places))


def _asked_osv(desk: Desk, places: Mapping[Package, tuple[str, ...]]) -> ScanReport:
    desk.progress(f"OSV is asked about {len(places)} packages")
    findings = advisories_of(desk.osv, places) if places else ()
    return ScanReport(tool="OSV", looked_at=len(places), findings=findings, is_live=True)


def _reports(desk: Desk) -> Iterator[Part[ScanReport]]:
    for scan in desk.profile.scans:
        if scan.about == "dependencies":
            yield part_of(name_of(scan), partial(_report, desk, scan))


def _report(desk: Desk, scan: Scan) -> ScanReport:
    report = read_scan(desk, scan)
    if scan.format == "cyclonedx":
        report = _looked_up(desk, scan, report)
    if not desk.profile.osv.asked:
        return report
    return replace(report, findings=graded(desk.osv, report.findings))


def _looked_up(desk: Desk, scan: Scan, report: ScanReport) -> ScanReport:
    """Return a list of components with what OSV knows of them."""
    content = read_json(raw_of(desk, scan))
    if not desk.profile.osv.asked:
        if content["vulnerabilities"].is_list():
            return report
        raise FactUnavailable(
            "it lists components and no vulnerabilities, and OSV is not asked about them",
            "let [osv] asked be true in readiness.toml, or declare the report of a scanner",
        )
    packages = {purl: package_of(purl) for purl in purls_of(content)}
    places = {package: (name_of(scan),) for package in packages.values() if package}
    unknown = tuple(purl.partition("?")[0] for purl, package in packages.items() if not package)
    known = advisories_of(desk.osv, places) if places else ()
    return replace(report, findings=(*report.findings, *known), skipped=(*report.skipped, *unknown))


def _alerts(desk: Desk) -> Iterator[Part[ScanReport]]:
    forge = desk.profile.forge
    if forge is not None and _has_alerts(desk.profile):
        yield part_of(f"alerts of {forge.project}", partial(_asked_forge, desk, forge.kind))


def _has_alerts(profile: Profile) -> bool:
    is_asked = profile.forge is not None and profile.forge.token is not None
    return is_asked and profile.scan_limits.forge_alerts


def _asked_forge(desk: Desk, kind: str) -> ScanReport:
    tool = {"gitlab": "GitLab", "github": "GitHub"}[kind]
    findings = tuple(_finding(one) for one in desk.forge.alerts("dependency"))
    return ScanReport(tool=f"{tool}'s alerts", findings=findings, is_live=True)


def _finding(alert: Alert) -> ScanFinding:
    names = tuple(dict.fromkeys((*alert.aliases, alert.id)))
    return ScanFinding(
        id=names[0],
        aliases=names[1:],
        rule=alert.title,
        severity=alert.severity,
        where=alert.where,
        is_dismissed=alert.resolution is not None,
    )
