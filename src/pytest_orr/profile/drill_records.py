"""Records of drills, read from their folder beside the profile, each checked like the other files.

One record is one drill: TOML, or Markdown that begins with TOML between two lines ``+++``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .beside import FileRefused, opened_beside, opened_folder
from .documents import broken_document, document_of
from .mistakes import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .documents import Document
    from .drill_form import DrillRecord

LARGEST = 128 * 1024
"""Bytes that a record may have."""
MOST = 500
"""Records that a folder may hold."""
ENDINGS = (".toml", ".md")
NO_RECORD = "README.md"
FENCE = "+++"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFile:
    """A record as it was read, by its path beside the profile."""

    ref: str
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A record that was checked; items are named by their ids, not aliases."""

    ref: str
    """Path beside the profile, as statements name it: ``drills/2026-11-04-restart.toml``."""
    sha256: str
    size: int = 0
    """Its bytes."""
    record: DrillRecord

    def resolved(self, ids: Mapping[str, str]) -> Drill:
        """Return it with aliases replaced by the ids that they stand for."""
        items = tuple(ids[item] for item in self.record.items)
        return replace(self, record=replace(self.record, items=items))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillsNamed:
    """The records on which a statement about an item rests."""

    item: str
    files: tuple[tuple[str, str], ...]
    """Path and SHA-256 of each."""


def plain(ref: str) -> str:
    """Return a path in the form in which records are named by: without ``./``."""
    return str(PurePosixPath(ref))


def read_drills(folder: Path, drills: str) -> tuple[DrillFile, ...]:
    """Read every record of a folder ``drills`` beside the profile, sorted by name.

    No folder is no record. Whatever cannot be read, or leads elsewhere, carries its mistake.
    """
    try:
        names = _records(folder, drills)
    except FileNotFoundError:
        return ()
    except FileRefused as refused:
        return (DrillFile(ref=drills, document=_broken(folder, drills, str(refused))),)
    if len(names) > MOST:
        told = (
            f"holds {len(names)} records, more than the {MOST} that are read: keep old ones apart"
        )
        return (DrillFile(ref=drills, document=_broken(folder, drills, told)),)
    return tuple(_read(folder, plain(f"{drills}/{name}")) for name in names)


def _records(folder: Path, drills: str) -> list[str]:
    with opened_folder(folder, drills) as opened:
        names = os.listdir(opened)  # noqa: PTH208 of a descriptor, which is no path
    return sorted(filter(_is_record, names))


def _is_record(name: str) -> bool:
    return name.endswith(ENDINGS) and not name.startswith(".") and name != NO_RECORD


def _read(folder: Path, ref: str) -> DrillFile:
    name = ref.rpartition("/")[2]
    if not name.isprintable():
        told = "has a name with characters that cannot be seen: rename it"
        return DrillFile(ref=ref, document=_broken(folder, ref, told))
    try:
        with opened_beside(folder, ref) as opened:
            content = opened.read(LARGEST + 1)
    except FileRefused as refused:
        return DrillFile(ref=ref, document=_broken(folder, ref, str(refused)))
    toml_of = front_matter if ref.endswith(".md") else str
    file = str(folder / ref)
    return DrillFile(ref=ref, document=document_of(file, content, toml_of=toml_of, largest=LARGEST))


def _broken(folder: Path, ref: str, why: str) -> Document:
    return broken_document(escape(str(folder / ref)), why)


def front_matter(text: str) -> str:
    """Return the TOML with which a Markdown page begins, each line in its place.

    Raises ``ValueError`` for a page without.
    """
    first, *lines = text.split("\n")
    if first.rstrip() != FENCE:
        raise ValueError(f"does not begin with a line `{FENCE}`, behind which its keys stand")
    return "\n".join(("", *_until_fence(lines), ""))


def _until_fence(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.rstrip() == FENCE:
            return
        yield line
    raise ValueError(f"has no second line `{FENCE}`, behind which its text begins")
