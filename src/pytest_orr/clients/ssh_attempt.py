"""Deadlines of the SSH client: work on a thread of its own, which whoever waits for gives up.

A hostile host may hold up any call of a client library; the one who waits is never inside one.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event, Lock, Thread
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
        self._phase = Phase(
            failing=f"nothing was had of {name}",
            advice="find out what holds it up",
            deadline=deadline,
        )
        self._lock = Lock()
        self._given_up = False
        self._cuts: list[Callable[[], None]] = []
        self._outcome: Future[Any] = Future()
        self._ended = Event()
        self._news = Event()
        """Whether a phase began or the work ended: the one who waits looks again how long to."""

    def begin(
        self, failing: str, advice: str, deadline: Deadline, so_far: Callable[[], str] = str
    ) -> None:
        """Enter a phase; it ends with the sooner of its own deadline and the whole's."""
        self._phase = Phase(
            failing=failing,
            advice=advice,
            deadline=deadline.or_sooner(self._deadline),
            so_far=so_far,
        )
        self._news.set()

    def cut_with(self, cut: Callable[[], None]) -> None:
        """Take note of what stops the work at once; it must not wait for anything."""
        with self._lock:
            self._cuts.append(cut)
            late = self._given_up
        if late:
            cut()

    def outcome(self, work: Callable[[Attempt], T]) -> T:
        """Do the work; return what it returns, or raise what it raises or that it is too late."""
        Thread(target=self._do, args=(work,), name=f"orr-ssh-{self._name}", daemon=True).start()
        while not self._ended.is_set():
            self._news.clear()
            phase = self._phase
            if not self._ended.is_set() and not self._news.wait(phase.deadline.left()):
                self._give_up()
                raise phase.too_late()
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
            self._ended.set()
            self._news.set()

    def _give_up(self) -> None:
        with self._lock:
            self._given_up = True
            cuts = tuple(self._cuts)
        for cut in cuts:
            cut()
