"""The example's project on a GitHub of its own, on loopback: REST v3 and the queries of GraphQL.

It tells ``forge_state.py`` as GitHub would: to the reviewer's token all, to anybody else what is
public, and 404 for what is not. Archives lie at addresses that take no token.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from examples.explorer.forge_server import Answer, ForgeServer, Request, json_answer
from examples.explorer.forge_state import PLANTED, TOKEN
from examples.explorer.github_graphql import told_by_graphql
from examples.explorer.github_listings import Rows, Shown, Told, refused, told_at
from examples.explorer.github_run_shapes import artifact_number, artifacts_of
from examples.explorer.github_shapes import account, user

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from examples.explorer.forge_words import ForgeState

MOST = 100
"""Rows of a page, whatever somebody asks for."""
NOT_FOUND = refused("Not Found", 404)
BAD_TOKEN = refused("Bad credentials", 401)
NO_METHOD = refused("Not allowed", 405)
BLOBS = "blobs"
"""Where archives lie."""


def serve(state: str, _: Path) -> dict[str, str]:
    """Start the forge of a state of the example; return where it is and who may read it."""
    server = github_server(PLANTED[state])
    return {"EXPLORER_GITHUB": f"{server.url}/api/v3", "EXPLORER_GITHUB_TOKEN": TOKEN}


def github_server(
    faults: Iterable[str] = (), *, most: int = MOST, older: bool = False
) -> ForgeServer:
    """Start a GitHub Enterprise whose pages have at most so many rows.

    Branches are protected by rulesets, or in the ``older`` way.
    """
    return ForgeServer(partial(tell, most=most, older=older), faults)


def tell(state: ForgeState, request: Request, *, most: int = MOST, older: bool = False) -> Answer:
    """Answer one request."""
    if request.method != ("POST" if request.parts == ("api", "graphql") else "GET"):
        return NO_METHOD
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if request.parts[0] == BLOBS:
        return NOT_FOUND if token else _archive(state, *request.parts[1:])
    if token not in {"", TOKEN}:
        return BAD_TOKEN
    match request.parts:
        case ("api", "graphql"):
            return told_by_graphql(state, request, most) if token else BAD_TOKEN
        case ("api", "v3", "repos", owner, name, *rest):
            told = _of_project(state, f"{owner}/{name}", tuple(rest), request, older=older)
        case _:
            told = _of_somebody(state, request) if token else None
    if isinstance(told, Rows):
        return page(told.rows, request, most, told.key)
    return told or NOT_FOUND


def _of_somebody(state: ForgeState, request: Request) -> Told:
    match request.parts:
        case ("api", "v3", "users", name):
            return json_answer(account(name, request.base, kind=_kind(state, name)))
        case ("api", "v3", "orgs", name, "members") if name in state.owners:
            return Rows(rows=[user(one.username, request.base) for one in state.owners[name]])
    return None


def _kind(state: ForgeState, name: str) -> str:
    return "Organization" if name in state.owners else "User"


def _of_project(
    state: ForgeState, path: str, rest: tuple[str, ...], request: Request, *, older: bool
) -> Told:
    token = request.headers.get("authorization")
    for one in state.projects:
        if one.said.path == path and (token or (one.said.visibility == "public" and not rest)):
            return told_at(Shown(state=state, planted=one, request=request, older=older), rest)
    return None


def page(rows: list[Any], request: Request, most: int, key: str = "") -> Answer:
    """Return one page, and where the next one is."""
    size = min(int(request.query.get("per_page", 30)), most)
    number = int(request.query.get("page", 1))
    shown = rows[(number - 1) * size : number * size]
    headers = {}
    if number * size < len(rows):
        query = urlencode({**request.query, "page": number + 1})
        last = f'<{request.base}{request.path}?{query}>; rel="last"'
        headers["Link"] = f'<{request.base}{request.path}?{query}>; rel="next", {last}'
    return json_answer({"total_count": len(rows), key: shown} if key else shown, 200, **headers)


def _archive(state: ForgeState, number: str = "") -> Answer:
    kept = {
        str(artifact_number(run.id, place)): content
        for run in state.pipelines
        for place, content in enumerate(artifacts_of(state, run.id).values())
    }
    if number not in kept:
        return NOT_FOUND
    return Answer(body=kept[number], headers={"Content-Type": "application/zip"})
