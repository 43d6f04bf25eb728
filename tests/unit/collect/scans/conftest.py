"""Reports of scanners: those that tools wrote, and how any report is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.scans.reading import read_report
from pytest_orr.profile.scans import Scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.scans.report import ScanReport

REPORTS = Path(__file__).parent / "reports"
ABOUT = {
    "dependencies": (
        *("pip-audit", "npm-audit", "osv-scanner", "cyclonedx", "gitlab-dependency-scanning"),
    ),
    "secrets": ("detect-secrets", "gitleaks", "ggshield", "gitlab-secret-detection"),
}


@pytest.fixture(scope="session")
def kept() -> Callable[[str], bytes]:
    """Return a report that a tool wrote, by its file's name."""
    return lambda name: (REPORTS / name).read_bytes()


@pytest.fixture(scope="session")
def read_as() -> Callable[..., ScanReport]:
    """Read bytes or a value as a report: ``read_as("sarif", value, about="code", tool="x")``."""

    def read(form: Any, content: Any, **said: Any) -> ScanReport:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        about = next((one for one, forms in ABOUT.items() if form in forms), "code")
        return read_report(raw, Scan(**{"about": about, "format": form} | said), "report.json")

    return read
