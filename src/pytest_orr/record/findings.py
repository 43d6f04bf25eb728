"""The ``subject`` of an item: a block that keeps one finding, pass or fail, and goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import FactUnavailable, InDoubt, NothingFound, Unanswered
from pytest_orr.model import Finding, Outcome

if TYPE_CHECKING:
    from types import TracebackType

LONGEST_DETAIL = 600


class Subjects:
    """Collects the findings of one item; items know it as the fixture ``subject``.

    ``with subject("backend-1", saw="2 zones"):`` keeps one finding: pass with what was seen, or
    fail with the assertion. A bad subject does not hide the others: the block ends quietly.
    """

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def __call__(self, name: str, *, saw: str = "") -> _Block:
        """Open the block of one subject; ``saw`` says in a few words what was seen of it."""
        return _Block(self._findings, name, saw)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was kept so far, in order."""
        return tuple(self._findings)


class _Block:
    __slots__ = ("_findings", "_name", "_saw")

    def __init__(self, findings: list[Finding], name: str, saw: str) -> None:
        self._findings, self._name, self._saw = findings, name, saw

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        finding = finding_of(error, self._name, saw=self._saw)
        if finding is not None:
            self._findings.append(finding)
        return finding is not None


def finding_of(error: BaseException | None, subject: str, *, saw: str = "") -> Finding | None:
    """Name the finding that an exception amounts to; nothing for one that is no judgement."""
    match error:
        case None:
            return Finding(subject=subject, outcome=Outcome.PASS, detail=saw)
        case AssertionError() | pytest.fail.Exception():
            detail = sentence_of(error)
            return Finding(
                subject=subject,
                outcome=Outcome.FAIL,
                detail=f"{detail}; saw {saw}" if saw else detail,
            )
        case FactUnavailable():
            return Finding(
                subject=subject,
                outcome=Outcome.UNKNOWN,
                detail=error.cause,
                remedy=error.remedy,
                is_doubt=isinstance(error, InDoubt),
            )
        case NothingFound():
            return Finding(subject=subject, outcome=Outcome.UNKNOWN, detail=str(error))
        case Unanswered():
            return Finding(
                subject=subject, outcome=Outcome.PENDING, detail=error.reason, remedy=error.remedy
            )
        case _:
            return None


def sentence_of(error: BaseException) -> str:
    """Return the assertion's own message, or else what pytest's rewriting says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return "the assertion does not hold"
    said = lines[0] if not lines[0].startswith("assert ") else " ".join(lines)
    return said if len(said) <= LONGEST_DETAIL else said[: LONGEST_DETAIL - 1] + "…"
