"""Names of detectors, as scanners have them, and what they are about."""

from __future__ import annotations

import pytest

from pytest_orr.collect.scans.fast_hashes import is_about_fast_hashes
from pytest_orr.collect.scans.fingerprints import fingerprint_of_secret
from pytest_orr.collect.scans.report import ScanFinding, ScanReport
from pytest_orr.collect.secrets.kinds import kind_of


@pytest.mark.parametrize(
    ("detector", "kind"),
    [
        ("postgresql_credentials", "database"),
        ("postgres_connection_string", "database"),
        ("mongodb_atlas_db_uri_with_credentials", "database"),
        ("generic_database_assignment", "database"),
        ("azure_sql_connection_string", "database"),
        ("Basic Auth Credentials", "database"),
        ("Cloudant Credentials", "database"),
        ("aws_iam", "cloud"),
        ("AWS Access Key", "cloud"),
        ("aws-access-token", "cloud"),
        ("google_cloud_service_account_credentials", "cloud"),
        ("gcp-service-account", "cloud"),
        ("Azure Storage Account access key", "cloud"),
        ("Private Key", "cloud"),
        ("slack_bot_token", ""),
        ("Hex High Entropy String", ""),
        ("github_pat", ""),
        ("JSON Web Token", ""),
        ("sandbox_token", ""),
    ],
)
def test_detectors_of_service_accounts_are_known_by_their_words(detector: str, kind: str) -> None:
    assert kind_of(detector) == kind


def test_a_category_of_gitguardian_decides_where_a_name_does_not() -> None:
    assert kind_of("acme_token", "data_storage") == "database"
    assert kind_of("acme_token", "cloud_provider") == "cloud"
    assert kind_of("acme_token", "messaging_system") == ""


@pytest.mark.parametrize(
    "rule",
    [
        "B303",
        "B324 hashlib",
        "py/weak-sensitive-data-hashing",
        "js/insufficient-password-hash",
        "python.lang.security.audit.md5-used-as-password.md5-used-as-password",
        "G401",
        "CWE-916",
        "go/weak-hash",
        "java.crypto.weak-hash.use-of-sha1",
    ],
)
def test_rules_about_fast_hashes_are_known(rule: str) -> None:
    assert is_about_fast_hashes(rule)


@pytest.mark.parametrize(
    "rule", ["B105", "go/sql-injection", "CWE-9160", "sha256-checksum", "G4010"]
)
def test_other_rules_are_not_taken_for_them(rule: str) -> None:
    assert not is_about_fast_hashes(rule)


def test_a_report_tells_its_open_findings_about_fast_hashes() -> None:
    def finding(name: str, rule: str, *, dismissed: bool = False) -> ScanFinding:
        return ScanFinding(id=name, rule=rule, severity="high", is_dismissed=dismissed)

    report = ScanReport(
        tool="x",
        findings=(finding("1", "B324"), finding("2", "B324", dismissed=True), finding("3", "B105")),
    )

    assert [one.id for one in report.fast_hashes] == ["1"]


def test_an_id_of_a_secret_is_the_same_from_scan_to_scan_and_fits_many_others() -> None:
    names = {fingerprint_of_secret("Secret Keyword", "a.py", f"{n:040x}") for n in range(3000)}

    assert fingerprint_of_secret("Secret Keyword", "a.py", f"{7:040x}") in names
    assert len({name.partition("-")[0] for name in names}) == 1
    assert {len(name) for name in names} == {32}
    assert 2000 < len(names) < 3000
    assert fingerprint_of_secret("Secret Keyword", "b.py", f"{7:040x}") not in names
