"""Whether a document fits a schema: the same as the library says that can tell why."""

from __future__ import annotations

import json
from copy import deepcopy
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_orr import judge
from pytest_orr.json_shape import Fits, compiled
from pytest_orr.model import Outcome, SignOff
from pytest_orr.render import review_json
from tests.reviews import a_note, a_review, a_waiver, an_item, not_applicable, seen
from tests.signoffs import payload_of

SCHEMAS = ("review", "changes", "board", "signoff-statement")
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, "", "x", "waived", "2026-11-20", [], ["x", "x"], {}),
    {"x": 1},
)


def schema(name: str) -> dict[str, Any]:
    text = resources.files("pytest_orr").joinpath(f"schemas/{name}.schema.json").read_text("utf-8")
    return dict(json.loads(text))


SOUND = json.loads(
    review_json.render(
        SignOff(
            review=(
                review := a_review(
                    an_item("a.b.c", "fail", findings=seen(x="fail")),
                    an_item("a.b.d", "waived", waiver=a_waiver()),
                    an_item("a.b.e", "not_applicable", not_applicable=not_applicable()),
                    notes=(a_note(),),
                )
            ),
            verdict=judge.decide(review),
        )
    )
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    return [path, *(one for key, part in inside for one in places(part, (*path, key)))]


REVIEW, STATEMENT = schema("review"), schema("signoff-statement")
DOCUMENTS = (
    (compiled(REVIEW), Draft202012Validator(REVIEW), SOUND),
    (compiled(STATEMENT), Draft202012Validator(STATEMENT), json.loads(payload_of())),
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=("review", "statement"))
def test_a_sound_document_fits(document: tuple[Fits, Draft202012Validator, Any]) -> None:
    fits, library, sound = document
    assert fits(sound)
    assert library.is_valid(sound)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        [(one, path) for one in range(len(DOCUMENTS)) for path in places(DOCUMENTS[one][2])[1:]]
    ),
    st.sampled_from(("set", "drop", "add")),
    st.sampled_from((*VALUES, *(one.value for one in Outcome))),
)
def test_a_spoilt_document_fits_if_the_library_says_so(
    where: tuple[int, tuple[Any, ...]], how: str, value: Any
) -> None:
    (fits, library, sound), path = DOCUMENTS[where[0]], where[1]
    spoilt = deepcopy(sound)
    holder = spoilt
    for key in path[:-1]:
        holder = holder[key]
    if how == "set":
        holder[path[-1]] = value
    elif how == "drop":
        del holder[path[-1]]
    elif isinstance(holder, list):
        holder.append(value)
    else:
        holder["more"] = value

    assert fits(spoilt) is library.is_valid(spoilt), (path, how, value)


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("value", VALUES)
def test_a_value_fits_a_schema_or_not_as_the_library_says(name: str, value: object) -> None:
    assert compiled(schema(name))(value) is Draft202012Validator(schema(name)).is_valid(value)


@pytest.mark.parametrize(
    "word",
    [
        {"type": "integer"},
        {"type": ["string", "null"]},
        {"enum": [1, "x", None]},
        {"const": True},
        {"pattern": "^2"},
        {"required": ["x"]},
        {"minimum": 0},
        {"minLength": 1},
        {"minItems": 1},
        {"maxItems": 1},
        {"uniqueItems": True},
        {"uniqueItems": False},
        {"items": {"type": "string"}},
        {"properties": {"x": {"type": "string"}}},
        {"properties": {"y": {}}, "additionalProperties": False},
        {"oneOf": [{"type": "string"}, {"const": "x"}]},
        {"allOf": [{"type": "string"}, {"minLength": 1}]},
        {"if": {"type": "string"}, "then": {"minLength": 1}},
        {"if": {"type": "string"}, "else": {"minimum": 0}},
        {"if": {"type": "string"}, "then": {"minLength": 1}, "else": {"type": "integer"}},
        {"not": {"required": ["x"]}},
        {"$ref": "#/$defs/one", "$defs": {"one": {"items": {"$ref": "#/$defs/one"}}}},
        {"title": "all", "description": "of them", "format": "date"},
    ],
    ids=str,
)
def test_each_word_of_a_schema_means_what_it_means_to_the_library(word: dict[str, Any]) -> None:
    for value in VALUES:
        assert compiled(word)(value) is Draft202012Validator(word).is_valid(value), value


@pytest.mark.parametrize(
    "unknown", [{"maxLength": 3}, {"additionalProperties": {"type": "string"}}, {"$ref": "#/x"}]
)
def test_a_word_that_is_not_known_is_refused_and_never_passed_over(unknown: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not known here|no definition"):
        compiled(unknown)
