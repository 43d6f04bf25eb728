"""What only GitLab has: editions, scopes, wildcards, approval rules, both kinds of pages."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer, json_answer
from pytest_orr.clients.forge import gitlab_paging
from pytest_orr.clients.forge.said import Alert, Job
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable


DEVELOPERS = {"access_level": 30, "access_level_description": "Developers + Maintainers"}
MAINTAINERS = {"access_level": 40, "access_level_description": "Maintainers"}
NOBODY = {"access_level": 0, "access_level_description": "No one"}
ONE_PERSON = {"access_level": 40, "access_level_description": "Ana", "user_id": 3}


def told_instead(served: Any, at: str, value: Any, status: int = 200) -> None:
    """Answer the questions whose path fits by a value."""
    served.server.spoil(at, lambda *_: json_answer(value, status))


def rule(name: str, *pushers: dict[str, Any], forced: bool = False) -> dict[str, Any]:
    """A rule of protected branches."""
    return {"name": name, "push_access_levels": list(pushers), "allow_force_push": forced}


def approvals(required: int, *branches: str, **more: Any) -> dict[str, Any]:
    """A rule of approvals, for some protected branches or for all."""
    named = [{"id": n, "name": name} for n, name in enumerate(branches)]
    return {
        "rule_type": "regular",
        "approvals_required": required,
        "protected_branches": named,
        **more,
    }


def failure(ask: Callable[[], Any]) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as failed:
        ask()
    return failed.value


def test_an_account_that_is_blocked_opens_nothing(served_gitlab: Any) -> None:
    def person(name: str, state: str) -> dict[str, Any]:
        return {"id": 1, "username": name, "name": name, "state": state, "access_level": 50}

    people = [person("ana", "active"), person("gone", "blocked"), person("bad", "banned")]
    told_instead(served_gitlab, "members/all$", people)
    forge = served_gitlab.open()
    assert [one.username for one in forge.members()] == ["ana"]
    assert [one.username for one in forge.owners("explorer")] == ["ana"]


def test_of_several_rules_the_most_permissive_decides_who_may_rewrite(served_gitlab: Any) -> None:
    told_instead(
        served_gitlab,
        "protected_branches$",
        [rule("main", NOBODY), rule("ma*", NOBODY, forced=True), rule("*-stable", NOBODY)],
    )

    forge = served_gitlab.open()

    assert forge.branch_protection("main").may_be_forced is True
    assert forge.branch_protection("1-stable").may_be_forced is False
    assert not forge.branch_protection("feature").is_protected


@pytest.mark.parametrize(
    ("pushers", "required"),
    [((DEVELOPERS,), 0), ((NOBODY, DEVELOPERS), 0), ((MAINTAINERS,), 2), ((ONE_PERSON,), 2)],
)
def test_where_every_developer_may_push_no_approval_is_required(
    served_gitlab: Any, pushers: Any, required: int
) -> None:
    told_instead(served_gitlab, "protected_branches$", [rule("main", *pushers)])

    told = served_gitlab.open().branch_protection("main")

    assert told.required_approvals == required
    assert told.requires_pipeline is bool(required)


def test_of_rules_of_approvals_those_count_that_hold_for_the_branch(served_gitlab: Any) -> None:
    told_instead(
        served_gitlab,
        "approval_rules$",
        [
            approvals(1),
            approvals(2, "release/*"),
            approvals(3, applies_to_all_protected_branches=True),
            approvals(9, rule_type="report_approver"),
        ],
    )
    told_instead(
        served_gitlab, "protected_branches$", [rule("main", NOBODY), rule("release/*", NOBODY)]
    )
    forge = served_gitlab.open()

    assert forge.branch_protection("main").required_approvals == 3
    assert forge.branch_protection("release/1").required_approvals == 3
    told_instead(served_gitlab, "approval_rules$", [approvals(1), approvals(2, "release/*")])
    assert served_gitlab.open().branch_protection("main").required_approvals == 1
    assert served_gitlab.open().branch_protection("release/1").required_approvals == 2


def test_the_older_number_of_approvals_counts_too(served_gitlab: Any) -> None:
    told_instead(served_gitlab, "approval_rules$", [])
    told_instead(
        served_gitlab,
        "approvals$",
        {"approvals_before_merge": 1, "merge_requests_author_approval": True},
    )

    told = served_gitlab.open().branch_protection("main")

    assert told.required_approvals == 1
    assert told.own_approval_counts is True


@pytest.mark.parametrize("status", [403, 404])
def test_an_edition_without_rules_of_approvals_leaves_them_unknown(
    served_gitlab: Any, status: int
) -> None:
    told_instead(served_gitlab, "approval_rules$|approvals$", {"message": "no"}, status)

    told = served_gitlab.open().branch_protection("main")

    assert told.is_protected
    assert told.required_approvals is None
    assert told.own_approval_counts is None


@pytest.mark.parametrize("path", ["approval_rules$", "approvals$"])
def test_approvals_that_could_not_be_read_make_the_protection_unknown(
    served_gitlab: Any, path: str
) -> None:
    told_instead(served_gitlab, path, {"message": "no"}, 500)

    assert "500" in failure(lambda: served_gitlab.open().branch_protection("main")).cause


def test_settings_that_are_not_told_are_unknown(served_gitlab: Any) -> None:
    told_instead(
        served_gitlab,
        "explorer%2Fexplorer$",
        {"path_with_namespace": "explorer/explorer", "visibility": "internal"},
    )
    forge = served_gitlab.open()

    assert forge.branch_protection("main").requires_pipeline is None
    assert forge.project().may_be_forked is None
    told = forge.environment_protection("production")
    assert told is not None
    assert told.own_approval_counts is None


def test_a_pipeline_that_may_be_skipped_is_not_required(served_gitlab: Any) -> None:
    told_instead(
        served_gitlab,
        "explorer%2Fexplorer$",
        {"only_allow_merge_if_pipeline_succeeds": True, "allow_merge_on_skipped_pipeline": True},
    )

    assert served_gitlab.open().branch_protection("main").requires_pipeline is False


def test_an_environment_counts_its_largest_rule_or_its_older_number(served_gitlab: Any) -> None:
    levels = [MAINTAINERS]
    told_instead(
        served_gitlab,
        "protected_environments$",
        [
            {
                "name": "rules",
                "deploy_access_levels": levels,
                "approval_rules": [
                    {**MAINTAINERS, "required_approvals": 1},
                    {**ONE_PERSON, "required_approvals": 2},
                ],
            },
            {"name": "older", "deploy_access_levels": levels, "required_approval_count": 3},
            {"name": "open", "deploy_access_levels": levels, "required_approval_count": 0},
        ],
    )
    forge = served_gitlab.open()

    by_rules = forge.environment_protection("rules")
    older = forge.environment_protection("older")

    assert by_rules is not None
    assert older is not None
    assert (by_rules.required_approvals, by_rules.approvers) == (2, ("Maintainers", "Ana"))
    assert (older.required_approvals, older.approvers) == (3, ("Maintainers",))
    assert forge.environment_protection("open") is None


def test_a_feature_of_a_higher_edition_is_unknown_and_named(served_gitlab: Any) -> None:
    told_instead(served_gitlab, "protected_env|security_set", {"message": "404 Not found"}, 404)
    forge = served_gitlab.open()

    environments = failure(lambda: forge.environment_protection("production"))
    pushes = failure(forge.push_protection)

    assert "Premium" in environments.cause
    assert "Ultimate" in pushes.cause
    assert "role Developer" in pushes.remedy


def test_where_editions_hide_environments_approvals_are_asked_for(served_gitlab: Any) -> None:
    told_instead(served_gitlab, "protected_environments$", {"message": "403 Forbidden"}, 403)

    told = served_gitlab.open().deployments("production")

    assert {one.approved_by for one in told} == {("bo", "eve")}


def test_protections_that_could_not_be_read_make_approvals_unknown(served_gitlab: Any) -> None:
    told_instead(served_gitlab, "protected_environments$", {"message": "no"}, 500)

    assert "500" in failure(lambda: served_gitlab.open().deployments("production")).cause


def test_files_of_jobs_that_may_not_be_read_are_unknown(served_gitlab: Any) -> None:
    told_instead(served_gitlab, "artifacts", {"message": "403 Forbidden"}, 403)
    commit = served_gitlab.server.state.tags[0].commit

    failed = failure(lambda: served_gitlab.open().artifact(commit, "image", "digest.txt"))

    assert "the files of a job" in failed.cause


def test_closed_connections_are_opened_again(served_gitlab: Any) -> None:
    forge = served_gitlab.open()
    forge.members()

    forge.close()

    assert forge.tags()


def test_an_environment_that_nobody_protects_costs_one_question_for_all(
    served_gitlab: Any,
) -> None:
    served_gitlab.open().deployments("canary")

    assert not [one for one in served_gitlab.server.asked if "/deployments/" in one.path]


def test_a_deployment_by_hand_has_no_pipeline_and_a_blocked_one_waits(served_gitlab: Any) -> None:
    by_hand, *rest = served_gitlab.server.state.deployments
    changed = replace(by_hand, environment="production", pipeline=None, status="running")
    served_gitlab.plant(deployments=(changed, *rest))
    served_gitlab.server.spoil(
        "deployments/7120",
        lambda _, told: replace(told, body=told.body.replace(b'"running"', b'"blocked"')),
    )

    told = served_gitlab.open().deployments("production")[0]

    assert (told.pipeline, told.status, told.ended) == (None, "manual", None)


@pytest.mark.parametrize("state", ["expired", "revoked"])
def test_a_token_that_has_ended_is_told_so(served_gitlab: Any, state: str) -> None:
    told_instead(
        served_gitlab,
        ".",
        {"error": "invalid_token", "error_description": f"Token was {state}."},
        401,
    )

    failed = failure(served_gitlab.open().members)

    assert state in failed.cause
    assert "read_api" in failed.remedy


def test_the_older_name_of_push_protection_is_known(served_gitlab: Any) -> None:
    told_instead(
        served_gitlab, "security_settings$", {"pre_receive_secret_detection_enabled": False}
    )

    assert served_gitlab.open().push_protection() is False


def test_no_alert_where_no_scanner_looks_is_no_answer(served_gitlab: Any) -> None:
    served_gitlab.plant(scanned=frozenset({"secret"}))
    forge = served_gitlab.open()

    assert forge.alerts("secret") == ()
    failed = failure(lambda: forge.alerts("code"))
    assert "no scanner" in failed.cause
    assert "SAST" in failed.remedy


def test_alerts_tell_how_they_were_closed(served_gitlab: Any) -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    planted = tuple(
        Alert(
            kind="dependency",
            id=str(number),
            severity="low",
            title="An advisory",
            created=at,
            resolved=at if resolution else None,
            resolution=resolution,
        )
        for number, resolution in enumerate(("resolved", "dismissed", None))
    )
    served_gitlab.plant(alerts=planted)

    assert served_gitlab.open().alerts("dependency") == planted


def test_what_is_no_longer_detected_is_closed_unless_it_is_a_secret(served_gitlab: Any) -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    served_gitlab.plant(
        alerts=tuple(
            Alert(kind=kind, id="1", severity="high", title="Something", created=at)
            for kind in ("secret", "code")
        )
    )
    served_gitlab.server.spoil(
        "graphql",
        lambda _, told: replace(
            told,
            body=told.body.replace(
                b'"resolvedOnDefaultBranch": false', b'"resolvedOnDefaultBranch": true'
            ),
        ),
    )
    forge = served_gitlab.open()

    assert [one.resolution for one in forge.alerts("secret")] == [None]
    assert [one.resolution for one in forge.alerts("code")] == ["no longer detected"]


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"errors": [{"message": "Field 'vulnerabilities' doesn't exist"}]}, "doesn't exist"),
        ({"data": {"project": None}}, "not there or not visible"),
        ({"data": {"project": {"securityScanners": None}}}, "not as its reference says"),
    ],
)
def test_queries_that_fail_are_unknown_with_what_was_said(
    served_gitlab: Any, said: Any, cause: str
) -> None:
    told_instead(served_gitlab, "graphql", said)

    failed = failure(lambda: served_gitlab.open().alerts("secret"))

    assert cause in failed.cause
    assert failed.remedy


def test_a_change_whose_approvals_are_not_told_is_unknown(served_gitlab: Any) -> None:
    nothing = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    told_instead(served_gitlab, "graphql", {"data": {"project": {"mergeRequests": nothing}}})

    failed = failure(lambda: served_gitlab.open().changes_since(None, "main"))

    assert "who approved !301" in failed.cause


def test_pages_of_a_query_that_lead_in_a_circle_end(served_gitlab: Any) -> None:
    again = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "2"}}
    told_instead(served_gitlab, "graphql", {"data": {"project": {"mergeRequests": again}}})

    failed = failure(lambda: served_gitlab.open().changes_since(None, "main"))

    assert "do not end" in failed.cause


def test_pages_are_read_by_number_where_no_link_leads_on(served_gitlab: Any) -> None:
    served_gitlab.server.spoil(
        "members",
        lambda _, told: replace(
            told, headers={name: one for name, one in told.headers.items() if name != "Link"}
        ),
    )

    assert len(served_gitlab.open().members()) == len(
        served_gitlab.server.state.projects[0].members
    )


def test_files_are_read_by_links_alone(served_gitlab: Any) -> None:
    files = {f"secrets/{n}.yml": f"{n:040}" for n in range(5)}
    served_gitlab.plant(files={"explorer/vault": files})

    assert served_gitlab.open().files("explorer/vault") == files
    pages = [one for one in served_gitlab.server.asked if one.path.endswith("/tree")]
    assert [one.query.get("page_token") for one in pages] == [None, "2", "4"]


def test_pages_without_end_are_given_up(
    served_gitlab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitlab_paging, "MOST_PAGES", 3)
    counter = iter(range(1, 100))
    served_gitlab.server.spoil(
        "members",
        lambda _, told: replace(told, headers={"X-Next-Page": str(next(counter) + 1)}),
    )

    assert "3 were read" in failure(served_gitlab.open().members).cause


def test_a_report_that_gitlab_could_not_read_is_unknown(served_gitlab: Any) -> None:
    suite = {"name": "test", "suite_error": "JUnit XML parsing failed"}
    told_instead(served_gitlab, "test_report_summary$", {"test_suites": [suite]})
    forge = served_gitlab.open()

    failed = failure(lambda: forge.test_report(forge.pipeline("88213")))

    assert "job test of pipeline 88213" in failed.cause


def test_tests_are_counted_by_suite_and_errors_are_failures(served_gitlab: Any) -> None:
    suites = [
        {"total_count": 5, "failed_count": 1, "error_count": 2, "skipped_count": 1, "name": "test"}
    ]
    told_instead(served_gitlab, "test_report_summary$", {"test_suites": suites})
    forge = served_gitlab.open()

    told = forge.test_report(forge.pipeline("88213"))

    assert (told.total, told.failed, told.skipped) == (5, 3, 1)


def test_the_last_successful_job_of_a_commit_gives_its_file(served_gitlab: Any) -> None:
    state = served_gitlab.server.state
    jobs = {
        number: tuple(job for job in some if job.name == "image")
        for number, some in state.jobs.items()
    }
    newest, older = jobs["88402"][0], jobs["88213"][0]
    served_gitlab.plant(
        jobs=jobs, artifacts={newest.id: {"digest.txt": b"new"}, older.id: {"digest.txt": b"old"}}
    )
    commit = state.tags[0].commit

    assert served_gitlab.open().artifact(commit, "image", "digest.txt") == b"new"
    failed_since = replace(newest, status="failed")
    served_gitlab.plant(jobs={**jobs, "88402": (failed_since,)})
    assert served_gitlab.open().artifact(commit, "image", "digest.txt") == b"old"


def test_a_job_that_never_succeeded_or_kept_no_file_is_named(served_gitlab: Any) -> None:
    commit = served_gitlab.server.state.tags[0].commit
    forge = served_gitlab.open()

    absent = failure(lambda: forge.artifact(commit, "fuzz", "fuzz.txt"))
    expired = failure(lambda: forge.artifact(commit, "image", "nowhere.txt"))

    assert f"no pipeline of {commit}" in absent.cause
    assert "keeps no file nowhere.txt" in expired.cause
    assert "expired" in expired.remedy


def test_a_job_of_another_shape_is_unknown(served_gitlab: Any) -> None:
    told_instead(served_gitlab, "88213/jobs$", [{"id": "7"}])
    forge = served_gitlab.open()

    assert "jobs" in failure(lambda: forge.jobs(forge.pipeline("88213"))).cause


def test_of_a_long_history_of_a_schedule_the_ends_are_read(served_gitlab: Any) -> None:
    """GitLab lists the oldest first, and a nightly schedule has thousands."""
    day = datetime(2026, 1, 1, tzinfo=UTC)

    def runs(request: Any, _: Answer) -> Answer:
        page = int(request.query.get("page", "1"))
        row = {
            "sha": str(page) * 40,
            "status": "failed" if page == 40 else "success",
            "updated_at": day.replace(day=1 + page % 28, month=1 + page // 28).isoformat(),
        }
        return json_answer([row], 200, X_Total_Pages="40")

    served_gitlab.server.spoil("pipeline_schedules/0/pipelines", runs)

    (told,) = served_gitlab.open().schedules()

    assert told.last_commit == "39" * 40
    assert told.last_failure is not None
    assert told.last_success is not None
    assert told.last_failure > told.last_success
    asked = [one for one in served_gitlab.server.asked if "/0/pipelines" in one.path]
    assert [one.query.get("page") for one in asked] == [None, "39", "40"]


def test_a_history_whose_pages_are_not_counted_is_read_whole(served_gitlab: Any) -> None:
    rows = [
        {"sha": str(n) * 40, "status": "success", "updated_at": f"2026-11-0{n}T00:00:00Z"}
        for n in (1, 2, 3)
    ]

    def runs(request: Any, _: Answer) -> Answer:
        page = int(request.query.get("page", "1"))
        more = str(page + 1) if page < 3 else ""
        return json_answer([rows[page - 1]], 200, X_Next_Page=more)

    served_gitlab.server.spoil("pipeline_schedules/0/pipelines", runs)

    (told,) = served_gitlab.open().schedules()

    assert told.last_commit == "3" * 40
    assert len([one for one in served_gitlab.server.asked if "/0/pipelines" in one.path]) == 3


def test_an_instant_without_a_zone_is_not_taken(served_gitlab: Any) -> None:
    served_gitlab.server.spoil(
        "pipelines/88213$",
        lambda _, told: replace(told, body=told.body.replace(b"000Z", b"000")),
    )

    failed = failure(lambda: served_gitlab.open().pipeline("88213"))

    assert "without a zone" in failed.cause


def test_names_of_others_come_tamed_into_messages(served_gitlab: Any) -> None:
    told_instead(served_gitlab, ".", {"message": "<script>\x1b[31m" + "x" * 500}, 500)

    failed = failure(served_gitlab.open().members)

    assert "<" not in failed.cause
    assert "\x1b" not in failed.cause
    assert len(failed.cause) < 300


@pytest.mark.parametrize("body", [b"5", b"[" * 5000, b"\xff"])
def test_a_refusal_that_says_nothing_readable_is_told_by_its_status(
    served_gitlab: Any, body: bytes
) -> None:
    served_gitlab.refuse(500, body)

    assert failure(served_gitlab.open().members).cause.startswith("GitLab answers 500")


def test_a_busy_server_is_asked_again(served_gitlab: Any) -> None:
    left = [Answer(status=503)]
    waits: list[float] = []
    served_gitlab.server.spoil("members", lambda _, told: left.pop() if left else told)
    forge: Any = served_gitlab.open()
    forge._api._patience.sleep = waits.append

    assert forge.members()
    assert waits == [1.0]


def test_a_limit_that_does_not_end_is_given_up(served_gitlab: Any) -> None:
    served_gitlab.refuse(429)
    waits: list[float] = []
    forge: Any = served_gitlab.open()
    forge._api._patience.sleep = waits.append

    failed = failure(forge.members)

    assert waits == [60.0, 60.0]
    assert "too many requests" in failed.cause


def test_whoever_waited_long_enough_waits_no_more(served_gitlab: Any) -> None:
    served_gitlab.refuse(429, Retry_After="59")
    waits: list[float] = []
    forge: Any = served_gitlab.open()
    forge._api._patience.sleep = waits.append

    failure(forge.members)
    failed = failure(forge.tags)

    assert sum(waits) <= 180
    assert "takes no more requests before" in failed.cause


def test_a_stranger_who_gets_neither_page_nor_refusal_tells_nothing(served_gitlab: Any) -> None:
    served_gitlab.server.spoil(
        ".",
        lambda request, told: told if "authorization" in request.headers else Answer(status=500),
    )

    assert "without a token" in failure(served_gitlab.open().is_hidden).cause


def test_robots_are_known_by_the_names_that_gitlab_gives_them(served_gitlab: Any) -> None:
    first, *others = served_gitlab.server.state.projects
    ana = first.members[0]
    names = ("project_7_bot_5f3a", "group_12_bot", "service_account_x", "robot")
    served_gitlab.plant(
        projects=(
            replace(first, members=tuple(replace(ana, username=name) for name in names)),
            *others,
        )
    )

    told = served_gitlab.open().members()

    assert [one.is_robot for one in told] == [True, True, True, False]


def test_a_commit_is_not_asked_of_a_project_that_is_not_there(served_gitlab: Any) -> None:
    forge = served_gitlab.open(project="explorer/elsewhere")

    assert "explorer/elsewhere is not there" in failure(lambda: forge.has_commit("1" * 40)).cause


def test_a_commit_that_may_not_be_asked_for_is_unknown(served_gitlab: Any) -> None:
    told_instead(served_gitlab, "repository/commits", {"message": "403 Forbidden"}, 403)

    assert "the commit" in failure(lambda: served_gitlab.open().has_commit("1" * 40)).cause


def test_names_that_would_lead_elsewhere_are_refused(served_gitlab: Any) -> None:
    forge = served_gitlab.open()

    for ask in (
        lambda: forge.owners("../projects"),
        lambda: forge.pipeline(".."),
        lambda: forge.head(""),
        lambda: forge.has_commit("."),
    ):
        assert "at GitLab" in (cause := failure(ask).cause) or "of GitLab" in cause


def test_an_address_may_name_the_api_itself(served_gitlab: Any) -> None:
    assert served_gitlab.open(url=f"{served_gitlab.server.url}/api/v4/").members()


def test_the_forge_is_named_by_host_and_project(served_gitlab: Any) -> None:
    assert served_gitlab.open().where == "127.0.0.1 explorer/explorer"


def test_no_module_of_a_forge_loads_a_client_library_by_being_imported() -> None:
    """What stands at a module's own level, outside ``if TYPE_CHECKING``, runs when it loads."""
    folder = Path(gitlab_paging.__file__).parent
    loaded = {
        name.partition(".")[0]
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        for name in names_imported(node)
    }

    assert "pytest_orr" in loaded
    assert not loaded & {"gitlab", "requests", "urllib3"}


def names_imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def test_jobs_of_child_pipelines_are_jobs_of_the_pipeline(served_gitlab: Any) -> None:
    """Those of pipelines that were started in other projects are not, and a circle ends."""
    child = Job(id="9", name="image", stage="build", status="success", may_fail=False)
    served_gitlab.plant(jobs={"88213": (), "9000": (child,), "9001": (child,)})
    own, other = 7, 8
    bridges = [
        {"downstream_pipeline": {"id": 9000, "project_id": own}},
        {"downstream_pipeline": {"id": 88213, "project_id": own}},
        {"downstream_pipeline": {"id": 9001, "project_id": other}},
        {"downstream_pipeline": None},
    ]
    told_instead(served_gitlab, "88213/bridges$", bridges)
    forge = served_gitlab.open()

    (told,) = forge.jobs(forge.pipeline("88213"))

    assert told.name == "image"


def test_jobs_tell_whether_they_may_fail(served_gitlab: Any) -> None:
    jobs = (Job(id="1", name="fuzz", stage="test", status="failed", may_fail=True),)
    served_gitlab.plant(jobs={"88213": jobs})
    forge = served_gitlab.open()

    (told,) = forge.jobs(forge.pipeline("88213"))

    assert told.may_fail is True
    assert told.has_artifacts is False


def test_candidates_are_known_by_their_tag_and_drafts_by_their_date(served_gitlab: Any) -> None:
    first = served_gitlab.server.state.releases[0]
    served_gitlab.plant(
        releases=(
            replace(first, tag="v1.5.0-rc.1"),
            replace(first, tag="v1.5.0", is_draft=True, commit=None),
        )
    )

    told = served_gitlab.open().releases()

    assert [(one.is_candidate, one.is_draft) for one in told] == [(True, False), (False, True)]
    assert told[1].commit is None


def test_a_question_to_graphql_names_its_variables_and_nothing_else(served_gitlab: Any) -> None:
    served_gitlab.open().alerts("secret")

    (asked,) = (one for one in served_gitlab.server.asked if one.method == "POST")
    assert json.loads(asked.body)["variables"] == {
        "path": "explorer/explorer",
        "types": ["SECRET_DETECTION"],
        "after": None,
    }
