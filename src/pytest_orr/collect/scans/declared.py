"""Opens the reports that readiness.toml declares: files beside it, or artifacts of the release."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import LARGEST_MIB, MIB
from pytest_orr.clients.settings import setting
from pytest_orr.collect.parts import part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.beside import FileRefused, opened_beside

from .reading import read_report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part
    from pytest_orr.profile.scans import Artifact, Scan

    from .report import ScanReport

WHERE = "[[scans]] file"


def read_scans(desk: Desk, about: str) -> tuple[Part[ScanReport], ...]:
    """Read every declared report about secrets, dependencies or code.

    One that cannot be read hides no other. Raises ``Undeclared`` when none is declared.
    """
    scans = tuple(scan for scan in desk.profile.scans if scan.about == about)
    if not scans:
        raise Undeclared("[[scans]]", f"the report of a scan of {about}")
    return tuple(part_of(name_of(scan), partial(read_scan, desk, scan)) for scan in scans)


def read_scan(desk: Desk, scan: Scan) -> ScanReport:
    """Read one declared report; an artifact is of the release's commit, and of its job's end."""
    report = read_report(raw_of(desk, scan), scan, name_of(scan))
    if scan.artifact is None:
        return report
    return replace(
        report,
        commit=report.commit or desk.profile.release.commit,
        scanned=report.scanned or _end_of(desk, scan.artifact),
    )


def name_of(scan: Scan) -> str:
    """Return what names a report in findings: its file, its variable, or job and artifact."""
    if scan.artifact is not None:
        return f"{scan.artifact.path} of job {scan.artifact.job}"
    return scan.file if isinstance(scan.file, str) else f"{scan.format} report of {scan.about}"


def raw_of(desk: Desk, scan: Scan, environment: Mapping[str, str] | None = None) -> bytes:
    """Return a report's bytes, at most 64 MiB of a file."""
    if scan.artifact is not None:
        commit = desk.profile.release.commit
        return desk.forge.artifact(commit, scan.artifact.job, scan.artifact.path)
    ref = setting(scan.file, where=WHERE, environment=environment or os.environ)
    path = Path(ref)
    folder, name = (path.parent, path.name) if path.is_absolute() else (desk.folder, ref)
    try:
        with opened_beside(folder, name) as opened:
            raw = opened.read(LARGEST_MIB * MIB + 1)
    except FileRefused as error:
        raise FactUnavailable(
            f"{name_of(scan)} {error}",
            f"put it at {folder / name}, or correct file under [[scans]] in readiness.toml",
        ) from error
    return raw


def _end_of(desk: Desk, artifact: Artifact) -> datetime | None:
    """Return when the job that left the artifact ended: the last of its name that succeeded."""
    ends = [
        job.ended
        for pipeline in desk.forge.pipelines(commit=desk.profile.release.commit)
        for job in desk.forge.jobs(pipeline)
        if job.name == artifact.job and job.status == "success" and job.ended
    ]
    return max(ends, default=None)
