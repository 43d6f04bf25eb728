"""Deadlines of the SSH client: work on a thread of its own, which whoever waits for gives up.

A hostile host may hold up any call of a client library; the one who waits is never inside one.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """An instant on the monotonic clock, and the setting it comes from."""

    end: float
    seconds: float
    key: str
    """Of ``[ssh]`` in readiness.toml: ``connect_seconds``."""

    @classmethod
    def after(cls, seconds: float, key: str) -> Deadline:
        """Return the deadline that many seconds from now."""
        return cls(end=time.monotonic() + seconds, seconds=seconds, key=key)

    def left(self) -> float:
        """Seconds until then; zero when it has passed."""
        return max(self.end - time.monotonic(), 0.0)

    def or_sooner(self, other: Deadline) -> Deadline:
        """Return whichever of the two comes first."""
        return min(self, other, key=lambda deadline: deadline.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What the work is doing, as it is told if it does not end in time."""

    failing: str
    """``backend (10.0.0.5:22) did not answer the login of auditor``."""
    advice: str
    deadline: Deadline
    so_far: Callable[[], str] = str
    """What was received until now, as the end of a sentence."""

    def too_late(self) -> FactUnavailable:
        """Return the failure of work that did not end in time."""
        return FactUnavailable(
            f"{self.failing} within {self.deadline.seconds:g} s{self.so_far()}",
            f"{self.advice}, or raise {self.deadline.key} of [ssh] in readiness.toml",
        )


class Attempt:
    """One piece of work that ends, or is given up, by a deadline.

    The work says which phase it is in, and how it is cut off when it is given up.
    """

    def __init__(self, name: str, deadline: Deadline) -> None:
        self._name = name
        self._deadline = deadline
        self._lock = Lock()
        self._given_up = False
        self._cuts: list[Callable[[], None]] = []
        self._outcome: Future[Any] = Future()
        self._news: SimpleQueue[Phase | None] = SimpleQueue()
        """Every phase that begins, and None at the end: whoever waits looks again how long to."""

    def begin(
        self, failing: str, advice: str, deadline: Deadline, so_far: Callable[[], str] = str
    ) -> None:
        """Enter a phase; it ends with the sooner of its own deadline and the whole's."""
        phase = Phase(
            failing=failing,
            advice=advice,
            deadline=deadline.or_sooner(self._deadline),
            so_far=so_far,
        )
        self._news.put(phase)

    def cut_with(self, cut: Callable[[], None]) -> None:
        """Take note of what stops the work at once; it must not wait for anything."""
        with self._lock:
            self._cuts.append(cut)
            late = self._given_up
        if late:
            cut()

    def outcome(self, work: Callable[[Attempt], T]) -> T:
        """Do the work; return what it returns, or raise what it raises or that it is too late."""
        self.begin(f"nothing was had of {self._name}", "find out what is slow", self._deadline)
        Thread(target=self._do, args=(work,), name=f"orr-ssh-{self._name}", daemon=True).start()
        self._wait()
        if self._outcome.done():
            result: T = self._outcome.result()
            return result
        raise FactUnavailable(
            f"the SSH client broke while it read {self._name}",
            "report it with the traceback that was printed",
        )

    def _do(self, work: Callable[[Attempt], T]) -> None:
        try:
            self._outcome.set_result(work(self))
        except FactUnavailable as error:
            self._outcome.set_exception(error)
        finally:
            self._news.put(None)

    def _wait(self) -> None:
        phase = self._news.get()
        while phase is not None:
            phase = self._after(phase)

    def _after(self, phase: Phase) -> Phase | None:
        """Return the phase that follows in time, or None when the work has ended in time."""
        try:
            return self._news.get(timeout=phase.deadline.left())
        except Empty:
            self._give_up()
            raise phase.too_late() from None

    def _give_up(self) -> None:
        with self._lock:
            self._given_up = True
            cuts = tuple(self._cuts)
        for cut in cuts:
            cut()
