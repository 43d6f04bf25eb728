"""An item to the title, text and last day of its issue on a forge; nothing of a single run is told.

The text changes when what is known of the item does, and not with each run: a forge tells people
about every change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.judge import OPEN
from pytest_orr.model import Outcome

from .escape import markdown_code
from .forge_text import cut, inert, title
from .words import NOBODY, OUTCOME_WORDS, count, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import Finding, ItemResult, Review, WaiverUsed

SHOWN_FINDINGS = 50
LARGEST = 40_000
"""Bytes; GitHub takes 65,536 characters, people's own among them."""
TOLD = frozenset({*OPEN, Outcome.WAIVED})
"""Outcomes of findings that somebody must see to, now or before a waiver ends."""


def is_open(item: ItemResult) -> bool:
    """Tell whether somebody has work with an item: now, or until its waiver ends."""
    return item.gated and item.outcome in TOLD


def issue_title(item: ItemResult, review: Review) -> str:
    """Return the title of an item's issue."""
    where = f"{review.service}, {review.environment}"
    return title(f"Launch readiness of {where}: {item.spec.id}: {item.spec.title}")


def due_day(item: ItemResult) -> str:
    """Return the last day for an item, ISO 8601: of its waiver, or of what that promises."""
    if item.waiver is None or not is_open(item):
        return ""
    return min((item.waiver.expires, *(one.due for one in item.waiver.conditions)))


def issue_text(item: ItemResult, review: Review) -> str:
    """Return what an item's issue says."""
    return cut("\n\n".join(_blocks(item, review)), LARGEST, "the readiness report")


def _blocks(item: ItemResult, review: Review) -> Iterator[str]:
    spec = item.spec
    people = ", ".join(one.email for one in review.people if spec.owner in one.roles)
    yield f"**{OUTCOME_WORDS[item.outcome]}**: {inert(sentence(spec.title))}"
    facts = [
        f"Service: {inert(review.service)}, {inert(review.environment)}",
        f"Item: {markdown_code(spec.id)}, {spec.severity}, of the {inert(spec.section_title)} part",
        f"Owner: {inert(spec.owner)} ({inert(people) or NOBODY})",
        *([f"Due: {inert(due_day(item))}"] if due_day(item) else []),
        f"Why this outcome: {inert(sentence(item.reason)) or 'none is told.'}",
        *([f"What to do now: {inert(sentence(item.remedy))}"] if item.remedy else []),
        *([f"Question: {inert(spec.question)}"] if item.outcome is Outcome.PENDING else []),
        *([f"How to mend it: {inert(sentence(spec.fix))}"] if spec.fix else []),
    ]
    yield "\n".join(f"- {fact}" for fact in facts)
    if item.waiver:
        yield _waiver(item.waiver)
    yield from _findings(item)
    more = markdown_code(f"orr explain {spec.id}")
    yield f"{more} tells more. A run's review keeps this issue up to date, and closes it."


def _waiver(used: WaiverUsed) -> str:
    promised = [
        f"- To do until {inert(one.due)}: {inert(one.what)}, by {inert(one.owner)}"
        for one in used.conditions
    ]
    said = f"Waived until {inert(used.expires)}: {inert(sentence(used.reason))}"
    return "\n".join([f"{said} Approved by {inert(used.approver)}.", *(["", *promised])]).strip()


def _findings(item: ItemResult) -> Iterator[str]:
    told = [finding for finding in item.findings if finding.outcome in TOLD]
    lines = [_finding(one) for one in told[:SHOWN_FINDINGS]]
    if more := len(told) - len(lines):
        lines.append(f"- and {count(more, 'more finding')}: see the readiness report")
    if lines:
        yield "\n".join(lines)


def _finding(finding: Finding) -> str:
    detail = f": {inert(finding.detail)}" if finding.detail else ""
    return f"- **{OUTCOME_WORDS[finding.outcome]}** {markdown_code(finding.subject)}{detail}"
