"""Items as the policy judges them: more severe, or answered for fewer days, than they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.model import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.model import ItemSpec

    from .answers import Gate


def strengthened(items: Iterable[ItemSpec], gate: Gate) -> tuple[ItemSpec, ...]:
    """Return the items by the policy's severity and days, wherever these are stricter."""
    return tuple(
        replace(
            item,
            severity=_severest(item, gate),
            valid_for=min(item.valid_for, gate.valid_for.get(item.id, item.valid_for)),
        )
        for item in items
    )


def _severest(item: ItemSpec, gate: Gate) -> str:
    named = {"blocker": gate.blockers, "major": gate.majors}
    raised = [severity for severity, ids in named.items() if item.id in ids]
    return min((item.severity, *raised), key=SEVERITIES.index)
