"""What the checklist asks and this review does not: declared, waived, or checked in another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import ItemResult, Review

NOT_APPLICABLE = "not applicable"
WAIVED = "waived"
MODIFIED = "check modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """An item that does not count as the checklist has it, and who said so."""

    item: str
    kind: str
    """``NOT_APPLICABLE``, ``WAIVED`` or ``MODIFIED``."""
    reason: str
    by: str
    """E-mail of whoever agreed; empty where nobody did before the sign-off."""
    holds: str
    """When it was agreed, and until when it holds; empty where nobody agreed."""


def exempted(review: Review) -> tuple[Exempted, ...]:
    """Return every exception: not applicable, then waived, then modified; in reading order."""
    kinds = (NOT_APPLICABLE, WAIVED, MODIFIED)
    found = [one for item in outline.ordered(review) for one in _of(item)]
    return tuple(sorted(found, key=lambda one: kinds.index(one.kind)))


def _of(item: ItemResult) -> Iterator[Exempted]:
    item_id = item.spec.id
    if agreed := item.not_applicable:
        reason = f"{agreed.reason}: {agreed.text}"
        yield Exempted(
            item=item_id, kind=NOT_APPLICABLE, reason=reason, by=agreed.approver, holds=agreed.on
        )
    if used := item.waiver:
        yield Exempted(
            item=item_id,
            kind=WAIVED,
            reason=used.reason,
            by=used.approver,
            holds=f"{used.granted} to {used.expires}",
        )
    if item.spec.stamp == "modified":
        reason = f"{item.spec.file} differs from the published check"
        yield Exempted(item=item_id, kind=MODIFIED, reason=reason, by="", holds="")
