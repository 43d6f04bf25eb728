"""Reads what ``osv-scanner --format json`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .osv_records import aliases_of, severity_of
from .report import ScanFinding, ScanReport
from .severity import Severity, by_text, gravest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.hostile_json import At


def read(content: At, about: str) -> ScanReport:  # noqa: ARG001 readers have one form
    """Read the JSON of osv-scanner 1 and 2.

    Packages without an advisory are listed with ``--all-packages`` alone; without it the report
    does not tell how many were looked at.
    """
    if not content["results"].is_list():
        raise Unreadable("has no list of results")
    packages = [
        (result.within("source", "path").text(), one)
        for result in content["results"].each()
        for one in result["packages"].each()
    ]
    lists_all = any(not list(one["vulnerabilities"].each()) for _, one in packages)
    return ScanReport(
        tool="osv-scanner",
        looked_at=len(packages) if lists_all else None,
        findings=tuple(found for where, one in packages for found in _findings(where, one)),
    )


def _findings(where: str, package: At) -> Iterator[ScanFinding]:
    said = package["package"]
    rule = f"{said['name'].text()} {said['version'].text() or said['commit'].text()}".strip()
    scores = dict(_scores(package))
    for record in package["vulnerabilities"].each():
        name = record["id"].needed()
        severity = gravest((severity_of(record), scores.get(name, "unknown")))
        yield ScanFinding(
            id=name, aliases=aliases_of(record), rule=rule, severity=severity, where=where
        )


def _scores(package: At) -> Iterator[tuple[str, Severity]]:
    """Yield the severity of each advisory by the score of its group."""
    for group in package["groups"].each():
        severity = by_text(group["max_severity"].text())
        for one in group["ids"].each():
            yield one.needed(), severity
