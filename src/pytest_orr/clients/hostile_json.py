"""Reads JSON that anybody may have written (reports, lockfiles, answers), within its caps.

What is inside is reached through ``At``, which knows where in the file it is, so that whatever has
the wrong type is named by its path.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIB = 1024 * 1024
LARGEST_MIB = 64
MOST_ENTRIES = 2_000_000
"""Values in one file; a value takes some hundred bytes of memory."""
DEEPEST = 64
LONGEST_TEXT = 2000
"""Characters of a text that is kept."""
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A text; one without an end goes on to the file's, or its quotes would be gone through again and
again."""
ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class Unreadable(Exception):
    """A file is not what it should be; the text goes on after its name: "x.json is cut off"."""


def read_json(raw: bytes, *, fractions: Callable[[str], Any] = float) -> At:
    """Return the value of a whole JSON file, at ``$``; ``Unreadable`` for anything else.

    ``fractions`` makes the value of a number with a point or an exponent: ``Decimal`` keeps all of
    its digits.

    At most 64 MiB, two million values and 64 levels; nothing may be said twice in one object. The
    work is bounded by these, so that no file takes longer than some seconds.
    """
    _refuse_bombs(raw)
    try:
        value = json.loads(
            raw.decode("utf-8-sig"),
            parse_constant=_no_number,
            parse_float=fractions,
            object_pairs_hook=_once,
        )
    except ValueError as error:  # no UTF-8, no JSON, or a number with thousands of digits
        raise Unreadable("is no whole JSON file") from error
    return At(value=value, path="$")


def _refuse_bombs(raw: bytes) -> None:
    """Refuse what would fill memory or stack, by looking at its marks alone."""
    if len(raw) > LARGEST_MIB * MIB:
        raise Unreadable(f"is larger than {LARGEST_MIB} MiB")
    marks = STRING.sub(b"", raw)
    brackets = marks.translate(None, ALL_BUT_BRACKETS)
    if marks.count(b",") + len(brackets) > MOST_ENTRIES:
        raise Unreadable(f"has more than {MOST_ENTRIES:,} values")
    for _ in range(DEEPEST):  # each turn takes the innermost level away
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    if brackets:
        raise Unreadable(f"is cut off, or nested deeper than {DEEPEST} levels")


def _no_number(word: str) -> NoReturn:
    raise Unreadable(f"has {word} as a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise Unreadable(f"says {clean(twice)[:80]!r} twice in one object")
    return found


def clean(text: str) -> str:
    """Return a text that can be written as UTF-8 anywhere: half of a pair becomes a mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A value in a file, and where it is; any other type than is asked for is ``Unreadable``."""

    value: Any
    path: str

    def __getitem__(self, key: str) -> At:
        """Return what lies under a key of an object; ``None`` lies there if nothing does."""
        return At(value=self._object().get(key), path=f"{self.path}.{clean(key)[:80]}")

    def __bool__(self) -> bool:
        """Whether anything is there at all: zero, no and an empty list are."""
        return self.value is not None

    def within(self, *keys: str) -> At:
        """Return what lies under keys inside each other; ``None`` where one of them is missing."""
        found = self
        for key in keys:
            if not found:
                return found
            found = found[key]
        return found

    def each(self) -> Iterator[At]:
        """Yield what a list holds; nothing if there is no list."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.wrong("list")
        for place, one in enumerate(self.value):
            yield At(value=one, path=f"{self.path}[{place}]")

    def items(self) -> Iterator[tuple[str, At]]:
        """Yield key and value of each member of an object; nothing if there is no object."""
        if self.value is not None:
            for key in self._object():
                yield clean(key)[:LONGEST_TEXT], self[key]

    def text(self) -> str:
        """Return a text, at most 2,000 characters of it; empty if there is none."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.wrong("text")
        return clean(self.value[:LONGEST_TEXT])

    def needed(self) -> str:
        """Return a text that must be there."""
        if text := self.text().strip():
            return text
        raise Unreadable(f"says nothing at {self.path}")

    def flag(self) -> bool | None:
        """Return yes or no; none if neither is said."""
        if self.value is None or isinstance(self.value, bool):
            return self.value
        raise self.wrong("true or false")

    def number(self) -> float | None:
        """Return a finite number; none if there is none."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("number")
        if not math.isfinite(self.value) or abs(self.value) > 2**53:
            raise self.wrong("number of usual size")
        return self.value

    def count(self) -> int | None:
        """Return a whole number from zero on; none if there is none."""
        number = self.number()
        if number is not None and (number < 0 or number != int(number)):
            raise self.wrong("count")
        return None if number is None else int(number)

    def is_object(self) -> bool:
        """Whether it is an object."""
        return isinstance(self.value, dict)

    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.value, list)

    def wrong(self, wanted: str) -> Unreadable:
        """Return the error for a value that is not what it should be."""
        return Unreadable(f"has no {wanted} at {self.path[:200]}")

    def _object(self) -> dict[str, Any]:
        if isinstance(self.value, dict):
            return self.value
        raise self.wrong("object")
