"""Every needed question is asked at once; one that fails costs itself alone."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pytest_orr.collect.gather import MOST_AT_ONCE, gather, instant
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Caveat, Observed, Unobserved

if TYPE_CHECKING:
    from collections.abc import Callable

CAVEAT = Caveat(subject="eu-west-1", cause="denied there", remedy="grant it there")


@dataclass
class Desk:
    """What a collector of these tests needs of a desk."""

    said: list[str] = field(default_factory=list)

    def progress(self, text: str) -> None:
        self.said.append(text)


@dataclass(frozen=True)
class Question:
    """A collector that answers by a function."""

    name: str
    answer: Callable[[], Answer[Any]]
    source: str = "the numbers"
    operations: tuple[str, ...] = ("numbers:List",)
    fact_type: Any = int

    def collect(self, desk: Any) -> Answer[Any]:
        assert isinstance(desk, Desk)
        return self.answer()


def clock() -> datetime:
    return datetime(2026, 11, 20, 9, 30, 15, 999, tzinfo=UTC)


def asked(*questions: Question) -> tuple[dict[str, Any], list[str]]:
    desk: Any = Desk()
    return gather(questions, desk, clock=clock), desk.said


def denied() -> Answer[Any]:
    raise FactUnavailable("it was denied", "grant it")


def test_without_a_question_nothing_is_asked() -> None:
    assert asked() == ({}, [])


def test_an_answer_becomes_an_observation() -> None:
    answer = Answer(value=7, where=("123456789012/eu-central-1",), caveats=(CAVEAT,))
    seen, said = asked(Question("numbers", lambda: answer))
    assert seen == {
        "numbers": Observed(
            name="numbers",
            value=7,
            source="the numbers",
            operations=("numbers:List",),
            where=("123456789012/eu-central-1",),
            read_at="2026-11-20T09:30:15Z",
            caveats=(CAVEAT,),
        )
    }
    assert said == ["reading numbers from the numbers", "read numbers"]


def test_a_question_that_fails_costs_itself_alone() -> None:
    seen, said = asked(Question("denied", denied), Question("numbers", lambda: Answer(value=1)))
    assert seen["denied"] == Unobserved(
        name="denied",
        cause="it was denied",
        remedy="grant it",
        source="the numbers",
        operations=("numbers:List",),
        read_at="2026-11-20T09:30:15Z",
    )
    assert seen["numbers"].value == 1
    assert "could not read denied: it was denied" in said


def test_of_a_section_that_is_not_there_nothing_is_said_on_the_way() -> None:
    def undeclared() -> Answer[Any]:
        raise Undeclared("[forge]", "the project")

    seen, said = asked(Question("reviews", undeclared))
    assert seen["reviews"].cause == "readiness.toml declares no [forge]"
    assert said == ["reading reviews from the numbers"]


def test_a_collector_that_is_broken_is_not_taken_for_an_answer() -> None:
    def broken() -> Answer[Any]:
        raise ValueError("a bug")

    seen, _ = asked(Question("broken", broken), Question("numbers", lambda: Answer(value=1)))
    assert seen["broken"] == Unobserved(
        name="broken",
        cause="the collector broke: ValueError: a bug",
        remedy="report it to whoever wrote the collector of broken",
        source="the numbers",
        operations=("numbers:List",),
    )
    assert seen["numbers"].value == 1


def test_questions_are_asked_at_the_same_time() -> None:
    together = threading.Barrier(MOST_AT_ONCE, timeout=10)

    def meet() -> Answer[Any]:
        together.wait()
        return Answer(value=1)

    seen, _ = asked(*(Question(f"q{n}", meet) for n in range(MOST_AT_ONCE)))
    assert len(seen) == MOST_AT_ONCE


def test_more_questions_than_are_asked_at_once_are_all_answered() -> None:
    names = [f"q{n}" for n in range(MOST_AT_ONCE * 2 + 1)]
    seen, _ = asked(*(Question(name, lambda: Answer(value=1)) for name in names))
    assert list(seen) == names


def test_an_instant_has_seconds_and_says_utc() -> None:
    assert instant(clock()) == "2026-11-20T09:30:15Z"
    assert instant(clock() + timedelta(days=1)) == "2026-11-21T09:30:15Z"
