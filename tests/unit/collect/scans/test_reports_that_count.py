"""A report proves something of a release only if everything that it must say was said."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.scans.declared import read_scans
from pytest_orr.collect.scans.report import ScanFinding, ScanReport
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.scans import Accepted, Artifact, Scan, ScanLimits
from pytest_orr.profile.schema import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMIT = "4f1d0c2b" * 5
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
WHOLE = ScanReport(
    tool="gitleaks",
    version="8.18.4",
    commit=COMMIT,
    scanned=AS_OF - dt.timedelta(days=3),
    whole_history=True,
    looked_at=120,
)
FOUND = ScanFinding(id="GHSA-1", aliases=("CVE-2026-1",), rule="a 1.0", severity="high", where="x")


def test_a_report_that_says_everything_counts() -> None:
    assert WHOLE.counts(COMMIT, AS_OF, ScanLimits(), history=True)
    assert WHOLE.counts(COMMIT[:7], AS_OF, ScanLimits()), "commits may be shortened"
    assert replace(WHOLE, whole_history=None).counts(COMMIT, AS_OF, ScanLimits())
    assert WHOLE.seen == (
        "gitleaks 8.18.4 on 2026-11-17 of 4f1d0c2b4f1d, whole history, 120 looked at, 0 findings"
    )


@pytest.mark.parametrize(
    ("changes", "cause", "remedy"),
    [
        ({"tool": ""}, "nobody says its tool", "say tool of it under [[scans]]"),
        ({"version": ""}, "nobody says its version", "say version of it under [[scans]]"),
        ({"commit": ""}, "nobody says its commit", "say commit of it under [[scans]]"),
        ({"scanned": None}, "nobody says its scanned", "say scanned of it under [[scans]]"),
        ({"looked_at": None}, "nobody says its looked_at", "say looked_at of it under [[scans]]"),
        (
            {"whole_history": None, "version": ""},
            "nobody says its version, whole_history",
            "say version, whole_history of it under [[scans]]",
        ),
        ({"looked_at": 0}, "it looked at nothing", "correct what the tool is given to scan"),
        (
            {"commit": "0" * 40},
            "it is of commit 000000000000, not of the release's 4f1d0c2b4f1d",
            "scan the release's commit",
        ),
        (
            {"scanned": AS_OF - dt.timedelta(days=31)},
            "it is of 2026-10-20, older than 30 days",
            "scan again",
        ),
        (
            {"scanned": AS_OF + dt.timedelta(days=2)},
            "it is of 2026-11-22, after the day that is judged",
            "judge as of a later day",
        ),
        (
            {"skipped": tuple("abcdefg")},
            "it could not look at a, b, c, d, e and 2 more",
            "let the tool look at all of them",
        ),
        ({"whole_history": False}, "it did not look at the whole history", "scan all commits"),
    ],
)
def test_a_report_that_lacks_something_proves_nothing(
    changes: dict[str, Any], cause: str, remedy: str
) -> None:
    with pytest.raises(FactUnavailable) as told:
        replace(WHOLE, **changes).counts(COMMIT, AS_OF, ScanLimits(), history=True)
    assert told.value.cause == cause
    assert remedy in told.value.remedy


def test_who_was_asked_just_now_needs_no_date_and_no_commit() -> None:
    live = ScanReport(tool="OSV", looked_at=3, is_live=True)
    assert live.counts(COMMIT, AS_OF, ScanLimits())
    assert replace(live, looked_at=None).counts(COMMIT, AS_OF, ScanLimits())
    with pytest.raises(FactUnavailable, match="it looked at nothing"):
        replace(live, looked_at=0).counts(COMMIT, AS_OF, ScanLimits())


def test_a_finding_nobody_graded_is_neither_grave_nor_harmless() -> None:
    assert FOUND.is_grave
    assert not replace(FOUND, severity="medium").is_grave
    with pytest.raises(FactUnavailable, match="how grave GHSA-1 is cannot be told"):
        _ = replace(FOUND, severity="unknown").is_grave
    assert FOUND.seen == "a 1.0: GHSA-1 (CVE-2026-1), high in x"


def test_what_was_accepted_stays_by_id_or_alias_until_its_end() -> None:
    entry = Accepted(
        about="dependencies",
        id="cve-2026-1",
        reason="not reachable",
        by="ana@example.org",
        until=AS_OF.date(),
    )
    assert FOUND.acceptance((entry,), AS_OF) == entry
    assert FOUND.acceptance((entry,), AS_OF + dt.timedelta(days=1)) is None
    assert FOUND.acceptance((replace(entry, id="GHSA-1"),), AS_OF)
    assert FOUND.acceptance((replace(entry, id="GHSA-2"),), AS_OF) is None


def test_what_a_report_does_not_say_its_entry_does(read_as: Callable[..., ScanReport]) -> None:
    said: dict[str, Any] = {
        "version": "8.18.4",
        "commit": COMMIT,
        "scanned": AS_OF,
        "whole_history": True,
        "looked_at": 4,
    }
    report = read_as("gitleaks", [], **said)
    assert {key: getattr(report, key) for key in said} == said
    assert report.counts(COMMIT, AS_OF, ScanLimits(), history=True)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"tool": "trufflehog"},
            "report.json says gitleaks as tool, and readiness.toml trufflehog",
        ),
        ({"sha256": "0" * 64}, "report.json is not the declared file: its SHA-256 is"),
    ],
)
def test_an_entry_that_contradicts_its_report_is_refused(
    read_as: Callable[..., ScanReport], said: dict[str, str], told: str
) -> None:
    with pytest.raises(FactUnavailable, match=told):
        read_as("gitleaks", [], **said)


def test_an_entry_may_repeat_what_its_report_says(read_as: Callable[..., ScanReport]) -> None:
    tool = {"driver": {"name": "a", "version": "1"}}
    run = {"tool": tool, "results": [], "versionControlProvenance": [{"revisionId": COMMIT}]}
    content = {"version": "2.1.0", "runs": [run | {"artifacts": [{}]}]}
    assert read_as("sarif", content, commit=COMMIT[:7], looked_at=1).commit == COMMIT
    with pytest.raises(FactUnavailable, match="says 1 as looked_at, and readiness"):
        read_as("sarif", content, looked_at=2)


def test_files_beside_the_profile_are_read_each_by_itself(
    kept: Callable[[str], bytes], scan_desk: Callable[..., Any], tmp_path: Path
) -> None:
    raw = kept("detect-secrets.json")
    (tmp_path / "found.json").write_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    usual: dict[str, Any] = {"about": "secrets", "format": "detect-secrets"}
    scans = (
        Scan(**usual, file="found.json", sha256=digest),
        Scan(**usual, file=str(tmp_path / "found.json")),
        Scan(**usual, file="missing.json"),
        Scan(**usual, file=FromEnvironment(env="ORR_NO_SUCH_REPORT")),
        Scan(**usual | {"about": "code"}, file="found.json"),
    )
    first, second, third, fourth = read_scans(scan_desk(scans), "secrets")
    assert first.reading.sha256 == digest
    assert second.reading.tool == "detect-secrets"
    assert third.unavailable is not None
    assert third.unavailable.cause == "missing.json is not there"
    assert fourth.name == "detect-secrets report of secrets"
    assert fourth.unavailable is not None
    assert "ORR_NO_SUCH_REPORT" in fourth.unavailable.cause
    with pytest.raises(Undeclared):
        read_scans(scan_desk(scans), "dependencies")


def test_an_artifact_is_of_the_releases_commit_and_of_its_jobs_end(
    kept: Callable[[str], bytes], scan_desk: Callable[..., Any]
) -> None:
    artifact = Artifact(job="audit", path="pip-audit.json")
    scan = Scan(about="dependencies", format="pip-audit", artifact=artifact, version="2.10.1")
    desk = scan_desk((scan,), artifact=kept("pip-audit.json"))
    [part] = read_scans(desk, "dependencies")
    report = part.reading
    assert part.name == "pip-audit.json of job audit"
    assert (report.commit, report.scanned) == (desk.profile.release.commit, AS_OF)
    assert report.counts(desk.profile.release.commit, AS_OF, ScanLimits())
