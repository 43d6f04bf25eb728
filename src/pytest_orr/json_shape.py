"""A JSON Schema to a function that says at once whether a document fits it.

Most documents fit, and a library that can say what is wrong takes fifty times as long to find that
nothing is. This knows the words that the product's schemas use, and refuses any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Fits = Callable[[Any], bool]
ANNOTATIONS = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "format", "then", "else"}
)
"""Words that decide nothing by themselves."""
DEFS = "#/$defs/"
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
}


def compiled(schema: Mapping[str, Any]) -> Fits:
    """Return what tells whether a value read from JSON, without floats, fits the schema.

    Raises ``ValueError`` for a word of JSON Schema that it does not know.
    """
    return _Compiler(schema.get("$defs", {})).of(schema)


class _Compiler:
    """Compiles each definition once; one may refer to itself."""

    def __init__(self, defs: Mapping[str, Any]) -> None:
        self._defs = defs
        self._done: dict[str, Fits] = {}

    def of(self, schema: Mapping[str, Any]) -> Fits:
        """Return what tells whether a value fits one schema."""
        checks = [self._check(word, schema) for word in schema if word not in ANNOTATIONS]
        return checks[0] if len(checks) == 1 else _all(checks)

    def _check(self, word: str, schema: Mapping[str, Any]) -> Fits:
        given = schema[word]
        if word in PLAIN:
            return PLAIN[word](given)
        if word == "$ref":
            return self._ref(given)
        if word == "if":
            is_so = self.of(given)
            then, otherwise = (self.of(schema.get(one, {})) for one in ("then", "else"))
            return lambda value: then(value) if is_so(value) else otherwise(value)
        if word == "additionalProperties" and given is False:
            known = schema["properties"].keys()
            return _if(dict, lambda value: value.keys() <= known)
        return self._of_parts(word, given)

    def _of_parts(self, word: str, given: Any) -> Fits:
        match word:
            case "properties":
                of = {name: self.of(one) for name, one in given.items()}
                return _if(
                    dict, lambda value: all(of[one](value[one]) for one in value if one in of)
                )
            case "items":
                each = self.of(given)
                return _if(list, lambda value: all(map(each, value)))
            case "oneOf":
                ways = [self.of(one) for one in given]
                return lambda value: sum(way(value) for way in ways) == 1
            case "not":
                inside = self.of(given)
                return lambda value: not inside(value)
            case "allOf":
                return _all([self.of(one) for one in given])
        raise ValueError(f"the word {word!r} of JSON Schema is not known here")

    def _ref(self, name: str) -> Fits:
        key = name.removeprefix(DEFS)
        if key not in self._defs:
            raise ValueError(f"{name} is no definition of this schema")
        if key not in self._done:
            self._done[key] = lambda value: self._done[key](value)  # noqa: PLW0108 not yet there
            self._done[key] = self.of(self._defs[key])
        return self._done[key]


def _all(checks: list[Fits]) -> Fits:
    return lambda value: all(check(value) for check in checks)


def _if(kind: type, holds: Fits) -> Fits:
    """Return what holds of values of one type, and of all others."""
    return lambda value: type(value) is not kind or holds(value)


def _type(given: str | list[str]) -> Fits:
    kinds = {TYPES[one] for one in ([given] if isinstance(given, str) else given)}
    return lambda value: type(value) in kinds


def _pattern(given: str) -> Fits:
    found = re.compile(given).search
    return _if(str, lambda value: found(value) is not None)


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and bool(value == other)


def _unique(values: list[Any]) -> bool:
    return all(not _same(one, other) for at, one in enumerate(values) for other in values[:at])


PLAIN: dict[str, Callable[[Any], Fits]] = {
    "type": _type,
    "enum": lambda given: lambda value: any(_same(value, one) for one in given),
    "const": lambda given: lambda value: _same(value, given),
    "pattern": _pattern,
    "required": lambda given: _if(dict, lambda value: value.keys() >= set(given)),
    "minimum": lambda given: _if(int, lambda value: value >= given),
    "minLength": lambda given: _if(str, lambda value: len(value) >= given),
    "minItems": lambda given: _if(list, lambda value: len(value) >= given),
    "maxItems": lambda given: _if(list, lambda value: len(value) <= given),
    "uniqueItems": lambda given: _if(list, lambda value: not given or _unique(value)),
}
"""Words that hold no schema in them."""
