"""The example's project on a GitLab of its own, on loopback: REST v4 and the queries of GraphQL.

It tells ``forge_state.py``: to the reviewer's token all, to anybody else what is public, and 404
for what is not.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from examples.explorer import gitlab_shapes as shapes
from examples.explorer.forge_server import Answer, ForgeServer, Request, json_answer
from examples.explorer.forge_state import PLANTED, TOKEN
from examples.explorer.gitlab_graphql import told_by_graphql
from examples.explorer.gitlab_listings import Rows, listing_of, thing_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from examples.explorer.forge_words import ForgeState, PlantedProject

MOST = 100
"""Rows of a page, whatever somebody asks for."""
UNAUTHORIZED = json_answer({"message": "401 Unauthorized"}, 401)
NO_PROJECT = json_answer({"message": "404 Project Not Found"}, 404)
NO_GROUP = json_answer({"message": "404 Group Not Found"}, 404)
NOT_ALLOWED = json_answer({"error": "405 Not Allowed"}, 405)
NO_PAGE = json_answer({"error": "404 Not Found"}, 404)


def serve(state: str, _: Path) -> dict[str, str]:
    """Start the forge of a state of the example; return where it is and who may read it."""
    server = gitlab_server(PLANTED[state])
    return {"EXPLORER_GITLAB": server.url, "EXPLORER_FORGE_TOKEN": TOKEN}


def gitlab_server(faults: Iterable[str] = (), *, most: int = MOST) -> ForgeServer:
    """Start a GitLab whose pages have at most so many rows."""
    return ForgeServer(partial(tell, most=most), faults)


def tell(state: ForgeState, request: Request, *, most: int = MOST) -> Answer:
    """Answer one request."""
    if request.method != ("POST" if request.parts == ("api", "graphql") else "GET"):
        return NOT_ALLOWED
    token = given_token(request)
    if token not in {"", TOKEN}:
        return UNAUTHORIZED
    if request.parts == ("api", "graphql"):
        return told_by_graphql(state, request, most) if token else UNAUTHORIZED
    match request.parts:
        case ("api", "v4", "projects", path, *_):
            return of_project(state, project_for(state, path, token), request, most)
        case ("api", "v4", "groups", group, "members", "all"):
            return of_group(state, group if token else "", request, most)
    return NO_PAGE


def given_token(request: Request) -> str:
    """Return the token of a request, in either header; empty without one."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    return request.headers.get("private-token") or bearer


def project_for(state: ForgeState, path: str, token: str) -> PlantedProject | None:
    """Return a project that somebody may see."""
    for one in state.projects:
        if one.said.path == path and (token or one.said.visibility == "public"):
            return one
    return None


def of_project(
    state: ForgeState, one: PlantedProject | None, request: Request, most: int
) -> Answer:
    """Answer what concerns a project; without a token, its own description alone."""
    if one is None or (not given_token(request) and request.parts[4:]):
        return NO_PROJECT
    rows = listing_of(state, one, request)
    return thing_of(state, one, request) if rows is None else page(rows, request, most)


def of_group(state: ForgeState, group: str, request: Request, most: int) -> Answer:
    """Answer with the members of a group."""
    if group not in state.owners:
        return NO_GROUP
    return page([shapes.member(one) for one in state.owners[group]], request, most)


def page(rows: Rows, request: Request, most: int) -> Answer:
    """Return one page, and where the next one is."""
    size = min(int(request.query.get("per_page", 20)), most)
    if request.query.get("pagination") == "keyset":
        return keyset_page(rows, request, size)
    number = int(request.query.get("page", 1))
    following = number + 1 if number * size < len(rows) else None
    headers = {"X_Next_Page": str(following or ""), "X_Page": str(number), "X_Per_Page": str(size)}
    headers["X_Total_Pages"] = str(-(-len(rows) // size))
    if following:
        headers["Link"] = link(request, page=str(following), per_page=str(size))
    return json_answer(rows[(number - 1) * size : number * size], 200, **headers)


def keyset_page(rows: Rows, request: Request, size: int) -> Answer:
    """Return one page; only a link tells where the next one is."""
    start = int(request.query.get("page_token", "") or 0)
    more = start + size < len(rows)
    headers = {"Link": link(request, page_token=str(start + size))} if more else {}
    return json_answer(rows[start : start + size], 200, **headers)


def link(request: Request, **changed: str) -> str:
    """Return the header that leads to the next page."""
    query: dict[str, Any] = {**request.query, **changed}
    return f'<{request.base}{request.path}?{urlencode(query)}>; rel="next"'
