"""Reads the baseline that detect-secrets writes: digests of secrets, which are not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .fingerprints import fingerprint_of_secret, place
from .instants import instant
from .report import ScanFinding, ScanReport

if TYPE_CHECKING:
    from pytest_orr.clients.hostile_json import At


def read(content: At, about: str) -> ScanReport:  # noqa: ARG001 readers have one form
    """Read a baseline of detect-secrets 1; what an audit called no secret is dismissed."""
    results = content["results"]
    if not results.is_object():
        raise Unreadable("has no object of results")
    if not list(content["plugins_used"].each()):
        raise Unreadable("looked for nothing: it used no plugin")
    return ScanReport(
        tool="detect-secrets",
        version=content["version"].needed(),
        scanned=instant(content["generated_at"]),
        findings=tuple(
            _finding(file, one) for file, found in results.items() for one in found.each()
        ),
    )


def _finding(file: str, said: At) -> ScanFinding:
    kind = said["type"].needed()
    return ScanFinding(
        id=fingerprint_of_secret(kind, file, said["hashed_secret"].needed()),
        rule=kind,
        severity="unknown",
        where=place(file, said["line_number"].count()),
        is_dismissed=said["is_secret"].flag() is False,
    )
