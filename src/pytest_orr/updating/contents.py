"""The files that an update writes: new texts, what lies beside local ones, and the lock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_orr.locate import LOCK
from pytest_orr.model import AREAS

from .files import BESIDE
from .line_ends import plain
from .sides import BEHIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .files import FileChange
    from .sides import Found


def contents_of(found: Found, files: Iterable[FileChange]) -> dict[str, bytes | None]:
    """Return every file that changes by name, the lock last; nothing for one that goes away."""
    contents: dict[str, bytes | None] = {}
    behind: dict[str, str] = {}
    for one in files:
        if one.before != one.after:
            contents[one.name] = one.after
        if one.new is not None:
            behind[one.name] = found.sides.locked[one.name]
            contents[f"{one.name}{BESIDE}"] = one.new
        elif one.kind == "merged":
            contents[f"{one.name}{BESIDE}"] = None
    contents[LOCK] = _lock(found, behind)
    folder = found.folder
    return {name: text for name, text in contents.items() if not _lies(text, folder / name)}


def is_services_own(item: str) -> bool:
    """Tell whether an item lies in no area of the baseline."""
    return item.partition(".")[0] not in AREAS


def _lies(content: bytes | None, path: Path) -> bool:
    """Tell whether a file is so already, but for its line ends, which a checkout may turn."""
    there = present(path)
    if content is None or there is None:
        return content is there
    return plain(content) == plain(there)


def present(path: Path) -> bytes | None:
    """Return the content of a file, if there is one."""
    return path.read_bytes() if path.exists() else None


def _lock(found: Found, behind: Mapping[str, str]) -> bytes:
    """Return the new lock: the product's own, and what is the service's own or not merged yet."""
    files = {name: digest for name, digest in found.lock.files if name in found.own}
    items = {item for item in found.lock.items if is_services_own(item)}
    if not (files or items or behind):
        return (found.source / LOCK).read_bytes()
    content: dict[str, object] = {
        "version": found.published.version,
        "items": sorted({*found.published.items, *items}),
        "files": {**dict(found.published.files), **files},
    }
    if behind:
        content[BEHIND] = behind
    return (json.dumps(content, indent=2) + "\n").encode()
