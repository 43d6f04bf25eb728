"""A statement beside what a machine saw of the same item: borne out by it, or contradicted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.model import Finding, Outcome, StatementUsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.record.folding import Folded

MOST_SHOWN = 10
"""Findings that are shown beside a statement; all of them stand in the item's own list."""


def corroborated(
    statement: StatementUsed | None, findings: Iterable[Finding]
) -> StatementUsed | None:
    """Return a statement with what was seen beside it and was good."""
    if statement is None:
        return None
    good = [one for one in findings if one.outcome is Outcome.PASS]
    shown = [f"{one.subject}: {one.detail}" if one.detail else one.subject for one in good]
    more = [f"and {len(good) - MOST_SHOWN} more"] if len(good) > MOST_SHOWN else []
    return replace(statement, corroborated=(*shown[:MOST_SHOWN], *more))


def reason_beside(statement: StatementUsed | None, folded: Folded) -> str:
    """Return why an item has its outcome: what was seen first, then what it contradicts."""
    if statement is None or folded.outcome is not Outcome.FAIL:
        return folded.reason
    said = f"the statement of {statement.by} of {statement.on}"
    return f"{folded.reason}, which contradicts {said}"
