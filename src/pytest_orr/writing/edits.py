"""Text of a hand-written file to text: a table added or changed, every other byte left alone.

What comes out is parsed by ``tomllib`` and compared with what was meant; a file that is written so
that this cannot be done is refused, never half understood.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tomlkit import dumps, parse
from tomlkit.items import Array

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.toml_lines import find_key_lines

from .toml_text import item_of, key_line, table_text, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .toml_text import Value

WINDOWS = "\r\n"
PLACE = "here stands what is new"


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
    is_right = _holds(into_list, wanted) and _only_grew(text, into_list)
    return _only_if(is_right, into_list, plain)


def changed(text: str, table: Table, values: Mapping[str, Value]) -> str:
    """Return the text with exactly these values in one table; its comments stay.

    Raises ``InvalidInput`` when the file cannot take it without being written anew.
    """
    wanted = tomllib.loads(text)
    old = wanted[table.name][table.place]
    wanted[table.name][table.place] = dict(values)
    before, own, behind = _parts(text, table)
    inline = not own.lstrip().startswith("[[")
    result = (
        _changed_in_list(text, table, values)
        if inline
        else f"{before}{_changed(own, table.name, old, values)}{behind}"
    )
    result = _in_style_of(text, result)
    kept = result.startswith(before) and result.endswith(behind)
    return _only_if(kept and _holds(result, wanted), result, table_text(table.name, values))


def _parts(text: str, table: Table) -> tuple[str, str, str]:
    """Return what stands before a table, itself, and the rest with the comments before that."""
    lines, every = find_key_lines(text).lines, _lines(text)
    own = (table.name, table.place)
    first = lines[own]
    others = (line for path, line in lines.items() if path[:2] != own and line > first)
    end = min(others, default=len(every) + 1) - 1
    while every[end - 1].lstrip().startswith("#") or not every[end - 1].strip():
        end -= 1
    return "".join(every[: first - 1]), "".join(every[first - 1 : end]), "".join(every[end:])


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


def _changed_in_list(text: str, table: Table, values: Mapping[str, Value]) -> str:
    document = parse(text)
    entry: Any = document[table.name][table.place]
    for key in [key for key in entry if key not in values]:
        del entry[key]
    for key, value in values.items():
        if entry.get(key) != value:
            entry[key] = item_of(value)
    return dumps(document)


def _changed(own: str, name: str, old: Mapping[str, Any], values: Mapping[str, Value]) -> str:
    """Change the text of one table, key by key: tomlkit loses spaces of what it only reads."""
    for key in old:
        if key not in values or old[key] != values[key]:
            own = _with_key(own, name, key, values.get(key))
    for key in values:
        if key not in old:
            own = _with_line(own, name, key, values)
    return own


def _with_key(own: str, name: str, key: str, value: Value | None) -> str:
    """Change or remove one key, with the lines that it has; its comment stays."""
    lines, every = find_key_lines(own).lines, _lines(own)
    start = lines[name, 0, key]
    later = [line for path, line in lines.items() if len(path) == 3 and line > start]
    end = min(later, default=len(every) + 1)
    document = parse("".join(every[start - 1 : end - 1]))
    if key not in document:  # a table of its own, below this one
        return own
    if value is None:
        del document[key]
    else:
        document[key] = PLACE
    made = dumps(document).replace(f'"{PLACE}"', "" if value is None else value_text(value), 1)
    return "".join((*every[: start - 1], made, *every[end - 1 :]))


def _with_line(own: str, name: str, key: str, values: Mapping[str, Value]) -> str:
    """Put a new key before the one that follows it, or at the table's end, or at its head."""
    lines, every, order = find_key_lines(own).lines, _lines(own), list(values)
    paths = [(name, 0, one) for one in order[order.index(key) + 1 :]]
    places = [*(lines[path] - 1 for path in paths if path in lines), len(every), lines[name, 0]]
    made = (_inserted(own, at, key_line(key, values[key])) for at in places)
    return next((one for one in made if _has(one, name, key, values[key])), own)


def _inserted(text: str, at: int, line: str) -> str:
    every = _lines(text)
    if at == len(every) and not text.endswith("\n"):
        return f"{text}\n{line.rstrip()}"
    return "".join((*every[:at], line, *every[at:]))


def _has(text: str, name: str, key: str, value: Value) -> bool:
    try:
        return bool(tomllib.loads(text)[name][0].get(key) == value)
    except tomllib.TOMLDecodeError:
        return False


def _only_grew(text: str, result: str) -> bool:
    """Whether nothing but commas and blanks of a text is written otherwise in another."""
    start = _alike(text, result)
    end = _alike(text[start:][::-1], result[start:][::-1])
    return not text[start : len(text) - end].strip(", \t\r\n")


def _alike(one: str, other: str) -> int:
    """Return with how many of the same characters two texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _lines(text: str) -> list[str]:
    """Return the lines as TOML ends them: by line feeds alone, whatever Unicode says of others."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


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
