"""The journal: one checksummed, fsynced line a result, believed up to the last whole line."""

import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pytest_orr.errors import InvalidInput, NeededFileMissing
from pytest_orr.model import (
    Ending,
    ItemSpec,
    Notice,
    Person,
    Provenance,
    Release,
    ReviewNote,
    RunBlock,
    Weakening,
)
from pytest_orr.record.values import ItemRecord

JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """First line: what this run expects of itself."""

    run: RunBlock
    service: str
    environment: str
    release: Release
    phase: str
    people: tuple[Person, ...]
    expected: tuple[ItemSpec, ...]
    notes: tuple[ReviewNote, ...] = ()
    """What reviewers asked for: it stands here, so that a note taken away later changes nothing."""
    weakenings: tuple[Weakening, ...] = ()
    """Values that are weaker than the organisation's."""
    lost: tuple[str, ...] = ()
    """Ids that the suite's lock names and no file states any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Last line: that the run came to its end, and what is known only then."""

    records: int
    provenance: Provenance
    notices: tuple[Notice, ...] = ()
    endings: tuple[Ending, ...] = ()
    selection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What a journal holds, as far as its lines are whole."""

    opening: Opening
    records: tuple[ItemRecord, ...]
    closing: Closing | None
    """Nothing when the run did not come to its end."""


Entry = Opening | ItemRecord | Closing
KINDS = {"run": Opening, "item": ItemRecord, "end": Closing}
ADAPTERS = {kind: TypeAdapter[Entry](cls) for kind, cls in KINDS.items()}


class JournalWriter:
    """Appends to a journal; a line is on the disk before ``append`` returns."""

    def __init__(self, path: Path) -> None:
        flags = os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY
        self._descriptor = os.open(path, flags, 0o600)

    def append(self, entry: Entry) -> None:
        """Write one line whole, or raise ``OSError``: a short write is an error too."""
        line = line_of(entry)
        if os.write(self._descriptor, line) != len(line):
            raise OSError("the journal's line was written in part only")
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def line_of(entry: Entry) -> bytes:
    """Return an entry as its line: CRC-32 of the JSON in eight hex digits, a space, the JSON."""
    kind = next(kind for kind, cls in KINDS.items() if isinstance(entry, cls))
    value = ADAPTERS[kind].dump_python(entry, mode="json")
    body = json.dumps({kind: value}, sort_keys=True, separators=(",", ":")).encode()
    return b"%08x %b\n" % (zlib.crc32(body), body)


def read_journal(path: Path) -> Journal:
    """Read a journal up to the first line that is not whole.

    Raises ``NeededFileMissing`` without a file and ``InvalidInput`` without a whole first line.
    """
    if not path.is_file():
        raise NeededFileMissing(f"{path} is not there.", "Run `pytest readiness/` first.")
    entries = _entries(path.read_bytes())
    if not entries or not isinstance(entries[0], Opening):
        raise InvalidInput((f"{path}: is no journal of a run; run `pytest readiness/` again",))
    last = entries[-1]
    return Journal(
        opening=entries[0],
        records=tuple(entry for entry in entries if isinstance(entry, ItemRecord)),
        closing=last if isinstance(last, Closing) else None,
    )


def _entries(content: bytes) -> list[Entry]:
    entries: list[Entry] = []
    for line in content.split(b"\n")[:-1]:
        entry = _entry(line)
        if entry is None:
            break
        entries.append(entry)
    return entries


def _entry(line: bytes) -> Entry | None:
    checksum, _, body = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(body):
        return None
    try:
        raw: dict[str, Any] = json.loads(body)
        [(kind, value)] = raw.items()
        return ADAPTERS[kind].validate_python(value)
    except (ValueError, KeyError, AttributeError, ValidationError):
        return None
