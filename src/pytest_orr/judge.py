"""Review to verdict: pure, and never kinder to silence than to failure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from .judge_notes import note_actions, shortened, told_conditions, told_unsettled
from .model import SEVERITIES, Action, Outcome, Score, Verdict, VerdictWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .model import ItemResult, Review

EXIT_CODES = {
    VerdictWord.NOT_READY: 1,
    VerdictWord.PARTIAL: 21,
    VerdictWord.UNVERIFIED: 20,
    VerdictWord.READY_WITH_WAIVERS: 0,
    VerdictWord.READY: 0,
}
STATUSES_OF_PYTEST = frozenset({2, 3, 4, 5})
"""Interrupted, internal error, usage error, nothing collected: they keep pytest's meaning."""
MET = frozenset({Outcome.PASS, Outcome.ATTESTED})
ANSWER = "answer in attestations.toml: `orr attest --next` asks what waits for you"
OPEN = (Outcome.FAIL, Outcome.PENDING, Outcome.UNKNOWN, Outcome.MISSING)
"""Outcomes that somebody must act on, most urgent first."""


def decide(review: Review) -> Verdict:
    """Judge a review: ready only when something was checked and nothing is left open."""
    gated = [item for item in review.items if item.gated]
    counts = {outcome: sum(item.outcome is outcome for item in gated) for outcome in Outcome}
    blocking = sum(note.blocks for note in review.notes)
    word = _word(counts, selected=bool(review.selection), blocking=blocking)
    met = counts[Outcome.PASS] + counts[Outcome.ATTESTED]
    return Verdict(
        word=word,
        reason=_reason(word, counts, gated, review),
        exit_code=EXIT_CODES[word],
        raw=Score(met=met, of=len(gated)),
        adjusted=Score(
            met=met + counts[Outcome.WAIVED], of=len(gated) - counts[Outcome.NOT_APPLICABLE]
        ),
        counts=tuple(counts.items()),
        actions=tuple(sorted((*_actions(review, gated), *note_actions(review)), key=_urgency)),
    )


def status(of_pytest: int, of_verdict: int, gate: str) -> int:
    """Return the exit status: pytest's own trouble first, then the verdict, then stray failures."""
    if of_pytest in STATUSES_OF_PYTEST:
        return of_pytest
    if of_verdict:
        return 0 if gate == "advise" else of_verdict
    return of_pytest


def _word(counts: dict[Outcome, int], *, selected: bool, blocking: int) -> VerdictWord:
    checked = counts[Outcome.PASS] + counts[Outcome.ATTESTED] + counts[Outcome.WAIVED]
    if counts[Outcome.FAIL] or counts[Outcome.PENDING] or blocking:
        return VerdictWord.NOT_READY
    if counts[Outcome.MISSING] or selected:
        return VerdictWord.PARTIAL
    if counts[Outcome.UNKNOWN] or not checked:
        return VerdictWord.UNVERIFIED
    return VerdictWord.READY_WITH_WAIVERS if counts[Outcome.WAIVED] else VerdictWord.READY


def _reason(
    word: VerdictWord, counts: dict[Outcome, int], gated: Sequence[ItemResult], review: Review
) -> str:
    if word in {VerdictWord.READY, VerdictWord.READY_WITH_WAIVERS}:
        return _ready(word, counts) + told_conditions(gated)
    said = [
        f"{_n(counts[kind], 'item' if i == 0 else '')} {_predicate(kind, counts[kind])}"
        for i, kind in enumerate(kind for kind in OPEN if counts[kind])
    ]
    said += told_unsettled(review.notes)
    if review.selection:
        said.append(f"not the whole suite was run ({review.selection})")
    blockers = sum(item.spec.severity == "blocker" for item in gated if item.outcome in OPEN)
    tail = f"; {_n(blockers, 'blocker')} among them" if blockers else ""
    return (", ".join(said) or "nothing was checked") + tail


def _predicate(kind: Outcome, count: int) -> str:
    said = {
        Outcome.FAIL: "failed",
        Outcome.PENDING: "waits for a person" if count == 1 else "wait for a person",
        Outcome.UNKNOWN: "could not be checked",
        Outcome.MISSING: "gave no result",
    }
    return said[kind]


def _ready(word: VerdictWord, counts: dict[Outcome, int]) -> str:
    parts = [
        f"{_n(counts[Outcome.PASS], 'item')} passed by machine",
        f"{counts[Outcome.ATTESTED]} attested by people",
        f"{counts[Outcome.NOT_APPLICABLE]} not applicable",
    ]
    if word is VerdictWord.READY_WITH_WAIVERS:
        parts.append(f"{counts[Outcome.WAIVED]} waived")
    return ", ".join(parts)


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 or not noun else 's'}".strip()


def _actions(review: Review, gated: Iterable[ItemResult]) -> tuple[Action, ...]:
    groups: dict[tuple[Outcome, str, str], list[ItemResult]] = defaultdict(list)
    for item in gated:
        if item.outcome in OPEN:
            groups[(item.outcome, _what(item), item.spec.owner)].append(item)
    return tuple(
        Action(
            what=what,
            owner=owner,
            people=tuple(sorted(p.email for p in review.people if owner in p.roles)),
            severity=min((i.spec.severity for i in items), key=SEVERITIES.index),
            outcome=outcome,
            items=tuple(sorted(i.spec.id for i in items)),
        )
        for (outcome, what, owner), items in groups.items()
    )


def _what(item: ItemResult) -> str:
    """Return what is to be done about an item, by which items are grouped.

    Whatever people must answer is one thing; a failure is told by what was seen, since the fix
    stands with the item and reads the same for every failure of it.
    """
    if item.outcome is Outcome.PENDING:
        return ANSWER
    what = _failure(item) if item.outcome is Outcome.FAIL else item.remedy or item.reason
    return shortened(what)


def _failure(item: ItemResult) -> str:
    """Tell what failed before where: names of resources are long and begin alike."""
    failed = [finding for finding in item.findings if finding.outcome is Outcome.FAIL]
    if not failed or not failed[0].detail:
        return item.reason
    more = f" (and {len(failed) - 1} more)" if failed[1:] else ""
    return f"{failed[0].detail} — {failed[0].subject}{more}"


def _urgency(action: Action) -> tuple[int, int, int, str, str]:
    return (
        SEVERITIES.index(action.severity),
        OPEN.index(action.outcome),
        -len(action.items),
        action.what,
        action.owner,
    )
