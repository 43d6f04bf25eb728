"""What a person reads before answering for an item, or waiving it: what is asked, what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import EVIDENCE_KINDS
from pytest_orr.render.words import OUTCOME_WORDS

from .asking import say

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.schema import Statement

    from .case import Case

MOST = 8
"""Findings that are shown; the page has all of them."""


def show_item(spec: ItemSpec, case: Case, *, head: str = "") -> None:
    """Print what the item says and asks."""
    say()
    if head:
        say(head)
    say(spec.id)
    say(spec.title)
    if spec.stated:
        say(f"Stated as: {spec.stated}")
    who = ", ".join(case.having(spec.owner)) or "nobody yet"
    say(f"Severity {spec.severity} · due by {spec.phase} · owner {spec.owner} ({who})")
    show_last_run(spec, case)


def show_question(spec: ItemSpec) -> None:
    """Print the question, and what an answer needs."""
    say()
    say(f"Question: {spec.question}")
    say(f"Evidence: {spec.evidence_kind} ({EVIDENCE_KINDS[spec.evidence_kind]})")
    say(f"An answer holds for at most {spec.valid_for} days.")
    if spec.severity == "blocker":
        say("It is a blocker: a second person must confirm the answer.")
    if not spec.manual:
        say("A machine decides this; an answer stands only for what it could not see.")


def show_last_run(spec: ItemSpec, case: Case) -> None:
    """Print what the machine saw of an item."""
    seen, review = case.seen(spec), case.review
    if seen is None or review is None:
        say("No run has looked at it yet, as far as the report's folder shows.")
        return
    which = f"{review.run.as_of[:10]}, release {review.release.commit[:12]}"
    say(f"Last run ({which}): {OUTCOME_WORDS[seen.outcome]}: {seen.reason}")
    for finding in seen.findings[:MOST]:
        detail = f": {finding.detail}" if finding.detail else ""
        say(f"{finding.outcome.value:8} {finding.subject}{detail}", indent="  ")
    if len(seen.findings) > MOST:
        say(f"and {len(seen.findings) - MOST} more", indent="  ")


def show_statement(statement: Statement) -> None:
    """Print a statement as it is written."""
    say()
    say(f"{statement.by} stated on {statement.on}, until {statement.until}:")
    for part in statement.statement.splitlines():
        say(part, indent="  ")
    for one in statement.evidence:
        say(f"{one.kind} of {one.dated}: {one.ref}", indent="  ")
    if statement.release != "any":
        say(f"for release {statement.release}", indent="  ")
    if statement.covers == "unknown":
        say("It stands for what the machine could not see, too.", indent="  ")
