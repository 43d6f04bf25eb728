"""What ran for the head of the branch, what protects it, and what was last deployed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import (
    BranchProtection,
    Deployment,
    Job,
    Pipeline,
    Project,
    SuiteResult,
    SuiteResults,
)
from pytest_orr.collect.delivery.branch_pipelines import (
    BranchPipelineFacts,
    BranchPipelines,
    RequiredChecks,
)
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

HEAD = "ad" * 20
AT = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)


def ran(id_: str, **said: Any) -> Pipeline:
    """A push to main that succeeded, as many hours later as its id says."""
    usual: dict[str, Any] = {"commit": HEAD, "ref": "main", "source": "push", "status": "success"}
    return Pipeline(id=id_, **usual | {"started": AT + dt.timedelta(hours=int(id_))} | said)


def report(total: int) -> SuiteResults:
    suite = SuiteResult(name="unit", total=total, failed=0, skipped=0)
    return SuiteResults(pipeline="1", commit=HEAD, suites=(suite,))


def deployed(**said: Any) -> Deployment:
    usual = {"id": "7", "environment": "production", "commit": HEAD, "status": "success"}
    return Deployment(**{**usual, "created": AT, "by": "ana", "pipeline": "3", **said})


PROTECTED = BranchProtection(branch="main", is_protected=True, requires_pipeline=True)
SOUND: dict[str, Any] = {
    "head": HEAD,
    "pipelines": (ran("1"),),
    "test_report": report(12),
    "branch_protection": PROTECTED,
    "deployments": (deployed(),),
}


@pytest.fixture
def seen(desk_of: Callable[..., Desk]) -> Callable[..., BranchPipelineFacts]:
    """What is seen of a sound forge, with some answers changed."""

    def see(*, profile: dict[str, Any] | None = None, **answers: Any) -> BranchPipelineFacts:
        desk = desk_of(forge=SOUND | answers, **(profile or {}))
        return BranchPipelines().collect(desk).value

    return see


def test_a_required_check_may_have_become_several() -> None:
    required = RequiredChecks(is_protected=True, checks=("test 1/2", "test 2/2", "lint (go)"))
    assert required.missing(("test", "lint", "lint (go)")) == ()
    assert required.missing(("tes", "lint (js)")) == ("tes", "lint (js)")


def test_the_head_of_the_branch_was_tested_and_is_protected(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    facts = seen()
    assert facts.name == "main at adadadad"
    assert [run.has_succeeded for run in facts.latest] == [True]
    assert facts.tests == 12
    assert "12 tests in 1 suites, 0 failed, 0 skipped" in facts.seen
    assert facts.protection.reading.waits_for_pipeline
    assert facts.protection.seen == "protected, pipeline required"
    assert facts.deployment.reading.deployment.pipeline == "3"
    assert "to production on 2026-11-18 00:00 UTC by ana, pipeline 3" in facts.deployment.seen


def test_the_default_branch_is_the_forges_where_none_is_declared(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    project = Project(path="a/b", visibility="private", default_branch="trunk")
    facts = seen(
        project=project,
        pipelines=(ran("1", ref="trunk"), ran("2")),
        profile={"declared": {"branch": None}},
    )
    assert facts.branch == "trunk"
    assert [run.pipeline.id for run in facts.runs] == ["1"]


def test_the_newest_run_of_each_workflow_counts_whatever_started_it(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    facts = seen(
        pipelines=(
            ran("1", status="failed"),
            ran("2", source="web"),
            ran("3", name="lint", status="failed"),
            ran("4", source="schedule", status="failed"),
            ran("5", source="parent_pipeline", status="failed"),
            ran("8", name="labels", source="issue_comment", status="failed"),
            ran("9", name="CodeQL", source="dynamic", status="failed"),
            ran("6", name="docs", status="skipped"),
            ran("7", ref="feature"),
        )
    )
    assert [run.name for run in facts.latest] == ["lint 3", "pipeline 2"]
    assert [run.has_succeeded for run in facts.latest] == [False, True]


def test_tests_of_runs_that_did_not_succeed_are_none(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    assert seen(pipelines=(ran("1", status="failed"),)).tests == 0
    assert seen(test_report=SuiteResults(pipeline="1", commit=HEAD)).tests == 0


def test_a_pipeline_that_runs_is_not_known_yet(seen: Callable[..., BranchPipelineFacts]) -> None:
    [run] = seen(pipelines=(ran("1", status="running"),)).latest
    with pytest.raises(FactUnavailable, match="pipeline 1 has not ended"):
        _ = run.has_succeeded


def test_an_unread_report_matters_only_where_no_other_tells_of_tests(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    unread = FactUnavailable("the report cannot be read", "let the token read it")
    facts = seen(test_report=unread)
    with pytest.raises(FactUnavailable, match="cannot be read"):
        _ = facts.tests

    def told(pipeline: Pipeline) -> SuiteResults:
        if pipeline.name:
            raise unread
        return report(3)

    assert seen(pipelines=(ran("1"), ran("2", name="docs")), test_report=told).tests == 3


def test_checks_are_required_by_name_or_with_the_whole_pipeline(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    profile = {"delivery": Delivery(required_checks=("test", "lint"))}
    by_name = BranchProtection(
        branch="main", is_protected=True, requires_pipeline=True, required_checks=("test",)
    )
    facts = seen(branch_protection=by_name, profile=profile)
    assert facts.protection.reading.missing(("test", "lint")) == ("lint",)
    assert facts.protection.seen == "protected, pipeline required, checks test"
    jobs = (
        Job(id="1", name="test", status="success"),
        Job(id="2", name="lint", status="success", may_fail=True),
    )
    facts = seen(jobs=jobs, profile=profile)
    assert facts.protection.reading.missing(("test", "lint")) == ("lint",)


def test_what_protects_the_branch_may_be_untold(seen: Callable[..., BranchPipelineFacts]) -> None:
    facts = seen(branch_protection=BranchProtection(branch="main", is_protected=True))
    with pytest.raises(FactUnavailable, match="does not tell whether a merge waits"):
        _ = facts.protection.reading.waits_for_pipeline
    open_to_all = BranchProtection(branch="main", is_protected=False)
    assert seen(branch_protection=open_to_all).protection.seen == "not protected"


def test_the_last_deployment_is_the_newest_that_took_effect(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    later = AT + dt.timedelta(days=1)
    facts = seen(
        deployments=(
            deployed(id="9", created=later, status="failed"),
            deployed(id="8", created=AT, pipeline=None, by=""),
            deployed(id="7", created=AT - dt.timedelta(days=1)),
        )
    )
    assert facts.deployment.reading.deployment.id == "8"
    assert facts.deployment.seen.endswith("by nobody known, no pipeline")


def test_without_a_deployment_nobody_knows_what_made_the_last(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    facts = seen(deployments=())
    with pytest.raises(FactUnavailable, match="no deployment to production that succeeded"):
        _ = facts.deployment.reading


def test_a_first_launch_looks_at_the_named_staging(
    seen: Callable[..., BranchPipelineFacts],
) -> None:
    def to(environment: str) -> tuple[Deployment, ...]:
        return (deployed(environment=environment),)

    first = {"first": True, "declared": {"staging": "rehearsal"}}
    facts = seen(deployments=to, profile=first)
    assert facts.deployment.reading.deployment.environment == "rehearsal"
    facts = seen(deployments=to, profile={"first": True})
    assert facts.deployment.unavailable is not None
    assert "staging" in facts.deployment.unavailable.remedy


def test_what_cannot_be_read_hides_nothing_else(seen: Callable[..., BranchPipelineFacts]) -> None:
    denied = FactUnavailable("the token may not read protections", "give it read_api")
    facts = seen(branch_protection=denied)
    assert facts.protection.seen == denied.cause
    assert facts.deployment.observed
    assert facts.tests == 12


def test_nothing_is_asked_without_a_forge(desk_of: Callable[..., Desk]) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[forge\]"):
        BranchPipelines().collect(desk_of())
