"""How the last build of the branch ended, at Travis or at what took its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Job, Pipeline
from pytest_orr.clients.travis import Build
from pytest_orr.collect.delivery.branch_builds import BranchBuildFacts, BranchBuilds
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import Delivery, Travis

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

HEAD = "ad" * 20
AT = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
SUCCESSOR = Travis(successor="gitlab-ci", test_job="test")


def ran(id_: str, **said: Any) -> Pipeline:
    usual = {"commit": HEAD, "ref": "main", "source": "push", "status": "success", "started": AT}
    return Pipeline(id=id_, **{**usual, **said})


def job(name: str, **said: Any) -> Job:
    return Job(**{"id": "1", "name": name, "status": "success", "ended": AT, **said})


@pytest.fixture
def seen(desk_of: Callable[..., Desk]) -> Callable[..., BranchBuildFacts]:
    """What is seen of a branch that GitLab CI builds, with some of it changed."""

    def see(travis: Travis = SUCCESSOR, last: Any = None, **answers: Any) -> BranchBuildFacts:
        usual: dict[str, Any] = {"pipelines": (ran("2"),), "jobs": (job("lint"), job("test"))}
        desk = desk_of(forge=usual | answers, delivery=Delivery(travis=travis))
        there: Any = SimpleNamespace(last_build=last)
        return BranchBuilds().collect(replace(desk, travis=there)).value

    return see


def test_a_successor_is_named_with_what_it_supersedes(
    seen: Callable[..., BranchBuildFacts],
) -> None:
    facts = seen()
    assert facts.supersedes_travis
    assert facts.build.name == "gitlab-ci, which supersedes Travis"
    assert facts.build.seen == "job test of 2: success on 2026-11-18 at adadadad"
    assert facts.build.reading.days_before(AS_OF) == 2


def test_the_newest_pipeline_in_which_the_job_ended_counts(
    seen: Callable[..., BranchBuildFacts],
) -> None:
    later = AT + dt.timedelta(hours=1)

    def jobs(pipeline: Pipeline) -> tuple[Job, ...]:
        by_id = {
            "1": (job("test"),),
            "2": (job("test 1/2"), job("test 2/2", status="failed")),
            "3": (job("test: [a]"), job("test (3.11)", status="running", ended=None)),
            "4": (job("deploy"),),
            "5": (),
        }
        return by_id[pipeline.id]

    facts = seen(
        pipelines=(
            ran("1"),
            ran("2", started=later),
            ran("3", started=later + dt.timedelta(hours=1)),
            ran("4", started=later + dt.timedelta(hours=2)),
            ran("5", started=later + dt.timedelta(hours=3), source="schedule"),
        ),
        jobs=jobs,
    )
    assert facts.build.reading.id == "job test of 2"
    assert facts.build.reading.status == "failed"


def test_a_branch_whose_pipelines_have_no_such_job_is_unknown(
    seen: Callable[..., BranchBuildFacts],
) -> None:
    for answers in ({"jobs": (job("lint"),)}, {"pipelines": ()}):
        with pytest.raises(FactUnavailable, match="pipelines of main has a job test that ended"):
            _ = seen(**answers).build.reading


def test_travis_itself_is_asked_where_its_repository_is_declared(
    seen: Callable[..., BranchBuildFacts],
) -> None:
    def last(branch: str) -> Build:
        assert branch == "main"
        return Build(number="7", status="failed", commit=HEAD, ended=AT)

    facts = seen(Travis(repository="explorer/explorer"), last)
    assert not facts.supersedes_travis
    assert facts.build.name == "Travis explorer/explorer"
    assert facts.build.seen == "build 7: failed on 2026-11-18 at adadadad"


def test_without_either_nobody_is_asked(seen: Callable[..., BranchBuildFacts]) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[delivery.travis\]"):
        seen(Travis())
