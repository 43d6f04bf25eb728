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


def vanished(before: ItemRecord, after: ItemRecord, said: tuple[str, ...]) -> Iterator[str]:
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
        elif not any(_tells(finding, said) for finding in _new(before, after)):
            yield f"{subject} failed, and nothing stands in its place"


def untold(before: ItemRecord, after: ItemRecord, said: tuple[str, ...]) -> Iterator[str]:
    """What was refused is a finding, with what to do about it.

    It need not be one where an item fails all the same, and all that was found of every subject is
    found still: a subject that fails is not asked for more.
    """
    told = [finding for finding in _new(before, after) if _tells(finding, said)]
    fails_all_the_same = after.outcome is Outcome.FAIL and _found(before) == _found(after)
    if not told and not fails_all_the_same:
        yield f"does not say that AWS{said[0]}"
    if any(not finding.remedy for finding in told):
        yield "says of no remedy"


def made_up(before: ItemRecord, after: ItemRecord, _: tuple[str, ...] = ()) -> Iterator[str]:
    """What was refused is not taken for absent: nothing fails that did not fail before."""
    for subject in sorted(_subjects(after, Outcome.FAIL) - _subjects(before, Outcome.FAIL)):
        yield f"{subject} fails although nothing was seen of it"


def slips(before: ItemRecord, after: ItemRecord, said: tuple[str, ...]) -> Iterator[str]:
    """Break any rule."""
    yield from flips(after)
    yield from vanished(before, after, said)
    yield from untold(before, after, said)
    yield from made_up(before, after)


def _tells(finding: Finding, said: tuple[str, ...]) -> bool:
    return any(one in finding.detail for one in said)


def _found(record: ItemRecord) -> list[tuple[str, Outcome]]:
    return sorted((one.subject, one.outcome) for one in record.findings)


def _subjects(record: ItemRecord, outcome: Outcome) -> set[str]:
    return {one.subject for one in record.findings if one.outcome is outcome}


def _new(before: ItemRecord, after: ItemRecord) -> list[Finding]:
    unknown = [one for one in after.findings if one.outcome is Outcome.UNKNOWN]
    return [one for one in unknown if one not in before.findings]
