"""Reads what ``gitleaks --report-format json`` writes; match, secret and message are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .fingerprints import fingerprint, place
from .report import ScanFinding, ScanReport

if TYPE_CHECKING:
    from pytest_orr.clients.hostile_json import At


def read(content: At, about: str) -> ScanReport:  # noqa: ARG001 readers have one form
    """Read the list of findings of gitleaks 8; it tells neither version nor what was scanned."""
    if not content.is_list():
        raise Unreadable("is no list of findings")
    return ScanReport(tool="gitleaks", findings=tuple(map(_finding, content.each())))


def _finding(said: At) -> ScanFinding:
    rule, file, commit = said["RuleID"].needed(), said["File"].text(), said["Commit"].text()
    line = said["StartLine"].count()
    return ScanFinding(
        id=said["Fingerprint"].text() or fingerprint(commit, file, rule, str(line)),
        rule=rule,
        severity="unknown",
        where=place(file, line, commit),
    )
