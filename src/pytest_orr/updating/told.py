"""An update told line by line, before anything is written: items, files, refusals, differences."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING

from pytest_orr.profile.mistakes import escape

from .files import BESIDE
from .inventory import KINDS
from .line_ends import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .files import FileChange
    from .planned import Update

MEANS = {
    "merged": "your changes are kept",
    "left": "gone from the baseline, but you changed it; move what is yours into another module",
    "deleted": "you deleted it; --restore brings it back",
}
STAMPS = ("baseline", "modified", "local")
MOST = 10
"""Lines of a list of ids."""


def told(update: Update) -> Iterator[str]:
    """Yield what an update brings; nothing if there is nothing to tell."""
    if update.contents:
        yield f"{update.folder.name}/: version {update.was} → {update.becomes}, {counted(update)}."
    items = (f"{one.kind:9} {one.id}  {one.detail}".rstrip() for one in update.items)
    yield from _block("Items:", items)
    yield from _block("Files:", map(_file, update.files))
    yield from _block("Missing afterwards, so that no run is READY:", _few(update.lost))
    yield from _block("A run is refused until this is put right:", update.refused)
    for one in update.files:
        if one.kind in {"merged", "kept"}:
            yield from _difference(one)


def brought(update: Update) -> str:
    """Return in one line what an update would bring; nothing if all of it is there."""
    if not update.contents:
        return ""
    return f"to version {update.becomes}: {counted(update)}; see `orr update --dry-run`"


def counted(update: Update) -> str:
    """Return in a few words how many items of which kind an update brings."""
    counts = Counter(one.kind for one in update.items)
    said = [f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]]
    return f"items: {', '.join(said)}" if said else "no item changes"


def stamped(update: Update) -> str:
    """Return how items are stamped afterwards; nothing if the suite is refused then."""
    counts = update.after.stamps
    said = [f"{counts[stamp]} {stamp}" for stamp in STAMPS if counts.get(stamp)]
    return f"Items are stamped: {', '.join(said)}." if said else ""


def _block(heading: str, lines: Iterable[str]) -> Iterator[str]:
    shown = [f"  {escape(line)}" for line in lines]
    if shown:
        yield from (heading, *shown)


def _few(ids: tuple[str, ...]) -> Iterator[str]:
    yield from ids[:MOST]
    if len(ids) > MOST:
        yield f"and {len(ids) - MOST} more"


def _file(change: FileChange) -> str:
    means = MEANS.get(change.kind, "")
    if change.kind == "kept":
        means = f"as it is ({change.why}); the new text goes to {change.name}{BESIDE}"
    return f"{change.kind:9} {change.name}  {means}".rstrip()


def _difference(change: FileChange) -> Iterator[str]:
    """Yield what the update does to a local text, or what it would do if it could."""
    comes = change.after if change.kind == "merged" else change.new
    name = change.name if change.kind == "merged" else f"{change.name}{BESIDE}"
    yield from (
        escape(line)
        for line in difflib.unified_diff(
            _lines(change.before), _lines(comes), change.name, name, lineterm="", n=2
        )
    )


def _lines(content: bytes | None) -> list[str]:
    return plain(content or b"").decode(errors="replace").split("\n")
