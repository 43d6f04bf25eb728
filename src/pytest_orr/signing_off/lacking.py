"""The suite of a service beside the product's own: what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.suite import baseline, read_lock

if TYPE_CHECKING:
    from pytest_orr.suite import Suite

MOST_NAMED = 3


def lacking(suite: Suite) -> str:
    """Tell which items of the product's own checklist a suite leaves out; empty if none."""
    published = read_lock(baseline()).items
    gone = [one for one in published if one not in suite.by_id()]
    named = ", ".join(gone[:MOST_NAMED])
    more = f" and {len(gone) - MOST_NAMED} more" if len(gone) > MOST_NAMED else ""
    return (
        f"this suite lacks {len(gone)} of the {len(published)} items of the published checklist:"
        f" {named}{more}"
        if gone
        else ""
    )
