"""What GitLab says of pipelines: their jobs, tests, files and schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .gitlab_project import read_settings
from .gitlab_reading import (
    as_described,
    file_path,
    flag,
    number,
    project_path,
    segment,
    status_of,
    words,
)
from .gitlab_refusals import Refused, Wanted
from .instants import instant, instant_or_none
from .said import Job, Pipeline, Schedule, SuiteResult, SuiteResults

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .gitlab_api import Api

PIPELINES = Wanted(what="the pipelines")
JOBS = Wanted(what="the jobs")
BRIDGES = Wanted(what="the jobs that start pipelines")
TESTS = Wanted(what="the report of tests")
FILES = Wanted(what="the files of a job")
SCHEDULES = Wanted(what="the schedules of pipelines", role="Developer")
RUNS = Wanted(what="the pipelines of a schedule", role="Developer")
ENDED = frozenset({"success", "failed", "canceled", "skipped"})
BRANCH = "refs/heads/"


def read_pipelines(api: Api, project: str, commit: str, branch: str) -> tuple[Pipeline, ...]:
    """Return the pipelines of a commit, or the newest hundred of a branch; newest first.

    A listing tells when a pipeline was last written to, which is its end once it has ended.
    """
    path = f"{project_path(project)}/pipelines"
    of = {name: said for name, said in (("sha", commit), ("ref", branch)) if said}
    told = api.listing(
        path, PIPELINES, project, newest=not commit, order_by="id", sort="desc", **of
    )
    with as_described(PIPELINES, project):
        return tuple(_pipeline(one) for one in told)


def read_pipeline(api: Api, project: str, pipeline_id: str) -> Pipeline:
    """Return one pipeline."""
    path = f"{project_path(project)}/pipelines/{segment(pipeline_id)}"
    told = api.get(path, PIPELINES, project)
    with as_described(PIPELINES, project):
        return _pipeline(told)


def read_jobs(api: Api, project: str, pipeline: Pipeline) -> tuple[Job, ...]:
    """Return the jobs of a pipeline and of its child pipelines, each with its last try."""
    jobs: list[Job] = []
    waiting, seen = [pipeline.id], set[str]()
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.add(one)
        jobs += _own_jobs(api, project, one)
        waiting += _children(api, project, one)
    return tuple(jobs)


def read_test_report(api: Api, project: str, pipeline: Pipeline) -> SuiteResults:
    """Return counts by suite, which GitLab calls by the job that wrote its report.

    A report that GitLab could not read is ``FactUnavailable``: its tests are in no count.
    """
    path = f"{project_path(project)}/pipelines/{segment(pipeline.id)}/test_report_summary"
    told = api.get(path, TESTS, project)
    with as_described(TESTS, project):
        suites = told["test_suites"]
        for one in suites:
            if one.get("suite_error"):
                raise FactUnavailable(
                    f"GitLab could not read the report of tests that job {words(one['name'])} "
                    f"of pipeline {pipeline.id} wrote",
                    "let the job write JUnit XML that GitLab shows in the pipeline's tests",
                )
        return SuiteResults(
            pipeline=pipeline.id,
            commit=pipeline.commit,
            suites=tuple(
                SuiteResult(
                    name=words(one["name"]),
                    total=number(one["total_count"]),
                    failed=number(one["failed_count"]) + number(one["error_count"]),
                    skipped=number(one["skipped_count"]),
                )
                for one in suites
            ),
        )


def read_artifact(
    api: Api, project: str, commit: str, wanted: tuple[str, str], *, ref: str = ""
) -> bytes:
    """Return a file that the last successful job of a commit's pipelines left behind.

    ``wanted`` is the job and the file's path, ``ref`` the branch or tag if others do not count.
    """
    job, path = wanted
    pipelines = [one for one in read_pipelines(api, project, commit, "") if ref in {"", one.ref}]
    tries = (one for jobs in api.each(_jobs_of(api, project), pipelines) for one in jobs)
    done = [one for one in tries if one.name == job and one.status == "success" and one.ended]
    if not done:
        raise FactUnavailable(
            f"no pipeline of {commit} of {project} has a successful job {job}",
            f"run the pipeline of the commit with its job {job}",
        )
    return read_kept_file(api, project, max(done, key=_end_of), path)


def read_kept_file(api: Api, project: str, job: Job, path: str) -> bytes:
    """Return a file that a job left behind."""
    try:
        return api.file(
            f"{project_path(project)}/jobs/{segment(job.id)}/artifacts/{file_path(path)}",
            FILES,
            project,
        )
    except Refused as refused:
        if refused.status != 404:
            raise
        raise FactUnavailable(
            f"job {job.name} ({job.id}) of {project} keeps no file {path}: "
            "it wrote none, or it has expired",
            f"keep {path} as an artifact of the job, and run it again if it has expired",
        ) from None


def read_schedules(api: Api, project: str) -> tuple[Schedule, ...]:
    """Return what starts pipelines by the clock, with the last success and failure of each."""
    path = f"{project_path(project)}/pipeline_schedules"
    told = api.listing(path, SCHEDULES, project)
    with as_described(SCHEDULES, project):
        numbers = [number(one["id"]) for one in told]
    runs = api.each(lambda one: api.ends(f"{path}/{one}/pipelines", RUNS, project), numbers)
    with as_described(SCHEDULES, project):
        return tuple(_schedule(one, ran) for one, ran in zip(told, runs, strict=True))


def _pipeline(one: Any) -> Pipeline:
    status = status_of(one["status"])
    written = one.get("finished_at") or one["updated_at"]
    return Pipeline(
        id=str(number(one["id"])),
        commit=words(one["sha"]),
        ref=words(one["ref"]),
        source=words(one["source"]),
        status=status,
        started=instant(one.get("started_at") or one["created_at"]),
        ended=instant(written) if status in ENDED else None,
        url=words(one["web_url"]),
    )


def _own_jobs(api: Api, project: str, pipeline_id: str) -> tuple[Job, ...]:
    path = f"{project_path(project)}/pipelines/{segment(pipeline_id)}/jobs"
    told = api.listing(path, JOBS, project)
    with as_described(JOBS, project):
        return tuple(
            Job(
                id=str(number(one["id"])),
                name=words(one["name"]),
                stage=words(one["stage"]),
                status=status_of(one["status"]),
                ended=instant_or_none(one["finished_at"]),
                has_artifacts=bool(one.get("artifacts_file")),
                may_fail=flag(one["allow_failure"]),
            )
            for one in told
        )


def _children(api: Api, project: str, pipeline_id: str) -> list[str]:
    """Return the pipelines that a pipeline started in its own project."""
    path = f"{project_path(project)}/pipelines/{segment(pipeline_id)}/bridges"
    told = api.listing(path, BRIDGES, project)
    if not told:
        return []
    settings = read_settings(api, project)
    with as_described(BRIDGES, project):
        started = [one["downstream_pipeline"] for one in told if one.get("downstream_pipeline")]
        return [str(number(one["id"])) for one in started if one["project_id"] == settings["id"]]


def _jobs_of(api: Api, project: str) -> Any:
    return lambda pipeline: read_jobs(api, project, pipeline)


def _end_of(job: Job) -> datetime:
    if job.ended is None:
        raise AssertionError
    return job.ended


def _schedule(one: Any, runs: Iterable[Any]) -> Schedule:
    ends = [(instant(run["updated_at"]), run) for run in runs]
    by_status = {
        status: max(
            ((at, words(run["sha"])) for at, run in ends if run["status"] == status), default=None
        )
        for status in ("success", "failed")
    }
    success, failure = by_status["success"], by_status["failed"]
    return Schedule(
        name=words(one["description"]),
        ref=words(one["ref"]).removeprefix(BRANCH),
        cron=words(one["cron"]),
        is_active=flag(one["active"]),
        last_success=success and success[0],
        last_failure=failure and failure[0],
        last_commit=success and success[1],
    )
