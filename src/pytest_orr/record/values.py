"""What an item's run leaves behind: one record, plain enough to cross to the controller."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from pytest_orr.model import (
    FactSeen,
    Finding,
    NotApplicable,
    Outcome,
    StatementUsed,
    WaiverUsed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """One result of one item. Several for the same id are folded into the worst."""

    id: str
    node: str
    """The node id, by which a crashed worker's item is found."""
    outcome: Outcome
    reason: str
    remedy: str = ""
    findings: tuple[Finding, ...] = ()
    facts: tuple[FactSeen, ...] = ()
    attestation: StatementUsed | None = None
    waiver: WaiverUsed | None = None
    not_applicable: NotApplicable | None = None
    traceback: str = ""


RECORDS = TypeAdapter(ItemRecord)
"""Turns records into JSON and back; made once, since making it is slow."""
