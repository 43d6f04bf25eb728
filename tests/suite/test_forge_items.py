"""Items about pipelines by what a GitLab and a GitHub tell: pass, fail, unknown, nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CI_CD = "cicd.pipeline.ci-cd"
TEST = "cicd.release.test"
ACTION = "cicd.github.release-action"
TESTNET = "cicd.pipeline.testnet-canary"
TRAVIS = "cicd.github.travis"
PIPELINES = (CI_CD, TEST, ACTION, TESTNET, TRAVIS)
FORGELESS = """
[service]
name = "explorer"
environment = "production"
people = [{ email = "ana@example.org", name = "Ana", roles = ["service"] }]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
"""
AT_TRAVIS = """
[delivery.travis]
repository = "explorer/explorer"
url = { env = "EXPLORER_TRAVIS" }
token = { env = "EXPLORER_TRAVIS_TOKEN" }
"""
DELIVERY = """
[delivery]
required_checks = ["test"]
release_suites = ["test", "race"]
[delivery.travis]
successor = "{successor}"
test_job = "test"
[delivery.testnet]
schedule = "{schedule}"
image = "docker.io/explorer/indexer:main"
deploy_job = "testnet"
digest_file = "testnet.txt"
rpc = {{ env = "EXPLORER_TESTNET" }}
[[images.registries]]
host = "docker.io"
url = {{ env = "EXPLORER_REGISTRY" }}
user = {{ env = "EXPLORER_REGISTRY_USER" }}
token = {{ env = "EXPLORER_REGISTRY_TOKEN" }}
"""


def delivery(kind: str) -> str:
    """What a project declares; GitHub knows a schedule by its workflow's file."""
    names = {"gitlab": ("testnet", "gitlab-ci"), "github": ("testnet.yml", "github-actions")}
    schedule, successor = names[kind]
    return DELIVERY.format(schedule=schedule, successor=successor)


@pytest.fixture(params=["gitlab", "github"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each forge in turn."""
    return str(request.param)


def test_a_sound_project_passes_on_either_forge(kind: str, judged_on: Callable[..., Any]) -> None:
    judged = judged_on(kind, *PIPELINES, more=delivery(kind))
    assert {one: what.outcome for one, what in judged.items()} == dict.fromkeys(PIPELINES, "pass")
    assert "main at " in judged[CI_CD].record.findings[0].subject
    assert "suite race" in judged[TEST].said("pass")
    [files] = [text for subject, text in judged[ACTION].said("pass").items() if "makes" in subject]
    assert "started by" in files


@pytest.mark.parametrize(
    ("fault", "item", "subject", "says"),
    [
        ("head-not-built", CI_CD, "main at", "no pipeline ran for it"),
        ("head-untested", CI_CD, "main at", "no pipeline of it that succeeded tells of a test"),
        ("head-failed", CI_CD, "88120", "the newest pipeline of the branch's head did not succeed"),
        ("unprotected-branch", CI_CD, "branch main", "it is not protected"),
        ("pipeline-not-required", CI_CD, "branch main", "changes are merged without waiting"),
        ("deployed-by-hand", CI_CD, "last deployment", "no pipeline made it, but finn"),
        ("release-test-failed", TEST, "88213", "2 of its tests failed"),
        ("release-tests-skipped", TEST, "tests of the release", "5 tests were skipped, and at"),
        ("release-suite-missing", TEST, "suite race", "no report of the tag's pipelines has a"),
        ("release-untested", TEST, "tests of the release", "no report tells of a test"),
        ("release-run-failed", ACTION, "newest release tag", "did not succeed"),
        ("release-not-run", ACTION, "newest release tag", "nothing that makes releases ran for v1"),
        ("release-unproven", ACTION, "release of the newest tag", "speaks for explorer-v1.4.0-lin"),
        (
            "branch-test-failed",
            TRAVIS,
            "which supersedes Travis",
            "its last build of the branch is",
        ),
        ("testnet-schedule-off", TESTNET, "schedule testnet", "it is switched off"),
        ("testnet-by-hand", TESTNET, "deployment to testnet", "no pipeline made it"),
        ("testnet-of-another-commit", TESTNET, "deployment to testnet", "it is not what the sched"),
        ("release-unpublished", ACTION, "release of the newest tag", "no release of v1.4.0 is pub"),
    ],
)
def test_each_fault_is_found_where_it_was_planted_on_either_forge(
    kind: str, judged_on: Callable[..., Any], fault: str, item: str, subject: str, says: str
) -> None:
    [judged] = judged_on(kind, item, more=delivery(kind), faults=(fault,)).values()
    assert judged.outcome == "fail"
    found = [text for name, text in judged.said("fail").items() if subject in name]
    assert any(says in text for text in found), judged.said("fail")


def unfinished(state: Any) -> Any:
    """Let every pipeline and job still run."""
    running = {"status": "running", "ended": None}
    return replace(
        state,
        pipelines=tuple(replace(one, **running) for one in state.pipelines),
        jobs={
            number: tuple(replace(one, **running) for one in jobs)
            for number, jobs in state.jobs.items()
        },
    )


def before_the_first_launch(state: Any) -> Any:
    """Leave nothing of a release before this one, and nothing in production."""
    newest = state.tags[0].name
    return replace(
        state,
        tags=state.tags[:1],
        releases=tuple(one for one in state.releases if one.tag == newest),
        deployments=tuple(one for one in state.deployments if one.environment != "production"),
    )


def unheard_of(state: Any) -> Any:
    """Let the forge know neither the release's commit nor a tag of it."""
    commit = state.tags[0].commit
    return replace(
        state,
        tags=state.tags[1:],
        commits=tuple(one for one in state.commits if one != commit),
    )


def without_assets(state: Any) -> Any:
    return replace(state, releases=tuple(replace(one, assets=()) for one in state.releases))


@pytest.mark.parametrize(
    ("item", "change", "says"),
    [
        (CI_CD, unfinished, "has not ended"),
        (TEST, unfinished, "has not ended"),
        (ACTION, unfinished, "not ended"),
        (TEST, unheard_of, "does not know the release's commit"),
        (CI_CD, lambda state: replace(state, deployments=()), "no deployment to production"),
        (
            TEST,
            lambda state: replace(state, tags=()),
            "no tag of a release at the release's commit",
        ),
        (
            TEST,
            lambda state: replace(state, pipelines=()),
            "no pipeline of the release's tag found",
        ),
        (ACTION, lambda state: replace(state, tags=()), "has no tag v*"),
        (ACTION, without_assets, "no file of the release found"),
    ],
)
def test_what_is_not_there_or_not_over_yet_is_unknown(
    kind: str, judged_on: Callable[..., Any], item: str, change: Callable[[Any], Any], says: str
) -> None:
    [judged] = judged_on(kind, item, more=delivery(kind), change=change).values()
    assert judged.outcome == "unknown", judged.record.findings
    assert any(says in text for text in judged.said("unknown").values())


def test_a_token_that_the_forge_refuses_leaves_every_item_unknown(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    judged = judged_on(kind, *PIPELINES, more=delivery(kind), env={"EXPLORER_TOKEN": "of-somebody"})
    for one in judged.values():
        assert one.outcome == "unknown"
        assert all("of-somebody" not in text for text in one.said("unknown").values())


def test_a_first_launch_was_rehearsed_on_the_named_staging(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    judged = judged_on(
        kind, *PIPELINES, more=delivery(kind), first=True, change=before_the_first_launch
    )
    assert {one.outcome for one in judged.values()} == {"pass"}
    assert "to staging on" in judged[CI_CD].said("pass")["last deployment"]
    later = judged_on(kind, CI_CD, more=delivery(kind), change=before_the_first_launch)[CI_CD]
    assert later.outcome == "unknown"


def test_required_checks_that_the_branch_does_not_require_are_named(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    more = delivery(kind).replace('["test"]', '["test", "fuzz"]')
    [judged] = judged_on(kind, CI_CD, more=more).values()
    assert judged.said("fail") == {"branch main": "its protection does not require fuzz"}


def test_suites_of_one_name_hide_no_failure(kind: str, judged_on: Callable[..., Any]) -> None:
    def twice(state: Any) -> Any:
        report = state.reports["88213"]
        again = replace(report.suites[0], failed=1)
        doubled = replace(report, suites=(*report.suites, again))
        return replace(state, reports={**state.reports, "88213": doubled})

    [judged] = judged_on(kind, TEST, more=delivery(kind), change=twice).values()
    assert any("of its tests failed" in text for text in judged.said("fail").values())


def test_suites_that_nobody_declared_cannot_have_run(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    [judged] = judged_on(kind, TEST).values()
    assert judged.outcome == "unknown"
    assert "no suite in [delivery] release_suites found" in judged.said("unknown").values()


def test_without_a_forge_in_the_profile_nothing_is_asked(judge_here: Callable[..., Any]) -> None:
    for item, judged in judge_here(FORGELESS, *PIPELINES).items():
        section = "[delivery.travis]" if item == TRAVIS else "[forge]"
        assert judged.outcome == "unknown"
        assert f"readiness.toml declares no {section}" in judged.said("unknown").values()


@pytest.fixture
def travis() -> Iterator[Any]:
    """The example's builds as Travis tells them."""
    from examples.explorer.travis import travis_server  # noqa: PLC0415 the suite's path is set late

    server = travis_server()
    yield server
    server.close()


@pytest.fixture
def judged_by_travis(
    judged_on: Callable[..., Any], travis: Any
) -> Callable[[Callable[[Any], Any], str], Any]:
    """Judge the item of Travis by what Travis tells of a changed state, to a token."""

    def judge(change: Callable[[Any], Any], token: str = "token-of-the-reviewer") -> Any:  # noqa: S107 of nobody
        travis.state = change(travis.state)
        env = {"EXPLORER_TRAVIS": travis.url, "EXPLORER_TRAVIS_TOKEN": token}
        return judged_on("github", TRAVIS, more=AT_TRAVIS, env=env)[TRAVIS]

    return judge


def ending(**said: Any) -> Callable[[Any], Any]:
    """Let every pipeline have ended so."""
    return lambda state: replace(
        state, pipelines=tuple(replace(one, **said) for one in state.pipelines)
    )


def test_the_last_build_at_travis_must_have_passed_lately(
    judged_by_travis: Callable[..., Any],
) -> None:
    passed = judged_by_travis(lambda state: state)
    assert passed.outcome == "pass"
    assert [*passed.said("pass")] == ["Travis explorer/explorer"]
    failed = judged_by_travis(ending(status="failed"))
    assert failed.said("fail") == {
        "Travis explorer/explorer": "its last build of the branch is failed"
    }
    old = judged_by_travis(
        ending(status="success", ended=dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC))
    )
    assert old.said("fail") == {
        "Travis explorer/explorer": "its last build of the branch is 49 days old"
    }


def test_what_travis_does_not_show_is_unknown(judged_by_travis: Callable[..., Any]) -> None:
    for judged in (
        judged_by_travis(lambda state: state, "of-somebody"),
        judged_by_travis(lambda state: replace(state, pipelines=())),
    ):
        assert judged.outcome == "unknown"
        [cause] = judged.said("unknown").values()
        assert cause.startswith("Travis ")
