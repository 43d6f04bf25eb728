"""What builds, tests and deploys the service's branch: the fact ``branch_pipelines``."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.forge.interface import Forge
from pytest_orr.clients.forge.said import Pipeline
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .branch_builds import is_among
from .environment_histories import live_environment
from .last_deployments import LastDeployment, last_deployment
from .pipeline_tests import PipelineTests, newest_of_each, read_tests
from .releases_before import branch_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredChecks:
    """What must have succeeded before anything reaches a branch."""

    is_protected: bool
    requires_pipeline: bool | None = None
    checks: tuple[str, ...] = ()
    """Names of required checks; where the pipeline is required as a whole, of the jobs of the
    branch's newest pipelines without which it fails."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        if not self.is_protected:
            return "not protected"
        required = {True: "required", False: "not required", None: "not told"}
        names = f", checks {', '.join(self.checks)}" if self.checks else ""
        return f"protected, pipeline {required[self.requires_pipeline]}{names}"

    @property
    def waits_for_pipeline(self) -> bool:
        """Whether nothing is merged before a pipeline, or checks, succeeded."""
        if self.requires_pipeline is None:
            raise FactUnavailable(
                "the forge does not tell whether a merge waits for the pipeline",
                "give the token a role that may see the project's settings",
            )
        return self.requires_pipeline

    def missing(self, declared: Iterable[str]) -> tuple[str, ...]:
        """Return declared checks that are not required, nor any of several that one became."""
        told = [(name, (name,)) for name in declared if name not in self.checks]
        return tuple(
            name for name, one in told if not any(is_among(check, one) for check in self.checks)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPipelineFacts:
    """A branch: what ran for its last commit, what protects it, what was last deployed."""

    branch: str
    head: str
    """Its last commit."""
    runs: tuple[PipelineTests, ...]
    """Of its last commit, of each workflow and trigger the newest, newest first."""
    protection: Part[RequiredChecks]
    deployment: Part[LastDeployment]

    @property
    def name(self) -> str:
        """Branch and commit."""
        return f"{self.branch} at {self.head[:8]}"

    @property
    def seen(self) -> str:
        """One line about its pipelines, for a finding; never raises."""
        return "; ".join(f"{run.name}: {run.seen}" for run in self.runs)

    @property
    def latest(self) -> tuple[PipelineTests, ...]:
        """The newest run of each workflow, whatever started it."""
        newest: dict[str, PipelineTests] = {}
        for run in self.runs:
            newest.setdefault(run.pipeline.name, run)
        return tuple(newest.values())

    @property
    def tests(self) -> int:
        """Tests of all runs that succeeded; unknown if none is told and a run is not over."""
        good = [run for run in self.runs if run.pipeline.status == "success"]
        told = sum(suite.total for run in good for suite in run.suites)
        for run in self.runs if not told else ():
            _ = run.results
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPipelines:
    """Does a pipeline test the service's branch, and make its deployments?"""

    name: str = "branch_pipelines"
    source: str = "the forge"
    operations: tuple[str, ...] = (
        "forge:branch_protection",
        "forge:deployments",
        "forge:head",
        "forge:jobs",
        "forge:pipelines",
        "forge:project",
        "forge:test_report",
    )
    fact_type: Any = BranchPipelineFacts

    def collect(self, desk: Desk) -> Answer[BranchPipelineFacts]:
        """Ask for the branch's head, and what ran for it."""
        forge, branch = desk.forge, branch_of(desk)
        head = forge.head(branch)
        ran = [one for one in forge.pipelines(commit=head) if one.ref == branch]
        newest = newest_of_each(ran)
        asked = newest if desk.profile.delivery.required_checks else ()
        facts = BranchPipelineFacts(
            branch=branch,
            head=head,
            runs=read_tests(forge, newest),
            protection=part_of(f"branch {branch}", partial(_protection, forge, branch, asked)),
            deployment=part_of("last deployment", partial(_last, desk)),
        )
        return Answer(value=facts, where=(forge.where,))


def _last(desk: Desk) -> LastDeployment:
    return last_deployment(desk.forge, live_environment(desk))


def _protection(forge: Forge, branch: str, newest: Iterable[Pipeline]) -> RequiredChecks:
    said = forge.branch_protection(branch)
    checks = set(said.required_checks)
    if said.requires_pipeline and not checks:
        jobs = (job for pipeline in newest for job in forge.jobs(pipeline))
        checks = {job.name for job in jobs if not job.may_fail}
    return RequiredChecks(
        is_protected=said.is_protected,
        requires_pipeline=said.requires_pipeline,
        checks=tuple(sorted(checks)),
    )
