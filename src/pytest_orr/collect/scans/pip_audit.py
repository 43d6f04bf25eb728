"""Reads what ``pip-audit --format json`` writes; it tells no severities, which OSV may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .report import ScanFinding, ScanReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.hostile_json import At


def read(content: At, about: str) -> ScanReport:  # noqa: ARG001 readers have one form
    """Read the JSON of pip-audit 2: packages with their advisories, or why they were skipped."""
    packages = content["dependencies"]
    if not packages.is_list():
        raise Unreadable("has no list of dependencies")
    skipped = tuple(one["name"].needed() for one in packages.each() if one["skip_reason"])
    looked_at = [one for one in packages.each() if not one["skip_reason"]]
    return ScanReport(
        tool="pip-audit",
        looked_at=len(looked_at),
        skipped=skipped,
        findings=tuple(found for one in looked_at for found in _findings(one)),
    )


def _findings(package: At) -> Iterator[ScanFinding]:
    rule = f"{package['name'].needed()} {package['version'].needed()}"
    if not package["vulns"].is_list():
        raise package["vulns"].wrong("list")
    for said in package["vulns"].each():
        aliases = tuple(one.needed() for one in said["aliases"].each())
        yield ScanFinding(id=said["id"].needed(), aliases=aliases, rule=rule, severity="unknown")
