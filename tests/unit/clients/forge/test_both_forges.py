"""Both forges tell the same of the same state; every refusal is unknown, with cause and remedy."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from examples.explorer.forge_faults import FAULTS
from examples.explorer.forge_server import Answer, ForgeServer, json_answer
from examples.explorer.forge_state import TOKEN
from pytest_orr.clients.forge.access import open_forge
from pytest_orr.clients.forge.github_issues import read_issue
from pytest_orr.clients.forge.said import Member
from pytest_orr.errors import FactUnavailable, Undeclared

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.clients.forge.interface import Forge

NAMES = {"gitlab": "GitLab", "github": "GitHub"}
RELEASE_PIPELINE = "88213"


def production(forge: Forge) -> Any:
    return forge.deployments("production")


QUESTIONS: dict[str, Callable[[Forge], Any]] = {
    "project": lambda forge: forge.project(),
    "is_hidden": lambda forge: forge.is_hidden(),
    "has_commit": lambda forge: forge.has_commit("1" * 40),
    "head": lambda forge: forge.head("main"),
    "members": lambda forge: forge.members(),
    "branch_protection": lambda forge: forge.branch_protection("main"),
    "tag_rules": lambda forge: forge.tag_rules(),
    "tags": lambda forge: forge.tags(),
    "pipelines of a commit": lambda forge: forge.pipelines(commit="1" * 40),
    "pipelines of a branch": lambda forge: forge.pipelines(branch="main"),
    "pipeline": lambda forge: forge.pipeline(RELEASE_PIPELINE),
    "artifact": lambda forge: forge.artifact("1" * 40, "image", "digest.txt"),
    "changes_since": lambda forge: forge.changes_since(None, "main"),
    "changes_with": lambda forge: forge.changes_with("1" * 40),
    "releases": lambda forge: forge.releases(),
    "deployments": production,
    "environment_protection": lambda forge: forge.environment_protection("production"),
    "schedules": lambda forge: forge.schedules(),
    "secret alerts": lambda forge: forge.alerts("secret"),
    "dependency alerts": lambda forge: forge.alerts("dependency"),
    "code alerts": lambda forge: forge.alerts("code"),
    "push_protection": lambda forge: forge.push_protection(),
    "files": lambda forge: forge.files(),
    "deploy_keys": lambda forge: forge.deploy_keys(),
    "owners": lambda forge: forge.owners("explorer"),
    "issue": lambda forge: forge.issue(198),
}


def failure(ask: Callable[[Forge], Any], forge: Forge) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as failed:
        ask(forge)
    assert failed.value.cause
    assert failed.value.remedy
    return failed.value


def every_failure(served: Any) -> dict[str, FactUnavailable]:
    """Ask every question of a client of its own; return how each failed."""
    failures = {}
    for name, ask in QUESTIONS.items():
        failures[name] = failure(ask, served.open())
    return failures


def test_a_project_is_told_as_it_is_and_whether_strangers_see_it(served: Any) -> None:
    forge = served.open()

    told = forge.project()

    said = served.server.state.projects[0].said
    assert (told.path, told.visibility, told.default_branch) == (
        *(said.path, said.visibility, said.default_branch),
    )
    assert told.may_be_forked is False
    assert not told.is_archived
    assert forge.is_hidden()


def test_a_public_project_is_not_hidden(served: Any) -> None:
    served.server.state = FAULTS["public-project"](served.server.state)

    forge = served.open()

    assert forge.project().visibility == "public"
    assert not forge.is_hidden()


def test_another_project_is_told_by_its_path(served: Any) -> None:
    forge = served.open()

    assert forge.project("explorer/vault").path == "explorer/vault"
    assert forge.is_hidden("explorer/vault")
    assert forge.members("explorer/vault") == forge.members()
    assert forge.deploy_keys("explorer/vault") == forge.deploy_keys()
    assert forge.branch_protection("main", "explorer/vault").is_protected


def test_people_and_keys_are_those_that_were_planted(served: Any) -> None:
    stranger = Member(username="visitor", access="reader")
    first, vault = served.server.state.projects
    state = served.plant(
        projects=(replace(first, members=(*first.members, stranger)), vault),
    )

    forge = served.open()

    assert set(forge.members()) == set(state.projects[0].members)
    assert set(forge.owners("explorer")) == set(state.owners["explorer"])
    assert forge.deploy_keys() == state.projects[0].deploy_keys


def test_an_issue_is_told_open_or_closed_and_since_when(served: Any) -> None:
    done, wish = served.server.state.issues
    forge = served.open()

    told = forge.issue(done.number)

    assert replace(told, was_done=None) == replace(done, was_done=None)
    assert told.was_done in {None, True}
    assert forge.issue(wish.number) == wish
    assert "explorer/explorer" in failure(lambda one: one.issue(4711), forge).cause


def test_a_pull_request_is_no_issue_though_github_numbers_it_along() -> None:
    api: Any = SimpleNamespace(get=lambda *_: {"pull_request": {"url": "…"}, "number": 7})

    with pytest.raises(FactUnavailable, match="explorer/explorer#7 is a pull request and no issue"):
        read_issue(api, "explorer/explorer", 7)


def test_commits_and_tags_are_those_of_the_repository(served: Any) -> None:
    state, forge = served.server.state, served.open()

    assert forge.has_commit(state.commits[0])
    assert not forge.has_commit("1" * 40)
    assert forge.head("main") == state.commits[0]
    assert {(one.name, one.commit) for one in forge.tags()} == {
        (one.name, one.commit) for one in state.tags
    }
    assert [one.pattern for one in forge.tag_rules()] == [one.pattern for one in state.tag_rules]


def test_the_protection_of_a_branch_is_told_alike(served: Any) -> None:
    told = served.open().branch_protection("main")

    assert told.is_protected
    assert told.may_be_forced is False
    assert told.required_approvals == 2
    assert told.own_approval_counts is False
    assert told.requires_pipeline


def test_a_branch_without_protection_is_told_so(served: Any) -> None:
    served.server.state = FAULTS["unprotected-branch"](served.server.state)

    told = served.open().branch_protection("main")

    assert not told.is_protected
    assert told.may_be_forced is True
    assert not told.required_approvals
    assert not told.requires_pipeline


def test_changes_are_told_with_who_approved_them(served: Any) -> None:
    state, forge = served.server.state, served.open()

    def essence(changes: Any) -> list[Any]:
        return [
            (one.id, one.author, one.merged, one.commit, set(one.approved_by)) for one in changes
        ]

    assert essence(forge.changes_since(None, "main")) == essence(state.changes)
    since = state.changes[5].merged
    assert essence(forge.changes_since(since, "main")) == essence(state.changes[6:])
    assert forge.changes_with(state.changes[7].commit) == (state.changes[7].id,)


def test_pipelines_of_the_release_and_their_jobs_are_told(served: Any) -> None:
    state, forge = served.server.state, served.open()
    commit = state.tags[0].commit

    told = forge.pipelines(commit=commit)

    assert {one.id for one in told} == {one.id for one in state.pipelines if one.commit == commit}
    assert all(one.status == "success" and one.commit == commit for one in told)
    one = forge.pipeline(RELEASE_PIPELINE)
    assert (one.ref, one.status) == ("v1.4.0", "success")
    jobs = {job.name: job.status for job in forge.jobs(one)}
    assert jobs == {job.name: job.status for job in state.jobs[RELEASE_PIPELINE]}


def test_releases_are_told_newest_first(served: Any) -> None:
    state, forge = served.server.state, served.open()

    told = forge.releases()

    assert [one.tag for one in told] == [one.tag for one in state.releases]
    assert [[asset.name for asset in one.assets] for one in told] == [
        [asset.name for asset in one.assets] for one in state.releases
    ]
    assert not any(one.is_draft or one.is_candidate for one in told)


def test_deployments_are_told_newest_first_with_pipeline_and_approvals(served: Any) -> None:
    state, forge = served.server.state, served.open()
    planted = [one for one in state.deployments if one.environment == "production"]

    told = forge.deployments("production")

    assert [(one.id, one.commit, one.by, one.status) for one in told] == [
        (one.id, one.commit, one.by, one.status) for one in planted
    ]
    assert [one.pipeline for one in told] == [one.pipeline for one in planted]
    assert [set(one.approved_by) for one in told] == [set(one.approved_by) for one in planted]
    assert forge.deployments("nowhere") == ()


def test_who_must_agree_to_a_deployment_is_told(served: Any) -> None:
    forge = served.open()

    told = forge.environment_protection("production")

    assert told is not None
    assert told.environment == "production"
    assert told.own_approval_counts is False
    assert told.required_approvals == (2 if served.kind == "gitlab" else 1)
    assert forge.environment_protection("testnet") is None


def test_the_schedule_tells_when_it_last_succeeded(served: Any) -> None:
    (told,) = served.open().schedules()

    (planted,) = served.server.state.schedules
    assert told.is_active
    assert told.last_success == planted.last_success
    assert told.last_commit == planted.last_commit
    assert told.last_failure is None


def test_open_alerts_are_told_by_kind(served: Any) -> None:
    state = served.server.state = FAULTS["open-alerts"](served.server.state)
    forge = served.open()

    for kind, planted in zip(("secret", "dependency", "code"), state.alerts, strict=True):
        (told,) = forge.alerts(kind)
        assert (told.id, told.kind) == (planted.id, kind)
        assert told.severity in {planted.severity, "unknown"}
        assert told.resolution is None
        assert set(planted.aliases) <= set(told.aliases)
    assert forge.push_protection() is True


def test_nothing_is_asked_twice_and_nothing_but_reads_is_sent(served: Any) -> None:
    forge = served.open()
    for ask in (QUESTIONS["members"], QUESTIONS["tags"], production, QUESTIONS["changes_since"]):
        assert ask(forge) == ask(forge)

    asked = [
        (one.method, one.path, tuple(one.query.items()), one.body) for one in served.server.asked
    ]
    assert len(asked) == len(set(asked))
    assert all(method == "GET" or path.endswith("/graphql") for method, path, _, _ in asked)


@pytest.mark.parametrize("token", ["token-of-somebody-else", ""])
def test_without_a_valid_token_everything_is_unknown(served: Any, token: str) -> None:
    """Whoever may see nothing is told nothing, rather than that nothing is there."""
    for name, ask in QUESTIONS.items():
        failed = failure(ask, served.open(token=token))
        assert "token" in f"{failed.cause} {failed.remedy}", name
        assert TOKEN not in f"{failed.cause} {failed.remedy}"


def test_a_token_that_lacks_a_scope_is_told_which(served: Any, scopeless: Any) -> None:
    served.refuse(403, scopeless[served.kind])

    for name, failed in every_failure(served).items():
        words = failed.remedy
        assert ("read_api" in words) if served.kind == "gitlab" else ("permission" in words), name


@pytest.mark.parametrize("status", [404, 500])
def test_a_status_other_than_success_is_unknown(served: Any, status: int) -> None:
    served.refuse(status, b'{"message": "nothing to see"}')

    for name, failed in every_failure(served).items():
        assert NAMES[served.kind] in failed.cause or "explorer" in failed.cause, name


def test_a_project_that_is_not_there_is_unknown(served: Any) -> None:
    failed = failure(lambda forge: forge.members("explorer/elsewhere"), served.open())

    assert "explorer/elsewhere" in failed.cause


@pytest.mark.parametrize(
    "body", [b"<html>", b'{"data": 3}', b"[3]", b"null", b'"text"', b"[" * 5000, b"\xff\xfe"]
)
def test_an_answer_of_another_shape_is_unknown(served: Any, body: bytes) -> None:
    served.refuse(200, body, Content_Type="application/json")

    for name, ask in QUESTIONS.items():
        said = answer_or_failure(ask, served.open())
        assert isinstance(said, FactUnavailable) or said in {None, False}, name


def answer_or_failure(ask: Callable[[Forge], Any], forge: Forge) -> Any:
    try:
        return ask(forge)
    except FactUnavailable as error:
        return error


def test_a_short_limit_is_waited_for(served: Any) -> None:
    left = [Answer(status=429, headers={"Retry-After": "0"})]
    served.server.spoil("members|collaborators", lambda _, told: left.pop() if left else told)

    told = served.open().members()

    assert {one.username for one in told} >= {"ana", "bo"}
    assert served.told == [f"{NAMES[served.kind]} asks to wait 0 s"]


def test_a_long_limit_is_unknown_and_says_until_when(served: Any) -> None:
    served.refuse(429, Retry_After="86400")

    failed = failure(QUESTIONS["members"], served.open())

    assert f"{NAMES[served.kind]} takes no more requests before 20" in failed.cause
    assert "UTC" in failed.cause


def test_an_answer_that_is_cut_off_is_unknown(served: Any) -> None:
    served.server.spoil(".", lambda _, told: replace(told, claimed_length=len(told.body) + 10))

    for name, failed in every_failure(served).items():
        assert failed.remedy, name


def test_a_listing_whose_second_page_fails_is_unknown(served: Any) -> None:
    broken = json_answer({"message": "broken"}, 500)
    served.server.spoil(
        ".", lambda request, told: broken if request.query.get("page") == "2" else told
    )

    failed = failure(QUESTIONS["members"], served.open())

    assert "500" in failed.cause


def test_pages_that_lead_in_a_circle_end(served: Any) -> None:
    served.server.spoil(
        "members|collaborators",
        lambda request, told: replace(
            told,
            headers={**told.headers, "Link": f'<{request.base}{request.path}?page=1>; rel="next"'},
        ),
    )

    failed = failure(QUESTIONS["members"], served.open())

    assert "do not end" in failed.cause


def test_an_answer_that_is_too_large_is_unknown(served: Any) -> None:
    served.refuse(200, b" " * (33 * 1024 * 1024))

    failed = failure(QUESTIONS["members"], served.open())

    assert "32 MiB" in failed.cause


def test_a_redirect_takes_the_token_nowhere(served: Any) -> None:
    elsewhere = ForgeServer(lambda *_: json_answer([]))
    try:
        for status in (301, 302, 303, 307, 308):
            served.server.mend()
            served.refuse(status, Location=f"{elsewhere.url}/api/v4/here")
            failures = every_failure(served)
            assert all(TOKEN not in one.diagnostics() for one in failures.values())
        assert all(TOKEN not in str(one.headers) for one in elsewhere.asked)
    finally:
        elsewhere.close()


def test_a_link_to_another_host_takes_the_token_nowhere(served: Any) -> None:
    elsewhere = ForgeServer(lambda *_: json_answer([]))
    try:
        served.server.spoil(
            ".",
            lambda _, told: replace(
                told, headers={**told.headers, "Link": f'<{elsewhere.url}/x?page=2>; rel="next"'}
            ),
        )
        answer_or_failure(QUESTIONS["members"], served.open())
        assert elsewhere.asked == []
    finally:
        elsewhere.close()


def test_a_token_leaves_only_encrypted_or_for_this_machine(served: Any) -> None:
    forge = served.open(url="http://forge.example")

    failed = failure(QUESTIONS["members"], forge)

    assert "is not https" in failed.cause


def test_the_token_shows_in_no_log(served: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        served.open().members()
        served.refuse(500)
        failed = failure(QUESTIONS["members"], served.open())

    assert TOKEN not in caplog.text
    assert TOKEN not in failed.diagnostics()
    assert TOKEN not in repr(vars(served.open()))


def test_nothing_of_the_environment_is_used(
    served: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither proxies nor the files that requests and python-gitlab would read."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b", encoding="utf-8")
    (tmp_path / "gitlab.cfg").write_text("[global]\ndefault = nowhere\n", encoding="utf-8")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("PYTHON_GITLAB_CFG", str(tmp_path / "gitlab.cfg"))

    assert served.open().members()
    assert {one.headers["authorization"] for one in served.server.asked} == {f"Bearer {TOKEN}"}


def test_a_forge_that_is_down_is_unknown(served: Any) -> None:
    gone = ForgeServer(lambda *_: json_answer([]))
    gone.close()

    failed = failure(QUESTIONS["members"], served.open(url=gone.url))

    assert "refused the connection" in failed.cause
    assert "[forge]" in failed.remedy


def members_of(project: str) -> Callable[[Forge], Any]:
    return lambda forge: forge.members(project)


def test_a_path_that_would_lead_elsewhere_is_not_asked(served: Any) -> None:
    forge = served.open()

    for project in ("explorer/..", "../groups", "explorer", "explorer/a b", "https://x/y"):
        failed = failure(members_of(project), forge)
        assert "no project" in failed.cause
    assert served.server.asked == []


def test_nothing_merged_is_told_as_nothing(served: Any) -> None:
    served.plant(changes=())

    assert served.open().changes_since(None, "main") == ()


def test_a_forge_that_nobody_declares_is_named_by_its_section() -> None:
    with pytest.raises(Undeclared) as failed:
        open_forge(None, Path(), print)

    assert "[forge]" in failed.value.remedy


def test_planted_faults_reach_a_running_forge(served: Any) -> None:
    forge = served.open()

    put = Request(  # noqa: S310 to our own server
        f"{served.server.url}/-/faults", json.dumps(["public-project"]).encode(), method="PUT"
    )
    with urlopen(put) as done:  # noqa: S310 as above
        assert done.status == 200
    assert not forge.is_hidden()
