"""The item about dependencies by OSV, reports and the alerts of either forge, in many worlds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.osv import OsvServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ITEM = "code.dependency.security"
OSV = '[osv]\nurl = { env = "EXPLORER_OSV" }\n'
UNASKED = "[osv]\nasked = false\n"
ACCEPTED = """
[[accepted]]
about = "dependencies"
id = "{id}"
reason = "series are labelled by us alone"
by = "bo@example.org"
until = {until}
"""
REPORT = """
[[scans]]
about = "dependencies"
format = "npm-audit"
file = "{file}"
version = "11.19.1"
commit = "{commit}"
scanned = {scanned}
covers = {covers}
"""
ALONE = """
[service]
name = "explorer"
environment = "production"
people = [{{ email = "bo@example.org", name = "Bo", roles = ["security"] }}]
[release]
commit = "{commit}"
[repository]
path = {{ env = "EXPLORER_REPOSITORY" }}
"""
GRAVE = "GHSA-9f2p-made-up01 of uplot 1.6.32, by OSV"


@pytest.fixture(params=["gitlab", "github"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each forge in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def database() -> Iterator[OsvServer]:
    """A database of advisories."""
    server = OsvServer()
    yield server
    server.close()


@pytest.fixture
def judge(judged_on: Callable[..., Any], database: OsvServer) -> Callable[..., Any]:
    """Judge the item: ``judge("github", known=("advisory-high",), more=…)``."""

    def judged(kind: str, *, known: tuple[str, ...] = (), more: str = OSV, **how: Any) -> Any:
        database.faults = frozenset(known)
        env = {"EXPLORER_OSV": database.url, **how.pop("env", {})}
        [found] = judged_on(kind, ITEM, more=more, env=env, **how).values()
        return found

    return judged


def report_in(
    folder: Path,
    commit: str,
    scanned: str = "2026-11-17T10:00:00Z",
    covers: tuple[str, ...] = ("**",),
    **more: Any,
) -> str:
    via = {"source": 1, "name": "ms", "url": "https://x/GHSA-7", "severity": "low", **more}
    content = {
        "auditReportVersion": 2,
        "vulnerabilities": {"ms": {"via": [via]}},
        "metadata": {"dependencies": {"total": 1}},
    }
    file = folder / "npm-audit.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return REPORT.format(file=file, commit=commit, scanned=scanned, covers=json.dumps(covers))


def test_a_sound_release_passes_on_either_forge(kind: str, judge: Callable[..., Any]) -> None:
    judged = judge(kind)
    assert judged.outcome == "pass"
    assert list(judged.said("pass")) == [
        "ci/requirements.txt",
        "go.sum",
        "src/pages/package-lock.json",
        "OSV",
        "alerts of explorer/explorer",
        "updates",
    ]


def test_an_open_alert_of_either_forge_is_found(kind: str, judge: Callable[..., Any]) -> None:
    judged = judge(kind, faults=("open-alerts",))
    assert judged.outcome == "fail"
    [subject] = judged.said("fail")
    assert subject.startswith("CVE-2026-0001 of ")
    assert subject.endswith(", by alerts of explorer/explorer")


def test_a_grave_advisory_is_found_unless_somebody_accepted_it_for_now(
    judge: Callable[..., Any],
) -> None:
    known = ("advisory-high",)
    assert list(judge("gitlab", known=known).said("fail")) == [GRAVE]
    stays = ACCEPTED.format(id="CVE-2026-99002", until="2026-12-31")
    judged = judge("gitlab", known=known, more=OSV + stays)
    assert judged.outcome == "pass"
    assert judged.said("pass")["accepted: CVE-2026-99002"].startswith("until 2026-12-31 by bo@")
    expired = ACCEPTED.format(id="CVE-2026-99002", until="2026-11-19")
    assert list(judge("gitlab", known=known, more=OSV + expired).said("fail")) == [GRAVE]
    stray = judge("gitlab", more=OSV + ACCEPTED.format(id="CVE-1", until="2026-12-31"))
    assert stray.outcome == "pass"
    assert "no source tells of it" in stray.said("pass")["accepted: CVE-1"]


def test_an_advisory_that_nobody_graded_is_unknown(judge: Callable[..., Any]) -> None:
    judged = judge("github", known=("advisory-ungraded",))
    assert judged.outcome == "unknown"
    told = "how grave GHSA-9f2p-made-up01 is cannot be told, so it may be critical"
    assert judged.said("unknown") == {GRAVE: told}


@pytest.mark.parametrize(
    ("how", "subject", "says"),
    [
        ({"known": ("out-of-order",)}, "OSV", "OSV answered with status 503"),
        ({"env": {"EXPLORER_OSV": ""}}, "OSV", "environment variable EXPLORER_OSV"),
        ({"env": {"EXPLORER_TOKEN": "of-nobody"}}, "alerts of explorer/explorer", ""),
        ({"env": {"EXPLORER_REPOSITORY": "/"}}, "lockfiles", "/ lies in no git repository"),
    ],
)
def test_a_source_that_does_not_answer_is_unknown_beside_those_that_do(
    kind: str, judge: Callable[..., Any], how: dict[str, Any], subject: str, says: str
) -> None:
    judged = judge(kind, **how)
    assert judged.outcome == "unknown"
    assert judged.said("unknown")[subject].startswith(says)
    assert judged.said("pass"), "what was seen is judged all the same"


def test_a_report_alone_will_do_if_it_is_of_the_release(
    judge: Callable[..., Any], release: str, tmp_path: Path
) -> None:
    forgeless = f"{UNASKED}[scan_limits]\nforge_alerts = false\n"
    sound = judge("gitlab", more=forgeless + report_in(tmp_path, release))
    assert sound.outcome == "pass"
    grave = report_in(tmp_path, release, severity="critical")
    assert list(judge("gitlab", more=forgeless + grave).said("fail")) == [
        f"GHSA-7 of ms, by {tmp_path / 'npm-audit.json'}"
    ]
    old = report_in(tmp_path, release, scanned="2026-10-01T00:00:00Z")
    assert "older than 30 days" in str(judge("gitlab", more=forgeless + old).said("unknown"))
    other = report_in(tmp_path, "0" * 40)
    assert "not of the release's" in str(judge("gitlab", more=forgeless + other).said("unknown"))


def test_a_lockfile_that_nobody_looks_at_is_unknown_beside_those_of_a_report(
    judge: Callable[..., Any], release: str, tmp_path: Path
) -> None:
    forgeless = f"{UNASKED}[scan_limits]\nforge_alerts = false\n"
    report = report_in(tmp_path, release, covers=("**/package-lock.json",))
    judged = judge("gitlab", more=forgeless + report)
    assert judged.outcome == "unknown"
    assert "no report covers it" in judged.said("unknown")["go.sum"]
    assert not any("package-lock.json" in one for one in judged.said("unknown"))
    assert judge("gitlab", more=OSV + report).outcome == "pass"


def test_nobody_to_ask_is_undeclared_and_hides_no_lockfile(judge: Callable[..., Any]) -> None:
    judged = judge("gitlab", more=f"{UNASKED}[scan_limits]\nforge_alerts = false\n")
    assert judged.outcome == "unknown"
    undeclared = {"who knows advisories": "readiness.toml declares no [[scans]]"}
    assert judged.said("unknown") == undeclared
    assert {"go.sum", "updates"} <= judged.said("pass").keys()


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("newest_update_days = 30", "no update within 30 days"),
        ('update_bots = ["renovate.json"]', "nothing proposes updates"),
    ],
)
def test_what_is_not_kept_current_fails(
    judge_alone: Callable[[str], Any], key: str, told: str
) -> None:
    judged = judge_alone(key)
    assert judged.outcome == "fail"
    assert judged.said("fail") == {"updates": told}


@pytest.fixture
def judge_alone(
    judge_here: Callable[..., Any],
    forges: Any,
    database: OsvServer,
    monkeypatch: pytest.MonkeyPatch,
    release: str,
) -> Callable[[str], Any]:
    """Judge the item of a service without a forge, with one more key of ``[repository]``."""
    database.faults = frozenset()
    monkeypatch.setenv("EXPLORER_OSV", database.url)
    monkeypatch.setenv("EXPLORER_REPOSITORY", forges["gitlab"][1]["EXPLORER_REPOSITORY"])

    def judged(key: str) -> Any:
        [found] = judge_here(f"{ALONE.format(commit=release)}{key}\n{OSV}", ITEM).values()
        return found

    return judged


@pytest.fixture
def release() -> str:
    """The release's commit."""
    from examples.explorer.release import release_commit  # noqa: PLC0415 after the path is set

    return release_commit()
