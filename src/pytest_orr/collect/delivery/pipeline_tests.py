"""Pipelines with the results of their tests, for ``branch_pipelines`` and ``release_tests``."""

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_orr.clients.forge.interface import Forge
from pytest_orr.clients.forge.said import Pipeline, SuiteResult
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable

OF_A_COMMIT = frozenset(
    {
        *("push", "web", "webide", "api", "trigger", "external"),
        *("merge_request_event", "external_pull_request_event"),
        *("pull_request", "merge_group", "workflow_dispatch", "release", "create"),
    }
)
"""What starts pipelines that say something of a commit. The clock, comments, issues, other
pipelines and the forge itself start what merely runs upon the newest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineTests:
    """A pipeline (GitLab) or a run of a workflow (GitHub), and the report of its tests."""

    pipeline: Pipeline
    report_commit: str = ""
    """The commit that the report is about."""
    suites: tuple[SuiteResult, ...] = ()
    trouble: Unavailable | None = None
    """Why the report could not be read."""

    @property
    def name(self) -> str:
        """The workflow's name, and the pipeline's id."""
        return f"{self.pipeline.name or 'pipeline'} {self.pipeline.id}"

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        said = f"{self.pipeline.status} on {self.pipeline.ref} at {self.pipeline.commit[:8]}"
        return f"{said}, {self.trouble.cause if self.trouble else _counted(self.suites)}"

    @property
    def has_succeeded(self) -> bool:
        """Whether it did; unknown while it runs."""
        self._wait()
        return self.pipeline.status == "success"

    @property
    def results(self) -> tuple[SuiteResult, ...]:
        """Its suites; unknown while it runs, and if the report could not be read."""
        self._wait()
        if self.trouble is not None:
            raise FactUnavailable(self.trouble.cause, self.trouble.remedy)
        return self.suites

    @property
    def failed(self) -> int:
        """Tests that failed."""
        return sum(suite.failed for suite in self.results)

    def reports_on(self, commit: str) -> bool:
        """Tell whether the report, if it has any test, is about a commit."""
        return not self.results or self.report_commit == commit

    def _wait(self) -> None:
        if self.pipeline.status == "running":
            raise FactUnavailable(
                f"pipeline {self.pipeline.id} has not ended", "run again when it has"
            )


def newest_of_each(pipelines: Iterable[Pipeline]) -> tuple[Pipeline, ...]:
    """Return the newest pipeline of each workflow and trigger, newest first.

    Those that say nothing of a commit are left out, and those of which no job ran.
    """
    newest: dict[tuple[str, str], Pipeline] = {}
    for one in sorted(pipelines, key=lambda one: (one.started, one.id), reverse=True):
        if one.source in OF_A_COMMIT and one.status != "skipped":
            newest.setdefault((one.name, one.source), one)
    return tuple(newest.values())


def read_tests(forge: Forge, pipelines: Iterable[Pipeline]) -> tuple[PipelineTests, ...]:
    """Return pipelines with the reports of their tests; one not readable hides no other."""
    return tuple(_read(forge, one) for one in pipelines)


def _read(forge: Forge, pipeline: Pipeline) -> PipelineTests:
    if pipeline.status == "running":
        return PipelineTests(pipeline=pipeline)
    try:
        report = forge.test_report(pipeline)
    except FactUnavailable as error:
        why = Unavailable(cause=error.cause, remedy=error.remedy)
        return PipelineTests(pipeline=pipeline, trouble=why)
    return PipelineTests(pipeline=pipeline, report_commit=report.commit, suites=report.suites)


def _counted(suites: tuple[SuiteResult, ...]) -> str:
    total, failed, skipped = (
        sum(getattr(suite, key) for suite in suites) for key in ("total", "failed", "skipped")
    )
    return f"{total} tests in {len(suites)} suites, {failed} failed, {skipped} skipped"
