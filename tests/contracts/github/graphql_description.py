"""GitHub's own description of its GraphQL API, for the queries that the product sends.

A query is read with as much of the language as those queries need: fields, arguments, fragments
on a type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "1"
TOKEN = re.compile(r'"[^"]*"|\.\.\.|[A-Za-z_0-9$!]+|[{}():\[\]]')
SCALARS = {"Int": int, "Boolean": bool}


@dataclass
class Selected:
    """A field of a query; one without a name is a fragment on the type ``on``."""

    name: str = ""
    on: str = ""
    arguments: list[str] = field(default_factory=list)
    inside: list[Selected] = field(default_factory=list)


def reduced(description: Any) -> dict[str, Any]:
    """Return types by name: fields with arguments and type, values of enums, what is among them."""
    types = description["__schema"]["types"]
    return {
        one["name"]: {
            "fields": {
                told["name"]: {
                    "arguments": [argument["name"] for argument in told["args"]],
                    "type": _shape(told["type"]),
                }
                for told in one["fields"] or ()
            },
            "values": [value["name"] for value in one["enumValues"] or ()],
            "among": [other["name"] for other in one["possibleTypes"] or ()],
        }
        for one in types
    }


def _shape(told: Any) -> list[str]:
    """Return a type from outside in: ``["!", "[]", "!", "Name"]``."""
    if told["kind"] in {"NON_NULL", "LIST"}:
        return ["!" if told["kind"] == "NON_NULL" else "[]", *_shape(told["ofType"])]
    return [told["name"]]


def selected(query: str) -> list[Selected]:
    """Return what a query selects."""
    words = TOKEN.findall(query)
    assert words[0] == "query"
    return _block(iter(words[words.index("{") + 1 :]))


def _block(words: Iterator[str]) -> list[Selected]:
    found: list[Selected] = []
    for word in words:
        if word == "}":
            return found
        if word == "{":
            found[-1].inside = _block(words)
        elif word == "(":
            found[-1].arguments = _arguments(words)
        elif word == "...":
            assert next(words) == "on"
            found.append(Selected(on=next(words)))
        else:
            found.append(Selected(name=word))
    raise AssertionError("a block that does not end")


def _arguments(words: Iterator[str]) -> list[str]:
    """Return the names of arguments, to the closing bracket; names within their values are not."""
    found: list[str] = []
    before, depth = "", 0
    for word in words:
        if word == ")":
            return found
        depth += {"{": 1, "}": -1}.get(word, 0)
        if word == ":" and not depth:
            found.append(before)
        before = word
    raise AssertionError("arguments that do not end")


@dataclass(frozen=True, slots=True)
class GraphQL:
    """GitHub's types by name, as ``reduced`` returns them."""

    types: dict[str, Any]

    def mistakes(self, query: str, data: Any) -> list[str]:
        """Return in what a query or its answer is not as it is described."""
        return list(self._object("Query", selected(query), data, "$"))

    def _object(self, kind: str, block: list[Selected], data: Any, where: str) -> Iterator[str]:
        told = dict(data)
        for on, one in self._fields(kind, block, data):
            described = self.types[on]["fields"].get(one.name)
            if one.name == "__typename":
                described = {"arguments": [], "type": ["!", "String"]}
            if described is None:
                told.pop(one.name, None)
                yield f"{where}: {on} has no field {one.name}"
            elif unknown := set(one.arguments) - set(described["arguments"]):
                told.pop(one.name, None)
                yield f"{where}: {one.name} takes no {unknown}"
            elif one.name not in told:
                yield f"{where}: {one.name} is missing"
            else:
                value = told.pop(one.name)
                yield from self._value(described["type"], one, value, f"{where}.{one.name}")
        if told:
            yield f"{where}: nobody asked for {sorted(told)}"

    def _fields(
        self, kind: str, block: list[Selected], told: Any
    ) -> Iterator[tuple[str, Selected]]:
        """Yield a block's fields with the type each is of; a fragment's if it is about this."""
        for one in block:
            if one.name:
                yield kind, one
            else:
                assert one.on in {kind, *self.types[kind]["among"]}, f"{kind} is no {one.on}"
                if told.get("__typename", one.on) == one.on:
                    yield from ((one.on, inner) for inner in one.inside)

    def _value(self, shape: list[str], one: Selected, value: Any, where: str) -> Iterator[str]:
        if shape[0] == "!":
            if value is None:
                yield f"{where} is null"
                return
            shape = shape[1:]
        if value is None:
            return
        if shape[0] == "[]":
            for place, inner in enumerate(value):
                yield from self._value(shape[1:], one, inner, f"{where}[{place}]")
        elif one.inside:
            yield from self._object(shape[0], one.inside, value, where)
        else:
            yield from self._plain(shape[0], value, where)

    def _plain(self, kind: str, value: Any, where: str) -> Iterator[str]:
        values = self.types[kind]["values"]
        if type(value) is not SCALARS.get(kind, str) or (values and value not in values):
            yield f"{where}: {value!r} is no {kind}"
