"""Values to TOML as a person would write them: the text that a change puts into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tomlkit import array, boolean, date, inline_table, string
from tomlkit.items import Array

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from tomlkit.items import Item

    Value = str | bool | dt.date | Mapping[str, "Value"] | Sequence["Value"]
    """What a key of the files may hold. Nothing (``None``) is left out by whoever makes it."""

WIDEST = 100
"""Characters of a line; a list of tables that is longer gets a line for each of them."""


def table_text(name: str, values: Mapping[str, Value]) -> str:
    """Return ``[[name]]`` and its keys, a line each; texts of several lines stay readable."""
    return f"[[{name}]]\n" + "".join(key_line(key, value) for key, value in values.items())


def key_line(key: str, value: Value) -> str:
    """Return one key with its value, as a line."""
    return f"{key} = {_written(key, value)}\n"


def item_of(value: Value) -> Item:
    """Return a value as tomlkit keeps it, always of one line but for a list of tables."""
    match value:
        case str():
            made: Item = string(value)
        case bool():
            made = boolean(str(value).lower())
        case _ if hasattr(value, "isoformat"):
            made = date(value.isoformat())
        case _ if hasattr(value, "items"):
            made = inline_table()
            for key, inner in value.items():
                made.append(key, item_of(inner))
        case _:
            made = _list_of(value)
    return made


def _list_of(values: Sequence[Value]) -> Item:
    made = array()
    for value in values:
        made.append(item_of(value))
    apart = len(values) > 1 and any(hasattr(value, "items") for value in values)
    return made.multiline(apart)


def _written(key: str, value: Value) -> str:
    if isinstance(value, str) and "\n" in value.strip("\n"):
        # TOML drops a line's end right behind the opening quotes, so that the text may begin there.
        return f'"""\n{string(value, multiline=True).as_string()[3:]}'
    shown = item_of(value)
    if isinstance(shown, Array) and len(key) + len(shown.as_string()) > WIDEST:
        shown.multiline(multiline=True)
    return shown.as_string()
