"""What GitHub tells otherwise than GitLab: reviews, deployments, alerts, releases, schedules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge import github_deployments
from pytest_orr.clients.forge.said import Alert, Deployment, Member

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.explorer.forge_server import Answer, Request

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
GRAPHQL = "/graphql$"
SECRET = "canary-of-a-secret"  # noqa: S105 of nobody


def of_query(key: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Change each node of one connection of GraphQL."""

    def changed(body: Any) -> Any:
        if key in body["data"]["repository"]:
            nodes = body["data"]["repository"][key]["nodes"]
            body["data"]["repository"][key]["nodes"] = [change(one) for one in nodes]
        return body

    return changed


def review(login: str, state: str, minutes: int = -5, kind: str = "User") -> dict[str, Any]:
    at = (AT + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"state": state, "submittedAt": at, "author": {"login": login, "__typename": kind}}


@pytest.mark.parametrize(
    ("reviews", "approved_by"),
    [
        ([review("eve", "APPROVED")], ("eve",)),
        ([review("eve", "APPROVED"), review("eve", "COMMENTED", -1)], ("eve",)),
        ([review("eve", "APPROVED"), review("eve", "CHANGES_REQUESTED", -1)], ()),
        ([review("eve", "CHANGES_REQUESTED", -9), review("eve", "APPROVED")], ("eve",)),
        ([review("eve", "DISMISSED")], ()),
        ([review("eve", "APPROVED", 5)], ()),
        ([review("eve", "APPROVED"), review("eve", "CHANGES_REQUESTED", 5)], ("eve",)),
        ([review("checker", "APPROVED", kind="Bot")], ("checker[bot]",)),
        ([review("eve", "APPROVED") | {"author": None}], ("ghost",)),
        ([review("eve", "PENDING") | {"submittedAt": None}], ()),
        ([], ()),
    ],
)
def test_approved_is_what_somebody_last_thought_before_the_merge(
    served_github: Any, reviews: list[Any], approved_by: tuple[str, ...]
) -> None:
    merged = {"mergedAt": "2026-11-01T12:00:00Z", "updatedAt": "2026-11-01T12:00:00Z"}
    told = {"pageInfo": {"hasNextPage": False}, "nodes": reviews}
    served_github.alter(
        GRAPHQL, of_query("pullRequests", lambda one: one | merged | {"reviews": told})
    )
    changes = served_github.open().changes_since(None, "main")
    assert {one.approved_by for one in changes} == {approved_by}


def test_more_reviews_than_one_query_tells_are_read_to_the_end(served_github: Any) -> None:
    *others, newest = served_github.server.state.changes
    many = replace(newest, approved_by=("bo", "dan", "eve"))
    served_github.plant(changes=(*others, many))
    [*_, told] = served_github.open().changes_since(None, "main")
    assert told.approved_by == ("bo", "dan", "eve")
    assert [one for one in served_github.server.asked if one.path.endswith("/reviews")]


def test_people_who_are_gone_and_pull_requests_without_a_commit_are_told_so(
    served_github: Any,
) -> None:
    gone = {"author": None, "mergedBy": None, "mergeCommit": None}
    served_github.alter(GRAPHQL, of_query("pullRequests", lambda one: one | gone))
    told = served_github.open().changes_since(None, "main")
    assert {(one.author, one.merged_by, one.commit) for one in told} == {("ghost", None, "")}


def test_what_was_not_touched_since_is_not_asked_for(served_github: Any) -> None:
    newest = served_github.server.state.changes[-1].merged
    assert served_github.open().changes_since(newest, "main") == ()
    assert len(served_github.server.asked) == 1


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["INACTIVE", "SUCCESS", "IN_PROGRESS"], "success"),
        (["FAILURE", "IN_PROGRESS"], "failed"),
        (["ERROR"], "failed"),
        (["WAITING", "QUEUED"], "manual"),
        (["INACTIVE"], "other"),
        (["IN_PROGRESS"], "running"),
        ([], "running"),
    ],
)
def test_a_deployment_went_as_its_last_state_says_that_is_not_about_its_end(
    served_github: Any, states: list[str], status: str
) -> None:
    statuses = [
        {"state": one, "createdAt": f"2026-11-01T12:{50 - place}:00Z", "logUrl": None}
        for place, one in enumerate(states)
    ]
    served_github.alter(
        GRAPHQL, of_query("deployments", lambda one: one | {"statuses": {"nodes": statuses}})
    )
    [told, *_] = served_github.open().deployments("production")
    assert (told.status, told.pipeline) == (status, None)
    assert (told.ended is None) == (status not in {"success", "failed"})


@pytest.mark.parametrize(
    "log",
    [
        "https://elsewhere.example/explorer/explorer",
        "https://github.com/explorer/other/actions/runs/88213",
        "https://github.com/explorer/explorer/actions/runs/88213x",
        "",
    ],
)
def test_a_log_that_is_in_no_run_of_the_project_is_no_pipeline(
    served_github: Any, log: str
) -> None:
    def elsewhere(one: Any) -> Any:
        nodes = [status | {"logUrl": log} for status in one["statuses"]["nodes"]]
        return one | {"statuses": {"nodes": nodes}}

    served_github.alter(GRAPHQL, of_query("deployments", elsewhere))
    told = served_github.open().deployments("production")
    assert {(one.pipeline, one.approved_by) for one in told} == {(None, ())}


def test_the_newest_deployments_are_read_and_no_more(
    served_github: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(github_deployments, "NEWEST", 5)
    made = tuple(
        Deployment(
            id=str(number),
            environment="production",
            commit="a" * 40,
            status="success",
            created=AT - timedelta(hours=number),
            by="ana",
        )
        for number in range(1, 9)
    )
    served_github.plant(deployments=made)
    told = served_github.open().deployments("production")
    assert [one.id for one in told] == [one.id for one in made[:5]]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ([{"type": "wait_timer", "wait_timer": 30}, {"type": "branch_policy"}], None),
        ([{"type": "required_reviewers", "reviewers": []}], None),
        (
            [
                {
                    "type": "required_reviewers",
                    "reviewers": [{"type": "User", "reviewer": {"login": "eve"}}],
                }
            ],
            (1, None, ("eve",)),
        ),
        (
            [
                {
                    "type": "required_reviewers",
                    "prevent_self_review": False,
                    "reviewers": [{"type": "Team", "reviewer": {"slug": "ops"}}],
                }
            ],
            (1, True, ("ops",)),
        ),
    ],
)
def test_who_must_agree_is_read_from_the_rule_about_reviewers(
    served_github: Any, rule: list[Any], told: Any
) -> None:
    served_github.alter(
        "/environments$",
        lambda body: (
            body
            | {"environments": [one | {"protection_rules": rule} for one in body["environments"]]}
        ),
    )
    seen = served_github.open().environment_protection("production")
    assert told == (seen and (seen.required_approvals, seen.own_approval_counts, seen.approvers))


def test_an_environment_that_nobody_made_is_unknown(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    error = unavailable(lambda: served_github.open().environment_protection("nowhere"))
    assert error.cause == "GitHub knows no environment nowhere of explorer/explorer"


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        ("secret", "switch it on for the project at GitHub"),
        ("dependency", "switch it on for the project at GitHub"),
        ("code", "let the project's workflow analyse its code"),
    ],
)
def test_a_scanner_that_is_off_is_unknown_and_says_what_github_says(
    served_github: Any, unavailable: Callable[..., Any], kind: str, remedy: str
) -> None:
    served_github.plant(scanned=frozenset())
    error = unavailable(lambda: served_github.open().alerts(kind))
    assert error.cause.startswith("GitHub refuses the ")
    assert error.remedy == remedy


def test_closed_alerts_tell_how_and_when(served_github: Any) -> None:
    alerts = (
        Alert(
            kind="secret",
            id="1",
            severity="unknown",
            title="A token",
            detector="token",
            created=AT,
            resolved=AT,
            resolution="revoked",
        ),
        Alert(kind="dependency", id="2", severity="low", title="a", created=AT, resolved=AT),
        Alert(kind="code", id="3", severity="low", title="b", created=AT, resolved=AT),
    )
    served_github.plant(alerts=alerts)
    forge = served_github.open()
    told = [one for kind in ("secret", "dependency", "code") for one in forge.alerts(kind)]
    assert [one.resolved for one in told] == [AT] * 3
    assert [one.resolution for one in told] == ["revoked", "fixed", "fixed"]


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ({"security_severity_level": "critical", "severity": "note"}, "critical"),
        ({"security_severity_level": None, "severity": "error"}, "high"),
        ({"severity": "warning"}, "medium"),
        ({"severity": "none"}, "unknown"),
    ],
)
def test_how_bad_an_alert_of_code_is_comes_from_its_rule(
    served_github: Any, rule: Any, severity: str
) -> None:
    alert = Alert(kind="code", id="3", severity="low", title="b", created=AT)
    served_github.plant(alerts=(alert,))
    described = {"name": "r", "description": "b"}
    served_github.alter(
        "/code-scanning/", lambda body: [one | {"rule": described | rule} for one in body]
    )
    [told] = served_github.open().alerts("code")
    assert told.severity == severity


def test_a_secret_is_not_asked_for_and_not_kept(served_github: Any) -> None:
    alert = Alert(kind="secret", id="1", severity="unknown", title="t", detector="d", created=AT)
    served_github.plant(alerts=(alert,))
    served_github.alter(
        "/secret-scanning/", lambda body: [one | {"secret": SECRET} for one in body]
    )
    told = served_github.open().alerts("secret")
    assert len(told) == 1
    assert SECRET not in repr(told)
    assert [one.query["hide_secret"] for one in served_github.server.asked] == ["true"]


@pytest.mark.parametrize(
    ("change", "is_candidate"),
    [
        ({"tag_name": "v2.0.0"}, False),
        ({"tag_name": "v2.0.0-rc.1"}, True),
        ({"tag_name": "v2.0.0-beta"}, True),
        ({"tag_name": "v2.0.0", "prerelease": True}, True),
    ],
)
def test_a_candidate_is_told_by_its_mark_or_its_name(
    served_github: Any, change: Any, is_candidate: Any
) -> None:
    served_github.alter("/releases$", lambda body: [one | change for one in body])
    told = served_github.open().releases()
    assert {(one.is_candidate, one.commit) for one in told} == {(is_candidate, None)}


def test_a_draft_is_told_with_when_it_was_begun(served_github: Any) -> None:
    served_github.alter(
        "/releases$", lambda body: [one | {"draft": True, "published_at": None} for one in body]
    )
    told = served_github.open().releases()
    assert all(one.is_draft and one.published for one in told)


def test_a_tag_of_a_tag_leads_to_the_commit(served_github: Any) -> None:
    inner = {"__typename": "Tag", "oid": "2" * 40, "target": {"oid": "3" * 40}}
    outer = {"__typename": "Tag", "oid": "1" * 40, "target": inner}
    served_github.alter(GRAPHQL, of_query("refs", lambda one: one | {"target": outer}))
    assert {(one.commit, one.is_annotated) for one in served_github.open().tags()} == {
        ("3" * 40, True)
    }


def test_schedules_are_the_workflows_whose_file_says_when(served_github: Any) -> None:
    [planted] = served_github.server.state.schedules
    served_github.plant(schedules=(replace(planted, is_active=False, cron="0 2 * * 1"),))
    [told] = served_github.open().schedules()
    assert (told.name, told.ref, told.cron) == ("testnet.yml", "main", "0 2 * * 1")
    assert not told.is_active


def test_a_project_without_workflow_files_has_no_schedule(served_github: Any) -> None:
    served_github.alter(GRAPHQL, lambda _: {"data": {"repository": {"object": None}}})
    assert served_github.open().schedules() == ()


@pytest.mark.parametrize(
    ("status", "conclusion", "neutral"),
    [
        ("completed", "timed_out", "failed"),
        ("completed", "neutral", "other"),
        ("completed", None, "other"),
        ("completed", "action_required", "manual"),
        ("waiting", None, "manual"),
        ("queued", None, "running"),
    ],
)
def test_a_run_is_told_in_neutral_words(
    served_github: Any, status: str, conclusion: str | None, neutral: str
) -> None:
    served_github.alter(
        "/actions/runs/[0-9]+$", lambda body: body | {"status": status, "conclusion": conclusion}
    )
    [newest, *_] = served_github.server.state.pipelines
    assert served_github.open().pipeline(newest.id).status == neutral


def test_more_runs_than_github_tells_are_unknown(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    served_github.alter("/actions/runs$", lambda body: body | {"total_count": 1200})
    commit = served_github.server.state.pipelines[0].commit
    error = unavailable(lambda: served_github.open().pipelines(commit=commit))
    assert " of 1200 of the workflow runs of explorer/explorer" in error.cause


def test_those_who_are_only_invited_are_members_too(served_github: Any) -> None:
    def invited(_: Request, told: Answer) -> Answer:
        person = {"login": "guest", "type": "User"}
        rows = [
            {"invitee": person, "permissions": "write", "expired": False},
            {"invitee": None, "permissions": "read"},
            {"invitee": person | {"login": "late"}, "permissions": "admin", "expired": True},
        ]
        return replace(told, body=json.dumps(rows).encode())

    served_github.server.spoil("/invitations$", invited)
    *_, guest, nobody = served_github.open().members()
    assert guest == Member(username="guest", access="writer", has_joined=False)
    assert nobody == Member(username="ghost", access="reader", has_joined=False)


def test_robots_are_told_apart(served_github: Any) -> None:
    served_github.alter(
        "/collaborators$", lambda body: [one | {"login": "helper[bot]"} for one in body]
    )
    assert all(one.is_robot for one in served_github.open().members())


def test_the_owner_of_a_persons_account_is_the_person(served_github: Any) -> None:
    assert served_github.open().owners("ana") == (Member(username="ana", access="owner"),)


def test_owners_are_told_to_members_alone(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    served_github.refuse(302, at="/members$", Location="https://github.com/")
    error = unavailable(lambda: served_github.open().owners("explorer"))
    assert error.cause == "GitHub shows the owners of explorer to its members alone"
    assert "permission members: read" in error.remedy
    served_github.server.mend()
    served_github.refuse(403, at="/members$")
    assert unavailable(lambda: served_github.open().owners("explorer")).cause == (
        "GitHub refuses the owners of explorer: 403"
    )


def test_a_branch_that_is_not_there_is_to_be_named_otherwise(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    error = unavailable(lambda: served_github.open().head("nowhere"))
    assert error.cause == (
        "GitHub refuses the branch of explorer/explorer nowhere: Branch not found"
    )
    assert error.remedy == "correct its name in readiness.toml"


def test_push_protection_that_is_not_told_is_unknown(served_github: Any) -> None:
    served_github.plant(push_protection=None)
    assert served_github.open().push_protection() is None


def test_a_list_of_files_that_was_cut_is_unknown(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    served_github.alter("/git/trees/", lambda body: body | {"truncated": True})
    error = unavailable(served_github.open().files)
    assert error.cause == "GitHub cut the list of the files of explorer/explorer short"


@pytest.mark.parametrize(("status", "hidden"), [(401, True), (404, True), (200, False)])
def test_a_project_is_hidden_if_nobody_without_a_token_is_shown_it(
    served_github: Any, status: int, hidden: Any
) -> None:
    def without_token(request: Request, told: Answer) -> Answer:
        return told if "authorization" in request.headers else replace(told, status=status)

    served_github.server.spoil("/repos/explorer/explorer$", without_token)
    assert served_github.open().is_hidden() is hidden


def test_whether_a_project_is_hidden_is_unknown_while_strangers_get_no_answer(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    def without_token(request: Request, told: Answer) -> Answer:
        return told if "authorization" in request.headers else replace(told, status=418)

    served_github.server.spoil("/repos/explorer/explorer$", without_token)
    error = unavailable(served_github.open().is_hidden)
    assert error.cause == (
        "GitHub answers 418 to whoever asks for explorer/explorer without a token"
    )


def test_a_visibility_that_github_does_not_describe_is_unknown(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    served_github.alter("/explorer$", lambda body: body | {"visibility": "secret"})
    assert "(ValueError secret)" in unavailable(served_github.open().project).cause


def test_a_commit_is_looked_for_and_not_its_name_alone(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    commit = served_github.server.state.commits[0]
    assert served_github.open().has_commit(commit[:10])
    served_github.alter("/commits/", lambda body: body | {"sha": "0" * 40})
    assert not served_github.open().has_commit(commit)
    served_github.server.mend()
    served_github.refuse(403, at="/commits/")
    assert (
        "the commit of explorer/explorer"
        in unavailable(lambda: served_github.open().has_commit(commit)).cause
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"created_at": "2026-11-01T12:00:00", "run_started_at": None},
        {"run_started_at": "0001-01-01T00:00:00+14:00"},
        {"head_branch": 7},
        {"name": "\ud800"},
        {"updated_at": None},
    ],
)
def test_a_run_whose_parts_are_of_another_kind_is_unknown(
    served_github: Any, unavailable: Callable[..., Any], changed: dict[str, Any]
) -> None:
    served_github.alter("/actions/runs/[0-9]+$", lambda body: body | changed)
    [newest, *_] = served_github.server.state.pipelines
    error = unavailable(lambda: served_github.open().pipeline(newest.id))
    assert "the workflow runs of explorer/explorer is not as its description says" in error.cause
