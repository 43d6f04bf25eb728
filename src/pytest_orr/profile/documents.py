"""One written file, from bytes to values with lines: TOML in, ``Document`` out."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import stat
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .mistakes import Mistake, escape
from .toml_lines import KeyLines, KeyPath, find_key_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

LARGEST = 1024 * 1024
"""Bytes that a written file may have: far more than people write, little enough to parse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as it was read; without values when it could not be parsed."""

    file: str
    """The path as the caller gave it."""
    sha256: str
    """Digest of the bytes; empty when the file is absent."""
    size: int = 0
    """Its bytes."""
    values: Mapping[str, object]
    lines: KeyLines
    broken: Mistake | None = None

    def mistake(self, path: KeyPath, text: str) -> Mistake:
        """Tell a mistake at the line of a key."""
        return Mistake(file=self.file, line=self.lines.line_of(path), text=text)

    def occurrences(self, dotted: str) -> Iterator[tuple[KeyPath, object]]:
        """Yield every value at a dotted key with its path, going through lists on the way."""
        yield from _walk(self.values, tuple(dotted.split(".")), ())

    def tables(self, dotted: str) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
        """Yield every table there; what is none has a mistake of its own already."""
        for path, value in self.occurrences(dotted):
            if isinstance(value, dict):
                yield path, value

    def texts(self, dotted: str) -> Iterator[tuple[KeyPath, str]]:
        """Yield every text there, without spaces around it."""
        for path, value in self.occurrences(dotted):
            if isinstance(value, str):
                yield path, value.strip()


def date_of(value: object) -> dt.date | None:
    """Return a plain date; a ``datetime`` is a date to Python but not to people."""
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def _walk(value: object, keys: tuple[str, ...], path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(value, list):
        for place, entry in enumerate(value):
            yield from _walk(entry, keys, (*path, place))
    elif not keys:
        yield path, value
    elif isinstance(value, dict) and keys[0] in value:
        yield from _walk(value[keys[0]], keys[1:], (*path, keys[0]))


def read_document(path: Path) -> Document:
    """Read one TOML file; an absent one is an empty document, a broken one carries its mistake."""
    file = str(path)
    try:
        content = _read_bytes(path)
    except FileNotFoundError:
        if path.is_symlink():
            return broken_document(file, "is a symbolic link to a file that is not there")
        return _document(file, b"", sha256="")
    except OSError as error:
        return broken_document(file, f"cannot be read: {error.strerror}")
    return document_of(file, content)


def document_of(
    file: str, content: bytes, *, toml_of: Callable[[str], str] = str, largest: int = LARGEST
) -> Document:
    """Parse what was read of a file; ``file`` is how messages name it.

    ``toml_of`` returns what of the text is TOML, each line in its place; it raises ``ValueError``
    with what is wrong otherwise.
    """
    if len(content) > largest:
        return _document(file, content, broken=(1, f"is larger than {largest} bytes"))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _document(file, content, broken=_not_utf8(content, error.start))
    if text.startswith("\ufeff"):
        told = "starts with a byte order mark: save it as UTF-8 without one"
        return _document(file, content, broken=(1, told))
    try:
        toml = toml_of(text)
    except ValueError as error:
        return _document(file, content, broken=(1, str(error)))
    return _parse(file, content, toml)


def broken_document(file: str, why: str) -> Document:
    """Return the document of a file that could not be read, with its one mistake."""
    return _document(file, b"", broken=(1, why))


def _read_bytes(path: Path) -> bytes:
    # Looked at before it is opened: a named pipe must be refused, not waited for.
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a regular file")
    with path.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _parse(file: str, content: bytes, text: str) -> Document:
    try:
        return _document(file, content, text=text)
    except tomllib.TOMLDecodeError as error:
        return _document(file, content, broken=_not_toml(text, str(error)))
    except RecursionError:
        return _document(file, content, broken=(1, "is nested too deeply"))
    except ValueError:  # tomllib hands on Python's refusal of numbers with thousands of digits
        return _document(file, content, broken=(1, "holds a number with too many digits"))


def _document(
    file: str,
    content: bytes,
    *,
    text: str = "",
    sha256: str | None = None,
    broken: tuple[int, str] | None = None,
) -> Document:
    return Document(
        file=file,
        sha256=hashlib.sha256(content).hexdigest() if sha256 is None else sha256,
        size=len(content),
        values=tomllib.loads(text),
        lines=find_key_lines(text),
        broken=Mistake(file=file, line=broken[0], text=broken[1]) if broken else None,
    )


def _not_utf8(content: bytes, start: int) -> tuple[int, str]:
    line = content.count(b"\n", 0, start) + 1
    column = start - content.rfind(b"\n", 0, start)
    return line, f"is not UTF-8: byte 0x{content[start]:02x} at column {column}"


def _not_toml(text: str, told: str) -> tuple[int, str]:
    """Turn ``tomllib``'s message into a line and a sentence; it places errors in the text only."""
    placed = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", told, re.DOTALL)
    if placed:
        what, line, column = placed.groups()
        return int(line), f"is not valid TOML at column {column}: {escape(what)}"
    what = told.removesuffix(" (at end of document)")
    last = text.rstrip("\n").count("\n") + 1
    return last, f"is not valid TOML at the end of the file: {escape(what)}"
