"""Values to TOML as a person would write them: the text that a change puts into a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tomlkit import string
from tomlkit import value as parsed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from tomlkit.items import Item

    Value = str | bool | dt.date | Mapping[str, "Value"] | Sequence["Value"]
    """What a key of the files may hold. Nothing (``None``) is left out by whoever makes it."""

SEVERAL_LINES = re.compile(r"[^\r\n][^\r]*\n[^\r]*")
"""Texts that may stand as lines: any other would lose a line's end, or get another one."""
WIDEST = 100
"""Characters of a line; a list that is longer gets a line for each of its entries."""


def table_text(name: str, values: Mapping[str, Value]) -> str:
    """Return ``[[name]]`` and its keys, a line each; texts of several lines stay readable."""
    return f"[[{name}]]\n" + "".join(key_line(key, value) for key, value in values.items())


def key_line(key: str, value: Value) -> str:
    """Return one key with its value, as a line or several."""
    return f"{key} = {value_text(value)}\n"


def value_text(value: Value) -> str:
    """Return a value as it stands behind its key."""
    if isinstance(value, str) and SEVERAL_LINES.fullmatch(value):
        # TOML drops a line's end right behind the opening quotes, so that the text may begin there.
        return f'"""\n{string(value, multiline=True).as_string()[3:]}'
    return _text(value)


def item_of(value: Value) -> Item:
    """Return a value as tomlkit keeps it, written in the same way."""
    return parsed(_text(value))


def _text(value: Value) -> str:
    match value:
        case str():
            return string(value).as_string()
        case bool():
            return str(value).lower()
        case Mapping():
            return f"{{ {', '.join(f'{key} = {_text(one)}' for key, one in value.items())} }}"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return _list(value)


def _list(values: Sequence[Value]) -> str:
    entries = [_text(one) for one in values]
    line = f"[{', '.join(entries)}]"
    apart = len(entries) > 1 and isinstance(values[0], Mapping)
    if not apart and len(line) <= WIDEST:
        return line
    return "[\n" + "".join(f"  {one},\n" for one in entries) + "]"
