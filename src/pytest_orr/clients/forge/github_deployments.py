"""Deployments to environments, who agreed to them, and who has to."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

from .github_reading import as_described, login_of, repository_path, words
from .github_refusals import Wanted
from .instants import instant
from .said import Deployment, EnvironmentProtection, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .github_api import Api

DEPLOYMENTS = Wanted(what="the deployments", permission="deployments")
ENVIRONMENTS = Wanted(what="the environments", permission="actions")
APPROVALS = Wanted(what="the approvals of a run", permission="actions")
NEWEST = 100
LEFT = "INACTIVE"
"""What GitHub calls a deployment that another one followed."""
STATES: Mapping[str, Status] = MappingProxyType(
    {
        "SUCCESS": "success",
        "FAILURE": "failed",
        "ERROR": "failed",
        "IN_PROGRESS": "running",
        "PENDING": "running",
        "QUEUED": "running",
        "WAITING": "manual",
    }
)
ENDS = frozenset({"success", "failed"})
RUN = re.compile(r"/actions/runs/([0-9]+)(/|$)")
QUERY = """query($owner: String!, $name: String!, $environment: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    deployments(environments: [$environment], first: 100, after: $after,
                orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        databaseId commitOid createdAt
        ref { name }
        creator { login __typename }
        statuses(first: 20) { nodes { state createdAt logUrl } }
      }
    }
  }
}"""


def read_deployments(api: Api, project: str, environment: str) -> tuple[Deployment, ...]:
    """Return the newest hundred deployments to an environment, newest first."""
    told = api.queried(QUERY, DEPLOYMENTS, project, "deployments", environment=environment)
    nodes = tuple(islice(told, NEWEST))
    with as_described(DEPLOYMENTS, project):
        runs = {run for one in nodes if (run := _run(project, one))}
    approvers = dict(api.each(partial(_approvers, api, project, environment), sorted(runs)))
    with as_described(DEPLOYMENTS, project):
        return tuple(_deployment(project, environment, one, approvers) for one in nodes)


def read_environment_protection(
    api: Api, project: str, environment: str
) -> EnvironmentProtection | None:
    """Return who must agree; one of the reviewers is always enough at GitHub."""
    path = f"{repository_path(project)}/environments"
    told = api.listing(path, ENVIRONMENTS, project, key="environments")
    with as_described(ENVIRONMENTS, project):
        found = [one for one in told if one["name"] == environment]
        if not found:
            raise FactUnavailable(
                f"GitHub knows no environment {environment} of {project}",
                "correct its name in readiness.toml, or let the workflow deploy to it",
            )
        rules = found[0].get("protection_rules") or ()
        reviews = [one for one in rules if one["type"] == "required_reviewers"]
        return _protection(environment, reviews[0]) if reviews else None


def _protection(environment: str, rule: Any) -> EnvironmentProtection | None:
    approvers = tuple(sorted(_name(one["reviewer"]) for one in rule.get("reviewers") or ()))
    if not approvers:
        return None
    alone = rule.get("prevent_self_review")
    return EnvironmentProtection(
        environment=environment,
        required_approvals=1,
        own_approval_counts=None if alone is None else not alone,
        approvers=approvers,
    )


def _name(reviewer: Any) -> str:
    return login_of(reviewer) if "login" in reviewer else words(reviewer["slug"])


def _deployment(
    project: str, environment: str, told: Any, approvers: Mapping[str, tuple[str, ...]]
) -> Deployment:
    status, ended = _last_state(told)
    run = _run(project, told)
    return Deployment(
        id=str(told["databaseId"]),
        environment=environment,
        commit=words(told["commitOid"]),
        ref=words(told["ref"]["name"]) if told["ref"] else "",
        status=status,
        created=instant(told["createdAt"]),
        ended=ended,
        by=login_of(told["creator"]),
        pipeline=run,
        approved_by=approvers.get(run or "", ()),
    )


def _last_state(told: Any) -> tuple[Status, Any]:
    """Return how a deployment went, and when it ended; that another followed does not count."""
    said = [
        (instant(one["createdAt"]), STATES[one["state"]])
        for one in told["statuses"]["nodes"]
        if one["state"] != LEFT
    ]
    if not said:
        return ("other" if told["statuses"]["nodes"] else "running"), None
    at, status = max(said, key=lambda one: one[0])
    return status, at if status in ENDS else None


def _run(project: str, told: Any) -> str | None:
    """Return the run that made a deployment, if its log lies in a run of this project."""
    for one in told["statuses"]["nodes"]:
        path = urlsplit(one["logUrl"] or "").path
        if found := RUN.match(path.removeprefix(f"/{project}")):
            return found[1]
    return None


def _approvers(api: Api, project: str, environment: str, run: str) -> tuple[str, tuple[str, ...]]:
    path = f"{repository_path(project)}/actions/runs/{run}/approvals"
    told = api.listing(path, APPROVALS, project)
    with as_described(APPROVALS, project):
        names = {
            login_of(one["user"])
            for one in told
            if one["state"] == "approved"
            and environment in {named["name"] for named in one["environments"]}
        }
    return run, tuple(sorted(names))
