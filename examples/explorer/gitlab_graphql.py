"""The two queries of GraphQL that the example's GitLab understands: approvals and alerts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from examples.explorer.forge_server import Answer, Request, json_answer
from examples.explorer.gitlab_shapes import instant

if TYPE_CHECKING:
    from examples.explorer.forge_words import ForgeState
    from pytest_orr.clients.forge.said import Alert, Change

TYPES = {"secret": "SECRET_DETECTION", "dependency": "DEPENDENCY_SCANNING", "code": "SAST"}
LOCATIONS = {
    "secret": "VulnerabilityLocationSecretDetection",
    "dependency": "VulnerabilityLocationDependencyScanning",
    "code": "VulnerabilityLocationSast",
}
OPERATION = re.compile(r"query\s+(\w+)")


def told_by_graphql(state: ForgeState, request: Request, most: int) -> Answer:
    """Answer one query; a project that is not there is null, as GitLab has it."""
    asked = json.loads(request.body)
    variables = asked["variables"]
    if variables["path"] not in {one.said.path for one in state.projects}:
        return json_answer({"data": {"project": None}})
    found = OPERATION.match(asked["query"].strip())
    match found and found[1]:
        case "Approvals":
            said = {"mergeRequests": connection(approvals(state, variables), variables, most)}
        case "Alerts":
            kinds = sorted(TYPES[kind] for kind in state.scanned)
            rows = alerts(state, variables["types"])
            said = {
                "securityScanners": {"enabled": kinds, "pipelineRun": kinds},
                "vulnerabilities": connection(rows, variables, most),
            }
        case _:
            return json_answer({"errors": [{"message": "Field does not exist"}]})
    return json_answer({"data": {"project": said}})


def connection(rows: list[Any], variables: dict[str, Any], most: int) -> dict[str, Any]:
    """Return one page of rows."""
    start = int(variables.get("after") or 0)
    more = start + most < len(rows)
    end = str(start + most) if more else None
    return {
        "nodes": rows[start : start + most],
        "pageInfo": {"hasNextPage": more, "endCursor": end},
    }


def approvals(state: ForgeState, variables: dict[str, Any]) -> list[Any]:
    """Return who approved each change that was merged after an instant."""

    def wanted(one: Change) -> bool:
        return not variables.get("since") or (instant(one.merged) or "") >= variables["since"]

    return [
        {
            "iid": one.id,
            "approvedBy": {"nodes": [{"username": name} for name in one.approved_by]},
        }
        for one in state.changes
        if wanted(one)
    ]


def alerts(state: ForgeState, types: list[str]) -> list[Any]:
    """Return vulnerabilities of some types, open and closed."""
    return [vulnerability(one) for one in state.alerts if TYPES[one.kind] in types]


def vulnerability(one: Alert) -> dict[str, Any]:
    """Return one vulnerability."""
    dismissed = one.resolution == "dismissed"
    closed = "DISMISSED" if dismissed else "RESOLVED"
    names = [("cve" if a.startswith("CVE") else "ghsa", a) for a in one.aliases]
    rule = [("gitleaks_rule_id", one.detector)] if one.detector else []
    return {
        "id": f"gid://gitlab/Vulnerability/{one.id}",
        "title": one.title,
        "severity": one.severity.upper(),
        "state": closed if one.resolution else "DETECTED",
        "detectedAt": instant(one.created),
        "dismissedAt": instant(one.resolved) if dismissed else None,
        "resolvedAt": None if dismissed else instant(one.resolved),
        "resolvedOnDefaultBranch": False,
        "identifiers": [
            {"externalType": kind, "externalId": name, "name": name}
            for kind, name in (*rule, *names)
        ],
        "location": {"__typename": LOCATIONS[one.kind], "file": one.where},
    }
