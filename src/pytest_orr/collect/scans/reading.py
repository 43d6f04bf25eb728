"""Reads one scanner's report in its format, and completes it by what readiness.toml says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.hostile_json import Unreadable, read_json
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from pytest_orr.profile.scans import Scan

    from .report import ScanReport

MODULES = MappingProxyType(
    {
        "sarif": "sarif",
        "gitlab-secret-detection": "gitlab",
        "gitlab-dependency-scanning": "gitlab",
        "gitlab-sast": "gitlab",
        "cyclonedx": "cyclonedx",
        "pip-audit": "pip_audit",
        "osv-scanner": "osv_scanner",
        "npm-audit": "npm_audit",
        "detect-secrets": "detect_secrets",
        "gitleaks": "gitleaks",
        "ggshield": "ggshield",
    }
)
"""The reader of each format, a module beside this one."""
SAYABLE = ("tool", "version", "commit", "scanned", "whole_history", "looked_at")
"""What readiness.toml may say of a report that does not say it itself."""


def read_report(raw: bytes, scan: Scan, name: str) -> ScanReport:
    """Return what a report says, completed by its entry under ``[[scans]]``.

    ``name`` names the file in messages. Raises ``FactUnavailable`` when it is another file than the
    declared one, cannot be read in its format, or contradicts its entry.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if scan.sha256 and scan.sha256 != digest:
        raise FactUnavailable(
            f"{name} is not the declared file: its SHA-256 is {digest}",
            "correct sha256 under [[scans]] in readiness.toml, or put the declared file back",
        )
    try:
        read = import_module(f"pytest_orr.collect.scans.{MODULES[scan.format]}").read
        told: ScanReport = read(read_json(raw), scan.about)
    except Unreadable as error:
        raise FactUnavailable(
            f"{name} is no report in the format {scan.format}: it {error}",
            "let the tool write it anew, or correct format under [[scans]] in readiness.toml",
        ) from error
    return _completed(replace(told, format=scan.format, sha256=digest), scan, name)


def _completed(told: ScanReport, scan: Scan, name: str) -> ScanReport:
    added: dict[str, Any] = {}
    for key in SAYABLE:
        said, declared = getattr(told, key), getattr(scan, key)
        if declared is None:
            continue
        if said in {None, ""}:
            added[key] = declared
        elif not _agree(said, declared):
            raise FactUnavailable(
                f"{name} says {said} as {key}, and readiness.toml {declared}",
                f"leave {key} out under [[scans]] in readiness.toml, as the report says it itself",
            )
    return replace(told, **added)


def _agree(said: object, declared: object) -> bool:
    if isinstance(said, str) and isinstance(declared, str):
        longer, shorter = sorted((said.casefold(), declared.casefold()), key=len, reverse=True)
        return longer.startswith(shorter)
    return said == declared
