"""Reports of scanners: those that tools wrote, and how any report is read."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Job
from pytest_orr.collect.scans.reading import read_report
from pytest_orr.profile.scans import Scan
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.scans.report import ScanReport

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
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


class PlantedForge:
    """A forge that has one artifact, left by the last of three jobs of its name."""

    def __init__(self, artifact: bytes) -> None:
        self._artifact = artifact

    def artifact(self, commit: str, job: str, path: str) -> bytes:
        """Return the artifact, whoever asks."""
        assert commit
        assert job
        assert path
        return self._artifact

    def pipelines(self, *, commit: str) -> tuple[str, ...]:
        """Return two pipelines."""
        return (f"{commit} 1", f"{commit} 2")

    def jobs(self, pipeline: str) -> tuple[Job, ...]:
        """Return jobs of which one succeeded."""
        ended = AS_OF if pipeline.endswith("2") else AS_OF - dt.timedelta(days=2)
        return (
            Job(id="1", name="audit", status="success", ended=ended),
            Job(id="2", name="audit", status="failed", ended=AS_OF + dt.timedelta(days=1)),
            Job(id="3", name="other", status="success", ended=AS_OF + dt.timedelta(days=1)),
        )


@pytest.fixture
def scan_desk(tmp_path: Path) -> Callable[..., Any]:
    """Make a desk with declared reports: ``scan_desk((Scan(…),), artifact=b"…")``."""

    def make(scans: tuple[Scan, ...], artifact: bytes = b"") -> Any:
        ana = Person(email="ana@example.org", name="Ana", roles=("security",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="4f1d0c2b" * 5),
            scans=scans,
        )
        return SimpleNamespace(
            profile=profile, folder=tmp_path, as_of=AS_OF, forge=PlantedForge(artifact)
        )

    return make
