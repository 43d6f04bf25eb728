"""Changes to the lines that a person reads in a terminal: the verdict first, then worst first."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from pytest_orr.changes import Movement
from pytest_orr.model import Outcome

from . import escape
from .words import OUTCOME_WORDS, UNNAMED_COMMIT, VERDICT_WORDS, count, instant, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.changes import (
        Changes,
        Difference,
        Entry,
        FindingChange,
        ItemChange,
        Side,
    )

MOST_FINDINGS = 10
"""Of one item; the others are counted."""
WIDEST = 300
"""Characters of one line; a resource may have a name of a megabyte."""
HEADINGS = {
    Movement.WORSE: "Worse",
    Movement.GONE: "Gone",
    Movement.NEW: "New",
    Movement.BETTER: "Better",
    Movement.SAME: "As good or bad as before, but otherwise",
}
NOTHING = "Nothing changed."
DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28,52}\b")
"""Of a file or a commit: its beginning is enough to tell two apart."""
MET = frozenset({Outcome.PASS, Outcome.ATTESTED, Outcome.NOT_APPLICABLE, None})


def lines(changes: Changes) -> tuple[str, ...]:
    """Return what changed, one line each, every foreign text made harmless."""
    return tuple(escape.visible(_short(line)) for line in _lines(changes))


def _lines(changes: Changes) -> Iterator[str]:
    yield _about(changes)
    yield f"  before  {_side(changes.before)}"
    yield f"  after   {_side(changes.after)}"
    yield from _block("Around the items", map(_difference, changes.head))
    for movement, items in groupby(changes.items, key=lambda one: one.movement):
        told = tuple(items)
        yield f"{HEADINGS[movement]} ({len(told)}):"
        for item in told:
            yield from _item(item)
    yield from _block("Newly waived", (_newly(item) for item in changes.newly_waived))
    yield from _block(
        "Newly not applicable", (_newly(item) for item in changes.newly_not_applicable)
    )
    yield from _block("Changed checks", (item.spec.id for item in changes.changed_checks))
    yield from _block("Notes of reviewers", map(_entry, changes.notes))
    yield from _block("Weaker than the organisation's", map(_entry, changes.weakenings))
    if not changes.anything:
        yield NOTHING
    yield f"{count(changes.alike, 'item')} as before."


def _about(changes: Changes) -> str:
    words = [VERDICT_WORDS[side.verdict.word] for side in (changes.before, changes.after)]
    verdict = {
        Movement.SAME: f"{words[1]} as before",
        Movement.BETTER: f"better, {words[0]} → {words[1]}",
        Movement.WORSE: f"worse, {words[0]} → {words[1]}",
    }[changes.verdict]
    after = changes.after
    return f"{after.service} ({after.environment}), phase {after.phase}: {verdict}"


def _side(side: Side) -> str:
    verdict = side.verdict
    return (
        f"{instant(side.run.as_of)}  {side.release.commit[:12] or UNNAMED_COMMIT}"
        f"  {VERDICT_WORDS[verdict.word]}"
        f"  raw {verdict.raw.met} of {verdict.raw.of},"
        f" adjusted {verdict.adjusted.met} of {verdict.adjusted.of}"
    )


def _block(heading: str, told: Iterable[str]) -> Iterator[str]:
    found = tuple(told)
    if found:
        yield f"{heading} ({len(found)}):"
        yield from (f"  {one}" for one in found)


def _item(item: ItemChange) -> Iterator[str]:
    renamed = f" (was {item.was})" if item.was else ""
    uncounted = "" if item.counts[1] or item.after is None else ", preview"
    yield (
        f"  {item.spec.severity} {item.spec.id}{renamed}: {_step(item.before, item.after)}"
        f"{uncounted}: {sentence(item.reason)}"
    )
    shown = [one for one in item.findings if not (one.before in MET and one.after in MET)]
    yield from (f"      {_finding(one)}" for one in shown[:MOST_FINDINGS])
    if rest := shown[MOST_FINDINGS:]:
        yield f"      … and {count(len(rest), 'finding')} more"
    yield from _counted([one for one in item.findings if one not in shown])
    yield from (f"      {_difference(one)}" for one in (*item.words, *item.check))


def _counted(met: Iterable[FindingChange]) -> Iterator[str]:
    """Tell what holds only by number: which machines come and go is no matter of readiness."""
    found = [one.movement for one in met]
    for movement, said in ((Movement.NEW, "new"), (Movement.GONE, "gone")):
        if number := found.count(movement):
            yield f"      {count(number, 'finding')} {said} that {_holds(number)}"


def _holds(number: int) -> str:
    return "holds" if number == 1 else "hold"


def _step(before: Outcome | None, after: Outcome | None) -> str:
    if before is None or after is None or before is after:
        here = after or before
        return OUTCOME_WORDS[here] if here else ""
    return f"{OUTCOME_WORDS[before]} → {OUTCOME_WORDS[after]}"


def _finding(one: FindingChange) -> str:
    detail = f": {one.detail}" if one.detail else ""
    return f"{_movement(one.movement)}{_step(one.before, one.after)} {one.subject}{detail}"


def _difference(one: Difference) -> str:
    before, after = (DIGEST.sub(r"\1", text) or "nothing" for text in (one.before, one.after))
    return f"{one.name}: {before} → {after}"


def _newly(item: ItemChange) -> str:
    said = "; ".join(one.after for one in item.words if one.after)
    return f"{item.spec.id}: {said or item.reason}"


def _entry(one: Entry) -> str:
    where = f"{one.name}: " if one.name else ""
    state = f" ({one.state})" if one.state else ""
    return f"{_movement(one.movement)}{where}{one.text}{state}"


def _movement(movement: Movement) -> str:
    return "" if movement is Movement.SAME else f"{movement.value} "


def _short(line: str) -> str:
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
