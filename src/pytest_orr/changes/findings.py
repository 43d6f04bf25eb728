"""The findings of an item in two reviews to the subjects of which something else was seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .values import BEST_FIRST, OPEN, FindingChange, Movement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.model import Finding, Outcome


def finding_changes(
    before: Iterable[Finding], after: Iterable[Finding]
) -> tuple[FindingChange, ...]:
    """Return the subjects that came, went, or of which something else was seen.

    What held before and holds now is the same, whatever its detail says: figures differ each day.
    """
    was, now = _numbered(before), _numbered(after)
    found = [*_now(was, now), *_gone(was, now)]
    order = list(Movement)
    return tuple(sorted(found, key=lambda one: (not one.opened, order.index(one.movement))))


def movement(before: Outcome, after: Outcome) -> Movement:
    """Tell whether an outcome is better or worse than another."""
    step = BEST_FIRST.index(after) - BEST_FIRST.index(before)
    if step == 0:
        return Movement.SAME
    return Movement.WORSE if step > 0 else Movement.BETTER


def _now(
    was: Mapping[tuple[str, int], Finding], now: Mapping[tuple[str, int], Finding]
) -> Iterator[FindingChange]:
    for key, one in now.items():
        old = was.get(key)
        went = Movement.NEW if old is None else movement(old.outcome, one.outcome)
        if old and went is Movement.SAME and (one.outcome not in OPEN or old.detail == one.detail):
            continue
        yield FindingChange(
            subject=one.subject,
            movement=went,
            before=old.outcome if old else None,
            after=one.outcome,
            detail=one.detail,
        )


def _gone(
    was: Mapping[tuple[str, int], Finding], now: Mapping[tuple[str, int], Finding]
) -> Iterator[FindingChange]:
    for key, one in was.items():
        if key not in now:
            yield FindingChange(
                subject=one.subject,
                movement=Movement.GONE,
                before=one.outcome,
                after=None,
                detail=one.detail,
            )


def _numbered(findings: Iterable[Finding]) -> Mapping[tuple[str, int], Finding]:
    """Tell findings apart by subject, and those of one subject by their turn."""
    seen: Counter[str] = Counter()
    found = {}
    for one in findings:
        seen[one.subject] += 1
        found[(one.subject, seen[one.subject])] = one
    return found
