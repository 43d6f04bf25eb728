"""What ran where: the fact ``environment_histories`` from a planted forge."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Deployment
from pytest_orr.collect.delivery.environment_histories import (
    EnvironmentHistories,
    EnvironmentHistoryFacts,
)
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

LONG_AGO = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
DENIED = FactUnavailable("the token lacks the scope read_api", "give it")


@pytest.fixture
def facts_of(
    desk_of: Callable[..., Desk], days_ago: Callable[[float], dt.datetime]
) -> Callable[..., EnvironmentHistoryFacts]:
    """Collect from deployments ``(days ago, commit, status, by, approved by)`` by environment."""

    def collect(*, first: bool = False, **said: Any) -> EnvironmentHistoryFacts:
        def deployments(environment: str) -> tuple[Deployment, ...]:
            rows = said.get(environment, ())
            if isinstance(rows, FactUnavailable):
                raise rows
            return tuple(
                Deployment(
                    id=f"{environment}-{days}",
                    environment=environment,
                    commit=commit * 40,
                    status=status,
                    created=days_ago(days),
                    by=by,
                    approved_by=approved,
                )
                for days, commit, status, by, approved in rows
            )

        staging = {"staging": "staging"} if first or "staging" in said else {}
        desk = desk_of(forge={"deployments": deployments}, first=first, declared=staging)
        fact: EnvironmentHistoryFacts = EnvironmentHistories().collect(desk).value
        return fact

    return collect


def ran(days: float, commit: str, *people: str, status: str = "success") -> tuple[Any, ...]:
    by, *approved = people or ("ana",)
    return days, commit, status, by, tuple(approved)


def test_a_commit_that_comes_back_after_another_one_is_a_rollback(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    facts = facts_of(production=(ran(1, "b"), ran(2, "a", "finn", "bo"), ran(3, "b"), ran(9, "a")))
    [back] = facts.live.reading.rollbacks
    assert (back.commit[0], back.id) == ("a", "production-2")
    assert back.people == ("bo", "finn")


def test_going_forward_again_is_no_rollback(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    rows = (ran(1, "b"), ran(2, "a"), ran(3, "b"), ran(9, "a"))
    assert [one.id for one in facts_of(production=rows).live.reading.rollbacks] == ["production-2"]


def test_a_commit_that_is_deployed_again_without_another_between_is_no_rollback(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    facts = facts_of(production=(ran(1, "b"), ran(2, "b"), ran(9, "a")))
    assert facts.live.reading.rollbacks == ()
    assert facts.last_rollback(LONG_AGO) is None


def test_only_deployments_that_succeeded_ran(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    rows = (ran(1, "a"), ran(2, "b", status="failed"), ran(3, "b", status="running"), ran(9, "a"))
    assert [one.commit[0] for one in facts_of(production=rows).live.reading.runs] == ["a", "a"]
    assert facts_of(production=rows).last_rollback(LONG_AGO) is None


def test_robots_are_no_people(facts_of: Callable[..., EnvironmentHistoryFacts]) -> None:
    row = ran(1, "a", "github-actions[bot]", "project_7_bot_0f3c", "ana", "web-flow", "")
    assert facts_of(production=(row,)).live.reading.runs[0].people == ("ana",)


def test_the_newest_rollback_of_all_environments_counts(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    back = (ran(7, "a"), ran(8, "b"), ran(9, "a"))
    sooner = (ran(2, "a"), ran(3, "b"), ran(9, "a"))
    newest = facts_of(production=back, staging=sooner).last_rollback(LONG_AGO)
    assert newest is not None
    assert newest.id == "staging-2"


def test_a_rollback_that_was_seen_counts_though_another_environment_was_not(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    back = (ran(7, "a"), ran(8, "b"), ran(9, "a"))
    assert facts_of(production=DENIED, staging=back).last_rollback(LONG_AGO) is not None


def test_that_there_was_no_rollback_is_not_known_while_an_environment_was_not_seen(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    facts = facts_of(production=(ran(1, "a"),), staging=DENIED)
    with pytest.raises(FactUnavailable, match="lacks the scope"):
        facts.last_rollback(LONG_AGO)
    assert facts.live.reading.runs


def test_what_decides_is_the_rollbacks_of_late_or_the_newest_deployment(
    facts_of: Callable[..., EnvironmentHistoryFacts], days_ago: Callable[[float], dt.datetime]
) -> None:
    history = facts_of(production=(ran(1, "c"), ran(7, "a"), ran(8, "b"), ran(9, "a"))).live.reading
    assert [one.id for one in history.decisive(days_ago(30))] == ["production-7"]
    assert [one.id for one in history.decisive(days_ago(5))] == ["production-1"]


def test_a_first_launch_looks_at_the_named_staging_alone(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    facts = facts_of(first=True, staging=(ran(1, "a"),), production=(ran(2, "b"),))
    assert (facts.live.name, facts.others) == ("staging", ())


def test_a_first_launch_without_a_named_staging_is_not_known(desk_of: Callable[..., Desk]) -> None:
    with pytest.raises(FactUnavailable) as caught:
        EnvironmentHistories().collect(desk_of(forge={"deployments": ()}, first=True))
    assert "under [forge] staging in readiness.toml" in caught.value.remedy


def test_without_a_forge_nothing_is_known(desk_of: Callable[..., Desk]) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[forge\]"):
        EnvironmentHistories().collect(desk_of())


def test_one_line_says_what_was_seen(facts_of: Callable[..., EnvironmentHistoryFacts]) -> None:
    facts = facts_of(production=(ran(1, "a"), ran(2, "b"), ran(3, "a")), staging=())
    last = f"deployment production-1 of {'a' * 12} on 2026-11-19 by ana"
    assert facts.seen == (
        f"production: 3 deployments, last {last}, last rollback on 2026-11-19; "
        "staging: 0 deployments, no rollback"
    )
    assert facts.name == "production, staging"
    assert facts.deciding == (facts.live,)
    assert facts.drills == (facts,)


def test_so_many_people_took_part_or_one_more_for_whom_a_robot_worked(
    facts_of: Callable[..., EnvironmentHistoryFacts],
) -> None:
    rows = (
        ran(4, "a", "ana", "bo"),
        ran(3, "a", "ana"),
        ran(2, "a", "github-actions[bot]", "bo", "eve"),
        ran(1, "a", "github-actions[bot]", "bo"),
    )
    two, one, both, either = facts_of(production=rows).live.reading.runs
    assert [run.shows(2) for run in (two, one, both)] == [True, False, True]
    with pytest.raises(FactUnavailable, match="a robot started deployment production-1"):
        either.shows(2)


def test_that_nobody_rolled_back_is_not_known_of_a_history_that_begins_later(
    facts_of: Callable[..., EnvironmentHistoryFacts], days_ago: Callable[[float], dt.datetime]
) -> None:
    rows = tuple(ran(n / 10, f"{n:x}" if n < 16 else "f") for n in range(100))
    facts = facts_of(production=rows)
    with pytest.raises(FactUnavailable, match="newest 100 deployments to production go back to"):
        facts.last_rollback(days_ago(90))
    assert facts.last_rollback(days_ago(5)) is None
    assert facts_of(production=rows[:99]).last_rollback(days_ago(90)) is None
