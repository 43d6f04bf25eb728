"""What the example's GitLab takes: issues, and notes of a merge request, by its REST API v4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.forge_board import (
    MERGE_REQUEST,
    OWN_USER,
    WRITER,
    Board,
    is_ours,
    said_in,
)
from examples.explorer.forge_server import Answer, json_answer
from examples.explorer.forge_state import TOKEN
from examples.explorer.gitlab import NO_PROJECT, UNAUTHORIZED, page
from examples.explorer.gitlab_shapes import PROJECT_ID, user

if TYPE_CHECKING:
    from examples.explorer.forge_board import Note, Posted
    from examples.explorer.forge_server import Request

BEGAN = "2026-11-20T08:00:00.000Z"
SCOPELESS = json_answer({"error": "insufficient_scope", "scope": "api"}, 403)
NOTHING = json_answer({"message": "404 Not found"}, 404)


def told(board: Board, most: int, request: Request, token: str) -> Answer | None:
    """Answer what is about issues and notes; None for all else."""
    if request.parts == ("api", "v4", "user"):
        return json_answer(_user(OWN_USER)) if token == WRITER else UNAUTHORIZED
    match request.parts:
        case ("api", "v4", "projects", path, *rest) if _concerns(rest):
            if token != WRITER:
                return _refused(request, token)
            if not is_ours(path):
                return NO_PROJECT
            with board.lock:
                return _of_board(board, most, request, tuple(rest))
    return None


def _concerns(rest: list[str]) -> bool:
    return rest[:1] == ["issues"] or rest[2:3] == ["notes"]


def _refused(request: Request, token: str) -> Answer | None:
    if token != TOKEN:
        return UNAUTHORIZED
    return SCOPELESS if request.method != "GET" or request.parts[4:] == ("issues",) else None


def _of_board(board: Board, most: int, request: Request, rest: tuple[str, ...]) -> Answer:
    match (request.method, *rest):
        case ("GET", "issues"):
            wanted = request.query.get("labels")
            rows = [_issue(one) for one in board.issues if wanted in {None, *one.labels}]
            return page(rows, request, most)
        case ("POST", "issues"):
            said = said_in(request)
            labels = str(said.get("labels", "")).split(",")
            made = board.make_issue(said, str(said["description"]), labels)
            return json_answer(_issue(made), 201)
        case ("PUT", "issues", number):
            return _changed(board, number, said_in(request))
        case (_, "merge_requests", number, "notes", *more) if number == str(MERGE_REQUEST):
            return _of_notes(board, most, request, *more)
    return NOTHING


def _changed(board: Board, number: str, said: dict[str, Any]) -> Answer:
    issue = board.issue(number)
    if issue is None:
        return NOTHING
    issue.body = said.get("description", issue.body)
    issue.due = (said["due_date"] or None) if "due_date" in said else issue.due
    event = said.get("state_event")
    issue.is_closed = {"close": True, "reopen": False}.get(event or "", issue.is_closed)
    return json_answer(_issue(issue))


def _of_notes(board: Board, most: int, request: Request, number: str = "") -> Answer:
    if request.method == "GET":
        return page([_note(one) for one in board.notes], request, most)
    if request.method == "POST":
        return json_answer(_note(board.make_note(str(said_in(request)["body"]))), 201)
    note = next((one for one in board.notes if str(one.id) == number), None)
    if note is None or note.author != OWN_USER:
        return NOTHING
    if request.method == "DELETE":
        board.notes.remove(note)
        return Answer(status=204)
    note.body = str(said_in(request)["body"])
    return json_answer(_note(note))


def _user(number: int) -> dict[str, Any]:
    return {**(user("publisher") or {}), "id": number}


def _issue(one: Posted) -> dict[str, Any]:
    return {
        "id": 9000 + one.number,
        "iid": one.number,
        "project_id": PROJECT_ID,
        "title": one.title,
        "description": one.body,
        "state": "closed" if one.is_closed else "opened",
        "created_at": BEGAN,
        "updated_at": BEGAN,
        "closed_at": BEGAN if one.is_closed else None,
        "labels": one.labels,
        "due_date": one.due,
        "author": _user(OWN_USER),
    }


def _note(one: Note) -> dict[str, Any]:
    return {
        "id": one.id,
        "body": one.body,
        "author": _user(one.author),
        "created_at": BEGAN,
        "updated_at": BEGAN,
        "system": False,
        "noteable_id": 2,
        "noteable_type": "MergeRequest",
        "noteable_iid": MERGE_REQUEST,
        "resolvable": False,
    }
