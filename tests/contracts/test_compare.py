"""What compares excerpts with whole descriptions finds what an excerpt has made up."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARE = Path(__file__).with_name("compare.py")
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "kind": {"enum": ["user", "robot"]}},
}
WHOLE = {
    "paths": {
        "/people/{id}": {"get": {"responses": {"200": {"$ref": "#/components/responses/0"}}}},
    },
    "components": {
        "responses": [{"content": {"application/json": {"schema": {"allOf": [PERSON]}}}}],
    },
}


@pytest.fixture
def compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Compare an excerpt of answers; return the exit status and what was printed."""
    main: Any = runpy.run_path(str(COMPARE))["main"]

    def run(**answers: Any) -> tuple[int, str]:
        excerpt, whole = tmp_path / "excerpt.json", tmp_path / "whole.json"
        definitions = {"person": PERSON}
        excerpt.write_text(json.dumps({"answers": answers, "definitions": definitions}))
        whole.write_text(json.dumps(WHOLE))
        return main(str(excerpt), str(whole)), capsys.readouterr().out

    return run


def test_an_excerpt_that_the_whole_has_lacks_nothing(
    compare: Callable[..., tuple[int, str]],
) -> None:
    answers = {"GET /people/{number}": {"$ref": "#/definitions/person"}}

    assert compare(**answers) == (0, "nothing is lacking\n")


def test_fields_and_words_that_are_made_up_are_named(
    compare: Callable[..., tuple[int, str]],
) -> None:
    made_up = {"properties": {"name": {}, "kind": {"enum": ["cat"]}, "age": {}}}

    status, told = compare(**{"GET /people/{id}": made_up})

    assert status == 1
    assert told.splitlines() == [
        "GET /people/{id}.kind is never cat",
        "GET /people/{id} has no age",
    ]


def test_an_answer_that_nobody_describes_is_named_and_counts_for_nothing(
    compare: Callable[..., tuple[int, str]],
) -> None:
    told = (0, "not described: POST /people/{id}\nnothing is lacking\n")

    assert compare(**{"POST /people/{id}": {"type": "object"}}) == told
