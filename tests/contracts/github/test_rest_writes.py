"""What publishing writes to GitHub, and is answered, is as GitHub describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_board import WRITER, board_server
from pytest_orr.clients.publishing.github import GitHubBoard
from pytest_orr.clients.publishing.interface import LABEL, IssueChange, NewIssue, Target

if TYPE_CHECKING:
    from examples.explorer.forge_server import Answer, Request

Exchanged = tuple["Request", "Answer"]
TEMPLATES = {
    "/repos/explorer/explorer/issues": "/repos/{owner}/{repo}/issues",
    "/repos/explorer/explorer/issues/300": "/repos/{owner}/{repo}/issues/{issue_number}",
}


@pytest.fixture(scope="module")
def exchanged() -> list[Exchanged]:
    """All that is asked, written and told when issues are made, changed, closed and opened."""
    server, written = board_server("github", most=1)
    heard: list[Exchanged] = []

    def hear(request: Request, told: Answer) -> Answer:
        heard.append((request, told))
        return told

    server.spoil(".", hear)
    variable = "THE_TOKEN"
    target = Target(url=f"{server.url}/api/v3", project="explorer/explorer", token=variable)
    board = GitHubBoard(target, lambda _: None, {variable: WRITER})
    board.write(NewIssue(title="A title", body="A body", due="2026-12-04"))
    for closed in (True, False):
        change = IssueChange(
            number=300, body="Another", due="", is_closed=closed, was_closed=not closed
        )
        board.write(change)
        board.issues()
    written.make_issue({"title": "t"}, "b", [LABEL]).is_pull_request = True
    board.issues()
    board.close()
    server.close()
    return heard


def described(request: Request) -> str:
    path = request.path.removeprefix("/api/v3")
    return f"{request.method.lower()} {TEMPLATES[path]}"


def test_every_write_and_every_answer_is_as_github_describes_it(
    rest: Any, exchanged: list[Exchanged]
) -> None:
    wrong = [
        (described(request), mistake)
        for request, told in exchanged
        for part, body in (("body", request.body), ("answer", told.body))
        if body
        for mistake in rest.wrong_in(described(request), part, json.loads(body))
    ]
    assert wrong == []
    assert {described(request) for request, _ in exchanged} == set(rest.writes)


def test_every_parameter_is_one_that_github_knows(rest: Any, exchanged: list[Exchanged]) -> None:
    for request, _ in exchanged:
        assert request.query.keys() <= set(rest.writes[described(request)]["parameters"])


def test_a_write_that_is_not_as_described_is_noticed(rest: Any) -> None:
    post = "post /repos/{owner}/{repo}/issues"

    assert rest.wrong_in(post, "body", {"title": "t", "body": "b", "labels": ["l"]}) == []
    assert rest.wrong_in(post, "body", {"title": "t", "labels": "l"})
    assert rest.wrong_in(post, "body", {"title": "t", "due_date": "2026-12-04"})
    assert rest.wrong_in(post, "body", {"body": "no title"})
