"""What the example's forge holds of commits: tags, changes, pipelines, jobs, tests and files."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from examples.explorer.release import release_commit
from pytest_orr.clients.forge.said import (
    Change,
    Job,
    Pipeline,
    SuiteResult,
    SuiteResults,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

RELEASE = "v1.4.0"
PREVIOUS = "v1.3.2"
TAGGED = datetime(2026, 11, 9, 9, 30, tzinfo=UTC)
"""When the release was tagged; its commit is of 2026-10-16, when the last change was merged."""
PREVIOUS_TAGGED = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
BRANCH_PIPELINE = "88120"
TAG_PIPELINE = "88213"
PREVIOUS_TAG_PIPELINE = "84410"
NIGHTLY = "88402"
"""The newest pipeline of the schedule that deploys the testnet."""
SUITES = ("unit", "integration", "end-to-end")


def commit_of(what: str) -> str:
    """Return the commit of a tag or a change; the release's is the one that the profile names."""
    if what in {RELEASE, "!341"}:
        return release_commit()
    return hashlib.sha1(what.encode(), usedforsecurity=False).hexdigest()


def commits() -> tuple[str, ...]:
    """Return every commit that the forge knows, newest first."""
    return (*(one.commit for one in reversed(changes())), commit_of(PREVIOUS))


def tags() -> tuple[Tag, ...]:
    """Return the releases' tags, newest first."""
    return tuple(
        Tag(name=name, commit=commit_of(name), is_annotated=True) for name in (RELEASE, PREVIOUS)
    )


def changes() -> tuple[Change, ...]:
    """Return what was merged since the previous release, oldest first, each read by others."""
    written = (
        (329, "ana", "bo", ("bo", "finn"), 9, "Cache traces by block"),
        (334, "bo", "ana", ("ana", "eve"), 3, "Update golang.org/x/net"),
        (338, "finn", "ana", ("ana", "bo"), 1, "Reject addresses of other chains"),
        (341, "ana", "finn", ("finn", "bo"), 0, "Release a trace that nobody waits for"),
    )
    return tuple(
        Change(
            id=str(number),
            author=author,
            merged_by=merger,
            merged=datetime(2026, 10, 16, 13, 5, tzinfo=UTC) - timedelta(days=days),
            commit=commit_of(f"!{number}"),
            approved_by=approvers,
            head=commit_of(f"head of !{number}"),
            title=title,
        )
        for number, author, merger, approvers, days, title in written
    )


def pipelines() -> tuple[Pipeline, ...]:
    """Return pipelines of the branch, of both tags and of the nightly schedule, newest first."""
    return (
        _pipeline(NIGHTLY, RELEASE, "main", "schedule", datetime(2026, 11, 19, 2, tzinfo=UTC)),
        _pipeline(TAG_PIPELINE, RELEASE, RELEASE, "push", TAGGED),
        _pipeline(
            BRANCH_PIPELINE, RELEASE, "main", "push", datetime(2026, 10, 16, 13, 6, tzinfo=UTC)
        ),
        _pipeline(PREVIOUS_TAG_PIPELINE, PREVIOUS, PREVIOUS, "push", PREVIOUS_TAGGED),
    )


def _pipeline(number: str, what: str, ref: str, source: str, at: datetime) -> Pipeline:
    return Pipeline(
        id=number,
        commit=commit_of(what),
        ref=ref,
        source=source,
        status="success",
        started=at,
        ended=at + timedelta(minutes=14),
        url=f"https://git.example.org/explorer/explorer/-/pipelines/{number}",
    )


JOBS = (
    ("lint", "test"),
    ("test", "test"),
    ("race-test", "test"),
    ("ansible-lint", "test"),
    ("contingency-dry-run", "test"),
    ("image", "build"),
)
DELIVERING = (*JOBS, ("release", "release"), ("deploy-canary", "deploy"), ("deploy", "deploy"))
ROLLING_BACK = ("rollback", "deploy")


def jobs() -> Mapping[str, tuple[Job, ...]]:
    """Return the jobs of each pipeline; the release's can be rolled back by one that waits."""
    return {
        one.id: tuple(
            _job(one, place, name, stage) for place, (name, stage) in enumerate(_names_of(one))
        )
        for one in pipelines()
    }


def _names_of(one: Pipeline) -> tuple[tuple[str, str], ...]:
    if one.source == "schedule":
        return (("image-testnet", "build"), ("deploy-testnet", "deploy"))
    return (*DELIVERING, ROLLING_BACK) if one.ref.startswith("v") else JOBS


def _job(pipeline: Pipeline, place: int, name: str, stage: str) -> Job:
    waits = name == ROLLING_BACK[0]
    return Job(
        id=f"{pipeline.id}{place:02}",
        name=name,
        stage=stage,
        status="manual" if waits else "success",
        ended=None if waits else pipeline.ended,
        has_artifacts=name in {"test", "race-test", "image", "ansible-lint"},
    )


def job_id(pipeline: str, name: str) -> str:
    """Return the id of a pipeline's job."""
    (found,) = (one.id for one in jobs()[pipeline] if one.name == name)
    return found


def reports() -> Mapping[str, SuiteResults]:
    """Return the results of tests of each pipeline that tests."""
    return {
        one.id: SuiteResults(
            pipeline=one.id,
            commit=one.commit,
            suites=tuple(
                SuiteResult(name=name, total=total, failed=0, skipped=0)
                for name, total in zip(SUITES, (812, 96, 31), strict=True)
            ),
        )
        for one in pipelines()
        if one.source == "push"
    }


def artifacts() -> Mapping[str, Mapping[str, bytes]]:
    """Return the files that jobs left behind, by the job's id."""
    return {}
