"""Queries and their answers are as GitHub's own description of its GraphQL API says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "/api/graphql"


def test_every_query_and_every_answer_is_as_github_describes_it(
    graphql: Any, heard: Callable[..., Any]
) -> None:
    exchanged = {
        (json.loads(request.body)["query"], told.body)
        for request, told in heard((), most=1, older=True)
        if request.path == PATH
    }
    found = [(query, json.loads(body)) for query, body in exchanged]
    told = [(query, answer["data"]) for query, answer in found if "errors" not in answer]
    assert [one for query, data in told for one in graphql.mistakes(query, data)] == []
    assert len({query for query, _ in told}) == 5


def test_a_query_or_an_answer_that_is_not_as_described_is_noticed(graphql: Any) -> None:
    def mistakes(asked: str, told: object) -> list[str]:
        query = f'query($owner: String!) {{ repository(owner: $owner, name: "n") {{ {asked} }} }}'
        found: list[str] = graphql.mistakes(query, {"repository": told})
        return found

    assert mistakes("name", {"name": "explorer"}) == []
    assert mistakes("nmae", {"nmae": "explorer"}) == ["$.repository: Repository has no field nmae"]
    assert mistakes("refs(prefix: $p) { totalCount }", {"refs": None}) == [
        "$.repository: refs takes no {'prefix'}"
    ]
    assert mistakes("name", {"name": None}) == ["$.repository.name is null"]
    assert mistakes("name", {"name": 1}) == ["$.repository.name: 1 is no String"]
    assert mistakes("name", {}) == ["$.repository: name is missing"]
    assert mistakes("name", {"name": "n", "more": 1}) == ["$.repository: nobody asked for ['more']"]
    assert mistakes("visibility", {"visibility": "SECRET"}) == [
        "$.repository.visibility: 'SECRET' is no RepositoryVisibility"
    ]
