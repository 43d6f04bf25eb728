"""Reports in forms whose tools do not run here, as their vendors describe them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.scans.report import ScanReport

    ReadAs = Callable[..., ScanReport]

SECRET = "xoxb-of-nobody-at-all"  # noqa: S105 it opens nothing
COMMIT = "4f1d0c2b" * 5


def sarif(*results: dict[str, Any], **run: Any) -> dict[str, Any]:
    driver = {
        "name": "scanner",
        "semanticVersion": "3.1.0",
        "rules": [
            {"id": "R1", "properties": {"security-severity": "9.1"}},
            {"id": "R2", "defaultConfiguration": {"level": "error"}},
            {"id": "R3", "properties": {"tags": ["style"]}},
        ],
    }
    usual: dict[str, Any] = {"tool": {"driver": driver}, "results": list(results)}
    return {"version": "2.1.0", "runs": [usual | run]}


def gitlab(kind: str, *found: dict[str, Any], **more: Any) -> dict[str, Any]:
    scanner = {"id": "x", "name": "Gitleaks", "version": "8.18.4", "vendor": {"name": "GitLab"}}
    scan = {
        "scanner": scanner,
        "analyzer": scanner | {"name": "Secrets", "version": "6.0.1"},
        "type": kind,
        "start_time": "2026-11-17T10:00:00",
        "end_time": "2026-11-17T10:01:30",
        "status": "success",
    }
    return {"version": "15.0.7", "scan": scan, "vulnerabilities": list(found), **more}


def component(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "library", "name": name, "version": "1.0", "bom-ref": name, **more}


def cyclonedx(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [*components], **more}


def test_sarif_tells_commit_instant_files_and_severity(read_as: ReadAs) -> None:
    spot = {"artifactLocation": {"uri": "src/a.go"}, "region": {"startLine": 7}}
    report = read_as(
        "sarif",
        sarif(
            {"ruleIndex": 0, "locations": [{"physicalLocation": spot}]},
            {"ruleId": "R2", "fingerprints": {"v1": "f-2"}},
            {"ruleId": "R3/variant", "level": "note"},
            {"rule": {"id": "R9"}, "partialFingerprints": {"primaryLocationLineHash": "ab:1"}},
            {"ruleId": "R2", "kind": "pass"},
            {"ruleId": "R2", "suppressions": [{"kind": "inSource"}]},
            {"ruleId": "R2", "suppressions": [{"kind": "external", "status": "underReview"}]},
            versionControlProvenance=[{"repositoryUri": "x", "revisionId": COMMIT.upper()}],
            invocations=[{"executionSuccessful": True, "endTimeUtc": "2026-11-17T10:00:00Z"}],
            artifacts=[{"location": {"uri": "src/a.go"}}, {"location": {"uri": "src/b.go"}}],
        ),
    )
    assert (report.version, report.commit, report.looked_at) == ("3.1.0", COMMIT, 2)
    assert report.scanned == dt.datetime(2026, 11, 17, 10, tzinfo=dt.UTC)
    assert [(one.id, one.severity) for one in report.findings] == [
        ("R1:src/a.go:7", "critical"),
        ("f-2", "high"),
        ("R3", "low"),
        ("ab:1", "medium"),
        ("R2", "high"),
        ("R2", "high"),
    ]
    assert [one.is_dismissed for one in report.findings] == [False] * 4 + [True, False]
    assert len(report.open_findings) == 5


def test_an_advisory_in_sarif_is_known_by_its_rule_and_graded_by_its_score_alone(
    read_as: ReadAs,
) -> None:
    found = sarif({"ruleId": "R1", "fingerprints": {"v1": "f"}}, {"ruleId": "R2", "level": "error"})
    first, second = read_as("sarif", found, about="dependencies").findings
    assert (first.id, first.aliases[0], first.severity) == ("R1", "f", "critical")
    assert (second.id, second.severity) == ("R2", "unknown")


def test_rules_of_extensions_are_known(read_as: ReadAs) -> None:
    driver = {"name": "CodeQL", "version": "2.19"}
    pack = {"name": "go", "rules": [{"id": "go/sql", "properties": {"security-severity": 8.8}}]}
    tool = {"driver": driver, "extensions": [pack]}
    result = {"rule": {"id": "go/sql", "index": 0, "toolComponent": {"index": 0}}}
    [found] = read_as("sarif", sarif(result, tool=tool)).findings
    assert (found.rule, found.severity) == ("go/sql", "high")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"version": "2.0.0", "runs": []}, "is not SARIF 2.1.0"),
        ({"version": "2.1.0", "runs": []}, "has no run"),
        (sarif(invocations=[{"executionSuccessful": False}]), "says that the tool failed"),
        (
            sarif(invocations=[{"toolExecutionNotifications": [{"level": "error"}]}]),
            r"tells of an error of the tool at \$.runs\[0\].invocations\[0\]",
        ),
        (sarif(results=None), r"has no results at \$.runs\[0\], not even an empty list"),
        (
            sarif(versionControlProvenance=[{"revisionId": "a1"}, {"revisionId": "b2"}]),
            "is of several commits: a1, b2",
        ),
        (sarif({"ruleId": 7}), r"has no text at \$.runs\[0\].results\[0\].ruleId"),
    ],
)
def test_sarif_that_proves_nothing_is_refused(
    read_as: ReadAs, content: dict[str, Any], told: str
) -> None:
    with pytest.raises(FactUnavailable, match=told):
        read_as("sarif", content)


def test_gitlabs_secret_detection_is_read_without_the_secret(read_as: ReadAs) -> None:
    report = read_as(
        "gitlab-secret-detection",
        gitlab(
            "secret_detection",
            {
                "id": "a" * 64,
                "severity": "Critical",
                "raw_source_code_extract": SECRET,
                "description": f"found {SECRET}",
                "location": {
                    "file": "bot.py",
                    "start_line": 5,
                    "commit": {"sha": "c0ffee" * 6 + "c0ff"},
                },
                "identifiers": [
                    {"type": "gitleaks_rule_id", "name": "Slack bot token", "value": "slack-bot"}
                ],
            },
        ),
    )
    [found] = report.findings
    assert (report.tool, report.version, report.looked_at) == ("Gitleaks", "8.18.4", None)
    assert report.scanned == dt.datetime(2026, 11, 17, 10, 1, 30, tzinfo=dt.UTC)
    assert (found.id, found.rule, found.severity) == ("a" * 64, "Slack bot token", "critical")
    assert found.where == "bot.py:5 in c0ffeec0ffee"
    assert SECRET not in repr(report)


def test_gitlabs_dependency_scanning_tells_packages_and_advisories(read_as: ReadAs) -> None:
    package = {"package": {"name": "lodash"}, "version": "4.17.20"}
    report = read_as(
        "gitlab-dependency-scanning",
        gitlab(
            "dependency_scanning",
            {
                "id": "b" * 64,
                "severity": "High",
                "location": {"file": "yarn.lock", "dependency": package},
                "identifiers": [
                    {"type": "gemnasium", "name": "Gemnasium-1", "value": "1"},
                    {"type": "cve", "name": "CVE-2021-23337", "value": "CVE-2021-23337"},
                ],
            },
            dependency_files=[{"path": "yarn.lock", "dependencies": [package, package]}],
        ),
    )
    [found] = report.findings
    assert report.looked_at == 2
    assert (found.id, found.rule, found.where) == ("CVE-2021-23337", "lodash 4.17.20", "yarn.lock")
    assert "b" * 64 in found.aliases


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": "13.0.0"}, "has version '13.0.0' of GitLab's schema, which is not known"),
        ({"scan": {"type": "sast"}}, "is of the kind 'sast', not secret_detection"),
        (
            {"scan": {"type": "secret_detection", "status": "failure"}},
            "does not say that the scan succeeded",
        ),
        ({"vulnerabilities": None}, "has no list of vulnerabilities"),
        ({"vulnerabilities": [{"severity": "Low"}]}, r"says nothing at \$.vulnerabilities\[0\].id"),
        (
            {
                "scan": {
                    "type": "secret_detection",
                    "status": "success",
                    "scanner": {"name": "x"},
                    "end_time": "soon",
                }
            },
            r"has no instant at \$.scan.end_time",
        ),
    ],
)
def test_a_report_of_gitlab_that_proves_nothing_is_refused(
    read_as: ReadAs, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(FactUnavailable, match=told):
        read_as("gitlab-secret-detection", gitlab("secret_detection") | change)


def test_what_a_scanner_of_gitlab_calls_fatal_was_not_looked_at(read_as: ReadAs) -> None:
    content = gitlab("sast")
    content["scan"]["messages"] = [{"level": "fatal", "value": SECRET}, {"level": "info"}]
    report = read_as("gitlab-sast", content)
    assert report.skipped == ("something fatal, told at $.scan.messages[0]",)
    assert SECRET not in repr(report)


def test_a_finding_of_gitlab_may_be_nowhere(read_as: ReadAs) -> None:
    [found] = read_as("gitlab-sast", gitlab("sast", {"id": "1", "severity": "Info"})).findings
    assert (found.where, found.rule, found.severity) == ("", "no rule", "low")


def test_osv_scanner_tells_scores_words_and_malicious_packages(read_as: ReadAs) -> None:
    def package(name: str, *records: dict[str, Any], **more: Any) -> dict[str, Any]:
        said = {"name": name, "version": "1.0.0", "ecosystem": "npm"}
        return {"package": said, "vulnerabilities": list(records), **more}

    packages = [
        package(
            "scored",
            {"id": "GHSA-1", "aliases": ["CVE-1"]},
            groups=[{"ids": ["GHSA-1"], "max_severity": "8.1"}],
        ),
        package("worded", {"id": "GHSA-2", "database_specific": {"severity": "MODERATE"}}),
        package("bad", {"id": "MAL-2023-1035"}),
        package("mute", {"id": "PYSEC-1", "database_specific": ["anything"]}),
        package("fine"),
    ]
    report = read_as(
        "osv-scanner", {"results": [{"source": {"path": "p.lock"}, "packages": packages}]}
    )
    assert report.looked_at == 5
    assert [(one.rule, one.severity) for one in report.findings] == [
        ("scored 1.0.0", "high"),
        ("worded 1.0.0", "medium"),
        ("bad 1.0.0", "critical"),
        ("mute 1.0.0", "unknown"),
    ]


def test_osv_scanner_without_all_packages_does_not_tell_how_many_there_were(
    read_as: ReadAs,
) -> None:
    assert read_as("osv-scanner", {"results": []}).looked_at is None
    with pytest.raises(FactUnavailable, match="has no list of results"):
        read_as("osv-scanner", {})


def test_gitleaks_is_read_without_match_secret_and_message(read_as: ReadAs) -> None:
    leak = {
        "RuleID": "slack-bot-token",
        "File": "bot.py",
        "StartLine": 5,
        "Commit": "c0ffee" * 6 + "c0ff",
        "Match": f"token = {SECRET}",
        "Secret": SECRET,
        "Message": f"add {SECRET}",
        "Email": "ana@example.org",
        "Fingerprint": "c0ffee:bot.py:slack-bot-token:5",
    }
    report = read_as("gitleaks", [leak, leak | {"Fingerprint": ""}])
    assert report.findings[0].id == "c0ffee:bot.py:slack-bot-token:5"
    assert report.findings[0].where == "bot.py:5 in c0ffeec0ffee"
    assert len(report.findings[1].id) == 32
    assert SECRET not in repr(report)
    assert "ana@" not in repr(report)
    with pytest.raises(FactUnavailable, match="is no list of findings"):
        read_as("gitleaks", {})


def test_ggshield_is_read_without_matches(read_as: ReadAs) -> None:
    def incident(sha: str, **more: Any) -> dict[str, Any]:
        spot = {"match": SECRET, "line_start": 3}
        return {"type": "Slack Bot Token", "ignore_sha": sha, "occurrences": [spot], **more}

    ignored = {"ignore_reason": {"kind": "ignored_on_platform", "detail": ""}}
    entity = {"filename": "bot.py", "incidents": [incident("1"), incident("2", **ignored)]}
    report = read_as(
        "ggshield",
        {
            "id": "repo",
            "type": "commit-range",
            "total_incidents": 2,
            "scans": [
                {"id": COMMIT, "type": "commit", "entities_with_incidents": [entity]},
                {"type": "commit", "errors": [{"files": [{"filename": "big.bin"}]}]},
            ],
        },
    )
    first, second = report.findings
    assert (first.rule, first.where) == ("Slack Bot Token", f"bot.py:3 in {COMMIT[:12]}")
    assert (first.is_dismissed, second.is_dismissed) == (False, True)
    assert first.id != second.id
    assert report.skipped == ("big.bin",)
    assert SECRET not in repr(report)
    with pytest.raises(FactUnavailable, match="is no report of ggshield"):
        read_as("ggshield", {})


def test_a_baseline_that_used_no_plugin_or_has_no_results_is_refused(read_as: ReadAs) -> None:
    with pytest.raises(FactUnavailable, match="looked for nothing"):
        read_as("detect-secrets", {"version": "1.5.0", "results": {}, "plugins_used": []})
    with pytest.raises(FactUnavailable, match="has no object of results"):
        read_as("detect-secrets", {"version": "1.5.0"})


def test_what_an_audit_called_no_secret_is_dismissed(read_as: ReadAs) -> None:
    said = {"type": "Secret Keyword", "hashed_secret": "0" * 40, "line_number": 1}
    found = {"a": [said | {"is_secret": False}, said | {"is_secret": True}, said]}
    content = {"version": "1.5.0", "plugins_used": [{"name": "x"}], "results": found}
    report = read_as("detect-secrets", content)
    assert [one.is_dismissed for one in report.findings] == [True, False, False]


def test_cyclonedx_tells_nested_components_and_advisories(read_as: ReadAs) -> None:
    inner = component("inner", purl="pkg:npm/inner@1.0")
    vulnerability = {
        "id": "CVE-1",
        "references": [{"id": "GHSA-1"}],
        "ratings": [{"severity": "medium"}, {"score": 7.5}, {"vector": "AV:N"}],
        "affects": [{"ref": "outer"}],
    }
    settled = {"id": "CVE-2", "analysis": {"state": "not_affected"}}
    report = read_as(
        "cyclonedx",
        cyclonedx(
            component("outer", purl="pkg:npm/outer@1.0", components=[inner]),
            component("nameless"),
            {"type": "file", "name": "README"},
            metadata={"tools": [{"vendor": "x", "name": "syft", "version": "1.2"}]},
            vulnerabilities=[vulnerability, settled],
        ),
    )
    first, second = report.findings
    assert (report.tool, report.version, report.looked_at) == ("syft", "1.2", 2)
    assert report.skipped == ("nameless",)
    assert (first.rule, first.severity, first.aliases) == ("outer 1.0", "high", ("GHSA-1",))
    assert second.is_dismissed
    assert second.severity == "unknown"


def test_other_lists_of_components_are_refused(read_as: ReadAs) -> None:
    with pytest.raises(FactUnavailable, match="is no CycloneDX"):
        read_as("cyclonedx", {"spdxVersion": "SPDX-2.3"})
    with pytest.raises(FactUnavailable, match=r"is CycloneDX 1\.2, and 1\.4 to 1\.6 can be read"):
        read_as("cyclonedx", cyclonedx() | {"specVersion": "1.2"})


def test_pip_audit_names_what_it_skipped(read_as: ReadAs) -> None:
    skipped = {"name": "own", "skip_reason": "not on the index"}
    found = {"name": "a", "version": "1", "vulns": []}
    report = read_as("pip-audit", {"dependencies": [skipped, found]})
    assert (report.looked_at, report.skipped) == (1, ("own",))
    with pytest.raises(FactUnavailable, match="has no list of dependencies"):
        read_as("pip-audit", {})
    with pytest.raises(FactUnavailable, match=r"has no list at \$\.dependencies\[0\]\.vulns"):
        read_as("pip-audit", {"dependencies": [{"name": "a", "version": "1"}]})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"auditReportVersion": 1}, "is no report of version 2"),
        ({"auditReportVersion": 2}, "has no object of vulnerabilities"),
        (
            {"auditReportVersion": 2, "vulnerabilities": {"a": {"via": [{"name": "a"}]}}},
            "names no advisory at",
        ),
    ],
)
def test_other_reports_of_npm_are_refused(
    read_as: ReadAs, content: dict[str, Any], told: str
) -> None:
    with pytest.raises(FactUnavailable, match=told):
        read_as("npm-audit", content)


def test_a_package_that_is_affected_by_another_one_is_counted_once(read_as: ReadAs) -> None:
    advisory = {"source": 7, "name": "ms", "url": "https://x/GHSA-7", "severity": "moderate"}
    found = {"ms": {"via": [advisory]}, "debug": {"via": ["ms"]}, "again": {"via": [advisory]}}
    content = {"auditReportVersion": 2, "vulnerabilities": found, "metadata": {}}
    [finding] = read_as("npm-audit", content).findings
    assert (finding.id, finding.severity) == ("GHSA-7", "medium")
