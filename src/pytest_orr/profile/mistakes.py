"""Mistakes in what the team wrote, and the words in which they are told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .toml_lines import KeyPath

LONGEST_SHOWN = 80
ONE_OF_TWO = "remove one of the two"
ANOTHER_DATE = "correct the date, or judge as of a later day"
ORDER = "correct one of the two"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mistake:
    """Something wrong in one line of one file; mistakes sort by file, then line."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def escape(text: str) -> str:
    """Make control, bidirectional and other unprintable characters visible."""
    return "".join(char if char.isprintable() else _visible(char) for char in text)


def _visible(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def show(value: object) -> str:
    """Show a TOML value as it is written in the file, escaped and at most about 80 characters."""
    match value:
        case str():
            cut = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
            shown = f'"{escape(cut)}"'
        case bool():
            shown = str(value).lower()
        case dt.date() | dt.time():
            shown = value.isoformat()
        case []:
            shown = "an empty list"
        case dict() | list():
            shown = "a table" if isinstance(value, dict) else "a list"
        case int() if value.bit_length() > 64:
            shown = "a very large number"
        case _:
            shown = str(value)
    return shown


def show_key(path: KeyPath) -> str:
    """Write a key as ``service.people.email``: without places in lists, which the line tells."""
    return f"`{escape('.'.join(step for step in path if isinstance(step, str)))}`"


def nearest(wrong: str, valid: Iterable[str], *, most: int = 1) -> tuple[str, ...]:
    """Return the valid names that ``wrong`` may have been meant for, nearest first."""
    return tuple(get_close_matches(wrong, sorted(valid), n=most))


def did_you_mean(wrong: str, valid: Iterable[str], *, most: int = 1) -> str:
    """Ask for the nearest valid names: ``: did you mean "…" or "…"?``; empty when none is near."""
    near = nearest(wrong, valid, most=most)
    return f": did you mean {' or '.join(show(name) for name in near)}?" if near else ""
