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
    newest = facts.newest("race")
    assert newest is not None
    assert (newest.status, newest.pipeline) == ("success", "1")
    assert facts.seen_of("race") == "success on 2026-11-17 in pipeline 1"


def test_jobs_that_wait_are_there(facts_of: Callable[..., ReleaseJobFacts]) -> None:
    facts = facts_of((job("rollback", "manual", hours=None),), (job("rollback", hours=None),))
    assert facts.has("rollback")
    assert facts.seen_of("rollback").startswith("manual in pipeline 0")


def test_a_workflow_of_the_branch_that_is_started_by_hand_is_there_too(
    facts_of: Callable[..., ReleaseJobFacts],
) -> None:
    facts = facts_of((job("lint"),), workflows=("CI", "Roll back", "CI"))
    assert facts.workflows == ("CI", "Roll back")
    assert facts.has("Roll back")
    assert facts.seen_of("Roll back") == "a workflow of the branch"


def test_a_job_that_is_nowhere_is_not_there(facts_of: Callable[..., ReleaseJobFacts]) -> None:
    facts = facts_of((job("lint"),))
    assert not facts.has("rollback")
    assert facts.newest("rollback") is None
    assert facts.seen_of("rollback") == "no such job"


def test_a_commit_without_a_pipeline_is_not_known(
    facts_of: Callable[..., ReleaseJobFacts], release_commit: str
) -> None:
    with pytest.raises(FactUnavailable, match=f"no pipeline of {release_commit[:12]}"):
        facts_of()
