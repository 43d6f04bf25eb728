"""Runs of workflows as pipelines, their jobs, and workflows that start by the clock."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from .github_project import read_project
from .github_reading import as_described, repository_path, segment, status_of, words, words_or_none
from .github_refusals import Wanted
from .instants import instant, instant_or_none
from .said import Job, Pipeline, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .github_api import Api

RUNS = Wanted(what="the workflow runs", permission="actions")
JOBS = Wanted(what="the jobs", permission="actions")
WORKFLOWS = Wanted(what="the workflows", permission="actions")
WORKFLOW_FILES = Wanted(what="the workflow files", permission="contents")
FOLDER = ".github/workflows/"
CRON = re.compile(r"""^\s*-\s*cron:\s*(?:'([^']*)'|"([^"]*)"|([^#\n]+))""", re.MULTILINE)
BY_CLOCK = re.compile(r"^\s*['\"]?schedule['\"]?\s*:", re.MULTILINE)
QUERY = """query($owner: String!, $name: String!, $folder: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: $folder) {
      ... on Tree { entries { name object { ... on Blob { text isTruncated } } } }
    }
  }
}"""


def read_pipelines(api: Api, project: str, commit: str, branch: str) -> tuple[Pipeline, ...]:
    """Return the runs of a commit, all of them, or the newest hundred of a branch."""
    path = f"{repository_path(project)}/actions/runs"
    ask = api.listing if commit else api.newest
    told = ask(
        path,
        RUNS,
        project,
        key="workflow_runs",
        head_sha=commit,
        branch=branch,
        exclude_pull_requests="true",
    )
    with as_described(RUNS, project):
        found = tuple(_pipeline(one) for one in told)
    return tuple(sorted(found, key=lambda one: one.started, reverse=True))


def read_pipeline(api: Api, project: str, number: str) -> Pipeline:
    """Return one run of a workflow."""
    path = f"{repository_path(project)}/actions/runs/{segment(number)}"
    told = api.get(path, RUNS, project, exclude_pull_requests="true")
    with as_described(RUNS, project):
        return _pipeline(told)


def read_jobs(api: Api, project: str, run: str) -> tuple[Job, ...]:
    """Return the jobs of a run, each with its last try; GitHub ties no artifact to a job."""
    path = f"{repository_path(project)}/actions/runs/{segment(run)}/jobs"
    told = api.listing(path, JOBS, project, key="jobs", filter="latest")
    with as_described(JOBS, project):
        return tuple(
            Job(
                id=str(one["id"]),
                name=words(one["name"]),
                status=status_of(one),
                ended=instant_or_none(one["completed_at"]),
            )
            for one in told
        )


def read_schedules(api: Api, project: str) -> tuple[Schedule, ...]:
    """Return the workflows of the default branch whose file says that they start by the clock."""
    branch = read_project(api, project).default_branch
    crons = _crons(api, project, branch)
    path = f"{repository_path(project)}/actions/workflows"
    told = api.listing(path, WORKFLOWS, project, key="workflows")
    with as_described(WORKFLOWS, project):
        clocked = [one for one in told if words(one["path"]) in crons]
    return api.each(partial(_schedule, api, project, branch, crons), clocked)


def _pipeline(run: Any) -> Pipeline:
    status = status_of(run)
    return Pipeline(
        id=str(run["id"]),
        commit=words(run["head_sha"]),
        ref=words_or_none(run["head_branch"]) or "",
        source=words(run["event"]),
        name=words(run.get("name") or run["path"]),
        status=status,
        started=instant(run.get("run_started_at") or run["created_at"]),
        ended=instant(run["updated_at"]) if run["status"] == "completed" else None,
        url=words(run["html_url"]),
    )


def _schedule(
    api: Api, project: str, branch: str, crons: dict[str, tuple[str, ...]], workflow: Any
) -> Schedule:
    with as_described(WORKFLOWS, project):
        path = f"{repository_path(project)}/actions/workflows/{int(workflow['id'])}/runs"
        file, is_active = workflow["path"], workflow["state"] == "active"
    told = api.newest(path, RUNS, project, key="workflow_runs", event="schedule", branch=branch)
    with as_described(RUNS, project):
        runs = tuple(_pipeline(one) for one in told)
    success, failure = _last(runs, "success"), _last(runs, "failed")
    return Schedule(
        name=file.rpartition("/")[2],
        ref=branch,
        cron="; ".join(crons[file]),
        is_active=is_active,
        last_success=success.ended if success else None,
        last_failure=failure.ended if failure else None,
        last_commit=success.commit if success else None,
    )


def _last(runs: Iterable[Pipeline], status: str) -> Pipeline | None:
    ended = [one for one in runs if one.status == status]
    return max(ended, key=lambda one: one.started, default=None)


def _crons(api: Api, project: str, branch: str) -> dict[str, tuple[str, ...]]:
    """Return when each workflow file starts its workflow, for those that do by the clock."""
    told = api.query(QUERY, WORKFLOW_FILES, project, folder=f"{branch}:{FOLDER.rstrip('/')}")
    with as_described(WORKFLOW_FILES, project):
        entries = (told["object"] or {"entries": ()})["entries"]
        texts = {
            f"{FOLDER}{words(one['name'])}": words((one["object"] or {}).get("text") or "")
            for one in entries
        }
    return {path: _times(text) for path, text in texts.items() if BY_CLOCK.search(text)}


def _times(text: str) -> tuple[str, ...]:
    return tuple("".join(found.groups("")).strip() for found in CRON.finditer(text))
