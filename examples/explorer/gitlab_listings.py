"""What the example's GitLab answers to each path of a project: values in the shapes of its API."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from examples.explorer import gitlab_run_shapes as runs
from examples.explorer import gitlab_shapes as shapes
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from examples.explorer.forge_words import ForgeState, PlantedProject

Rows = list[Any]


class Nothing(Exception):
    """What was asked for is not there; GitLab names it in its 404."""


def members(_: ForgeState, one: PlantedProject, __: Mapping[str, str]) -> Rows:
    """Return everybody with access."""
    return [shapes.member(member) for member in one.members]


def protected_branches(_: ForgeState, one: PlantedProject, __: Mapping[str, str]) -> Rows:
    """Return rules that protect branches."""
    return [
        shapes.protected_branch(n, rule)
        for n, rule in enumerate(one.protections)
        if rule.is_protected
    ]


def approval_rules(_: ForgeState, one: PlantedProject, __: Mapping[str, str]) -> Rows:
    """Return rules that ask for approvals."""
    return [shapes.approval_rule(n, rule) for n, rule in enumerate(one.protections)]


def deploy_keys(_: ForgeState, one: PlantedProject, __: Mapping[str, str]) -> Rows:
    """Return keys of machines."""
    return [
        {"id": n, "title": key.title, "can_push": key.may_write}
        for n, key in enumerate(one.deploy_keys)
    ]


def tree(state: ForgeState, one: PlantedProject, _: Mapping[str, str]) -> Rows:
    """Return the files of the default branch, and a folder."""
    files = state.files.get(one.said.path, {})
    folder = {"id": "0" * 40, "name": "docs", "type": "tree", "path": "docs", "mode": "040000"}
    blobs = [
        {"id": blob, "name": path.split("/")[-1], "type": "blob", "path": path, "mode": "100644"}
        for path, blob in sorted(files.items())
    ]
    return [folder, *blobs]


def pipelines(state: ForgeState, _: PlantedProject, query: Mapping[str, str]) -> Rows:
    """Return pipelines of a commit or of a branch or tag, newest first."""
    wanted = (query.get("sha"), query.get("ref"))
    return [
        runs.pipeline(one)
        for one in state.pipelines
        if wanted[0] in {None, one.commit} and wanted[1] in {None, one.ref}
    ]


def merge_requests(state: ForgeState, one: PlantedProject, query: Mapping[str, str]) -> Rows:
    """Return merged merge requests of the default branch that changed after an instant."""
    branch, since = one.said.default_branch, query.get("updated_after", "")
    rows = [shapes.merge_request(change, branch) for change in state.changes]
    wanted = branch == query.get("target_branch") and query.get("state") == "merged"
    return [row for row in rows if wanted and row["updated_at"] >= since]


def deployments(state: ForgeState, _: PlantedProject, query: Mapping[str, str]) -> Rows:
    """Return deployments to an environment, newest first if asked so."""
    rows = [
        runs.deployment(one)
        for one in state.deployments
        if one.environment == query.get("environment", one.environment)
    ]
    return rows if query.get("sort") == "desc" else rows[::-1]


def schedules(state: ForgeState, _: PlantedProject, __: Mapping[str, str]) -> Rows:
    """Return schedules; their ids are their places."""
    return [shapes.schedule(n, one) for n, one in enumerate(state.schedules)]


LISTINGS: Mapping[str, Callable[[ForgeState, PlantedProject, Mapping[str, str]], Rows]] = (
    MappingProxyType(
        {
            "members/all": members,
            "protected_branches": protected_branches,
            "approval_rules": approval_rules,
            "deploy_keys": deploy_keys,
            "repository/tree": tree,
            "pipelines": pipelines,
            "merge_requests": merge_requests,
            "deployments": deployments,
            "pipeline_schedules": schedules,
            "protected_tags": lambda state, *_: [
                shapes.protected_tag(one) for one in state.tag_rules
            ],
            "repository/tags": lambda state, *_: [shapes.tag(one) for one in state.tags],
            "releases": lambda state, *_: [shapes.release(one) for one in state.releases],
            "protected_environments": lambda state, *_: [
                shapes.protected_environment(one) for one in state.environments
            ],
        }
    )
)
"""Rows by what follows the project in the path."""


def listing_of(state: ForgeState, one: PlantedProject, request: Request) -> Rows | None:
    """Return the rows of a listing; none if the path names one thing."""
    rest = request.parts[4:]
    if found := LISTINGS.get("/".join(rest)):
        return found(state, one, request.query)
    match rest:
        case ("pipelines", number, "jobs"):
            return [runs.job(job) for job in state.jobs.get(number, ())]
        case ("pipelines", number, "bridges"):
            return []
        case ("pipeline_schedules", number, "pipelines"):
            return runs_of(state, int(number))
        case ("repository", "commits", commit, "merge_requests"):
            changes = (one for one in state.changes if one.commit == commit)
            return [shapes.merge_request(one, "main") for one in changes]
        case _:
            return None


def runs_of(state: ForgeState, number: int) -> Rows:
    """Return the pipelines of a schedule: its last success and its last failure."""
    one = state.schedules[number]
    ends = (("success", one.last_success, 2), ("failed", one.last_failure, 1))
    return [
        {
            "id": 1000 * number + place,
            "sha": one.last_commit or "0" * 40,
            "ref": one.ref,
            "source": "schedule",
            "status": status,
            "created_at": shapes.instant(end),
            "updated_at": shapes.instant(end),
            "web_url": f"https://git.example.org/explorer/explorer/-/pipelines/{number}{place}",
        }
        for status, end, place in ends
        if end
    ]


def thing_of(state: ForgeState, one: PlantedProject, request: Request) -> Answer:
    """Return the one thing that a path names; 404 if there is none."""
    try:
        return _thing(state, one, request.parts[4:])
    except (Nothing, StopIteration):
        return json_answer({"message": "404 Not found"}, 404)


def _thing(state: ForgeState, one: PlantedProject, rest: tuple[str, ...]) -> Answer:
    match rest:
        case ("security_settings",):
            return _push_protection(state)
        case ("jobs", job, "artifacts", *path):
            return _file(state, job, "/".join(path))
    return json_answer(_told(state, one, rest))


def _told(state: ForgeState, one: PlantedProject, rest: tuple[str, ...]) -> Any:
    match rest:
        case ():
            return shapes.project(state, one)
        case ("approvals",):
            return shapes.approvals(one)
        case ("repository", "commits", commit) if commit in state.commits:
            return {"id": commit, "title": "A commit"}
        case ("repository", "branches", name) if name == one.said.default_branch:
            return {"name": name, "commit": {"id": state.commits[0]}}
        case (kind, number, *more):
            return _numbered(state, kind, number, *more)
    raise Nothing


def _numbered(state: ForgeState, kind: str, number: str, *more: str) -> Any:
    of = partial(_with_id, number)
    match (kind, *more):
        case ("pipelines",):
            return runs.whole_pipeline(of(state.pipelines))
        case ("pipelines", "test_report_summary"):
            return runs.test_report_summary(state.reports.get(number))
        case ("deployments",):
            return runs.whole_deployment(of(state.deployments))
        case ("issues",):
            return shapes.issue(next(one for one in state.issues if str(one.number) == number))
    raise Nothing


def _with_id(number: str, of: tuple[Any, ...]) -> Any:
    return next(one for one in of if one.id == number)


def _push_protection(state: ForgeState) -> Answer:
    if state.push_protection is None:
        return json_answer({"message": "403 Forbidden"}, 403)
    own = {"project_id": shapes.PROJECT_ID}
    return json_answer({**own, "secret_push_protection_enabled": state.push_protection})


def _file(state: ForgeState, job: str, path: str) -> Answer:
    files = state.artifacts.get(job, {})
    if path not in files:
        raise Nothing
    return Answer(body=files[path], headers={"Content-Type": "application/octet-stream"})
