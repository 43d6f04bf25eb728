"""What the pipelines of the release's tag tested."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Pipeline, SuiteResult, SuiteResults, Tag
from pytest_orr.collect.delivery.release_tests import ReleaseTestFacts, ReleaseTests
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Release

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

AT = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)


@pytest.fixture
def ran(release_commit: str) -> Callable[..., Pipeline]:
    """A pipeline of the release's tag that succeeded."""

    def make(id_: str = "1", **said: Any) -> Pipeline:
        usual = {"commit": release_commit, "ref": "v1", "source": "push", "status": "success"}
        return Pipeline(id=id_, **{**usual, "started": AT, **said})

    return make


@pytest.fixture
def seen(
    desk_of: Callable[..., Desk], ran: Callable[..., Pipeline], release_commit: str
) -> Callable[..., ReleaseTestFacts]:
    """What is seen of a forge that has the release's tag, with some answers changed."""
    suite = SuiteResult(name="unit", total=12, failed=0, skipped=1)
    usual: dict[str, Any] = {
        "tags": (Tag(name="v1", commit=release_commit), Tag(name="v0", commit="0" * 40)),
        "pipelines": (ran(),),
        "test_report": SuiteResults(pipeline="1", commit=release_commit, suites=(suite,)),
        "has_commit": True,
    }

    def see(*, profile: dict[str, Any] | None = None, **answers: Any) -> ReleaseTestFacts:
        desk = desk_of(forge=usual | answers, **(profile or {}))
        return ReleaseTests().collect(desk).value

    return see


def test_the_tests_of_the_tag_s_pipeline_are_counted(
    seen: Callable[..., ReleaseTestFacts], release_commit: str
) -> None:
    facts = seen()
    assert facts.tags == ("v1",)
    assert facts.commit == release_commit
    assert (facts.total, facts.skipped) == (12, 1)
    assert facts.has_run("unit")
    assert facts.seen == "suites unit for v1"
    [run] = facts.runs
    assert run.reports_on(release_commit)
    assert run.failed == 0


def test_suites_of_one_name_are_taken_together(
    seen: Callable[..., ReleaseTestFacts], ran: Callable[..., Pipeline], release_commit: str
) -> None:
    suites = (
        SuiteResult(name="unit", total=5, failed=0, skipped=0),
        SuiteResult(name="unit", total=7, failed=2, skipped=1),
        SuiteResult(name="empty", total=0, failed=0, skipped=0),
        SuiteResult(name="left out", total=3, failed=0, skipped=3),
    )
    facts = seen(
        pipelines=(ran("1"), ran("2", name="more")),
        test_report=SuiteResults(pipeline="1", commit=release_commit, suites=suites),
    )
    together = {suite.name: (suite.total, suite.failed, suite.skipped) for suite in facts.suites}
    assert together["unit"] == (24, 4, 2)
    assert not facts.has_run("empty")
    assert not facts.has_run("left out")
    assert not facts.has_run("unheard of")


def test_pipelines_of_other_refs_and_older_ones_do_not_count(
    seen: Callable[..., ReleaseTestFacts], ran: Callable[..., Pipeline]
) -> None:
    later = AT + dt.timedelta(hours=1)
    facts = seen(
        pipelines=(ran("1"), ran("2", ref="main"), ran("3", started=later), ran("4", ref="v0"))
    )
    assert [run.pipeline.id for run in facts.runs] == ["3"]


def test_a_report_of_another_commit_is_seen_as_one(
    seen: Callable[..., ReleaseTestFacts], release_commit: str
) -> None:
    suite = SuiteResult(name="unit", total=1, failed=0, skipped=0)
    other = SuiteResults(pipeline="1", commit="f" * 40, suites=(suite,))
    [run] = seen(test_report=other).runs
    assert not run.reports_on(release_commit)
    [run] = seen(test_report=SuiteResults(pipeline="1", commit="f" * 40)).runs
    assert run.reports_on(release_commit)


def test_a_pipeline_that_runs_and_an_unread_report_are_not_known(
    seen: Callable[..., ReleaseTestFacts], ran: Callable[..., Pipeline]
) -> None:
    with pytest.raises(FactUnavailable, match="has not ended"):
        _ = seen(pipelines=(ran(status="running"),)).total
    facts = seen(test_report=FactUnavailable("it is gone", "run it again"))
    with pytest.raises(FactUnavailable, match="it is gone"):
        _ = facts.total
    assert facts.seen == "suites none for v1"


def test_no_tag_of_another_pattern_or_commit_is_the_release_s(
    seen: Callable[..., ReleaseTestFacts], release_commit: str
) -> None:
    detached = (Tag(name="nightly", commit=release_commit), Tag(name="v1", commit="e" * 40))
    facts = seen(tags=detached)
    assert facts.tags == ()
    assert facts.runs == ()
    assert facts.commit == release_commit


def test_tests_of_a_candidate_that_became_the_release_are_not_counted_again(
    seen: Callable[..., ReleaseTestFacts], ran: Callable[..., Pipeline], release_commit: str
) -> None:
    tags = tuple(Tag(name=name, commit=release_commit) for name in ("v1", "v1-rc.2"))
    facts = seen(tags=tags, pipelines=(ran("1"), ran("2", ref="v1-rc.2")))
    assert facts.tags == ("v1",)
    assert facts.total == 12


def test_a_shortened_commit_is_found_whole(
    seen: Callable[..., ReleaseTestFacts], release_commit: str
) -> None:
    facts = seen(profile={"release": Release(commit=release_commit[:12])})
    assert facts.commit == release_commit


def test_a_commit_that_the_forge_does_not_know_is_named(
    seen: Callable[..., ReleaseTestFacts], release_commit: str
) -> None:
    with pytest.raises(
        FactUnavailable, match=f"does not know the release's commit {release_commit}"
    ):
        seen(tags=(), has_commit=False)
