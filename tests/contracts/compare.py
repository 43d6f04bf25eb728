"""Compares an excerpt of a vendor's description with the whole, where somebody has it at hand.

``python tests/contracts/compare.py tests/contracts/pagerduty/description.json openapiv3.json …``:
the whole is OpenAPI, in one file or several. Prints each answer, field, type and name of a value
that the excerpt has and the whole has not, and ends with 1 if there is any. Answers that the whole
does not describe are named and count for nothing.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]
DEEPEST = 12


class Description:
    """A description in OpenAPI, in which references are followed."""

    def __init__(self, said: Schema) -> None:
        self.said = said

    def answer(self, asked: str) -> Schema | None:
        """Return the schema of an answer with status 200; none if it is not described."""
        method, _, path = asked.partition(" ")
        for known, operations in self.said["paths"].items():
            if _shape(known) != _shape(path) or method.lower() not in operations:
                continue
            told = self.resolved(operations[method.lower()]["responses"].get("200", {}))
            for content in told.get("content", {}).values():
                if "schema" in content:
                    schema: Schema = content["schema"]
                    return schema
        return None

    def resolved(self, schema: Schema) -> Schema:
        """Follow a reference to where it leads."""
        while reference := schema.get("$ref"):
            place: Any = self.said
            for part in reference.removeprefix("#/").split("/"):
                name = part.replace("~1", "/").replace("~0", "~")
                place = place[int(name)] if isinstance(place, list) else place[name]
            schema = place
        return schema

    def forms(self, schema: Schema) -> list[Schema]:
        """Return a schema and all that it is put together from, or may be instead."""
        schema = self.resolved(schema)
        parts = [one for key in ("allOf", "oneOf", "anyOf") for one in schema.get(key, ())]
        return [schema, *(form for one in parts for form in self.forms(one))]


def differences(
    excerpt: Description,
    whole: Description,
    pair: tuple[Schema, Schema],
    where: str,
    depth: int = 0,
) -> Iterator[str]:
    """Yield what one schema has that the other has not."""
    if depth > DEEPEST:
        return
    for own in excerpt.forms(pair[0]):
        yield from _of_one_form(excerpt, whole, (own, pair[1]), where, depth)


def _of_one_form(
    excerpt: Description, whole: Description, pair: tuple[Schema, Schema], where: str, depth: int
) -> Iterator[str]:
    own, forms = pair[0], whole.forms(pair[1])
    names = {name for form in forms for name in form.get("enum", ())}
    if names:
        yield from (f"{where} is never {one}" for one in own.get("enum", ()) if one not in names)
    properties: dict[str, list[Schema]] = {}
    for form in forms:
        for name, schema in form.get("properties", {}).items():
            properties.setdefault(name, []).append(schema)
    for name, schema in own.get("properties", {}).items():
        if name in properties:
            other = {"anyOf": properties[name]}
            yield from differences(excerpt, whole, (schema, other), f"{where}.{name}", depth + 1)
        elif properties:
            yield f"{where} has no {name}"
    items = [form["items"] for form in forms if "items" in form]
    if "items" in own and items:
        pair = (own["items"], {"anyOf": items})
        yield from differences(excerpt, whole, pair, f"{where}[]", depth + 1)


def main(excerpt_path: str, *whole_paths: str) -> int:
    """Compare an excerpt with one or several descriptions; return the exit status."""
    excerpt = Description(json.loads(Path(excerpt_path).read_text(encoding="utf-8")))
    wholes = [Description(json.loads(Path(one).read_text("utf-8"))) for one in whole_paths]
    lacking: list[str] = []
    lines: list[str] = []
    for asked, schema in excerpt.said["answers"].items():
        described = [(one, told) for one in wholes if (told := one.answer(asked)) is not None]
        if not described:
            lines.append(f"not described: {asked}")
        for whole, told in described[:1]:
            lacking += differences(excerpt, whole, (schema, told), asked)
    sys.stdout.write("\n".join([*lines, *(lacking or ["nothing is lacking"]), ""]))
    return 1 if lacking else 0


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "*", path).strip("/")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
