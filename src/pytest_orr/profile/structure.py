"""What a single file's keys, types and forms have wrong, told in plain words."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import rebuild_dataclass

from .fields import FORMS, TABLE_BRANCH, TEXT_BRANCH
from .mistakes import Mistake, escape, nearest, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

    from .documents import Document
    from .toml_lines import KeyPath

T = TypeVar("T")

NO_STEPS = frozenset({TEXT_BRANCH, TABLE_BRANCH, "[key]"})
"""What pydantic puts into a path that is no key of the file."""
MUST_BE = {
    "date_type": "a date without quotes, such as 2026-11-02",
    "string_type": "text in quotes",
    "int_type": "a whole number without quotes",
    "bool_type": "true or false, without quotes",
    "float_type": "a number without quotes",
    "finite_number": "a number that is not infinite",
    "datetime_type": "a date and time without quotes, such as 2026-11-06T10:00:00Z",
    "timezone_aware": "a date and time with its offset from UTC, such as 2026-11-06T10:00:00Z",
    "string_too_short": "text that is not empty",
    "too_short": "a list with at least one entry",
}


def validate(document: Document, kind: type[T]) -> tuple[T | None, tuple[Mistake, ...]]:
    """Return the document's values as ``kind``, or every mistake in its keys, types and forms."""
    if document.broken:
        return None, (document.broken,)
    # mypy looks for the hash of the class's instances where the class itself is hashed
    adapter: TypeAdapter[T] = _adapter_of(kind)  # type: ignore[arg-type]
    try:
        return adapter.validate_python({**_left_out(kind), **document.values}), ()
    except ValidationError as error:
        errors = error.errors(include_url=False)
        schema = _schema_of(kind)  # type: ignore[arg-type] # as above
        return None, tuple(_mistakes(document, schema, errors))


def _left_out(kind: type) -> dict[str, Any]:
    """Return every section that may be left out, empty, with those inside it.

    A section that is there is read by what reads the whole file; to make one that is not, its class
    would first build all that again for itself.
    """
    fields: Mapping[str, Any] = getattr(kind, "__pydantic_fields__", {})
    made = {name: field.default_factory for name, field in fields.items()}
    kinds = {name: one for name, one in made.items() if isinstance(one, type) and is_dataclass(one)}
    return {name: _left_out(one) for name, one in kinds.items()}


@cache
def _adapter_of(kind: type) -> TypeAdapter[Any]:
    """Return what reads a class. The class itself is built first: its adapter shares that then."""
    rebuild_dataclass(kind)
    return TypeAdapter(kind)


@cache
def _schema_of(kind: type) -> Mapping[str, Any]:
    return _adapter_of(kind).json_schema()


def _mistakes(
    document: Document, schema: Mapping[str, Any], errors: list[ErrorDetails]
) -> Iterator[Mistake]:
    if not document.values:
        needed = " and ".join(f"`{key}`" for key in schema["required"])
        yield document.mistake((), f"is empty: it needs {needed}")
        return
    meant = {_meant(schema, error) for error in errors}
    for error in errors:
        path = _path(error)
        if not (_follows_from_another(error) or (error["type"] == "missing" and path in meant)):
            yield document.mistake(path, _told(schema, error))


def _path(error: ErrorDetails) -> KeyPath:
    return tuple(step for step in error["loc"] if step not in NO_STEPS)


def _follows_from_another(error: ErrorDetails) -> bool:
    """Pydantic calls a list too short when its entries are wrong, which is told already."""
    return error["type"] == "too_short" and bool(error["input"])


def _meant(schema: Mapping[str, Any], error: ErrorDetails) -> KeyPath | None:
    """Return the key that an unknown one was meant for: that one is then not missing."""
    *table, wrong = _path(error)
    if error["type"] != "unexpected_keyword_argument":
        return None
    near = nearest(str(wrong), _keys_of(schema, tuple(table)))
    return (*table, near[0]) if near else None


def _keys_of(schema: Mapping[str, Any], path: KeyPath) -> tuple[str, ...]:
    return tuple(sorted(_node(schema, path)["properties"]))


def _node(schema: Mapping[str, Any], path: KeyPath) -> Mapping[str, Any]:
    node = _resolve(schema, schema)
    for step in path:
        node = _resolve(schema, _inner(node, step))
    return node


def _inner(node: Mapping[str, Any], step: str | int) -> Mapping[str, Any]:
    """Return what lies below a key or a place; of a table with free keys what all of them hold."""
    if isinstance(step, int):
        inner = node["items"]
    else:
        inner = node.get("properties", {}).get(step) or node["additionalProperties"]
    return dict(inner)


def _resolve(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference; of alternatives take the table, as only tables have keys."""
    if "$ref" in node:
        return _resolve(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    choices = [_resolve(schema, one) for one in (*node.get("anyOf", ()), *node.get("oneOf", ()))]
    return next((choice for choice in choices if "properties" in choice), node)


def _told(schema: Mapping[str, Any], error: ErrorDetails) -> str:
    path = _path(error)
    match error["type"]:
        case "unexpected_keyword_argument":
            return _unknown_key(path, _keys_of(schema, path[:-1]))
        case "missing":
            return f"{show_key(path)} is required and missing"
        case "tuple_type" | "dataclass_type" | "dict_type":
            return _wrong_container(schema, path, error["input"])
        case _:
            return f"{show_key(path)} is {show(error['input'])} but must be {_must_be(error)}"


def _unknown_key(path: KeyPath, keys: tuple[str, ...]) -> str:
    near = nearest(str(path[-1]), keys)
    if near:
        return f"{show_key(path)} is no key here: did you mean `{near[0]}`?"
    return f"{show_key(path)} is no key here: the keys are {', '.join(f'`{key}`' for key in keys)}"


def _wrong_container(schema: Mapping[str, Any], path: KeyPath, written: object) -> str:
    """Tell a table from a list of tables, the commonest confusion of TOML."""
    name = escape(".".join(step for step in path if isinstance(step, str)))
    node = _node(schema, path)
    if {*node.get("properties", ())} == {"env"} and isinstance(written, str):
        # it may be the secret itself, which no message repeats
        return f'`{name}` must not be written out: name its variable, as `{{ env = "…" }}`'
    if "items" not in node:
        wanted, hint = "one table", _as_table(name, path, written)
    elif "$ref" in node["items"]:
        wanted, hint = "a list of tables", _as_tables(name, path, written)
    else:
        wanted, hint = "a list", "write `[…]` around the values"
    return f"`{name}` is {show(written)} but must be {wanted}: {hint}"


def _as_table(name: str, path: KeyPath, written: object) -> str:
    if isinstance(path[-1], int):
        return "write `{ key = value, … }` for each entry"
    return f"write `[{name}]`" + (f", not `[[{name}]]`" if isinstance(written, list) else "")


def _as_tables(name: str, path: KeyPath, written: object) -> str:
    if any(isinstance(step, int) for step in path):
        return f"write `{escape(str(path[-1]))} = [{{ key = value, … }}]`"
    return f"write `[[{name}]]`" + (f", not `[{name}]`" if isinstance(written, dict) else "")


def _must_be(error: ErrorDetails) -> str:
    details = error.get("ctx", {})
    match error["type"]:
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", details["expected"])
            words = _one_of(str(error["input"]), allowed)
        case "string_pattern_mismatch":
            words = dict(FORMS)[details["pattern"]]
        case "greater_than_equal":
            words = f"at least {details['ge']}"
        case "greater_than":
            words = f"more than {details['gt']:g}"
        case "less_than_equal":
            words = f"at most {details['le']}"
        case "too_short" if details["field_type"] == "Dictionary":
            words = "a table with at least one key"
        case kind:
            words = MUST_BE.get(kind, f"otherwise: {error['msg']}")
    return words


def _one_of(wrong: str, allowed: list[str]) -> str:
    near = nearest(wrong, allowed, most=len(allowed))
    ordered = [*near, *(word for word in allowed if word not in near)]
    return f"one of {', '.join(show(word) for word in ordered)}"
