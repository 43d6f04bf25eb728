"""Files and test results that runs of workflows leave behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.junit import junit_result_of
from pytest_orr.errors import FactUnavailable

from .github_archives import Archive
from .github_reading import as_described, repository_path, segment, words
from .github_refusals import Wanted, tame
from .github_runs import read_jobs, read_pipelines
from .said import SuiteResult, SuiteResults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .github_api import Api
    from .said import Pipeline

ARTIFACTS = Wanted(what="the artifacts", permission="actions")
LARGEST = 64 * 1024 * 1024
SMALL = 4 * 1024 * 1024
OF_TESTS = re.compile(r"test|junit|report|result|surefire", re.IGNORECASE)
"""Names of artifacts that are looked into for results however large they are."""
REMEDY = "let the tests write JUnit XML"
MARKS = tuple("<testsuite".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
"""What every file of JUnit XML holds, and reports of coverage or style do not."""


def read_test_report(api: Api, project: str, pipeline: Pipeline) -> SuiteResults:
    """Return the results of a run's tests: a suite for each artifact with JUnit XML in it.

    Artifacts of more than 4 MiB are looked into if their name says that they are about tests. A
    suite has the artifact's name, as one on GitLab has the job's.
    """
    kept = _artifacts(api, project, pipeline.id)
    with as_described(ARTIFACTS, project):
        looked_into = [
            one for one in kept if one["size_in_bytes"] <= SMALL or OF_TESTS.search(one["name"])
        ]
    archives = api.each(lambda one: _archive(api, project, one), looked_into)
    suites = tuple(suite for archive in archives for suite in _suites(archive))
    return SuiteResults(pipeline=pipeline.id, commit=pipeline.commit, suites=suites)


def read_artifact(
    api: Api, project: str, commit: str, wanted: tuple[str, str], *, ref: str = ""
) -> bytes:
    """Return a file of an artifact of the newest run of a commit in which a job succeeded.

    ``wanted`` is the job and the file's path, ``ref`` the branch or tag if others do not count.
    GitHub ties artifacts to runs: that with the job's name is looked into first, then the others.
    """
    job, path = wanted
    for pipeline in read_pipelines(api, project, commit, ""):
        if ref not in {"", pipeline.ref}:
            continue
        jobs = read_jobs(api, project, pipeline.id)
        if any(one.name == job and one.status == "success" for one in jobs):
            return _file_of(api, project, pipeline, job, path)
    raise FactUnavailable(
        f"no run of commit {commit} of {project} has a job {job} that succeeded",
        "run the workflow for the commit, or correct the job's name in readiness.toml",
    )


def _file_of(api: Api, project: str, pipeline: Pipeline, job: str, path: str) -> bytes:
    kept = _artifacts(api, project, pipeline.id)
    for one in sorted(kept, key=lambda one: (one["name"] != job, one["name"])):
        found = _archive(api, project, one).file(path)
        if found is not None:
            return found
    raise FactUnavailable(
        f"no artifact of run {pipeline.id} of {project}, in which job {job} succeeded, "
        f"holds {path}: looked into {len(kept)}",
        f"let job {job} keep the file by actions/upload-artifact",
    )


def _artifacts(api: Api, project: str, run: str) -> tuple[Any, ...]:
    path = f"{repository_path(project)}/actions/runs/{segment(run)}/artifacts"
    told = api.listing(path, ARTIFACTS, project, key="artifacts")
    with as_described(ARTIFACTS, project):
        return tuple(one for one in told if words(one["name"]))


def _archive(api: Api, project: str, artifact: Any) -> Archive:
    with as_described(ARTIFACTS, project):
        name, number = tame(artifact["name"]), int(artifact["id"])
        expired, size = bool(artifact["expired"]), int(artifact["size_in_bytes"])
    if expired:
        raise FactUnavailable(
            f"artifact {name} of {project} has expired",
            "run the workflow again, and keep its artifacts for longer",
        )
    if size > LARGEST:
        raise FactUnavailable(
            f"artifact {name} of {project} is larger than {LARGEST // 1024**2} MiB",
            "keep what is read of it in an artifact of its own, named for the job",
        )
    path = f"{repository_path(project)}/actions/artifacts/{number}/zip"
    return Archive(name=name, content=api.file(path, ARTIFACTS, project, LARGEST))


def _suites(archive: Archive) -> Iterator[SuiteResult]:
    """Yield the suite of an artifact; other files of XML are no results."""
    results = [
        junit_result_of(content, f"{tame(name)} in artifact {archive.name}", REMEDY)
        for name, content in archive.files_ending(".xml")
        if any(mark in content for mark in MARKS)
    ]
    skipped = sum(one.skipped for one in results)
    failed = sum(len(one.failed) for one in results)
    total = sum(one.ran for one in results) + skipped
    if total or failed:
        yield SuiteResult(name=archive.name, total=total, failed=failed, skipped=skipped)
