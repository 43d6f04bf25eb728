"""Clocks that are apart are a fact of each run, told last; far apart, they are a warning."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.clocks import Clocks
from pytest_orr.collect.clock_differences import (
    ClockDifference,
    ClockDifferences,
    warnings_about,
)
from pytest_orr.collect.gather import gather
from pytest_orr.collect.registry import WITH_ANY, gathered, registry
from pytest_orr.observation import Answer

if TYPE_CHECKING:
    from pytest_orr.collect.interface import Desk

ONE = "set whichever of the two clocks is wrong, and run again"


@dataclasses.dataclass(frozen=True)
class Late:
    """A collector whose server lies about the time."""

    name: str = "zz_last_by_name"
    source: str = "a server"
    operations: tuple[str, ...] = ()
    fact_type: Any = int

    def collect(self, desk: Desk) -> Answer[int]:
        desk.clocks.told("git.example.org", desk.clocks.now() + 312, asked=desk.clocks.now())
        return Answer(value=1)


@dataclasses.dataclass(frozen=True)
class OfClocks:
    """What collectors of these tests need of a desk."""

    clocks: Clocks = dataclasses.field(default_factory=lambda: Clocks(lambda: 0.0))

    def progress(self, text: str) -> None:
        """Keep quiet."""


def apart(**hosts: int) -> tuple[ClockDifference, ...]:
    return tuple(ClockDifference(host=host, seconds=seconds) for host, seconds in hosts.items())


def test_the_differences_are_told_when_all_others_have_answered() -> None:
    desk: Any = OfClocks()
    seen: dict[str, Any] = gather(
        [ClockDifferences(), Late()], desk, clock=lambda: datetime(2026, 11, 20, tzinfo=UTC)
    )
    assert seen["clock_differences"].value == (
        ClockDifference(host="git.example.org", seconds=312),
    )


def test_without_any_answer_there_is_none() -> None:
    desk: Any = OfClocks()
    assert ClockDifferences().collect(desk).value == ()


def test_a_run_that_gathers_anything_gathers_them() -> None:
    known = registry()
    assert gathered([], known) == frozenset()
    assert gathered(["databases"], known) >= {"databases", WITH_ANY}
    assert known[WITH_ANY].name == WITH_ANY


@pytest.mark.parametrize("seconds", [0, 120, -120])
def test_clocks_that_are_near_are_no_warning(seconds: int) -> None:
    assert list(warnings_about(apart(host=seconds))) == []


def test_a_clock_that_is_far_ahead_is_named_with_seconds_and_direction() -> None:
    [told] = warnings_about(apart(here=0, git=312))
    assert told == (
        "this machine's clock is 312 s behind git's; "
        f"ages and expiries of this review may be wrong: {ONE}"
    )


def test_several_that_agree_say_that_it_is_this_machines_clock() -> None:
    [told] = warnings_about(apart(a=-121, b=-300, c=-300, d=-200, e=3))
    assert told == (
        "this machine's clock is 300 s ahead of b's, c's, d's and those of 1 more; "
        "ages and expiries of this review may be wrong: "
        "set this machine's clock, which 4 hosts contradict, and run again"
    )


def test_those_that_disagree_are_told_apart() -> None:
    first, second = warnings_about(apart(a=-500, b=500))
    assert (first.count("behind b's"), second.count("ahead of a's")) == (1, 1)
    assert first.endswith(ONE)
