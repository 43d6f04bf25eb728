"""What may never become of an item when less is seen: the rules of honesty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import Finding
    from pytest_orr.record.values import ItemRecord

UNSURE = frozenset({Outcome.UNKNOWN, Outcome.FAIL})


def flips(after: ItemRecord) -> Iterator[str]:
    """An item of which something was not seen is UNKNOWN, or FAIL for what else was seen."""
    if after.outcome not in UNSURE:
        yield f"is {after.outcome}: {after.reason}"


def vanished(before: ItemRecord, after: ItemRecord, said: str) -> Iterator[str]:
    """A subject that failed fails still, or is unknown.

    It may also be a part of what is unknown now: of the whole fact, or of a listing. Then the
    unknown finding says what AWS refused, and nothing says that the subject is as it should be.
    """
    fails, unknown, passes = (
        _subjects(after, one) for one in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)
    )
    for subject in sorted(_subjects(before, Outcome.FAIL) - fails - unknown):
        if subject in passes:
            yield f"{subject} failed and passes"
        elif not any(said in finding.detail for finding in _new(before, after)):
            yield f"{subject} failed, and nothing stands in its place"


def untold(before: ItemRecord, after: ItemRecord, said: str) -> Iterator[str]:
    """What was refused is a finding, with what to do about it."""
    told = [finding for finding in _new(before, after) if said in finding.detail]
    if not told:
        yield f"does not say that AWS{said}"
    if any(not finding.remedy for finding in told):
        yield "says of no remedy"


def made_up(before: ItemRecord, after: ItemRecord, _: str = "") -> Iterator[str]:
    """What was refused is not taken for absent: nothing fails that did not fail before."""
    for subject in sorted(_subjects(after, Outcome.FAIL) - _subjects(before, Outcome.FAIL)):
        yield f"{subject} fails although nothing was seen of it"


def slips(before: ItemRecord, after: ItemRecord, said: str) -> Iterator[str]:
    """Break any rule."""
    yield from flips(after)
    yield from vanished(before, after, said)
    yield from untold(before, after, said)
    yield from made_up(before, after)


def _subjects(record: ItemRecord, outcome: Outcome) -> set[str]:
    return {one.subject for one in record.findings if one.outcome is outcome}


def _new(before: ItemRecord, after: ItemRecord) -> list[Finding]:
    unknown = [one for one in after.findings if one.outcome is Outcome.UNKNOWN]
    return [one for one in unknown if one not in before.findings]
