"""Finds what a scanner reported of an image that no registry scans: one of ``[[images.scans]]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.collect.scans.declared import read_scan
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.image_names import image_name

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_orr.clients.registry_said import PublishedImage
    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.scans.report import ScanReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedScan:
    """A scan of an image, complete, as its report says."""

    scanned: datetime
    critical: int
    """Findings of severity critical that the tool's own file does not dismiss."""


def reported_scan(desk: Desk, image: PublishedImage) -> ReportedScan:
    """Return what the newest declared report of each tool says of this very image, together.

    Raises ``FactUnavailable`` when there is none, or when it proves nothing.
    """
    scans = desk.profile.images.scans
    of_it = [one.report for one in scans if image_name(one.image).digest in image.digests]
    if not of_it:
        raise FactUnavailable(
            "no report of a scan of this digest is declared",
            "scan it, and declare the report under [[images.scans]] in readiness.toml",
        )
    try:
        return _together([read_scan(desk, scan) for scan in of_it])
    except FactUnavailable as error:
        remedy = error.remedy.replace("[[scans]]", "[[images.scans]]")
        raise FactUnavailable(f"its scan: {error.cause}", remedy) from error


def _together(reports: list[ScanReport]) -> ReportedScan:
    """Return the worst of what tools say; of several reports of one tool the newest counts."""
    newest: dict[str, ReportedScan] = {}
    for report in reports:
        said, known = _judged(report), newest.get(report.tool)
        if known is None or said.scanned > known.scanned:
            newest[report.tool] = said
    return ReportedScan(
        scanned=min(one.scanned for one in newest.values()),
        critical=max(one.critical for one in newest.values()),
    )


def _judged(report: ScanReport) -> ReportedScan:
    for key in ("tool", "version", "scanned", "looked_at"):
        if getattr(report, key) in {None, ""}:
            raise FactUnavailable(
                f"nobody says its {key}", f"say {key} of the report under [[scans]]"
            )
    if not report.looked_at:
        raise FactUnavailable(f"{report.tool} looked at nothing", "correct what it is given")
    if report.skipped:
        raise FactUnavailable(
            f"{report.tool} could not look at {', '.join(report.skipped[:5])}",
            "let the tool look at all of the image",
        )
    severities = [one.severity for one in report.open_findings]
    critical = severities.count("critical")
    if not critical and "unknown" in severities:
        raise FactUnavailable(
            f"{report.tool} does not say how grave some of its findings are",
            "let it look its findings up, and report again",
        )
    assert report.scanned is not None
    return ReportedScan(scanned=report.scanned, critical=critical)
