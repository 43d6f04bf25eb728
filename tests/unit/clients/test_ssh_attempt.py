from __future__ import annotations

import threading
import time

import pytest

from pytest_orr.clients.ssh_attempt import Attempt, Deadline
from pytest_orr.errors import FactUnavailable


def _deadline(seconds: float, key: str = "host_seconds") -> Deadline:
    return Deadline.after(seconds, key)


def test_work_that_ends_in_time_is_handed_on() -> None:
    assert Attempt("backend", _deadline(30)).outcome(lambda _: 42) == 42


def test_a_failure_of_the_work_is_handed_on() -> None:
    def fail(_: Attempt) -> None:
        raise FactUnavailable("it is down", "start it")

    with pytest.raises(FactUnavailable, match="it is down"):
        Attempt("backend", _deadline(30)).outcome(fail)


def test_work_that_never_ends_is_given_up_and_cut_off_in_the_phase_it_is_in() -> None:
    cut, late = threading.Event(), threading.Event()

    def hang(attempt: Attempt) -> None:
        attempt.cut_with(cut.set)
        attempt.begin("backend greeted", "wait", _deadline(30, "connect_seconds"), lambda: "; x")
        attempt.begin("backend did not answer", "ask", _deadline(0.1, "command_seconds"))
        assert cut.wait(30)
        attempt.cut_with(late.set)

    started = time.monotonic()
    with pytest.raises(FactUnavailable) as caught:
        Attempt("backend", _deadline(30)).outcome(hang)
    assert time.monotonic() - started < 10
    assert (caught.value.cause, caught.value.remedy) == (
        "backend did not answer within 0.1 s",
        "ask, or raise command_seconds of [ssh] in readiness.toml",
    )
    assert late.wait(30)


def test_a_phase_that_begins_while_somebody_waits_has_its_own_deadline() -> None:
    cut = threading.Event()

    def hang(attempt: Attempt) -> None:
        attempt.cut_with(cut.set)
        assert not cut.wait(0.3)
        attempt.begin("backend did not answer", "ask", _deadline(0.1, "command_seconds"))
        cut.wait(30)

    started = time.monotonic()
    with pytest.raises(FactUnavailable, match=r"backend did not answer within 0\.1 s"):
        Attempt("backend", _deadline(30)).outcome(hang)
    assert time.monotonic() - started < 10


def test_a_phase_ends_with_the_whole_and_tells_what_came_until_then() -> None:
    ended = threading.Event()

    def hang(attempt: Attempt) -> None:
        attempt.cut_with(ended.set)
        long = _deadline(30, "command_seconds")
        attempt.begin("backend did not end", "ask", long, lambda: '; received: "a"')
        ended.wait(30)

    with pytest.raises(FactUnavailable) as caught:
        Attempt("backend", _deadline(0.1)).outcome(hang)
    assert caught.value.cause == 'backend did not end within 0.1 s; received: "a"'
    assert caught.value.remedy.endswith("raise host_seconds of [ssh] in readiness.toml")


def test_a_phase_that_ends_in_time_makes_room_for_the_next() -> None:
    def work(attempt: Attempt) -> str:
        attempt.begin("first", "x", _deadline(0.2))
        time.sleep(0.1)
        attempt.begin("second", "x", _deadline(20))
        time.sleep(0.3)
        return "done"

    assert Attempt("backend", _deadline(30)).outcome(work) == "done"


def test_work_that_breaks_is_a_named_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", printed.append)
    with pytest.raises(FactUnavailable) as caught:
        Attempt("backend", _deadline(30)).outcome(lambda _: 1 / 0)
    assert caught.value.cause == "the SSH client broke while it read backend"
    assert len(printed) == 1
