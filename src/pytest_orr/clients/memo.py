"""What a source has answered the run already: each question is asked once, whoever asks first."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Memo:
    """Answers and failures by question; whoever asks meanwhile waits for the one answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: dict[str, Lock] = {}
        self._answers: dict[str, Any] = {}

    def once(self, question: str, ask: Callable[[], T]) -> T:
        """Return the one answer to a question, or raise its one ``FactUnavailable``."""
        with self._lock:
            turn = self._turns.setdefault(question, Lock())
        with turn:
            if question not in self._answers:
                self._answers[question] = _answer_or_failure(ask)
        found = self._answers[question]
        if isinstance(found, FactUnavailable):
            raise found
        answer: T = found
        return answer


def _answer_or_failure(ask: Callable[[], T]) -> T | FactUnavailable:
    try:
        return ask()
    except FactUnavailable as error:
        return error
