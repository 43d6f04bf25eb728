"""Who looks for secrets, what each saw, and what remains unknown where one of them is silent."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients import gitleaks
from pytest_orr.clients.forge.said import Alert
from pytest_orr.clients.gitleaks import Report
from pytest_orr.collect.secrets.hits import SecretHit
from pytest_orr.collect.secrets.scans import SecretScans
from pytest_orr.collect.secrets.tree import TreeSecrets
from pytest_orr.collect.secrets.watches import Watch, Workspace
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.scans import Accepted, Scan, ScanLimits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
SEEN = dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC)
CLOSED = dt.datetime(2026, 10, 2, 9, tzinfo=dt.UTC)
COMMIT = "5e1ea5e0" * 5
LEAK = {"RuleID": "gcp-service-account", "File": "key.json", "StartLine": 1, "Commit": COMMIT}


class NoScanner:
    """detect-secrets is not installed."""

    version = ""


def alert(number: str, detector: str, **more: Any) -> Alert:
    said: dict[str, Any] = {"title": "x", "severity": "high", "created": SEEN, "where": "a.py"}
    return Alert(kind="secret", id=number, detector=detector, **said | more)


def accepted(name: str, *, until: str = "2026-12-31", rotated: str = "") -> Accepted:
    return Accepted(
        about="secrets",
        id=name,
        reason="x",
        by="bo@example.org",
        until=dt.date.fromisoformat(until),
        rotated=dt.date.fromisoformat(rotated) if rotated else None,
    )


def collect(desk: Any) -> Any:
    return SecretScans().collect(desk).value


def test_repositories_that_gitguardian_does_not_watch_are_named() -> None:
    assert Workspace(repositories=2).watches_all
    assert not Workspace(repositories=0).watches_all
    names = tuple(f"explorer/{number}" for number in range(7))
    with pytest.raises(FactUnavailable, match=r"does not watch explorer/0, .*/4 and 2 more"):
        _ = Workspace(repositories=9, unwatched=names).watches_all


def test_an_unmonitored_repository_of_the_workspace_proves_nothing(
    desk_of: Callable[..., Any], guardian: Any
) -> None:
    guardian.faults = frozenset({"unmonitored"})
    [workspace] = SecretScans().collect(desk_of(guardian=guardian)).value.workspaces
    assert workspace.reading.unwatched == ("explorer/explorer",)


def test_gitguardian_tells_its_watch_and_what_it_saw_everywhere(
    desk_of: Callable[..., Any], guardian: Any
) -> None:
    guardian.faults = frozenset({"service-account-open"})

    answer = SecretScans().collect(desk_of(guardian=guardian))

    [watch] = answer.value.watches
    assert answer.where == (
        "GitGuardian on Explorer/explorer",
        "GitGuardian on all repositories",
    )
    assert watch.reading.watches
    assert watch.reading.was_scanned_within(7, AS_OF)
    assert not watch.reading.was_scanned_within(1, AS_OF)
    assert watch.seen == "last scan on 2026-11-19, finished; 2 incidents"
    assert answer.value.workspaces[0].seen == "2 repositories, 3 incidents"
    assert answer.value.watchers == ("GitGuardian on Explorer/explorer",)
    assert answer.value.watchers_of_all == ("GitGuardian on all repositories",)
    assert [hit.id for hit in answer.value.hits] == ["gitguardian-5230", "gitguardian-6402"]
    assert [(hit.id, hit.kind) for hit in answer.value.service_accounts] == [
        ("gitguardian-5230", "database"),
        ("gitguardian-8002", "cloud"),
    ]


@pytest.mark.parametrize("fault", ["scan-old", "scan-failed"])
def test_a_scan_that_is_old_or_did_not_end_is_none(
    desk_of: Callable[..., Any], guardian: Any, fault: str
) -> None:
    guardian.faults = frozenset({fault})

    [watch] = collect(desk_of(guardian=guardian)).watches

    assert not watch.reading.was_scanned_within(7, AS_OF)


def test_a_repository_that_gitguardian_does_not_show_is_unknown(
    desk_of: Callable[..., Any], guardian: Any
) -> None:
    [watch] = collect(desk_of(guardian=guardian, source="explorer/other")).watches

    with pytest.raises(FactUnavailable, match="shows no repository explorer/other to the token"):
        _ = watch.reading


def test_a_watch_that_nobody_tells_of_is_unknown() -> None:
    watch = Watch(source="a", is_monitored=None, last_scan=None, scan_status="")

    assert not watch.was_scanned_within(7, AS_OF)
    assert watch.seen == "never scanned; 0 incidents"
    with pytest.raises(FactUnavailable, match="does not say whether it monitors a"):
        _ = watch.watches


def test_repositories_of_one_name_are_as_good_as_the_worse(
    desk_of: Callable[..., Any], guardian: Any
) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    def twice(_: Any, told: Any) -> Any:
        [_, own] = json.loads(told.body)
        other = {**own, "id": 7100, "type": "github", "last_scan": None, "monitored": False}
        return json_answer([own, other])

    guardian.spoil("^/v1/sources$", twice)

    [watch] = collect(desk_of(guardian=guardian)).watches

    assert not watch.reading.watches
    assert watch.reading.last_scan is None


def test_the_forge_tells_its_alerts_and_whether_it_refuses_secrets(
    desk_of: Callable[..., Any],
) -> None:
    alerts = (
        alert("1", "aws_access_key_id"),
        alert("2", "slack_api_token", resolved=CLOSED, resolution="revoked"),
    )
    forge = {"alerts": alerts, "push_protection": True}

    facts = collect(desk_of(forge=forge))

    [told] = facts.alerts
    first, second = facts.hits
    assert told.reading.refuses_secrets
    assert told.seen == "push protection on; 2 alerts"
    assert facts.watchers == ("gitlab on explorer/explorer",)
    assert (first.is_open, first.kind, first.name) == (True, "cloud", "aws_access_key_id a.py")
    assert second.seen == "alert-2, seen on 2026-10-01, closed as revoked on 2026-10-02"
    assert second.is_rotated(())
    assert not first.is_rotated(())
    with pytest.raises(FactUnavailable, match="the team's other repositories"):
        _ = facts.watchers_of_all


def test_a_forge_that_does_not_tell_of_push_protection_is_unknown(
    desk_of: Callable[..., Any],
) -> None:
    [told] = collect(desk_of(forge={"alerts": (), "push_protection": None})).alerts

    assert told.seen == "push protection not told; 0 alerts"
    with pytest.raises(FactUnavailable, match="does not tell whether it refuses a push"):
        _ = told.reading.refuses_secrets


def test_a_source_that_is_denied_stands_beside_one_that_answers(
    desk_of: Callable[..., Any], guardian: Any
) -> None:
    facts = collect(desk_of(guardian=guardian, forge={}))

    assert facts.seen == (
        "answered by GitGuardian on Explorer/explorer, GitGuardian on all repositories"
    )
    assert facts.reports == ()
    with pytest.raises(FactUnavailable, match="alerts is denied") as refused:
        _ = facts.alerts[0].reading
    assert refused.value.remedy.startswith("allow it; where its edition has no such alerts, set")


def test_a_forge_whose_edition_has_no_alerts_is_not_asked(desk_of: Callable[..., Any]) -> None:
    limits = ScanLimits(forge_alerts=False, run_scanners=False)

    with pytest.raises(Undeclared, match=r"no \[gitguardian\]"):
        collect(desk_of(forge={}, scan_limits=limits))


def test_reports_show_the_past_and_nobody_who_watches(
    desk_of: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "leaks.json").write_text(json.dumps([LEAK]))
    scan = Scan(
        about="secrets",
        format="gitleaks",
        file="leaks.json",
        version="8.30.1",
        commit=COMMIT,
        scanned=AS_OF,
        whole_history=True,
        looked_at=12,
    )

    facts = collect(desk_of(scans=(scan,)))

    [report] = facts.reports
    [hit] = facts.service_accounts
    assert report.reading.counts(COMMIT, AS_OF, ScanLimits(), history=True)
    assert (hit.kind, hit.file, hit.found) == ("cloud", "key.json", None)
    with pytest.raises(FactUnavailable, match="a scan shows the past alone") as refused:
        _ = facts.watchers
    assert 'covers = "unknown"' in refused.value.remedy


def test_where_nobody_answers_the_history_is_looked_through_here(
    desk_of: Callable[..., Any], committed: Callable[..., str], word: str
) -> None:
    commit = committed(a=f"{word}# pragma: allowlist nextline secret\n{word}", b="1\n")

    facts = collect(desk_of(forge={}, commit=commit))

    [report] = facts.reports
    assert report.name == "detect-secrets, run here"
    assert report.reading.counts(commit, AS_OF, ScanLimits(), history=True)
    assert report.reading.looked_at == 2
    assert {(hit.detector, hit.file, hit.kind) for hit in facts.hits} == {
        ("Secret Keyword", "a", "")
    }
    assert all(word.split('"')[1] not in repr(hit) for hit in facts.hits)
    assert facts.alerts[0].observed is None


def test_gitleaks_is_run_where_detect_secrets_is_not_installed(
    desk_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = [Report(version="8.30.1", raw=json.dumps([LEAK]).encode(), commits=3)]
    reports.append(Report(version="", raw=b"[]", commits=3))
    monkeypatch.setattr(gitleaks, "installed", lambda: True)
    monkeypatch.setattr(gitleaks, "scan", lambda *_: reports.pop(0))

    [report] = collect(desk_of(scanner=NoScanner())).reports
    [silent] = collect(desk_of(scanner=NoScanner())).reports

    assert report.reading.counts(COMMIT, AS_OF, ScanLimits(), history=True)
    assert report.seen == (
        "gitleaks 8.30.1 on 2026-11-20 of 5e1ea5e05e1e, whole history, 3 looked at, 1 findings"
    )
    with pytest.raises(FactUnavailable, match="gitleaks does not tell its version"):
        _ = silent.reading


def test_without_anybody_to_ask_the_section_is_named(
    desk_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitleaks, "installed", lambda: False)

    with pytest.raises(Undeclared, match=r"no \[gitguardian\]"):
        collect(desk_of(scanner=NoScanner()))
    with pytest.raises(Undeclared, match=r"no \[\[scans\]\]"):
        TreeSecrets().collect(desk_of(scanner=NoScanner()))


def test_the_tree_is_looked_through_by_file(
    desk_of: Callable[..., Any], committed: Callable[..., str], word: str
) -> None:
    commit = committed(a=word, b=f"1\n\n{word}", c="1\n")

    answer = TreeSecrets().collect(desk_of(commit=commit))

    facts = answer.value
    assert answer.where == ("detect-secrets, run here",)
    assert facts.reports[0].reading.counts(commit, AS_OF, ScanLimits())
    assert [(hit.where, hit.file) for hit in facts.hits] == [("a:1", "a"), ("b:3", "b")]
    assert [hit.file for hit in facts.hits_in(["b", "c"])] == ["b"]


def test_a_declared_report_stands_for_a_look_at_the_tree(
    desk_of: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "leaks.json").write_text(json.dumps([LEAK]))
    scan = Scan(about="secrets", format="gitleaks", file="leaks.json")

    facts = TreeSecrets().collect(desk_of(scans=(scan,))).value

    assert [(report.name, hit.file) for report in facts.reports for hit in facts.hits] == [
        ("leaks.json", "key.json")
    ]


def test_a_closed_secret_is_rotated_only_if_it_was_replaced_after_it_was_seen() -> None:
    hit = SecretHit(id="Alert-1", detector="aws", kind="cloud", found=SEEN, is_open=False)

    assert not hit.is_rotated([])
    assert not hit.is_rotated([accepted("alert-1")])
    assert not hit.is_rotated([accepted("alert-1", rotated="2026-09-30")])
    assert not hit.is_rotated([accepted("alert-2", rotated="2026-10-05")])
    assert hit.is_rotated([accepted("alert-1", rotated="2026-10-01")])


def test_an_open_secret_stays_until_the_end_of_its_entry() -> None:
    hit = SecretHit(id="alert-1", detector="aws", kind="cloud", is_allowed=True)

    assert hit.is_settled([accepted("alert-1", until="2026-11-20")], AS_OF)
    assert not hit.is_settled([accepted("alert-1", until="2026-11-19")], AS_OF)
    assert not hit.is_settled([accepted("alert-2")], AS_OF)
    assert hit.name == "aws alert-1"
    assert hit.seen == "alert-1, which a comment or file there calls allowed"
