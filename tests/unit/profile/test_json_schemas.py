from __future__ import annotations

import datetime as dt
import json
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from pytest_orr.profile import json_schemas as module
from pytest_orr.profile.fields import FORMS
from pytest_orr.profile.json_schemas import json_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

schemas = cache(json_schemas)
"""All schemas, made once: it takes a second."""
NAMES = ("readiness", "attestations", "waivers", "policy", "review-notes", "drill", "organisation")
ROOT = Path(__file__).parents[3]
COMMITTED = Path(module.__file__).parents[1] / "schemas"


def _plain(value: object) -> object:
    """Turn dates into text, as editors hand them to a JSON Schema."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _values(value: object, key: str) -> Iterator[object]:
    if isinstance(value, dict):
        yield from (inner for name, inner in value.items() if name == key)
        for inner in value.values():
            yield from _values(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, key)


def _complaints(name: str, text: str) -> list[str]:
    checker = Draft202012Validator(
        schemas()[name], format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [error.message for error in checker.iter_errors(_plain(tomllib.loads(text)))]


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_schema_is_the_one_the_classes_make(name: str) -> None:
    made = json.dumps(schemas()[name], indent=2, ensure_ascii=False) + "\n"
    committed = COMMITTED / f"{name}.schema.json"
    if os.environ.get("ORR_UPDATE_SCHEMAS") == "1":
        committed.write_text(made, encoding="utf-8")
    assert committed.read_text(encoding="utf-8") == made, "run with ORR_UPDATE_SCHEMAS=1"


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one_by_the_standard_and_knows_no_null(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])
    assert "null" not in json.dumps(schemas()[name])


def test_every_pattern_is_told_in_plain_words() -> None:
    assert set(_values(schemas(), "pattern")) == set(dict(FORMS))


def test_every_key_or_the_table_it_holds_is_described_for_the_person_who_types_it() -> None:
    undescribed = [
        (name, key)
        for name, schema in schemas().items()
        for properties in _values(schema, "properties")
        if isinstance(properties, dict)
        for key, node in properties.items()
        if "description" not in node and "$ref" not in node
    ]
    assert not undescribed


def test_the_schema_takes_a_good_profile_and_names_a_bad_key(profile_text: str) -> None:
    assert _complaints("readiness", profile_text) == []
    assert _complaints("readiness", f"accounts = 1\n{profile_text}") == [
        "Additional properties are not allowed ('accounts' was unexpected)"
    ]


@pytest.mark.usefixtures("untraced")
def test_the_examples_hold_by_their_schemas() -> None:
    complaints = {
        path: _complaints(name, path.read_text(encoding="utf-8"))
        for name in NAMES
        for path in (ROOT / "examples").glob(f"*/*/{name}.toml")
    }
    assert len(complaints) >= len(NAMES)
    assert [one for one in complaints.items() if one[1]] == []
