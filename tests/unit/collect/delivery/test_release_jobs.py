"""Which jobs the release's pipelines have: the fact ``release_jobs``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Job, Pipeline
from pytest_orr.collect.delivery.release_jobs import ReleaseJobFacts, ReleaseJobs
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

START = dt.datetime(2026, 11, 17, 9, tzinfo=dt.UTC)


def pipeline(number: int, name: str = "") -> Pipeline:
    return Pipeline(
        id=str(number),
        commit="c",
        ref="main",
        source="push",
        name=name,
        status="success",
        started=START,
    )


def job(name: str, status: Any = "success", *, hours: int | None = 1) -> Job:
    ended = None if hours is None else START + dt.timedelta(hours=hours)
    return Job(id=name, name=name, status=status, ended=ended)


@pytest.fixture
def facts_of(desk_of: Callable[..., Desk]) -> Callable[..., ReleaseJobFacts]:
    """Collect from the jobs of each pipeline of the commit, and the workflows of the branch."""

    def collect(*jobs: tuple[Job, ...], workflows: tuple[str, ...] = ()) -> ReleaseJobFacts:
        def pipelines(*, commit: str = "", branch: str = "") -> tuple[Pipeline, ...]:
            assert bool(commit) is not bool(branch)
            names = workflows if branch else ("",) * len(jobs)
            return tuple(pipeline(number, name) for number, name in enumerate(names))

        forge = {"pipelines": pipelines, "jobs": lambda one: jobs[int(one.id)]}
        fact: ReleaseJobFacts = ReleaseJobs().collect(desk_of(forge=forge)).value
        return fact

    return collect


def test_of_jobs_of_one_name_the_one_that_ended_last_counts(
    facts_of: Callable[..., ReleaseJobFacts],
) -> None:
    facts = facts_of((job("race", "failed", hours=1),), (job("race", hours=3),), (job("lint"),))
    [race, lint] = facts.found("race", None, "lint")
    assert race.has_succeeded
    assert race.seen == "success on 2026-11-17 in pipeline 1"
    assert (lint.name, lint.is_there) == ("lint", True)


@pytest.mark.parametrize("names", [("race 1/2", "race 2/2"), ("race (linux)", "race (arm)")])
def test_a_job_that_became_several_succeeded_when_all_of_them_did(
    facts_of: Callable[..., ReleaseJobFacts], names: tuple[str, str]
) -> None:
    one, other = names
    good = facts_of((job(one, "failed", hours=1),), (job(one, hours=3), job(other, hours=2)))
    assert good.found("race")[0].has_succeeded
    bad = facts_of((job(one, hours=3), job(other, "failed", hours=2)))
    assert not bad.found("race")[0].has_succeeded
    assert bad.found("race")[0].is_there


def test_jobs_that_wait_are_there_and_have_not_succeeded(
    facts_of: Callable[..., ReleaseJobFacts],
) -> None:
    facts = facts_of((job("rollback", "manual", hours=None),), (job("rollback", hours=None),))
    [rollback] = facts.found("rollback")
    assert (rollback.is_there, rollback.has_succeeded) == (True, False)
    assert rollback.seen.startswith("manual in pipeline 0")


def test_a_job_that_runs_has_come_to_no_end(facts_of: Callable[..., ReleaseJobFacts]) -> None:
    [race] = facts_of((job("race", "running", hours=None),)).found("race")
    with pytest.raises(FactUnavailable, match="job race has not ended"):
        _ = race.has_succeeded


def test_a_workflow_of_the_branch_that_is_started_by_hand_is_there_too(
    facts_of: Callable[..., ReleaseJobFacts],
) -> None:
    facts = facts_of((job("lint"),), workflows=("CI", "Roll back", "CI"))
    assert facts.workflows == ("CI", "Roll back")
    [back] = facts.found("Roll back")
    assert (back.is_there, back.has_succeeded) == (True, False)
    assert back.seen == "a workflow of the branch"


def test_a_job_that_is_nowhere_is_not_there(facts_of: Callable[..., ReleaseJobFacts]) -> None:
    [rollback] = facts_of((job("lint"),)).found("rollback")
    assert (rollback.is_there, rollback.seen) == (False, "no such job")


def test_a_commit_without_a_pipeline_is_not_known(
    facts_of: Callable[..., ReleaseJobFacts], release_commit: str
) -> None:
    with pytest.raises(FactUnavailable, match=f"no pipeline of {release_commit[:12]}"):
        facts_of()
