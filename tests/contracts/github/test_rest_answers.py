"""What the loopback GitHub answers is as GitHub's own description of its REST API says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from examples.explorer.forge_faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "/api/v3"
ARCHIVE = "/zip"


def test_every_answer_to_every_question_is_as_github_describes_it(
    rest: Any, heard: Callable[..., Any]
) -> None:
    found = [*heard((), most=1, older=True), *heard(FAULTS, most=3)]
    answers = {
        (request.path.removeprefix(PREFIX), told.status, told.body)
        for request, told in found
        if request.path.startswith(PREFIX) and not request.path.endswith(ARCHIVE)
    }
    assert [
        mistake
        for path, status, body in answers
        for mistake in rest.mistakes(path, status, json.loads(body))
    ] == []
    assert {rest.template_of(path) for path, _, _ in answers} == set(rest.paths)


def test_an_answer_that_is_not_as_described_is_noticed(
    rest: Any, heard: Callable[..., Any]
) -> None:
    [told, *_] = [
        told
        for request, told in heard(FAULTS, most=3)
        if request.path == f"{PREFIX}/repos/explorer/explorer/keys"
    ]
    key, *_ = json.loads(told.body)
    path = "/repos/explorer/explorer/keys"
    assert rest.mistakes(path, 200, [key]) == []
    assert rest.mistakes(path, 200, [key | {"made_up": 1}])
    assert rest.mistakes(path, 200, [key | {"read_only": "no"}])
    assert rest.mistakes(path, 200, [{**key, "title": None}])
