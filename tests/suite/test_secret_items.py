"""Items about secrets by what GitGuardian, a GitLab, a GitHub and scanners tell of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
COMMITTED = "code.credentials.no-commit"
ACCOUNTS = "deployment.database.service-account-leak"
PLAIN = "code.credentials.no-plaintext"
GUARDED = """
[gitguardian]
url = { env = "EXPLORER_GITGUARDIAN" }
token = { env = "EXPLORER_GITGUARDIAN_TOKEN" }
source = "explorer/explorer"
"""
REPORT = """
[scan_limits]
forge_alerts = false
[[scans]]
about = "secrets"
format = "gitleaks"
file = {{ env = "EXPLORER_LEAKS" }}
version = "8.30.1"
commit = "{commit}"
scanned = 2026-11-17T04:00:00Z
whole_history = {whole}
looked_at = 13
"""
ACCEPTED = """
[[accepted]]
about = "secrets"
id = "{name}"
reason = "x"
by = "bo@example.org"
until = {until}
"""
STATEMENT = """
[[attestation]]
item = "code.credentials.no-commit"
statement = "A scanner of the forge looks at each push."
by = "bo@example.org"
confirmed = "eve@example.org"
on = 2026-11-18
until = 2026-12-17
covers = "unknown"
evidence = [{ kind = "log", ref = "https://wiki.example.org/scans", dated = 2026-11-17 }]
"""
LEAK = {"RuleID": "gcp-service-account", "File": "key.json", "StartLine": 2, "Fingerprint": "f:1"}


@pytest.fixture(scope="module")
def gitguardian() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.gitguardian import GitGuardianServer  # noqa: PLC0415 after the path

    server = GitGuardianServer()
    yield server
    server.close()


@pytest.fixture
def judged(
    gitguardian: Any, judged_on: Callable[..., Any], tmp_path: Path
) -> Iterator[Callable[..., Any]]:
    """Judge items by a forge, GitGuardian with its faults, and a report of gitleaks."""

    def judge(
        *ids: str,
        kind: str = "gitlab",
        planted: tuple[str, ...] = (),
        leaks: tuple[Any, ...] = (),
        **more: Any,
    ) -> Any:
        gitguardian.faults = frozenset(planted)
        report = tmp_path / "leaks.json"
        report.write_text(json.dumps(leaks))
        env = {
            "EXPLORER_GITGUARDIAN": gitguardian.url,
            "EXPLORER_GITGUARDIAN_TOKEN": "gitguardian-of-nobody",
            "EXPLORER_LEAKS": str(report),
        }
        return judged_on(kind, *ids, env=env, **more)

    yield judge
    gitguardian.faults = frozenset()


def reported(commit: str = "", *, whole: bool = True) -> str:
    from examples.explorer.release import release_commit  # noqa: PLC0415 after the path is set

    return REPORT.format(commit=commit or release_commit(), whole=str(whole).lower())


@pytest.mark.parametrize("kind", ["gitlab", "github"])
def test_a_watched_repository_without_open_secrets_passes_on_either_forge(
    kind: str, judged: Callable[..., Any]
) -> None:
    found = judged(COMMITTED, ACCOUNTS, kind=kind, more=GUARDED)

    assert {one: what.outcome for one, what in found.items()} == {
        COMMITTED: "pass",
        ACCOUNTS: "pass",
    }
    assert f"{kind} on explorer/explorer" in found[COMMITTED].said("pass")


@pytest.mark.parametrize("kind", ["gitlab", "github"])
def test_an_open_alert_is_found_on_either_forge(kind: str, judged: Callable[..., Any]) -> None:
    found = judged(COMMITTED, ACCOUNTS, kind=kind, more=GUARDED, faults=("open-alerts",))

    for item in (COMMITTED, ACCOUNTS):
        [(subject, says)] = found[item].said("fail").items()
        assert "aws" in subject.lower()
        assert says == "it is open, and nobody accepted it"


@pytest.mark.parametrize(
    ("fault", "item", "subject", "says"),
    [
        ("unmonitored", COMMITTED, "GitGuardian on explorer", "GitGuardian does not monitor it"),
        ("scan-old", COMMITTED, "GitGuardian on explorer", "no scan of it ended within 7 days"),
        ("scan-failed", COMMITTED, "GitGuardian on explorer", "no scan of it ended within 7 days"),
        ("incident-assigned", COMMITTED, "gitguardian-8001", "it is open, and nobody accepted it"),
        ("service-account-open", ACCOUNTS, "cloud account: aws_iam", "it is open, and nobody"),
        ("service-account-kept", ACCOUNTS, "gitguardian-5230", "was closed, and not rotated since"),
    ],
)
def test_each_fault_is_found_where_it_was_planted(
    judged: Callable[..., Any], fault: str, item: str, subject: str, says: str
) -> None:
    [found] = judged(item, planted=(fault,), more=GUARDED).values()

    assert found.outcome == "fail"
    [(where, what)] = found.said("fail").items()
    assert subject in where
    assert says in what


def test_a_repository_that_gitguardian_does_not_watch_may_hold_anything(
    judged: Callable[..., Any],
) -> None:
    [found] = judged(ACCOUNTS, planted=("unmonitored",), more=GUARDED).values()

    assert found.outcome == "unknown"
    [(subject, says)] = found.said("unknown").items()
    assert subject == "GitGuardian on all repositories: scope"
    assert says == "GitGuardian does not watch explorer/explorer"


def test_a_source_that_is_denied_is_unknown_beside_one_that_answers(
    judged: Callable[..., Any],
) -> None:
    found = judged(COMMITTED, ACCOUNTS, planted=("scope-missing",), more=GUARDED)

    for item in (COMMITTED, ACCOUNTS):
        assert found[item].outcome == "unknown"
        assert any(
            "lacks the scope incidents:read" in one for one in found[item].said("unknown").values()
        )
    assert "gitlab on explorer/explorer" in found[COMMITTED].said("pass")


def test_the_forge_alone_watches_one_repository_and_no_other(judged: Callable[..., Any]) -> None:
    found = judged(COMMITTED, ACCOUNTS)

    assert found[COMMITTED].outcome == "pass"
    assert found[ACCOUNTS].outcome == "unknown"
    assert "the team's other repositories" in found[ACCOUNTS].said("unknown")["all repositories"]


def test_a_report_alone_leaves_open_who_watches(judged: Callable[..., Any]) -> None:
    [found] = judged(COMMITTED, more=reported()).values()

    assert found.outcome == "unknown"
    assert "a scan shows the past alone" in found.said("unknown")["who watches"]
    assert len(found.said("pass")) == 1


def test_whoever_watches_can_be_stated_beside_a_report_but_for_no_secret_that_is_open(
    judged: Callable[..., Any],
) -> None:
    stated = {"more": reported(), "statements": STATEMENT}

    clean = judged(COMMITTED, **stated)[COMMITTED]
    leaky = judged(COMMITTED, leaks=(LEAK,), **stated)[COMMITTED]

    assert clean.outcome == "attested"
    assert "bo@example.org states it instead" in clean.said("attested")["who watches"]
    assert leaky.outcome == "fail"


def test_a_report_of_a_part_of_the_history_or_of_another_commit_proves_nothing(
    judged: Callable[..., Any],
) -> None:
    part = judged(COMMITTED, ACCOUNTS, more=GUARDED + reported(whole=False))
    other = judged(COMMITTED, ACCOUNTS, more=GUARDED + reported("0" * 40))

    for item in (COMMITTED, ACCOUNTS):
        assert any("whole history" in one for one in part[item].said("unknown").values())
        assert any("is of commit 0000" in one for one in other[item].said("unknown").values())


def test_what_a_report_found_stays_while_its_entry_is_in_force(judged: Callable[..., Any]) -> None:
    live = ACCEPTED.format(name="f:1", until="2026-12-31")
    over = ACCEPTED.format(name="f:1", until="2026-11-19")

    for more, outcome in (("", "fail"), (over, "fail"), (live, "unknown")):
        found = judged(ACCOUNTS, leaks=(LEAK,), more=reported() + more)[ACCOUNTS]
        assert found.outcome == outcome
        known = {**found.said("pass"), **found.said("fail")}
        assert "cloud account: gcp-service-account key.json:2" in known


def test_secrets_in_the_files_of_the_commit_and_fast_hashes_are_found(
    judged: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rule = {"id": "B324", "shortDescription": {"text": "MD5"}}
    driver = {"name": "bandit", "version": "1.8", "rules": [rule]}
    place = {"physicalLocation": {"artifactLocation": {"uri": "login.py"}}}
    result = {"ruleId": "B324", "level": "error", "message": {"text": "x"}, "locations": [place]}
    sarif = {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": [result]}]}
    (tmp_path / "code.sarif").write_text(json.dumps(sarif))
    monkeypatch.setenv("EXPLORER_CODE", str(tmp_path / "code.sarif"))
    code = '\n[[scans]]\nabout = "code"\nformat = "sarif"\nfile = { env = "EXPLORER_CODE" }\n'

    found = judged(PLAIN, leaks=(LEAK,), more=reported() + code)[PLAIN]

    failed = found.said("fail")
    assert failed["gcp-service-account key.json:2"].startswith("a secret stands there")
    [hashes] = [says for subject, says in failed.items() if subject.startswith("hashes, by")]
    assert hashes.startswith("a fast hash may be one of passwords: B324")
