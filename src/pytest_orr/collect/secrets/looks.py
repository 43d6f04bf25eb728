"""Looks through the repository with a scanner that is installed here, as one more report."""

import os
from datetime import datetime
from functools import partial
from pathlib import Path

from pytest_orr.clients import gitleaks
from pytest_orr.clients.secret_scanner import TOOL, Hit, Scanned
from pytest_orr.clients.settings import setting
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.collect.scans.fingerprints import fingerprint_of_secret, place
from pytest_orr.collect.scans.reading import read_report
from pytest_orr.collect.scans.report import ScanFinding, ScanReport
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.scans import Scan


def looks_of(desk: Desk, *, history: bool) -> tuple[Part[ScanReport], ...]:
    """Look through the release's commit, or its whole history; none if no scanner may or can.

    detect-secrets is taken if it is installed, or else gitleaks, which looks at histories alone.
    """
    if not desk.profile.scan_limits.run_scanners:
        return ()
    if desk.scanner.version:
        return (part_of(f"{TOOL}, run here", partial(_look, desk, history=history)),)
    if history and gitleaks.installed():
        return (part_of("gitleaks, run here", partial(_leaks, desk)),)
    return ()


def checkout_of(desk: Desk) -> Path:
    """Return the folder of the checkout that the profile names, or its own."""
    declared = desk.profile.repository
    path = declared.path if declared else None
    return desk.folder / setting(path, where="[repository] path", environment=os.environ)


def report_of(scanned: Scanned, commit: str, as_of: datetime, *, history: bool) -> ScanReport:
    """Return what was found as a report; it is of the day that is judged."""
    return ScanReport(
        tool=TOOL,
        version=scanned.version,
        commit=commit,
        scanned=as_of,
        whole_history=history,
        looked_at=scanned.looked_at,
        skipped=scanned.skipped,
        findings=tuple(_finding(hit, commit) for hit in scanned.hits),
    )


def _look(desk: Desk, *, history: bool) -> ScanReport:
    commit = desk.git.commit
    scanned = desk.scanner.scan(checkout_of(desk), commit, history=history, seconds=_seconds(desk))
    return report_of(scanned, commit, desk.as_of, history=history)


def _leaks(desk: Desk) -> ScanReport:
    commit = desk.git.commit
    said = gitleaks.scan(checkout_of(desk), commit, _seconds(desk), desk.progress)
    if not said.version:
        raise FactUnavailable(
            "gitleaks does not tell its version", "install one that does, or detect-secrets"
        )
    scan = Scan(
        about="secrets",
        format="gitleaks",
        version=said.version,
        commit=commit,
        scanned=desk.as_of,
        whole_history=True,
        looked_at=said.commits,
    )
    return read_report(said.raw, scan, "the report of gitleaks")


def _seconds(desk: Desk) -> float:
    return desk.profile.scan_limits.longest_scan_minutes * 60.0


def _finding(hit: Hit, commit: str) -> ScanFinding:
    file = hit.path.encode("utf-8", "replace").decode("utf-8")
    since = "" if hit.commit == commit else hit.commit
    return ScanFinding(
        id=fingerprint_of_secret(hit.kind, file, hit.digest),
        rule=hit.kind,
        severity="unknown",
        where=place(file, hit.line, since),
        is_dismissed=hit.is_allowed,
    )
