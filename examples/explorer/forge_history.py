"""What the example's forge holds of commits: tags, changes, pipelines, jobs, tests and files.

Commits, tags and who read what are those of the repository (``history.py``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from examples.explorer.history import BRANCHES, HISTORY
from examples.explorer.history import TAGS as TAGGED
from examples.explorer.registry import built_files, testnet_digest
from examples.explorer.repository import named
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

    from examples.explorer.history import Commit

PREVIOUS, RELEASE = (tag.name for tag in TAGGED)
TAGGED_ON: Mapping[str, datetime] = MappingProxyType(
    {tag.name: datetime.fromisoformat(tag.on) for tag in TAGGED}
)
BRANCH_PIPELINE = "88120"
TAG_PIPELINE = "88213"
PREVIOUS_TAG_PIPELINE = "84410"
NIGHTLY = "88402"
"""The newest pipeline of the schedule that deploys the testnet."""
NIGHT = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
SUITES: Mapping[str, int] = MappingProxyType({"test": 812, "race": 812})
"""Tests of the release by suite; GitLab calls a suite by its job."""
ON_A_PUSH = (
    *(("test", "test"), ("race", "test"), ("secrets", "test"), ("dependencies", "test")),
    *(("ansible-lint", "test"), ("threshold-dry-run", "test"), ("image", "build")),
)
ON_A_TAG = (
    *ON_A_PUSH,
    *(("canary", "deploy"), ("deploy", "deploy"), ("rollback", "deploy"), ("release", "release")),
)
AT_NIGHT = (*ON_A_PUSH, ("testnet", "deploy"))
LINTED = json.dumps(
    {
        "version": "2.1.0",
        "runs": [
            {"tool": {"driver": {"name": "ansible-lint", "version": "26.10.1"}}, "results": []}
        ],
    }
).encode()
"""What ansible-lint leaves behind when it objects to nothing."""
WITHOUT_FILES = frozenset({"canary", "deploy", "rollback", "release"})


def commit_of(tag: str) -> str:
    """Return the commit of a tag."""
    return named(next(one.of for one in TAGGED if one.name == tag))


def commits() -> tuple[str, ...]:
    """Return every commit that the forge knows: the head of the branch first, then backwards."""
    merged = tuple(one.commit for one in reversed(changes()))
    return (*merged, *(named(of) for name, of in BRANCHES.items() if name != "main"))


def tags() -> tuple[Tag, ...]:
    """Return the releases' tags, newest first."""
    return tuple(
        Tag(name=name, commit=commit_of(name), is_annotated=True) for name in (RELEASE, PREVIOUS)
    )


def changes() -> tuple[Change, ...]:
    """Return every change that was merged, oldest first; two others approved each."""
    merged = [one for one in HISTORY if one.name not in BRANCHES.values() or one.name == "release"]
    return tuple(_change(number, one) for number, one in enumerate(merged, 301))


def _change(number: int, one: Commit) -> Change:
    return Change(
        id=str(number),
        author=one.by,
        merged_by=one.reviewed,
        merged=datetime.fromisoformat(one.on),
        commit=named(one.name),
        approved_by=(one.reviewed, "eve"),
        head=named(one.name),
        title=one.message,
    )


def pipelines() -> tuple[Pipeline, ...]:
    """Return pipelines of the branch, of both tags and of the nightly schedule, newest first."""
    merged = changes()[-1].merged
    return (
        _pipeline(NIGHTLY, RELEASE, "main", "schedule", NIGHT),
        _pipeline(TAG_PIPELINE, RELEASE, RELEASE, "push", TAGGED_ON[RELEASE]),
        _pipeline(BRANCH_PIPELINE, RELEASE, "main", "push", merged),
        _pipeline(PREVIOUS_TAG_PIPELINE, PREVIOUS, PREVIOUS, "push", TAGGED_ON[PREVIOUS]),
    )


def _pipeline(number: str, tag: str, ref: str, source: str, at: datetime) -> Pipeline:
    return Pipeline(
        id=number,
        commit=commit_of(tag),
        ref=ref,
        source=source,
        status="success",
        started=at,
        ended=at + timedelta(minutes=14),
        url=f"https://git.example.org/explorer/explorer/-/pipelines/{number}",
    )


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
        return AT_NIGHT
    return ON_A_TAG if one.ref in TAGGED_ON else ON_A_PUSH


def _job(pipeline: Pipeline, place: int, name: str, stage: str) -> Job:
    waits = name == "rollback"
    return Job(
        id=f"{pipeline.id}{place:02}",
        name=name,
        stage=stage,
        status="manual" if waits else "success",
        ended=None if waits else pipeline.ended,
        has_artifacts=name not in WITHOUT_FILES,
        may_fail=False,
    )


def job_id(pipeline: str, name: str) -> str:
    """Return the id of a pipeline's job."""
    (found,) = (one.id for one in jobs()[pipeline] if one.name == name)
    return found


def reports() -> Mapping[str, SuiteResults]:
    """Return the results of tests of each pipeline."""
    suites = tuple(
        SuiteResult(name=name, total=total, failed=0, skipped=0) for name, total in SUITES.items()
    )
    return {
        one.id: SuiteResults(pipeline=one.id, commit=one.commit, suites=suites)
        for one in pipelines()
    }


def artifacts() -> Mapping[str, Mapping[str, bytes]]:
    """Return the files that jobs left behind: contents by path, by the job's id.

    Of all pipelines of the release's commit alike.
    """
    left = {
        "image": built_files(),
        "ansible-lint": {"ansible-lint.sarif": LINTED},
        "testnet": {"testnet.txt": testnet_digest().encode()},
    }
    return {
        job_id(pipeline, job): files
        for pipeline in (TAG_PIPELINE, BRANCH_PIPELINE, NIGHTLY)
        for job, files in left.items()
        if job != "testnet" or pipeline == NIGHTLY
    }
