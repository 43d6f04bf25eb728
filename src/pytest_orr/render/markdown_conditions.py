"""The terms in ``signoff.md``: what was accepted on which condition, and what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import notes
from .escape import markdown, markdown_code
from .markdown_table import table
from .words import OUTCOME_WORDS, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import Review


def conditions(review: Review) -> Iterator[str]:
    """Yield the waivers, and the work on which they make the approval depend."""
    rows = [
        (
            markdown_code(item.spec.id),
            f"{OUTCOME_WORDS[used.true_outcome]}: {markdown(used.true_reason)}",
            markdown_code(used.resource) or "every finding",
            markdown(used.reason),
            f"{markdown(used.requester)}, approved by {markdown(used.approver)}",
            f"{markdown(used.granted)} to {markdown(used.expires)}",
            markdown(used.action) or "none",
        )
        for item in review.items
        if (used := item.waiver)
    ]
    head = ("Item", "True result", "Covers", "Reason", "Who", "Holds", "Action")
    yield "## Conditions"
    yield table(head, rows) if rows else "No waivers: nothing is accepted that does not hold."
    if promised := notes.conditions(review):
        yield "\n".join(
            f"- Accepted {markdown(notes.condition(one))}. Item: {markdown_code(item.spec.id)}."
            for item, one in promised
        )


def asked(review: Review) -> Iterator[str]:
    """Yield what reviewers asked, if they asked anything."""
    rows = [
        (
            markdown_code(note.item) or "the whole review",
            markdown(note.kind),
            markdown(sentence(note.text)),
            f"{markdown(note.by)}, {markdown(note.on)}",
            markdown(notes.answered(note)) or "none",
            markdown(notes.state(note)),
        )
        for note in review.notes
    ]
    if rows:
        yield "## Review notes"
        yield table(("Item", "Kind", "Asked", "By", "Answer", "State"), rows)
