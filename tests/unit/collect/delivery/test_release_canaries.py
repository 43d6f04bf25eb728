"""How long the release served a few before all: the fact ``release_canaries``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Deployment
from pytest_orr.collect.delivery.release_canaries import ReleaseCanaries, ReleaseCanary
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import Canary, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part

DAY = 24
AS_OF = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
OTHER = "0" * 40


@pytest.fixture
def canary_of(
    desk_of: Callable[..., Desk], days_ago: Callable[[float], dt.datetime]
) -> Callable[..., Part[ReleaseCanary]]:
    """Collect from the days at which a commit was deployed: ``canary_of(canary=((2, sha),))``."""

    def collect(**said: Any) -> Part[ReleaseCanary]:
        def deployments(environment: str) -> tuple[Deployment, ...]:
            if isinstance(said.get(environment), FactUnavailable):
                raise said[environment]
            return tuple(
                Deployment(
                    id=str(days),
                    environment=environment,
                    commit=commit,
                    status="success",
                    created=days_ago(days),
                    ended=days_ago(days - 1 / 24),
                )
                for days, commit in said.get(environment, ())
            )

        desk = desk_of(
            forge={"deployments": deployments},
            first=said.get("first", False),
            declared={"staging": "staging"},
            delivery=Delivery(canary=Canary(environment=said.get("named", "canary"))),
        )
        [part] = ReleaseCanaries().collect(desk).value
        return part

    return collect


def test_the_time_in_the_canary_ends_when_production_begins(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    part = canary_of(canary=((3, release_commit),), production=((2, release_commit), (9, OTHER)))
    assert part.reading.hours_before_all(AS_OF) == pytest.approx(DAY - 1)
    assert part.seen == "it runs there since 2026-11-17 13:00, in production 2026-11-18 12:00"


def test_before_production_has_it_the_time_goes_on(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    part = canary_of(canary=((1, release_commit),), production=((9, OTHER),))
    assert part.reading.hours_before_all(AS_OF) == pytest.approx(DAY - 1)
    assert part.seen.endswith("in production not yet")


def test_another_commit_there_ends_the_time(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    rows = ((3, release_commit), (2.5, OTHER), (1, release_commit))
    part = canary_of(canary=rows, production=((0.5, release_commit),))
    assert part.reading.hours_before_all(AS_OF) == pytest.approx(11)
    assert len(part.reading.stays) == 2


def test_the_same_commit_again_does_not_break_the_time(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    part = canary_of(canary=((3, release_commit), (2, release_commit)))
    assert part.reading.hours_before_all(AS_OF) == pytest.approx(3 * DAY - 1)


def test_a_canary_after_production_had_it_lasted_no_time(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    part = canary_of(canary=((1, release_commit),), production=((2, release_commit),))
    assert part.reading.hours_before_all(AS_OF) <= 0


def test_a_production_of_which_older_deployments_are_not_told_may_have_had_it_before(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    busy = tuple((number / 100, OTHER) for number in range(100))
    part = canary_of(canary=((3, release_commit),), production=busy)
    with pytest.raises(FactUnavailable, match="go back to 2026-11-19 alone"):
        part.reading.hours_before_all(AS_OF)
    calm = canary_of(canary=((0.5, release_commit),), production=busy)
    assert calm.reading.hours_before_all(AS_OF) == pytest.approx(11)


def test_another_commit_is_no_canary_of_the_release(
    canary_of: Callable[..., Part[ReleaseCanary]],
) -> None:
    part = canary_of(canary=((3, OTHER),))
    assert part.reading.stays == ()
    assert part.reading.hours_before_all(AS_OF) == 0
    assert part.seen == "the release was never deployed there"


def test_the_named_environment_is_asked(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    part = canary_of(named="one-in-twenty", **{"one-in-twenty": ((3, release_commit),)})
    assert (part.name, len(part.reading.stays)) == ("one-in-twenty", 1)


def test_a_first_launch_has_its_canary_in_the_named_staging(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    part = canary_of(first=True, staging=((3, release_commit),))
    assert (part.name, len(part.reading.stays)) == ("staging", 1)


@pytest.mark.parametrize("environment", ["canary", "production"])
def test_an_environment_that_was_not_seen_leaves_the_canary_unknown(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str, environment: str
) -> None:
    rows = {"canary": ((3, release_commit),), "production": ()}
    part = canary_of(**rows | {environment: FactUnavailable("timed out", "run again")})
    with pytest.raises(FactUnavailable, match="timed out"):
        _ = part.reading


def test_that_the_release_never_ran_there_is_not_known_of_a_history_that_begins_later(
    canary_of: Callable[..., Part[ReleaseCanary]], release_commit: str
) -> None:
    others = tuple((days / 10, OTHER) for days in range(1, 101))
    with pytest.raises(FactUnavailable, match="newest 100 deployments to canary are all of others"):
        _ = canary_of(canary=others).reading.has_run
    assert not canary_of(canary=others[1:]).reading.has_run
    assert canary_of(canary=(*others[1:], (0.05, release_commit))).reading.has_run
