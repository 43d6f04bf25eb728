"""How the frontend was last deployed by a pipeline, from a planted forge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Deployment
from pytest_orr.collect.operations.frontend_deployments import FrontendDeployments, LastRun
from pytest_orr.errors import FactUnavailable, Undeclared

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part


@pytest.fixture
def last_of(
    desk_of: Callable[..., Desk], days_ago: Callable[[float], dt.datetime]
) -> Callable[..., Part[LastRun]]:
    """Collect from deployments ``(days ago, status, pipeline)``."""

    def collect(*rows: tuple[float, Any, str | None], **more: Any) -> Part[LastRun]:
        def deployments(environment: str) -> tuple[Deployment, ...]:
            return tuple(
                Deployment(
                    id=f"{environment}-{days}",
                    environment=environment,
                    commit="a" * 40,
                    status=status,
                    created=days_ago(days),
                    ended=days_ago(days - 1) if status == "success" else None,
                    pipeline=pipeline,
                )
                for days, status, pipeline in rows
            )

        desk = desk_of(forge={"deployments": deployments}, **more)
        [part] = FrontendDeployments().collect(desk).value
        return part

    return collect


def test_the_newest_that_is_over_and_that_a_pipeline_made_is_the_last(
    last_of: Callable[..., Part[LastRun]], days_ago: Callable[[float], dt.datetime]
) -> None:
    last = last_of(
        (1, "running", "9"), (2, "success", None), (9, "success", "7"), (30, "failed", "6")
    )
    assert last.name == "production"
    assert last.reading.ended == days_ago(8)
    assert last.reading.has_succeeded
    assert last.seen == (
        "deployment production-9 of 2026-11-12: success, of aaaaaaaaaaaa by pipeline 7"
    )


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_one_that_failed_after_it_is_the_last(
    last_of: Callable[..., Part[LastRun]], status: str
) -> None:
    last = last_of((3, status, "8"), (9, "success", "7"))
    assert not last.reading.has_succeeded


def test_it_is_too_old_by_the_instant_at_which_it_ended(
    last_of: Callable[..., Part[LastRun]], days_ago: Callable[[float], dt.datetime]
) -> None:
    last = last_of((91, "success", "7")).reading
    assert last.is_within(90, days_ago(0))
    assert not last.is_within(90, days_ago(-0.01))


@pytest.mark.parametrize("rows", [(), ((2, "success", None),), ((2, "running", "8"),)])
def test_none_by_a_pipeline_is_unknown(
    last_of: Callable[..., Part[LastRun]], rows: tuple[Any, ...]
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        _ = last_of(*rows).reading
    assert "knows no deployment to production by a pipeline" in caught.value.cause
    assert "frontend under [forge]" in caught.value.remedy


def test_its_own_environment_is_asked_and_at_a_first_launch_the_named_staging(
    last_of: Callable[..., Part[LastRun]],
) -> None:
    row = (2, "success", "8")
    assert last_of(row, declared={"frontend": "pages"}).name == "pages"
    assert last_of(row, declared={"staging": "staging"}, first=True).name == "staging"
    both = {"staging": "staging", "frontend": "pages"}
    assert last_of(row, declared=both, first=True).name == "pages"
    with pytest.raises(Undeclared):
        last_of(row, first=True)
