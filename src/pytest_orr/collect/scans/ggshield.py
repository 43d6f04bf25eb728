"""Reads what ``ggshield secret scan --json`` writes; matches are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .fingerprints import fingerprint_of_secret, place
from .report import ScanFinding, ScanReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.hostile_json import At


def read(content: At, about: str) -> ScanReport:  # noqa: ARG001 readers have one form
    """Read the JSON of ggshield 1; a finding with a reason to ignore it is dismissed."""
    if content["total_incidents"].count() is None or not content["type"].text():
        raise Unreadable("is no report of ggshield")
    scans = [content, *content["scans"].each()]
    return ScanReport(
        tool="ggshield",
        skipped=tuple(file for scan in scans for file in _not_scanned(scan)),
        findings=tuple(found for scan in scans for found in _findings(scan)),
    )


def _not_scanned(scan: At) -> Iterator[str]:
    for error in scan["errors"].each():
        for file in error["files"].each():
            yield file["filename"].needed()


def _findings(scan: At) -> Iterator[ScanFinding]:
    commit = scan["id"].text() if scan["type"].text() == "commit" else ""
    for entity in scan["entities_with_incidents"].each():
        file = entity["filename"].text()
        for incident in entity["incidents"].each():
            yield _finding(incident, file, commit)


def _finding(incident: At, file: str, commit: str) -> ScanFinding:
    kind = incident["type"].text() or incident["detector"].text() or "secret"
    lines = [one["line_start"].count() for one in incident["occurrences"].each()]
    return ScanFinding(
        id=fingerprint_of_secret(kind, file, incident["ignore_sha"].needed()),
        rule=kind,
        severity="unknown",
        where=place(file, next(filter(None, lines), None), commit),
        is_dismissed=bool(incident["ignore_reason"]),
    )
