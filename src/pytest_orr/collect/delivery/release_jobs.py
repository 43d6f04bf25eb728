"""Reads which jobs the release's own pipelines have: the fact ``release_jobs``."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pytest_orr.clients.forge.said import Job, Pipeline, Status
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .branch_builds import is_among
from .releases_before import branch_of

EARLIEST = datetime.min.replace(tzinfo=UTC)
NONE = "push the release's commit or tag, and let its pipeline run"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseJob:
    """A job of a pipeline of the release's commit, as it went the last time."""

    name: str
    pipeline: str
    status: Status
    ended: datetime | None = None

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        when = f" on {self.ended:%Y-%m-%d}" if self.ended else ""
        return f"{self.status}{when} in pipeline {self.pipeline}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedJob:
    """What was found of a job that the profile names."""

    name: str
    job: ReleaseJob | None = None
    is_workflow: bool = False
    """Whether a workflow that ran on the branch has the name."""

    @property
    def is_there(self) -> bool:
        """Whether there is a job or a workflow of the name."""
        return self.job is not None or self.is_workflow

    @property
    def has_succeeded(self) -> bool:
        """Whether the job succeeded for the release's commit; unknown while it runs."""
        if self.job is not None and self.job.status == "running":
            raise FactUnavailable(f"job {self.name} has not ended", "run again when it has")
        return self.job is not None and self.job.status == "success"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.job is not None:
            return self.job.seen
        return "a workflow of the branch" if self.is_workflow else "no such job"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseJobFacts:
    """The jobs of all pipelines of the release's commit, and the workflows of its branch."""

    jobs: tuple[ReleaseJob, ...] = ()
    workflows: tuple[str, ...] = ()
    """Names of workflows that ran lately on the branch, started by hand too; none on GitLab."""

    def found(self, *names: str | None) -> tuple[NamedJob, ...]:
        """Return what was found of each name; of several tries the one that ended last."""
        return tuple(
            NamedJob(name=name, job=self._newest(name), is_workflow=name in self.workflows)
            for name in names
            if name
        )

    def _newest(self, name: str) -> ReleaseJob | None:
        several = [one for one in self.jobs if one.name == name]
        return max(several, key=_end, default=None) or self._newest_parts(name)

    def _newest_parts(self, name: str) -> ReleaseJob | None:
        """Return of the jobs that one became, as by a matrix, one that did not succeed, or any."""
        parts = [one for one in self.jobs if is_among(one.name, (name,))]
        last = max(parts, key=_end, default=None)
        own = [one for one in parts if last and one.pipeline == last.pipeline]
        return next((one for one in own if one.status != "success"), last)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseJobs:
    """Which jobs do the pipelines of the release's commit have, and how did they go?"""

    name: str = "release_jobs"
    source: str = "forge"
    operations: tuple[str, ...] = ("forge:jobs", "forge:pipelines")
    fact_type: Any = ReleaseJobFacts

    def collect(self, desk: Desk) -> Answer[ReleaseJobFacts]:
        """Ask the forge for the pipelines of the commit and for the jobs of each."""
        forge, commit = desk.forge, desk.profile.release.commit
        pipelines: tuple[Pipeline, ...] = forge.pipelines(commit=commit)
        if not pipelines:
            raise FactUnavailable(f"{forge.where} has no pipeline of {commit[:12]}", NONE)
        jobs = (_job(pipeline, job) for pipeline in pipelines for job in forge.jobs(pipeline))
        names = (one.name for one in forge.pipelines(branch=branch_of(desk)))
        facts = ReleaseJobFacts(
            jobs=tuple(sorted(jobs, key=lambda job: (job.name, job.pipeline))),
            workflows=tuple(sorted({name for name in names if name})),
        )
        return Answer(value=facts, where=(forge.where,))


def _end(job: ReleaseJob) -> datetime:
    return job.ended or EARLIEST


def _job(pipeline: Pipeline, job: Job) -> ReleaseJob:
    return ReleaseJob(name=job.name, pipeline=pipeline.id, status=job.status, ended=job.ended)
