"""What records of drills must agree on with the suite and the calendar."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from .days import is_after
from .mistakes import ANOTHER_DATE, ONE_OF_TWO, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document
    from .drafts import Drafts
    from .mistakes import Mistake


def broken_drill_rules(drafts: Drafts) -> Iterator[Mistake]:
    """Yield every mistake about drills that one file alone cannot show."""
    for document in drafts.drills:
        yield from _in_the_future(document, drafts.as_of)
        yield from _named_twice(document, drafts)


def _in_the_future(document: Document, as_of: dt.date) -> Iterator[Mistake]:
    for path, value in document.occurrences("started"):
        if isinstance(value, dt.datetime) and value.tzinfo and is_after(value, as_of):
            told = f"which is in the future (judged as of {as_of}): {ANOTHER_DATE}"
            yield document.mistake(path, f"{show_key(path)} is {show(value)}, {told}")


def _named_twice(document: Document, drafts: Drafts) -> Iterator[Mistake]:
    seen: set[str] = set()
    for path, item in document.occurrences("items"):
        if not isinstance(item, str):
            continue
        known = drafts.items.get(item.strip(), item)
        if known in seen:
            yield document.mistake(path, f"{show_key(path)} names {show(item)} again: {ONE_OF_TWO}")
        seen.add(known)
