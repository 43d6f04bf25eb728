"""Reads the forms in which load tools write, and refuses what is cut off, broken or too large."""

import csv
import hashlib
import json
from collections.abc import Iterator
from io import BufferedReader, RawIOBase, TextIOWrapper
from typing import Any, BinaryIO, NoReturn

from .figures import Unreadable

LARGEST_MIB = 512
LARGEST_JSON_MIB = 16
MIB = 1024 * 1024
LONGEST_LINE = MIB


class Witness(RawIOBase):
    """Passes a file's bytes on and keeps their digest, so that what was read is what was hashed."""

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner
        self._digest = hashlib.sha256()
        self._left = LARGEST_MIB * MIB
        self.ends_a_line = True

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer, and note what was read; ``Unreadable`` when that is too much."""
        chunk = self._inner.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._digest.update(chunk)
        self._left -= len(chunk)
        if self._left < 0:
            raise Unreadable(f"is larger than {LARGEST_MIB} MiB")
        if chunk:
            self.ends_a_line = chunk.endswith((b"\n", b"\r"))
        return len(chunk)

    def sha256(self) -> str:
        """Read to the end, and return the digest of the whole."""
        rest = bytearray(MIB)
        while self.readinto(rest):
            pass
        return self._digest.hexdigest()


class ResultFile(BufferedReader):
    """A load tool's file, as its reader gets it."""

    def __init__(self, inner: BinaryIO) -> None:
        self.witness = Witness(inner)
        super().__init__(self.witness)

    def begins_with(self, *marks: bytes) -> bool:
        """Tell by which mark the file begins, without reading on."""
        return self.peek(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(marks)


def read_json(file: ResultFile) -> Any:
    """Return the value of a whole JSON file; ``Unreadable`` for anything else."""
    content = file.read(LARGEST_JSON_MIB * MIB + 1)
    if len(content) > LARGEST_JSON_MIB * MIB:
        raise Unreadable(f"is larger than {LARGEST_JSON_MIB} MiB")
    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_once
        )
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    except ValueError as error:  # no UTF-8, no JSON, or a number with thousands of digits
        raise Unreadable("is no whole JSON file") from error


def _no_number(word: str) -> NoReturn:
    raise Unreadable(f"has {word} as a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("says something twice")
    return found


def member(value: Any, *keys: str) -> Any:
    """Return what lies under keys inside each other; ``Unreadable`` if there is no such thing."""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            raise Unreadable(f"has no {'.'.join(keys)}")
        value = value[key]
    return value


def read_rows(file: ResultFile, *needed: str) -> Iterator[dict[str, str]]:
    """Yield each row of a CSV file by column, as it is read.

    ``needed`` are columns that it must have. A last line without an end was cut off.
    """
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.reader(_lines(text), strict=True)
    try:
        header = next(rows, [])
        if missing := [name for name in needed if name not in header]:
            raise Unreadable(f"has no column {missing[0]}")
        for row in rows:
            if len(row) != len(header):
                raise Unreadable(f"has a broken line {rows.line_num}")
            yield dict(zip(header, row, strict=True))
        if not file.witness.ends_a_line:
            raise Unreadable("is cut off: its last line has no end")
    except UnicodeDecodeError as error:
        raise Unreadable("is no UTF-8 text") from error
    except csv.Error as error:
        raise Unreadable(f"has a broken line {rows.line_num}") from error
    finally:
        text.detach()


def _lines(text: TextIOWrapper) -> Iterator[str]:
    """Yield lines, none so long that it would fill the memory."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise Unreadable(f"has a line of more than {LONGEST_LINE:,} characters")
        yield line


def decimal(text: str, what: str) -> float:
    """Return a number as tools write it into a CSV or XML file, digits and a point."""
    if not text.replace(".", "", 1).isdigit() or not text.isascii() or len(text) > 20:
        raise Unreadable(f"has {text[:20]!r} as {what}")
    return float(text)
