"""The words with which items are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pytest_orr
from pytest_orr import at_least_one, both_ways, days_left, each, of_role, own
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.errors import FactUnavailable, NothingFound
from pytest_orr.observation import Unobserved, Unseen

NAMES = st.lists(st.text("abc", max_size=2), max_size=6)


def test_these_names_are_all_that_an_author_imports() -> None:
    words = ["at_least_one", "both_ways", "days_left", "each", "of_role", "own"]
    assert pytest_orr.__all__ == words


def test_something_to_check_is_returned_as_it_is() -> None:
    assert at_least_one((1, 2), "numbers") == (1, 2)
    assert at_least_one([1, 2]) == (1, 2)


def test_a_generator_is_looked_into() -> None:
    assert at_least_one(n for n in (1, 2)) == (1, 2)
    with pytest.raises(NothingFound):
        at_least_one(n for n in (1, 2) if n > 2)


@pytest.mark.parametrize(
    ("what", "message"),
    [("", "nothing to check was found"), ("load balancer", "no load balancer found")],
)
def test_nothing_to_check_raises(what: str, message: str) -> None:
    with pytest.raises(NothingFound) as caught:
        at_least_one((), what)
    assert str(caught.value) == message


def test_both_ways_shows_the_forgotten_and_the_missing() -> None:
    assert list(both_ways(["b", "a", "a"], ["c", "b"])) == [
        ("a", True, False),
        ("b", True, True),
        ("c", False, True),
    ]


@settings(derandomize=True, deadline=None)
@given(NAMES, NAMES)
def test_both_ways_names_each_of_either_set_once(declared: list[str], found: list[str]) -> None:
    compared = list(both_ways(declared, found))
    assert [name for name, _, _ in compared] == sorted({*declared, *found})
    assert {name for name, is_declared, _ in compared if is_declared} == set(declared)
    assert {name for name, _, is_found in compared if is_found} == set(found)


@pytest.mark.parametrize(
    ("distance", "days"),
    [
        (timedelta(days=30), 30),
        (timedelta(days=30, hours=23), 30),
        (timedelta(0), 0),
        (-timedelta(seconds=1), -1),
        (-timedelta(days=2), -2),
    ],
)
def test_days_left_are_whole_and_negative_once_it_has_passed(
    distance: timedelta, days: int
) -> None:
    as_of = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert days_left(as_of + distance, as_of) == days


def test_own_leaves_hosts_of_other_environments_out_and_finds_those_of_a_role() -> None:
    def host(name: str, role: Literal["backend", "jump"], environment: str) -> HostFact[Any]:
        is_own = environment == "production"
        return HostFact(name=name, role=role, environment=environment, is_own=is_own)

    hosts = (
        host("jump", "jump", "production"),
        host("backend-1", "backend", "production"),
        host("backend-t", "backend", "testing"),
    )
    assert [host.name for host in own(hosts)] == ["jump", "backend-1"]
    assert [host.name for host in own(hosts, role="backend")] == ["backend-1"]


def test_own_leaves_a_fact_that_could_not_be_had_as_it_is() -> None:
    unseen: Any = Unseen(Unobserved(name="hosts", cause="denied", remedy="grant", source="SSH"))
    assert own(unseen) is unseen
    assert at_least_one(own(unseen)) == ()
    with pytest.raises(FactUnavailable):
        assert own(unseen)


def test_things_of_a_role_are_found_and_a_fact_that_could_not_be_had_stays_one() -> None:
    unseen: Any = Unseen(Unobserved(name="endpoints", cause="x", remedy="y", source="HTTP"))
    page, lookup = SimpleNamespace(role="frontend"), SimpleNamespace(role="service")
    assert of_role((page, lookup), "service") == (lookup,)
    assert of_role((page, lookup), "backend") == ()
    assert of_role(unseen, "service") is unseen
    assert at_least_one(of_role(unseen, "service")) == ()


def test_each_goes_through_what_there_is_and_through_nothing_that_was_not_seen() -> None:
    unseen: Any = Unseen(Unobserved(name="hosts", cause="denied", remedy="grant", source="SSH"))
    assert tuple(each(unseen.part.made_of(1))) == ()
    assert tuple(each((1, 2))) == (1, 2)
    assert tuple(each(())) == ()
