"""What the example's GitHub takes: issues, by its REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.forge_board import WRITER, Board, is_ours, said_in
from examples.explorer.forge_server import Answer, json_answer
from examples.explorer.forge_state import TOKEN
from examples.explorer.github import BAD_TOKEN, NOT_FOUND, page
from examples.explorer.github_listings import refused
from examples.explorer.github_shapes import BEGAN, user
from examples.explorer.github_shapes import issue as shape
from pytest_orr.clients.forge.said_issues import Issue

if TYPE_CHECKING:
    from examples.explorer.forge_board import Posted
    from examples.explorer.forge_server import Request

SCOPELESS = refused("Resource not accessible by personal access token", 403)
INVALID = refused("Validation Failed", 422)
LONGEST = 65_536
"""Characters of a body."""


def told(board: Board, most: int, request: Request, token: str) -> Answer | None:
    """Answer what is about issues; None for all else."""
    match request.parts:
        case ("api", "v3", "repos", owner, name, "issues", *rest):
            if token == TOKEN:
                return SCOPELESS if request.method != "GET" or not rest else None
            if token != WRITER:
                return BAD_TOKEN
            if not is_ours(f"{owner}/{name}"):
                return NOT_FOUND
            with board.lock:
                return _of_board(board, most, request, *rest)
    return None


def _of_board(board: Board, most: int, request: Request, number: str = "") -> Answer:
    own = f"{request.base}/repos/explorer/explorer"
    said = said_in(request)
    if len(str(said.get("body", ""))) > LONGEST:
        return INVALID
    if request.method == "GET":
        wanted = request.query.get("labels")
        rows = [one for one in board.issues if wanted in {None, *one.labels}]
        return page([_issue(one, own, request.base) for one in rows], request, most)
    if request.method == "POST":
        made = board.make_issue(said, str(said["body"]), list(said["labels"]))
        return json_answer(_issue(made, own, request.base), 201)
    issue = board.issue(number)
    if issue is None:
        return NOT_FOUND
    issue.body = said.get("body", issue.body)
    issue.is_closed = said.get("state", "closed" if issue.is_closed else "open") == "closed"
    return json_answer(_issue(issue, own, request.base))


def _issue(one: Posted, own: str, base: str) -> dict[str, Any]:
    said = Issue(number=one.number, title=one.title, is_closed=one.is_closed)
    labels = [_label(name, own) for name in one.labels]
    told = {**shape(said, own, base), "body": one.body, "labels": labels, "user": user("eve", base)}
    if one.is_closed:
        told |= {"closed_at": BEGAN, "state_reason": "completed"}
    if one.is_pull_request:
        address = f"{own}/pulls/{one.number}"
        names = ("url", "html_url", "diff_url", "patch_url")
        told["pull_request"] = dict.fromkeys(names, address)
    return told


def _label(name: str, own: str) -> dict[str, Any]:
    return {
        "id": len(name),
        "node_id": f"LA_{len(name)}",
        "url": f"{own}/labels/{name}",
        "name": name,
        "color": "ededed",
        "default": False,
        "description": None,
    }
