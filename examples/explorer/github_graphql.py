"""The example's forge as GitHub's GraphQL API tells it: the few queries that the product sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from examples.explorer.forge_server import Answer, Request, json_answer
from examples.explorer.github_run_shapes import PIPELINE
from examples.explorer.github_shapes import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examples.explorer.forge_words import ForgeState
    from pytest_orr.clients.forge.said import Change, Deployment, Tag

STATES = {
    "success": "SUCCESS",
    "failed": "FAILURE",
    "running": "IN_PROGRESS",
    "manual": "WAITING",
    "other": "INACTIVE",
}
ON_PUSH = "on: [push]\njobs: {}\n"


def told_by_graphql(state: ForgeState, request: Request, most: int) -> Answer:
    """Answer a query about the first project; any other is not there."""
    asked = json.loads(request.body)
    variables = asked["variables"]
    if f"{variables['owner']}/{variables['name']}" != state.projects[0].said.path:
        error = {"type": "NOT_FOUND", "message": "Could not resolve to a Repository."}
        return json_answer({"data": {"repository": None}, "errors": [error]})
    return json_answer({"data": {"repository": _repository(state, asked, request, most)}})


def _repository(state: ForgeState, asked: Any, request: Request, most: int) -> dict[str, Any]:
    query, variables = asked["query"], asked["variables"]
    after = variables.get("after")
    if "pullRequests(" in query:
        touched = sorted(state.changes, key=lambda one: one.merged, reverse=True)
        return {"pullRequests": _page([_pull(one, most) for one in touched], after, most)}
    if "refs(" in query:
        return {"refs": _page([_tag(one) for one in state.tags], after, most)}
    if "deployments(" in query:
        wanted = [one for one in state.deployments if one.environment == variables["environment"]]
        path = f"{request.base}/{state.projects[0].said.path}"
        return {"deployments": _page([_deployment(one, path) for one in wanted], after, most)}
    if "associatedPullRequests" in query:
        return {"object": _commit(state, variables["commit"])}
    return {"object": _workflow_files(state)}


def _page(nodes: Sequence[Any], after: str | None, most: int) -> dict[str, Any]:
    start = int(after or 0)
    info = {"hasNextPage": start + most < len(nodes), "endCursor": str(start + most)}
    return {"pageInfo": info, "nodes": list(nodes[start : start + most])}


def _actor(login: str) -> dict[str, str]:
    robot = login.endswith("[bot]") or "_bot_" in login
    return {"login": login.removesuffix("[bot]"), "__typename": "Bot" if robot else "User"}


def _pull(change: Change, most: int) -> dict[str, Any]:
    merged = moment(change.merged)
    reviews = [
        {"state": "APPROVED", "submittedAt": merged, "author": _actor(name)}
        for name in change.approved_by
    ]
    return {
        "number": int(change.id),
        "title": change.title,
        "mergedAt": merged,
        "updatedAt": merged,
        "headRefOid": change.head,
        "author": _actor(change.author),
        "mergedBy": _actor(change.merged_by) if change.merged_by else None,
        "mergeCommit": {"oid": change.commit},
        "reviews": {
            "pageInfo": {"hasNextPage": len(reviews) > most},
            "nodes": reviews[:most],
        },
    }


def _tag(tag: Tag) -> dict[str, Any]:
    commit = {"__typename": "Commit", "oid": tag.commit}
    annotated = {"__typename": "Tag", "oid": tag.commit[::-1], "target": commit}
    return {"name": tag.name, "target": annotated if tag.is_annotated else commit}


def _deployment(said: Deployment, path: str) -> dict[str, Any]:
    log = f"{path}/actions/runs/{said.pipeline}/job/1" if said.pipeline else None
    status = {
        "state": STATES[said.status],
        "createdAt": moment(said.ended or said.created),
        "logUrl": log,
    }
    return {
        "databaseId": int(said.id),
        "commitOid": said.commit,
        "createdAt": moment(said.created),
        "ref": {"name": said.ref} if said.ref else None,
        "creator": _actor(said.by),
        "statuses": {"nodes": [status]},
    }


def _commit(state: ForgeState, commit: str) -> dict[str, Any] | None:
    if commit not in state.commits:
        return None
    pulls = [
        {"number": int(one.id), "mergedAt": moment(one.merged)}
        for one in state.changes
        if one.commit == commit
    ]
    return {"associatedPullRequests": {"nodes": pulls}}


def _workflow_files(state: ForgeState) -> dict[str, Any]:
    clocked = {
        f"{one.name}.yml": f"on:\n  schedule:\n    - cron: '{one.cron}'\n"
        for one in state.schedules
    }
    texts = {PIPELINE: ON_PUSH, **clocked}
    blobs = [
        {"name": name, "object": {"text": text, "isTruncated": False}}
        for name, text in sorted(texts.items())
    ]
    return {"entries": blobs}
