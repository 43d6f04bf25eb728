"""Two reviews to their changes: item by item, then what stands around the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr import judge
from pytest_orr.model import SEVERITIES, VerdictWord

from . import entries
from .differences import differences, said
from .findings import finding_changes, movement
from .values import OPEN, RELEASE, Changes, Difference, ItemChange, Movement, Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import ItemResult, Review

PLACE = ("id", "aliases", "position", "file", "function", "section_title")
"""Where an item stands, which changes nothing of what it asks."""
LABELS = {
    "evidence_kind": "evidence",
    "valid_for": "validity in days",
    "class_as_built": "decided by",
    "void": "void by",
    "facts": "facts asked",
}
FILES = {
    "profile_sha256": "readiness.toml",
    "attestations_sha256": "attestations.toml",
    "waivers_sha256": "waivers.toml",
    "policy_sha256": "policy.toml",
    "notes_sha256": "review-notes.toml",
    "organisation_sha256": "the organisation's file",
    "callers": "credentials",
}
OF_THE_RUN = ("id", "started", "as_of")
SAID = {"attestation": "statement", "waiver": "waiver", "not_applicable": "not applicable"}
"""What people say of an item, as its result calls it, and as people do."""
BESIDE = {"attestation": ("brought", "corroborated"), "waiver": ("conditions",)}
"""What is told by another field, or was seen and not said."""


def changes_between(before: Review, after: Review) -> Changes:
    """Compare two reviews; both verdicts are judged again. An item is found by an earlier id, too.

    What differs with every run (its id, its times, the facts' digests) is no change.
    """
    sides = _side(before), _side(after)
    pairs = list(_pairs(before, after))
    changed = [one for pair in pairs if (one := _item(*pair))]
    order = list(Movement)
    return Changes(
        before=sides[0],
        after=sides[1],
        verdict=_verdict(*(side.verdict.word for side in sides)),
        head=tuple(_head(before, after)),
        items=tuple(
            sorted(
                changed,
                key=lambda one: (
                    order.index(one.movement),
                    SEVERITIES.index(one.spec.severity),
                    one.spec.id,
                ),
            )
        ),
        alike=len(pairs) - len(changed),
        notes=entries.notes(before, after),
        weakenings=entries.weakenings(before, after),
    )


def _side(review: Review) -> Side:
    return Side(
        service=review.service,
        environment=review.environment,
        phase=review.phase,
        release=review.release,
        run=review.run,
        selection=review.selection,
        verdict=judge.decide(review),
    )


def _verdict(before: VerdictWord, after: VerdictWord) -> Movement:
    worst_first = list(VerdictWord)
    step = worst_first.index(after) - worst_first.index(before)
    if step == 0:
        return Movement.SAME
    return Movement.BETTER if step > 0 else Movement.WORSE


def _head(before: Review, after: Review) -> Iterator[Difference]:
    for name in ("service", "environment", "phase", "selection"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Difference(name=name, before=said(was), after=said(now))
    yield from differences(before.release, after.release, prefix=RELEASE)
    yield from differences(before.run, after.run, leave_out=OF_THE_RUN)
    yield from differences(
        before.provenance, after.provenance, leave_out=("facts_sha256", "finished"), labels=FILES
    )


def _pairs(
    before: Review, after: Review
) -> Iterator[tuple[ItemResult, ItemResult | None, ItemResult | None]]:
    """Yield each item as it is there last, as it was, and as it is; None where it is not there."""
    was = {item.spec.id: item for item in before.items}
    for item in after.items:
        known = [name for name in (item.spec.id, *item.spec.aliases) if name in was]
        yield item, was.pop(known[0]) if known else None, item
    for item in was.values():
        yield item, item, None


def _item(
    there: ItemResult, before: ItemResult | None, after: ItemResult | None
) -> ItemChange | None:
    """Return how an item changed; None if it did not."""
    change = ItemChange(
        spec=there.spec,
        was=_earlier_id(before, after),
        movement=_movement(before, after),
        before=before.outcome if before else None,
        after=after.outcome if after else None,
        reason=there.reason,
        earlier_reason=before.reason if before else "",
        counts=(bool(before and before.gated), bool(after and after.gated)),
        findings=finding_changes(
            before.findings if before else (), after.findings if after else ()
        ),
        words=tuple(_words(before, after)),
        check=_check(before, after),
    )
    return change if _differs(change) else None


def _differs(change: ItemChange) -> bool:
    """Tell whether anything changed; why an item is good may read otherwise each day."""
    otherwise = change.after in OPEN and change.reason != change.earlier_reason
    said_or_seen = change.findings or change.words or change.check
    return bool(change.movement is not Movement.SAME or change.was or said_or_seen or otherwise)


def _earlier_id(before: ItemResult | None, after: ItemResult | None) -> str:
    if before and after and before.spec.id != after.spec.id:
        return before.spec.id
    return ""


def _movement(before: ItemResult | None, after: ItemResult | None) -> Movement:
    """Tell where an item went; one that no longer counts is worse, whatever became of it."""
    if before is None:
        return Movement.NEW
    if after is None:
        return Movement.GONE
    if before.gated and not after.gated:
        return Movement.WORSE
    return movement(before.outcome, after.outcome)


def _words(before: ItemResult | None, after: ItemResult | None) -> Iterator[Difference]:
    for name, label in SAID.items():
        was, now = getattr(before, name, None), getattr(after, name, None)
        if was is None or now is None:
            if was != now:
                yield Difference(name=label, before=_told(was), after=_told(now))
            continue
        left_out = BESIDE.get(name, ())
        yield from differences(was, now, prefix=f"{label}: ", leave_out=left_out)


def _told(words: object) -> str:
    """Tell what people said by what binds them: who, until when, and why."""
    names = ("by", "approver", "until", "expires", "on", "statement", "reason")
    found = (getattr(words, name, "") for name in names)
    return ", ".join(said(value) for value in found if value)


def _check(before: ItemResult | None, after: ItemResult | None) -> tuple[Difference, ...]:
    if before is None or after is None:
        return ()
    stated = differences(before.spec, after.spec, leave_out=PLACE, labels=LABELS)
    if before.gated == after.gated:
        return stated
    return (Difference(name="counts", before=said(before.gated), after=said(after.gated)), *stated)
