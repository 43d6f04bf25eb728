"""How the last build of the branch ended, at Travis or its successor: ``branch_builds``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pytest_orr.clients.forge.said import Pipeline, Status
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.forge import Travis

from .releases_before import branch_of

MOST_PIPELINES = 10
"""Newest pipelines of the branch among which one is looked for that tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchBuild:
    """The last build of a branch that ended."""

    id: str
    commit: str
    status: Status
    ended: datetime

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.id}: {self.status} on {self.ended:%Y-%m-%d} at {self.commit[:8]}"

    def days_before(self, as_of: datetime) -> int:
        """Return how many days it is old."""
        return (as_of - self.ended).days


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchBuildFacts:
    """Which system builds and tests the branch, and how its last build ended."""

    supersedes_travis: bool
    build: Part[BranchBuild]
    """Named for the system, and for what it supersedes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchBuilds:
    """Does Travis, or the declared successor, build and test the branch?"""

    name: str = "branch_builds"
    source: str = "Travis or the forge"
    operations: tuple[str, ...] = (
        "forge:jobs",
        "forge:pipelines",
        "forge:project",
        "travis:builds",
    )
    fact_type: Any = BranchBuildFacts

    def collect(self, desk: Desk) -> Answer[BranchBuildFacts]:
        """Ask whichever system is declared."""
        declared = desk.profile.delivery.travis
        if declared.successor:
            name = f"{declared.successor}, which supersedes Travis"
            part = part_of(name, partial(_by_successor, desk, declared))
            return Answer(
                value=BranchBuildFacts(supersedes_travis=True, build=part),
                where=(desk.forge.where,),
            )
        if not declared.repository:
            raise Undeclared("[delivery.travis]", "Travis's repository, or what took its place,")
        part = part_of(f"Travis {declared.repository}", partial(_by_travis, desk))
        return Answer(
            value=BranchBuildFacts(supersedes_travis=False, build=part),
            where=(f"Travis {declared.repository}",),
        )


def _by_travis(desk: Desk) -> BranchBuild:
    branch = branch_of(desk)
    one = desk.travis.last_build(branch)
    return BranchBuild(
        id=f"build {one.number}", commit=one.commit, status=one.status, ended=one.ended
    )


def _by_successor(desk: Desk, declared: Travis) -> BranchBuild:
    branch, job = branch_of(desk), declared.test_job or ""
    ran = desk.forge.pipelines(branch=branch)
    newest = sorted(ran, key=lambda one: one.started, reverse=True)[:MOST_PIPELINES]
    found = next(_builds(desk, newest, job), None)
    if found is None:
        raise FactUnavailable(
            f"none of the {len(newest)} newest pipelines of {branch} has a job {job} that ended",
            "let it run there, or correct test_job under [delivery.travis] in readiness.toml",
        )
    return found


def _builds(desk: Desk, newest: list[Pipeline], job: str) -> Iterator[BranchBuild]:
    """Yield pipelines in which the job ended, or all of several that it became."""
    for one in newest:
        jobs = [made for made in desk.forge.jobs(one) if is_among(made.name, (job,))]
        ends = [made.ended for made in jobs if made.ended]
        if ends and len(ends) == len(jobs):
            bad = [made.status for made in jobs if made.status != "success"]
            name = f"job {job} of {one.id}"
            status = bad[0] if bad else "success"
            yield BranchBuild(id=name, commit=one.commit, status=status, ended=max(ends))


def is_among(job: str, names: tuple[str, ...]) -> bool:
    """Tell whether a job is one of these, or one of several that one of these became."""
    return re.sub(r"( \d+/\d+|: \[.*\]| \(.*\))$", "", job) in names
