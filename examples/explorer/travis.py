"""The example's builds as a Travis on loopback would tell them (API v3), for tests.

It tells the pipelines of ``forge_state.py`` as builds of their branches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.forge_server import Answer, ForgeServer, Request, json_answer
from examples.explorer.forge_state import PLANTED, TOKEN
from examples.explorer.github_shapes import moment, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from examples.explorer.forge_words import ForgeState
    from pytest_orr.clients.forge.said import Pipeline

STATES = {"success": "passed", "failed": "failed", "canceled": "canceled"}
"""Of builds that ended; all others go on."""


def serve(state: str, _: Path) -> dict[str, str]:
    """Start a Travis of a state of the example; return where it is and who may read it."""
    server = travis_server(PLANTED[state])
    return {"EXPLORER_TRAVIS": server.url, "EXPLORER_TRAVIS_TOKEN": TOKEN}


def travis_server(faults: Iterable[str] = ()) -> ForgeServer:
    """Start a Travis."""
    return ForgeServer(tell, faults)


def tell(state: ForgeState, request: Request) -> Answer:
    """Answer one request."""
    if request.headers.get("travis-api-version") != "3":
        return _refused("not_found", "another version of the API", 404)
    if request.headers.get("authorization") != f"token {TOKEN}":
        return _refused("login_required", "login required", 403)
    match request.parts:
        case ("repo", slug, "branch", name) if slug == state.projects[0].said.path:
            return _branch(state, slug, name, request.query.get("include", ""))
    return _refused("not_found", "repository not found (or insufficient access)", 404)


def _branch(state: ForgeState, slug: str, name: str, loaded: str) -> Answer:
    pipelines = [one for one in state.pipelines if one.ref == name]
    builds = [_build(one, with_commit="build.commit" in loaded) for one in pipelines]
    if not builds:
        return _refused("not_found", "branch not found (or insufficient access)", 404)
    branch = {
        "@type": "branch",
        "@href": f"/repo/{number_of(slug)}/branch/{name}",
        "@representation": "standard",
        "name": name,
        "repository": _minimal("repo", number_of(slug), name=slug.partition("/")[2], slug=slug),
        "default_branch": name == state.projects[0].said.default_branch,
        "exists_on_github": True,
        "last_build": builds[0],
    }
    recent = {"recent_builds": builds[:10]} if "branch.recent_builds" in loaded else {}
    return json_answer(branch | recent)


def _build(pipeline: Pipeline, *, with_commit: bool) -> dict[str, Any]:
    number = int(pipeline.id)
    commit = _minimal("commit", number_of(pipeline.commit), sha=pipeline.commit)
    return _minimal("build", number, number=pipeline.id) | {
        "state": STATES.get(pipeline.status, "started"),
        "duration": 840,
        "event_type": "cron" if pipeline.source == "schedule" else pipeline.source,
        "previous_state": "passed",
        "pull_request_title": None,
        "pull_request_number": None,
        "started_at": moment(pipeline.started),
        "finished_at": moment(pipeline.ended) if pipeline.ended else None,
        "private": True,
        **({"commit": commit} if with_commit else {}),
    }


def _minimal(kind: str, key: int, **more: str) -> dict[str, Any]:
    """Return a resource in the short form in which others hold it."""
    named = {"@type": {"repo": "repository"}.get(kind, kind), "@representation": "minimal"}
    return {**named, "@href": f"/{kind}/{key}", "id": key, **more}


def _refused(kind: str, message: str, status: int) -> Answer:
    told = {"@type": "error", "error_type": kind, "error_message": message}
    return json_answer(told, status)
