"""The published schema of the journal is the one that its classes make."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from pytest_orr import suite
from pytest_orr.record.journal import ADAPTERS

COMMITTED = Path(suite.__file__).parent / "schemas" / "journal.schema.json"
DESCRIPTIONS = {
    "run": "First line: what the run expects of itself.",
    "item": "One result of one item; several of one item are folded into the worst.",
    "end": "Last line: that the run came to its end, and what is known only then.",
}


def made() -> dict[str, Any]:
    """Return the schema of what stands behind the checksum of each line."""
    kinds = [(kind, "validation", adapter) for kind, adapter in ADAPTERS.items()]
    schemas, defined = TypeAdapter.json_schemas(kinds)  # type: ignore[arg-type] # its keys may be any text
    lines = [
        {
            "description": DESCRIPTIONS[str(kind)],
            "type": "object",
            "properties": {str(kind): schema},
            "required": [str(kind)],
            "additionalProperties": False,
        }
        for (kind, _), schema in schemas.items()
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "tag:pytest-orr,2026:journal/v1",
        "title": "One line of the journal (journal.jsonl)",
        "description": "A line is the CRC-32 of this JSON in eight hex digits, a space, the JSON.",
        "oneOf": lines,
        **defined,
    }


def test_the_committed_schema_is_the_one_the_classes_make() -> None:
    text = json.dumps(made(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("ORR_UPDATE_SCHEMAS") == "1":
        COMMITTED.write_text(text, encoding="utf-8")

    assert COMMITTED.read_text(encoding="utf-8") == text, "run with ORR_UPDATE_SCHEMAS=1"
    Draft202012Validator.check_schema(made())
