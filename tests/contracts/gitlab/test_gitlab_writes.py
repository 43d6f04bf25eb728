"""What publishing writes to GitLab, and is answered, is as GitLab's reference says."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from examples.explorer.forge_board import MERGE_REQUEST, WRITER, board_server
from pytest_orr.clients.publishing.gitlab import GitLabBoard
from pytest_orr.clients.publishing.interface import (
    IssueChange,
    NewIssue,
    NewNote,
    NoteChange,
    NoteRemoval,
    Target,
)

if TYPE_CHECKING:
    from examples.explorer.forge_server import Answer, Request

Exchanged = tuple["Request", "Answer"]
WRITTEN = Path(__file__).with_name("written.toml")
DESCRIBED: dict[str, Any] = {
    one["asked"]: one for one in tomllib.loads(WRITTEN.read_text(encoding="utf-8"))["write"]
}


def schema_of(fields: dict[str, str], *, whole: bool) -> dict[str, Any]:
    """Return a schema of an object with these fields, of which a whole one has all."""
    properties = {
        name: {"type": [kind.rstrip("?"), *(["null"] if "?" in kind else [])]}
        for name, kind in fields.items()
    }
    required = sorted(properties) if whole else []
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def asked_of(request: Request) -> str:
    """Return by which of the described questions something was asked or written."""
    path = "/" + "/".join(request.path.strip("/").split("/")[2:])
    for asked in DESCRIBED:
        method, _, template = asked.partition(" ")
        pattern = re.sub(r":\w+", "[^/]+", template)
        if method == request.method and re.fullmatch(pattern, path):
            return asked
    return f"{request.method} {path}"


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.fixture(scope="module")
def exchanged() -> list[Exchanged]:
    """All that is asked, written and told when notes and issues are made, changed and ended."""
    server, _ = board_server("gitlab", most=1)
    heard: list[Exchanged] = []

    def hear(request: Request, told: Answer) -> Answer:
        heard.append((request, told))
        return told

    server.spoil(".", hear)
    variable = "THE_TOKEN"
    target = Target(
        url=server.url, project="explorer/explorer", token=variable, merge_request=MERGE_REQUEST
    )
    board = GitLabBoard(target, lambda _: None, {variable: WRITER})
    for due in ("2026-12-04", ""):
        board.write(NewIssue(title="A title", body="A body", due=due))
        board.write(NewNote(body="A note"))
    for closed in (True, False):
        change = IssueChange(
            number=300, body="Another", due="", is_closed=closed, was_closed=not closed
        )
        board.write(change)
        board.issues()
    board.notes()
    board.write(NoteChange(id=1, body="Another"))
    board.write(NoteRemoval(id=2))
    board.close()
    server.close()
    return heard


def test_every_body_and_every_answer_is_as_the_reference_says(exchanged: list[Exchanged]) -> None:
    for request, told in exchanged:
        described = DESCRIBED[asked_of(request)]
        answer = described.get("answer") or DESCRIBED.get(described.get("like"), {}).get("answer")
        assert told.status == described.get("status", 200)
        if answer:
            schema = schema_of(answer, whole=True)
            listed = {"type": "array", "items": schema} if described.get("list") else schema
            assert complaints(listed, json.loads(told.body)) == []
        else:
            assert told.body == b""
        if request.body:
            body = schema_of(described["body"], whole=False)
            assert complaints(body, json.loads(request.body)) == []


def test_every_parameter_is_one_that_the_reference_names(exchanged: list[Exchanged]) -> None:
    for request, _ in exchanged:
        assert request.query.keys() <= set(DESCRIBED[asked_of(request)].get("parameters", ()))


def test_everything_that_is_described_was_asked_or_written(exchanged: list[Exchanged]) -> None:
    assert {asked_of(request) for request, _ in exchanged} == set(DESCRIBED)


def test_every_description_names_its_page_and_commit() -> None:
    for one in DESCRIBED.values():
        assert one["page"].endswith(".md")
        assert re.fullmatch("[0-9a-f]{40}", one["commit"])


def test_what_is_of_another_form_is_noticed() -> None:
    schema = schema_of({"id": "integer", "due": "string?"}, whole=True)

    assert complaints(schema, {"id": 1, "due": None}) == []
    for wrong in ({"id": "1", "due": None}, {"id": 1}, {"id": 1, "due": None, "more": 1}):
        assert complaints(schema, wrong)
