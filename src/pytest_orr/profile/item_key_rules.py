"""Tables whose keys are items: each must be one of the suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mistakes import did_you_mean, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .drafts import Drafts
    from .mistakes import Mistake

TABLES = (("readiness", "drills.voided_by"), ("policy", "gate.valid_for"))


def unknown_item_keys(drafts: Drafts) -> Iterator[Mistake]:
    """Yield each key that is no item's id; aliases are none, as two keys would be one item."""
    ids = set(drafts.items.values())
    for name, table in TABLES:
        document = drafts.documents[name]
        for path, written in document.occurrences(table):
            named = written.items() if isinstance(written, dict) else ()
            # an id without quotes makes a table, which is told as one
            for item in (one for one, value in named if not isinstance(value, dict)):
                if item not in ids:
                    near = did_you_mean(item, ids, most=3) or ": `orr catalogue` lists them"
                    where = (*path, item)
                    told = f"{show_key(where)} names an unknown item{near}"
                    yield document.mistake(where, told)
