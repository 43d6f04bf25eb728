"""Where each key of a TOML text stands, so that a mistake can be shown by file and line."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyPath = tuple[str | int, ...]
"""Way to a value: keys, and places in a list from 0."""

BLANK = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
SPACE = re.compile(r"[ \t]*+")
KEY_PART = re.compile(r'"(?:[^"\\\n]++|\\.)*+"|\'[^\'\n]*+\'|[A-Za-z0-9_-]++')
SCALAR = re.compile(
    r'"""(?:[^"\\]++|\\[\s\S]|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'"
    r"|[^,\]}#\n]++"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLines:
    """Lines of a document's keys, counted from 1."""

    lines: Mapping[KeyPath, int]

    def line_of(self, path: KeyPath) -> int:
        """Return the line of ``path``, else of the nearest table around it, else 1."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def find_key_lines(text: str) -> KeyLines:
    """Find the line of every key, table and list entry of a text that ``tomllib`` has accepted.

    Raises ``ValueError`` or ``IndexError`` for a text that is not TOML.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return KeyLines(lines=scanner.lines)


class _Scanner:
    """Walks over the text once, looking for keys and for where their values end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.table: KeyPath = ()
        self.lines: dict[KeyPath, int] = {}
        self.sizes: dict[KeyPath, int] = {}
        self.line_ends = [match.start() for match in re.finditer("\n", text)]

    def document(self) -> None:
        self.skip(BLANK)
        while self.position < len(self.text):
            if self.ahead() == "[":
                self.header()
            else:
                self.pair(self.table)
            self.skip(BLANK)

    def header(self) -> None:
        line = self.line()
        brackets = 2 if self.text.startswith("[[", self.position) else 1
        self.position += brackets
        *around, last = self.key()
        self.position += brackets
        path: KeyPath = (*self.descend((), around, line), last)
        if brackets == 2:
            self.lines.setdefault(path, line)
            self.sizes[path] = self.sizes.get(path, 0) + 1
            path = (*path, self.sizes[path] - 1)
        self.lines[path] = line
        self.table = path

    def pair(self, table: KeyPath) -> None:
        line = self.line()
        path = self.descend(table, self.key(), line)
        self.position += len("=")
        self.skip(SPACE)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        match self.ahead():
            case "[":
                self.array(path)
            case "{":
                self.inline_table(path)
            case _:
                self.skip(SCALAR)

    def array(self, path: KeyPath) -> None:
        index = 0
        while self.entry_follows("]"):
            place = (*path, index)
            self.lines[place] = self.line()
            self.value(place)
            index += 1

    def inline_table(self, path: KeyPath) -> None:
        while self.entry_follows("}"):
            self.pair(path)

    def entry_follows(self, closing: str) -> bool:
        """Step over an opening bracket or a comma to the next entry, or over the closing one."""
        self.skip(BLANK)
        if self.ahead() in "[{,":
            self.position += 1
            self.skip(BLANK)
        if self.ahead() != closing:
            return True
        self.position += 1
        return False

    def key(self) -> list[str]:
        parts = [self.key_part()]
        while self.ahead() == ".":
            self.position += 1
            parts.append(self.key_part())
        return parts

    def key_part(self) -> str:
        self.skip(SPACE)
        start = self.position
        self.skip(KEY_PART)
        written = self.text[start : self.position]
        self.skip(SPACE)
        return next(iter(tomllib.loads(f"{written} = 0"))) if written[0] in "\"'" else written

    def descend(self, path: KeyPath, parts: list[str], line: int) -> KeyPath:
        """Go down by keys; a list of tables stands for its last entry, as TOML says."""
        for part in parts:
            path = (*path, part)
            self.lines.setdefault(path, line)
            if path in self.sizes:
                path = (*path, self.sizes[path] - 1)
        return path

    def ahead(self) -> str:
        return self.text[self.position]

    def line(self) -> int:
        return bisect_right(self.line_ends, self.position - 1) + 1

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.position)
        if found is None:
            raise ValueError(f"not TOML in line {self.line()}")
        self.position = found.end()
