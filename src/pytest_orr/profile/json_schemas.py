"""JSON Schemas of the files people write, so that editors complete and check them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from .schema import Attestations, Policy, Profile, Waivers

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

FILES = (
    ("readiness", Profile),
    ("attestations", Attestations),
    ("waivers", Waivers),
    ("policy", Policy),
)


class _ForToml(GenerateJsonSchema):
    """TOML has no null: an optional key is left out, never empty."""

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
