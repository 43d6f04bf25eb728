"""Text of a hand-written file to text: a table added or changed, every other byte left alone.

What comes out is parsed by ``tomllib`` and compared with what was meant; a file that is written so
that this cannot be done is refused, never half understood.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tomlkit import dumps, parse
from tomlkit.items import Array, InlineTable

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.toml_lines import find_key_lines

from .toml_text import item_of, key_line, table_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .toml_text import Value

WINDOWS = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One entry of a list of tables: ``[[attestation]]`` number 2, counted from 0."""

    name: str
    place: int


def added(text: str, name: str, values: Mapping[str, Value]) -> str:
    """Return the text with one more ``[[name]]`` at its end, or in the list that it is written as.

    Raises ``InvalidInput`` when the file cannot take it without being written anew.
    """
    wanted = tomllib.loads(text)
    wanted[name] = [*wanted.get(name, ()), dict(values)]
    plain, appended = table_text(name, values), _appended(text, table_text(name, values))
    if _holds(appended, wanted):
        return appended
    into_list = _in_style_of(text, _added_to_list(text, name, values))
    return _only_if(_holds(into_list, wanted), into_list, plain)


def changed(text: str, table: Table, values: Mapping[str, Value]) -> str:
    """Return the text with exactly these values in one table; its comments stay.

    Raises ``InvalidInput`` when the file cannot take it without being written anew.
    """
    wanted = tomllib.loads(text)
    wanted[table.name][table.place] = dict(values)
    result = _in_style_of(text, _changed(text, table, values))
    before, behind = _around(text, table)
    kept = result.startswith(before) and result.endswith(behind)
    return _only_if(kept and _holds(result, wanted), result, table_text(table.name, values))


def _around(text: str, table: Table) -> tuple[str, str]:
    """Return what stands before a table, and behind it with the comments of what follows."""
    lines, every = find_key_lines(text).lines, text.splitlines(keepends=True)
    own = (table.name, table.place)
    first = lines[own]
    others = (line for path, line in lines.items() if path[:2] != own and line > first)
    end = min(others, default=len(every) + 1) - 1
    while every[end - 1].lstrip().startswith("#") or not every[end - 1].strip():
        end -= 1
    return "".join(every[: first - 1]), "".join(every[end:])


def _appended(text: str, addition: str) -> str:
    if not text.strip():
        return text + _in_style_of(text, addition)
    unended = not text.endswith("\n")
    gap = "\n\n" if unended else "\n"
    addition = addition.rstrip("\n") if unended else addition
    return text + _in_style_of(text, gap + addition)


def _in_style_of(text: str, other: str) -> str:
    """Return the other with the line ends that the text has throughout."""
    ends = text.count("\n")
    if ends and text.count(WINDOWS) == ends:
        return other.replace(WINDOWS, "\n").replace("\n", WINDOWS)
    return other


def _added_to_list(text: str, name: str, values: Mapping[str, Value]) -> str:
    document = parse(text)
    written = document.get(name)
    if isinstance(written, Array):
        written.append(item_of(values))
    return dumps(document)


def _changed(text: str, table: Table, values: Mapping[str, Value]) -> str:
    document = parse(text)
    entry: Any = document[table.name][table.place]
    new = [key for key in values if key not in entry]
    for key in [key for key in entry if key not in values]:
        del entry[key]
    inline = isinstance(entry, InlineTable)
    for key, value in values.items():
        if (inline or key not in new) and entry.get(key) != value:
            entry[key] = item_of(value)
    result = dumps(document)
    return result if inline else _with_lines(result, table, values, new)


def _with_lines(text: str, table: Table, values: Mapping[str, Value], new: Iterable[str]) -> str:
    """Put new keys where they would have been written, never behind a comment that follows."""
    for key in new:
        line = key_line(key, values[key])
        made = (_with_line(text, at, line) for at in _places(text, table, key, list(values)))
        text = next((one for one in made if _has(one, table, key, values[key])), text)
    return text


def _places(text: str, table: Table, key: str, order: Sequence[str]) -> Iterator[int]:
    """Yield how many lines stand before a new key: before the next one, at the end, at the head."""
    lines = find_key_lines(text).lines
    for one in order[order.index(key) + 1 :]:
        if (path := (table.name, table.place, one)) in lines:
            yield lines[path] - 1
    behind = _around(text, table)[1].splitlines()
    yield len(text.splitlines()) - len(behind)
    yield lines[table.name, table.place]


def _with_line(text: str, at: int, line: str) -> str:
    every = text.splitlines(keepends=True)
    if at == len(every) and not text.endswith("\n"):
        return f"{text}\n{line.rstrip()}"
    return "".join((*every[:at], line, *every[at:]))


def _has(text: str, table: Table, key: str, value: Value) -> bool:
    try:
        return bool(tomllib.loads(text)[table.name][table.place].get(key) == value)
    except tomllib.TOMLDecodeError:
        return False


def _holds(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _only_if(is_right: bool, text: str, by_hand: str) -> str:  # noqa: FBT001 told by its name
    if not is_right:
        told = "the file is written in a way that cannot be added to; write this into it by hand:"
        raise InvalidInput((f"{told}\n\n{by_hand}",))
    return text
