"""Asking for many things at once: shared helpers, a budget of requests, and failures in order."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients import aws_crew
from pytest_orr.clients.aws_crew import AT_ONCE, USUAL, Budget, Crew, at_once, together
from pytest_orr.clients.aws_question import Place
from pytest_orr.clients.guard import SERVICES
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Place(account="123456789012", region="eu-central-1")
THERE = Place(account="123456789012", region="us-east-1")


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """A crew of three helpers."""
    monkeypatch.setattr(aws_crew, "HELPERS", 3)
    made = Crew()
    yield made
    made.close()


def test_answers_keep_the_order_of_things(crew: Crew) -> None:
    assert crew.each(lambda number: number * number, range(50)) == tuple(n * n for n in range(50))


def test_of_nothing_and_of_one_thing_no_helper_hears(crew: Crew) -> None:
    assert crew.each(lambda _: threading.current_thread(), ()) == ()
    assert crew.each(lambda _: threading.current_thread(), ["one"]) == (threading.current_thread(),)


def test_things_are_done_at_the_same_time_by_helpers_and_whoever_asks(crew: Crew) -> None:
    meeting = threading.Barrier(4, timeout=20)
    assert sorted(crew.each(lambda _: meeting.wait(), range(4))) == [0, 1, 2, 3]


def test_however_deep_each_asks_for_each_nobody_waits_for_ever(crew: Crew) -> None:
    def tree(depth: int) -> int:
        return 1 if depth == 0 else sum(crew.each(tree, [depth - 1] * 4))

    assert tree(5) == 4**5
    threads = [one for one in threading.enumerate() if one.name.startswith("orr-aws")]
    assert len(threads) >= 3


def test_the_first_failure_in_the_order_of_things_is_raised_whichever_was_first(crew: Crew) -> None:
    last = threading.Event()

    def fail(number: int) -> int:
        if number == 1:
            last.wait(20)
        if number == 2:
            last.set()
        if number in {1, 2}:
            raise FactUnavailable(f"number {number}", "none")
        return number

    with pytest.raises(FactUnavailable, match="number 1"):
        crew.each(fail, range(4))


def test_after_a_failure_nothing_more_is_begun(crew: Crew) -> None:
    begun = []

    def fail(number: int) -> None:
        begun.append(number)
        raise FactUnavailable(f"number {number}", "none")

    with pytest.raises(FactUnavailable, match="number 0"):
        crew.each(fail, range(1000))
    assert len(begun) <= 4


def test_a_mistake_in_the_function_is_no_fact_that_could_not_be_had(crew: Crew) -> None:
    with pytest.raises(ZeroDivisionError):
        crew.each(lambda number: 1 // number, range(3))


def test_no_more_requests_are_on_their_way_than_the_budget_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aws_crew, "IN_FLIGHT", 3)
    monkeypatch.setattr(aws_crew, "AT_ONCE", {"iam": 1})
    budget, lock = Budget(), threading.Lock()
    most: dict[str, int] = {}
    now: dict[str, int] = {}

    def ask(number: int) -> None:
        service = "iam" if number % 2 else "ec2"
        with budget.slot(HERE if number % 4 else THERE, service):
            for key in ("all", f"{service} {number % 4}"):
                with lock:
                    now[key] = now.get(key, 0) + 1
                    most[key] = max(most.get(key, 0), now[key])
            turn.wait(0.002)
            for key in ("all", f"{service} {number % 4}"):
                with lock:
                    now[key] -= 1

    turn = threading.Event()
    crew = Crew()
    crew.each(ask, range(80))
    crew.close()
    assert most["all"] <= 3
    assert most["iam 1"] == most["iam 3"] == 1


def test_services_that_throttle_early_get_fewer_requests_at_once() -> None:
    assert at_once("ec2") == USUAL
    assert all(at_once(service) < USUAL for service in AT_ONCE)
    assert {"iam", "route53", "tag"} <= AT_ONCE.keys() & SERVICES.keys()


def failed(*causes: str) -> list[tuple[str, FactUnavailable]]:
    """Failures of places a, b, c …"""
    return [
        (place, FactUnavailable(cause, f"mend {cause}"))
        for place, cause in zip("abcdefgh", causes, strict=False)
    ]


def test_failures_of_several_places_are_one_that_names_them() -> None:
    error = together(failed("a denied", "b denied", "c denied"))
    assert error.cause == "a denied; nor did b, c answer"
    assert error.remedy == "mend a denied; mend b denied; mend c denied"


def test_places_beyond_a_few_are_counted() -> None:
    error = together(failed(*(f"{place} denied" for place in "abcdefgh")))
    assert error.cause == "a denied; nor did b, c, d and 4 more answer"


def test_what_has_nothing_to_do_with_a_place_is_told_once() -> None:
    same = failed("no [emergency]", "no [emergency]")
    assert together(same) is same[0][1]
