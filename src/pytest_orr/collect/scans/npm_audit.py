"""Reads what ``npm audit --json`` writes, from npm 7 on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .report import ScanFinding, ScanReport
from .severity import by_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.hostile_json import At


def read(content: At, about: str) -> ScanReport:  # noqa: ARG001 readers have one form
    """Read the report of version 2, in which packages name advisories or other packages.

    An advisory is told where it is, once; a package that is affected by another's is not counted.
    """
    if content["error"]:
        raise Unreadable("tells of an error of npm")
    if content["auditReportVersion"].count() != 2:
        raise Unreadable("is no report of version 2, which npm writes from 7 on")
    packages = content["vulnerabilities"]
    if not packages.is_object():
        raise Unreadable("has no object of vulnerabilities")
    found = [finding for _, package in packages.items() for finding in _findings(package)]
    return ScanReport(
        tool="npm",
        looked_at=content.within("metadata", "dependencies", "total").count(),
        findings=tuple(dict.fromkeys(found)),
    )


def _findings(package: At) -> Iterator[ScanFinding]:
    for via in package["via"].each():
        if via.is_object():
            yield _finding(via)
        else:
            via.needed()


def _finding(via: At) -> ScanFinding:
    advisory = via["url"].text().rstrip("/").rpartition("/")[2]
    number = f"npm:{via['source'].count()}" if isinstance(via["source"].value, int) else ""
    names = tuple(filter(None, (advisory, number)))
    if not names:
        raise Unreadable(f"names no advisory at {via.path}")
    return ScanFinding(
        id=names[0],
        aliases=names[1:],
        rule=f"{via['name'].needed()} {via['range'].text()}".strip(),
        severity=by_word(via["severity"].text()),
    )
