"""What a commit locks, who knows what against it, and how current it is: each told by itself."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.osv import OsvServer
from pytest_orr.clients.forge.said import Alert
from pytest_orr.clients.git import GitAccess
from pytest_orr.clients.osv import OsvAccess
from pytest_orr.collect.dependencies import Dependencies, DependencyFacts
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.forge import Forge
from pytest_orr.profile.repository import Repository
from pytest_orr.profile.scans import Accepted, Osv, Scan, ScanLimits
from pytest_orr.profile.schema import FromEnvironment, Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_orr.collect.parts import Part

AS_OF = dt.datetime(2026, 6, 10, tzinfo=dt.UTC)
LOCK = json.dumps(
    {
        "lockfileVersion": 3,
        "packages": {"": {"name": "own"}, "node_modules/uplot": {"version": "1.6.32"}},
    }
)
FILES = {
    "src/package.json": '{"dependencies": {"uplot": "1.6.32"}}',
    "src/package-lock.json": LOCK,
    "ci/requirements.txt": "pyyaml==6.0.4\n",
    ".github/dependabot.yml": "version: 2\n",
    "README.md": "own\n",
}
TOKEN = FromEnvironment(env="ORR_FORGE_TOKEN")
FORGE = Forge(kind="gitlab", project="explorer/explorer", token=TOKEN)
LIMITS = ScanLimits()


class PlantedForge:
    """A forge with alerts, or one that refuses."""

    def __init__(self, *alerts: Alert, refusal: str = "") -> None:
        self._alerts, self._refusal = alerts, refusal

    def alerts(self, kind: str) -> tuple[Alert, ...]:
        """Return what was planted."""
        assert kind == "dependency"
        if self._refusal:
            raise FactUnavailable(self._refusal, "use a token that may")
        return self._alerts


@pytest.fixture(scope="module")
def server() -> Iterator[OsvServer]:
    """A database of advisories."""
    server = OsvServer()
    yield server
    server.close()


@pytest.fixture
def facts(server: OsvServer, tmp_path: Path) -> Iterator[Callable[..., DependencyFacts]]:
    """Collect the fact: ``facts(made, commit, faults=("advisory-high",), scans=(…))``."""
    opened: list[GitAccess] = []

    def collect(
        made: Any, commit: str, *, faults: tuple[str, ...] = (), alerting: Any = None, **keys: Any
    ) -> DependencyFacts:
        server.mend()
        server.faults = frozenset(faults)
        ana = Person(email="ana@example.org", name="Ana", roles=("security",))
        usual: dict[str, Any] = {
            "service": Service(name="explorer", environment="production", people=(ana,)),
            "release": Release(commit=commit),
            "repository": Repository(path=str(made.folder)),
            "osv": Osv(url=server.url),
        }
        profile = Profile(**usual | keys)
        opened.append(GitAccess(profile, tmp_path))
        desk: Any = SimpleNamespace(
            profile=profile,
            folder=tmp_path,
            as_of=AS_OF,
            git=opened[-1],
            osv=OsvAccess(profile.osv, tmp_path),
            forge=alerting,
            progress=lambda _: None,
        )
        return Dependencies().collect(desk).value

    yield collect
    for one in opened:
        one.close()


def grave(facts: DependencyFacts, commit: str) -> list[tuple[str, str, str]]:
    return [(source, one.id, one.severity) for source, one in facts.grave(commit, AS_OF, LIMITS)]


def causes(facts: DependencyFacts) -> dict[str, str]:
    parts: tuple[Part[Any], ...] = (*facts.lockfiles, facts.updates, *facts.sources)
    return {one.name: one.unavailable.cause for one in parts if one.unavailable}


def report_of(tmp_path: Path, content: Any, form: str, commit: str, **said: Any) -> Scan:
    name = f"{form}.json"
    (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    usual: dict[str, Any] = {"version": "1", "commit": commit, "scanned": AS_OF, "looked_at": 1}
    return Scan(about="dependencies", format=form, file=name, **{**usual, **said})  # type: ignore[arg-type] # a format by name


def test_lockfiles_advisories_and_updates_of_a_sound_release(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    commit = made.commit(FILES)
    found = facts(made, commit)
    assert [(one.name, one.seen) for one in found.lockfiles] == [
        ("ci/requirements.txt", "1 packages of PyPI"),
        ("src/package-lock.json", "1 packages of npm"),
    ]
    assert all(one.reading.is_whole for one in found.lockfiles)
    assert [(one.name, one.seen) for one in found.sources] == [
        ("OSV", "OSV, 2 looked at, 1 findings")
    ]
    assert grave(found, commit) == []
    assert found.updates.seen == (
        f".github/dependabot.yml; newest update {commit[:12]} of 2026-05-29"
    )


def test_a_grave_advisory_of_a_locked_package_is_told_with_its_lockfile(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    commit = made.commit(FILES)
    found = facts(made, commit, faults=("advisory-high",))
    [(source, advisory)] = found.grave(commit, AS_OF, LIMITS)
    assert source == "OSV"
    assert advisory.seen == (
        "uplot 1.6.32: GHSA-9f2p-made-up01 (CVE-2026-99002), high in src/package-lock.json"
    )


def test_a_withdrawn_advisory_is_none_and_an_ungraded_one_may_be_grave(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    commit = made.commit(FILES)
    assert grave(facts(made, commit, faults=("advisory-withdrawn",)), commit) == []
    ungraded = facts(made, commit, faults=("advisory-ungraded",))
    assert grave(ungraded, commit) == [("OSV", "GHSA-9f2p-made-up01", "unknown")]
    missing = facts(made, commit, faults=("advisory-high", "record-missing"))
    assert [one[2] for one in grave(missing, commit)] == ["unknown", "unknown"]


def test_a_database_that_is_down_hides_no_lockfile_and_no_report(
    made: Any, facts: Callable[..., DependencyFacts], tmp_path: Path
) -> None:
    commit = made.commit(FILES)
    via = {"source": 1, "name": "ms", "url": "https://x/GHSA-7", "severity": "critical"}
    content = {"auditReportVersion": 2, "vulnerabilities": {"ms": {"via": [via]}}}
    scan = report_of(tmp_path, content, "npm-audit", commit)
    found = facts(made, commit, faults=("out-of-order",), scans=(scan,))
    assert causes(found) == {"OSV": "OSV answered with status 503"}
    assert grave(found, commit) == [("npm-audit.json", "GHSA-7", "critical")]


def test_a_report_of_another_commit_tells_nothing(
    made: Any, facts: Callable[..., DependencyFacts], tmp_path: Path
) -> None:
    commit = made.commit(FILES)
    via = {"source": 1, "name": "ms", "url": "https://x/GHSA-7", "severity": "critical"}
    content = {"auditReportVersion": 2, "vulnerabilities": {"ms": {"via": [via]}}}
    scan = report_of(tmp_path, content, "npm-audit", "0" * 40)
    assert grave(facts(made, commit, scans=(scan,)), commit) == []


def test_what_a_report_does_not_grade_the_database_does(
    made: Any, facts: Callable[..., DependencyFacts], tmp_path: Path
) -> None:
    commit = made.commit(FILES)
    vulns = [{"id": "CVE-2026-99002", "aliases": ["GHSA-9f2p-made-up01"], "fix_versions": []}]
    content = {"dependencies": [{"name": "uplot", "version": "1.6.32", "vulns": vulns}]}
    scan = report_of(tmp_path, content, "pip-audit", commit, looked_at=None)
    found = facts(made, commit, faults=("advisory-high",), scans=(scan,))
    assert ("pip-audit.json", "CVE-2026-99002", "high") in grave(found, commit)
    alone = facts(made, commit, scans=(scan,), osv=Osv(asked=False))
    assert grave(alone, commit) == [("pip-audit.json", "CVE-2026-99002", "unknown")]


def test_a_list_of_components_is_looked_up(
    made: Any, facts: Callable[..., DependencyFacts], tmp_path: Path
) -> None:
    commit = made.commit(FILES)
    purls = ("pkg:npm/uplot@1.6.32", "pkg:deb/debian/curl@7.50.3?arch=amd64")
    components = [
        {"type": "library", "name": str(number), "purl": purl, "bom-ref": purl}
        for number, purl in enumerate(purls)
    ]
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": components,
        "metadata": {"tools": {"components": [{"name": "syft", "version": "1"}]}},
    }
    scan = report_of(tmp_path, content, "cyclonedx", commit, looked_at=None)
    found = facts(made, commit, faults=("advisory-high",), scans=(scan,))
    report = found.sources[1].reading
    assert [one.id for one in report.findings] == ["GHSA-9f2p-made-up01"]
    assert report.skipped == ("pkg:deb/debian/curl@7.50.3",)
    mute = facts(made, commit, scans=(scan,), osv=Osv(asked=False))
    assert causes(mute) == {
        "cyclonedx.json": (
            "it lists components and no vulnerabilities, and OSV is not asked about them"
        )
    }
    content["vulnerabilities"] = []
    told = report_of(tmp_path, content, "cyclonedx", commit, looked_at=None)
    assert causes(facts(made, commit, scans=(told,), osv=Osv(asked=False))) == {}


def test_the_forges_alerts_are_a_source_and_their_refusal_a_finding(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    commit = made.commit(FILES)
    alert = Alert(
        kind="dependency",
        id="5",
        severity="critical",
        title="ms 2.0.0",
        aliases=("CVE-2026-5",),
        created=AS_OF,
    )
    closed = replace(alert, id="6", aliases=(), resolved=AS_OF, resolution="dismissed")
    found = facts(made, commit, alerting=PlantedForge(alert, closed), forge=FORGE)
    assert grave(found, commit) == [("alerts of explorer/explorer", "CVE-2026-5", "critical")]
    denied = facts(made, commit, alerting=PlantedForge(refusal="it is not allowed"), forge=FORGE)
    assert causes(denied) == {"alerts of explorer/explorer": "it is not allowed"}
    for keys in (
        {"forge": replace(FORGE, token=None)},
        {"forge": FORGE, "scan_limits": ScanLimits(forge_alerts=False)},
    ):
        assert [one.name for one in facts(made, commit, **keys).sources] == ["OSV"]


def test_nobody_who_knows_advisories_is_undeclared_and_hides_no_lockfile(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    empty = made.commit({"README.md": "nothing is locked\n"})
    with pytest.raises(Undeclared, match=r"declares no \[\[scans\]\]"):
        facts(made, empty, osv=Osv(asked=False))
    found = facts(made, made.commit(FILES), osv=Osv(asked=False))
    assert causes(found) == {"who knows advisories": "readiness.toml declares no [[scans]]"}
    seen = [one.name for one in found.lockfiles if one.observed]
    assert seen == ["ci/requirements.txt", "src/package-lock.json"]
    assert found.updates.observed is not None


def test_what_is_not_locked_or_cannot_be_read_is_unknown_by_its_path(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    commit = made.commit(
        {
            "go/go.mod": "module x\n\ngo 1.21\n\nrequire a v1.0.0\n",
            "app/gradle.lockfile": "a:b:1.0=x\n",
            "tools/uv.lock": "[[broken",
            "old/requirements.txt": "loose>=1\n-r more.txt\n",
            "old/more.txt": "b==1.0\n",
            "samples/pom.xml": "<project/>",
            "vendor/x/Cargo.lock": "",
            "plain/package.json": '{"name": "own"}',
        }
    )
    repository = Repository(path=str(made.folder), of_others=("samples/**",))
    found = facts(made, commit, repository=repository)
    assert causes(found) == {
        "app/gradle.lockfile": "app/gradle.lockfile is a lockfile that cannot be read here",
        "go/go.mod": "go/go.mod asks for packages, and no lockfile says which are installed",
        "tools/uv.lock": "tools/uv.lock is no TOML",
    }
    [loose] = [one for one in found.lockfiles if one.observed]
    with pytest.raises(FactUnavailable, match="it names no exact version of loose, so nobody can"):
        _ = loose.reading.is_whole


def test_a_declared_report_may_cover_what_cannot_be_read(
    made: Any, facts: Callable[..., DependencyFacts], tmp_path: Path
) -> None:
    commit = made.commit(FILES | {"app/gradle.lockfile": "a:b:1.0=x\n"})
    scan = report_of(tmp_path, [], "sarif", commit, covers=("app/*.lockfile",))
    found = facts(made, commit, scans=(scan,))
    covered = next(one for one in found.lockfiles if one.name == "app/gradle.lockfile")
    assert covered.seen == "looked at by sarif.json"
    assert covered.reading.is_whole


def test_without_lockfiles_nothing_is_kept_current(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    found = facts(made, made.commit({"README.md": "own\n"}))
    assert found.lockfiles == ()
    assert causes(found) == {"updates": "no commit changed a lockfile"}
    [source] = found.sources
    with pytest.raises(FactUnavailable, match="it looked at nothing"):
        source.reading.counts("0" * 40, AS_OF, LIMITS)


def test_the_newest_update_is_the_last_commit_that_changed_a_lockfile(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    changed = made.commit(FILES)
    later = made.commit({"README.md": "more\n"}, without=(".github/dependabot.yml",))
    updates = facts(made, later).updates.reading
    assert (updates.commit, updates.bots) == (changed, ())
    assert updates.seen.startswith("no settings of an update bot; newest update")


def test_without_a_repository_reports_are_read_all_the_same(
    made: Any, facts: Callable[..., DependencyFacts], tmp_path: Path
) -> None:
    commit = made.commit(FILES)
    nowhere = Repository(path=str(tmp_path))
    scan = report_of(tmp_path, {"results": []}, "osv-scanner", commit)
    found = facts(made, commit, repository=nowhere, scans=(scan,))
    assert [one.name for one in found.sources] == ["osv-scanner.json"]
    assert set(causes(found)) == {"lockfiles", "updates"}
    with pytest.raises(FactUnavailable, match="lies in no git repository"):
        facts(made, commit, repository=nowhere)


def test_what_became_of_an_accepted_advisory_is_said(
    made: Any, facts: Callable[..., DependencyFacts]
) -> None:
    found = facts(made, made.commit(FILES), faults=("advisory-high",))
    entry = Accepted(
        about="dependencies",
        id="CVE-2026-99002",
        reason="not reachable",
        by="ana@example.org",
        until=AS_OF.date(),
    )
    told = "until 2026-06-10 by ana@example.org: not reachable"
    assert found.fate_of(entry, AS_OF) == told
    unmatched = found.fate_of(replace(entry, id="CVE-1"), AS_OF)
    assert unmatched == f"no source tells of it, so it can be taken out; {told}"
    expired = found.fate_of(entry, AS_OF + dt.timedelta(days=1))
    assert expired == f"no longer counts, {told}"
