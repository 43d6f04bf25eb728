"""JSON Schemas of the files people write, so that editors complete and check them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from .drill_form import DrillRecord
from .notes import ReviewNotes
from .organisation import organisation_form
from .schema import Attestations, Policy, Profile, Waivers

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

FILES = (
    ("readiness", Profile),
    ("attestations", Attestations),
    ("waivers", Waivers),
    ("policy", Policy),
    ("review-notes", ReviewNotes),
    ("drill", DrillRecord),
    ("organisation", organisation_form()),
)


class _ForToml(GenerateJsonSchema):
    """Describes every key by the text under its field, and knows that TOML has no null.

    An optional key is left out, never empty.
    """

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        found = super().dataclass_schema(schema)
        described = schema["cls"]
        for name, text in texts_under_fields(described).items():
            key = described.__pydantic_fields__[name].alias or name
            found["properties"][key]["description"] = text
        return found

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return each file's JSON Schema (2020-12) by the file's usual name without its ending."""
    return {
        name: {
            "$schema": GenerateJsonSchema.schema_dialect,
            **TypeAdapter[object](kind).json_schema(schema_generator=_ForToml),
        }
        for name, kind in FILES
    }


def _fields_of(described: type) -> frozenset[str]:
    """Return the names of a class's keys."""
    return frozenset(getattr(described, "__dataclass_fields__", ()))


def texts_under_fields(described: type) -> dict[str, str]:
    """Return the string that stands under each field of a class, or of those it is made from."""
    if sources := getattr(described, "described_by", ()):
        texts = {name: text for one in sources for name, text in texts_under_fields(one).items()}
        return {name: text for name, text in texts.items() if name in _fields_of(described)}
    [body] = ast.parse(textwrap.dedent(inspect.getsource(described))).body
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
