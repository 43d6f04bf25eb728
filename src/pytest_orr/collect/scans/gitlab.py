"""Reads GitLab's security reports, which have one form for all kinds of scan (schema 15)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .fingerprints import place
from .instants import instant
from .report import ScanFinding, ScanReport
from .severity import by_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.hostile_json import At

KINDS = {"secrets": "secret_detection", "dependencies": "dependency_scanning", "code": "sast"}
VERSIONS = re.compile(r"15\.\d+\.\d+")
ADVISORIES = ("cve", "ghsa")
"""Types of identifier by which an advisory is known everywhere."""


def read(content: At, about: str) -> ScanReport:
    """Read a report of secret detection, dependency scanning or SAST."""
    version, scan = content["version"].text(), content["scan"]
    if not VERSIONS.fullmatch(version):
        raise Unreadable(f"has version {version[:20]!r} of GitLab's schema, which is not known")
    kind = scan["type"].text()
    if kind != KINDS[about]:
        raise Unreadable(f"is of the kind {kind[:40]!r}, not {KINDS[about]}")
    if scan["status"].text() != "success":
        raise Unreadable("does not say that the scan succeeded")
    if not content["vulnerabilities"].is_list():
        raise Unreadable("has no list of vulnerabilities")
    scanner = scan["scanner"]
    return ScanReport(
        tool=scanner["name"].needed(),
        version=scanner["version"].text(),
        scanned=instant(scan["end_time"]),
        looked_at=_looked_at(content),
        skipped=tuple(_fatal(scan)),
        findings=tuple(_finding(one, about) for one in content["vulnerabilities"].each()),
    )


def _looked_at(content: At) -> int | None:
    """Return how many packages were looked at; none if no file of packages is listed."""
    files = content["dependency_files"]
    if not files:
        return None
    return sum(len(list(file["dependencies"].each())) for file in files.each())


def _fatal(scan: At) -> Iterator[str]:
    """Yield what the scanner itself calls fatal; its own words may quote what it read."""
    for message in scan["messages"].each():
        if message["level"].text() == "fatal":
            yield f"something fatal, told at {message.path}"


def _finding(said: At, about: str) -> ScanFinding:
    identifiers = [
        (one["type"].text().lower(), one["value"].text(), one["name"].text())
        for one in said["identifiers"].each()
    ]
    public = [value for kind, value, _ in identifiers if kind in ADVISORIES and value]
    own = said["id"].needed()
    named = (*public, own, *(value for _, value, _ in identifiers if value))
    names = tuple(dict.fromkeys(named if about == "dependencies" else (own,)))
    return ScanFinding(
        id=names[0],
        aliases=names[1:],
        rule=_package(said) or next((name for _, _, name in identifiers if name), "no rule"),
        severity=by_word(said["severity"].text()),
        where=_where(said["location"]),
    )


def _package(said: At) -> str:
    found = said.within("location", "dependency")
    name = found.within("package", "name").text()
    return f"{name} {found['version'].text()}".strip() if name else ""


def _where(location: At) -> str:
    if not location:
        return ""
    commit = location.within("commit", "sha").text()
    return place(location["file"].text(), location["start_line"].count(), commit)
