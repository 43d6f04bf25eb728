"""Reports as the tools themselves wrote them are read for what they say, and for nothing secret."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.scans.report import ScanReport


def test_pip_audit_tells_packages_and_advisories_with_their_aliases(
    kept: Callable[[str], bytes], read_as: Callable[..., ScanReport]
) -> None:
    report = read_as("pip-audit", kept("pip-audit.json"), version="2.10.1")
    [found] = report.findings
    assert (report.tool, report.version, report.looked_at) == ("pip-audit", "2.10.1", 2)
    assert (found.id, found.rule) == ("PYSEC-2018-28", "requests 2.19.0")
    assert found.aliases == ("GHSA-x84v-xcm2-53pg", "CVE-2018-18074")
    assert found.severity == "unknown", "it tells none, so none is made up"


def test_npm_audit_tells_how_many_packages_and_how_grave(
    kept: Callable[[str], bytes], read_as: Callable[..., ScanReport]
) -> None:
    report = read_as("npm-audit", kept("npm-audit.json"))
    [found] = report.findings
    assert (report.tool, report.looked_at) == ("npm", 2)
    assert (found.id, found.aliases) == ("GHSA-9vvw-cc9w-f27h", ("npm:1094457",))
    assert (found.rule, found.severity) == ("debug <2.6.9", "high")


def test_what_npm_writes_when_it_was_refused_is_no_report(
    kept: Callable[[str], bytes], read_as: Callable[..., ScanReport]
) -> None:
    with pytest.raises(FactUnavailable, match="tells of an error of npm"):
        read_as("npm-audit", kept("npm-audit-refused.json"))


def test_cyclonedx_tells_its_tools_its_instant_and_its_packages(
    kept: Callable[[str], bytes], read_as: Callable[..., ScanReport]
) -> None:
    report = read_as("cyclonedx", kept("cyclonedx.json"))
    assert report.tool == "cyclonedx-py, cyclonedx-python-lib"
    assert report.version == "7.5.0, 11.12.0"
    assert report.scanned == dt.datetime(2026, 11, 27, 13, 45, 45, 93148, tzinfo=dt.UTC)
    assert (report.looked_at, report.skipped, report.findings) == (2, (), ())


def test_a_baseline_of_detect_secrets_is_read_without_its_digests(
    kept: Callable[[str], bytes], read_as: Callable[..., ScanReport]
) -> None:
    report = read_as("detect-secrets", kept("detect-secrets.json"))
    kinds = [(one.rule, one.where) for one in report.findings]
    assert (report.tool, report.version) == ("detect-secrets", "1.5.0")
    assert report.scanned == dt.datetime(2026, 11, 27, 13, 45, 40, tzinfo=dt.UTC)
    assert kinds == [
        ("Secret Keyword", "app.py:3"),
        ("AWS Access Key", "config.ini:2"),
        ("Base64 High Entropy String", "config.ini:2"),
        ("Secret Keyword", "config.ini:2"),
    ]
    assert len({one.id for one in report.findings}) == 4
    assert "d70eab08607a4d05faa2d0d6647206599e9abc65" not in repr(report)


def test_sarif_of_ansible_lint_tells_errors_of_its_rules(
    kept: Callable[[str], bytes], read_as: Callable[..., ScanReport]
) -> None:
    report = read_as("sarif", kept("ansible-lint.sarif"))
    found: list[Any] = [(one.rule, one.severity, one.where) for one in report.findings]
    assert (report.tool, report.version) == ("ansible-lint", "26.10.1")
    assert report.looked_at is None, "it names no file that it looked at"
    assert ("command-instead-of-shell", "high", "playbook.yml:3") in found
    assert len(found) == 5
