"""Faults of pipelines, tests and releases on the example's forge, for ``forge_faults.py``."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from examples.explorer.forge_history import (
    BRANCH_PIPELINE,
    NIGHTLY,
    PREVIOUS,
    RELEASE,
    TAG_PIPELINE,
    commit_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.explorer.forge_words import ForgeState
    from pytest_orr.clients.forge.said import SuiteResult


def head_not_built(state: ForgeState) -> ForgeState:
    """Let no pipeline have run for the head of the branch but by the clock."""
    return _without_pipeline(state, BRANCH_PIPELINE)


def head_untested(state: ForgeState) -> ForgeState:
    """Let the branch's pipeline report no test."""
    return _reporting(state, BRANCH_PIPELINE, lambda _: ())


def head_failed(state: ForgeState) -> ForgeState:
    """Let the branch's pipeline have failed."""
    return _pipeline_with(state, BRANCH_PIPELINE, status="failed")


def pipeline_not_required(state: ForgeState) -> ForgeState:
    """Let changes be merged whatever becomes of their pipeline."""
    loose: dict[str, Any] = {"requires_pipeline": False, "required_checks": ()}
    projects = [
        replace(one, protections=tuple(replace(rule, **loose) for rule in one.protections))
        for one in state.projects
    ]
    return replace(state, projects=tuple(projects))


def deployed_by_hand(state: ForgeState) -> ForgeState:
    """Let somebody have deployed to production past every pipeline."""
    made = [
        replace(one, pipeline=None, by="finn") if one.id == "7102" else one
        for one in state.deployments
    ]
    return replace(state, deployments=tuple(made))


def release_test_failed(state: ForgeState) -> ForgeState:
    """Let two tests of the release have failed."""
    return _reporting(state, TAG_PIPELINE, lambda suites: _first(suites, failed=2))


def release_tests_skipped(state: ForgeState) -> ForgeState:
    """Let five tests of the release have been skipped."""
    return _reporting(state, TAG_PIPELINE, lambda suites: _first(suites, skipped=5))


def release_suite_missing(state: ForgeState) -> ForgeState:
    """Let one suite not have run for the release."""
    return _reporting(state, TAG_PIPELINE, lambda suites: suites[:1])


def release_untested(state: ForgeState) -> ForgeState:
    """Let the tag's pipeline report no test."""
    return _reporting(state, TAG_PIPELINE, lambda _: ())


def release_run_failed(state: ForgeState) -> ForgeState:
    """Let what makes the release have failed."""
    jobs = tuple(
        replace(job, status="failed") if job.name == "release" else job
        for job in state.jobs[TAG_PIPELINE]
    )
    failed = replace(state, jobs={**state.jobs, TAG_PIPELINE: jobs})
    return _pipeline_with(failed, TAG_PIPELINE, status="failed")


def release_not_run(state: ForgeState) -> ForgeState:
    """Let nothing have run for the release's tag."""
    return _without_pipeline(state, TAG_PIPELINE)


def release_unproven(state: ForgeState) -> ForgeState:
    """Publish the release's files without their checksums."""
    releases = (replace(one, assets=one.assets[:1]) for one in state.releases)
    return replace(state, releases=tuple(releases))


def release_unpublished(state: ForgeState) -> ForgeState:
    """Publish no release for the newest tag."""
    return replace(state, releases=tuple(one for one in state.releases if one.tag != RELEASE))


def branch_test_failed(state: ForgeState) -> ForgeState:
    """Let the tests of the branch's newest pipeline have failed."""
    jobs = tuple(
        replace(job, status="failed") if job.name == "test" else job for job in state.jobs[NIGHTLY]
    )
    return replace(state, jobs={**state.jobs, NIGHTLY: jobs})


def testnet_schedule_off(state: ForgeState) -> ForgeState:
    """Switch the schedule of the testnet off."""
    return replace(state, schedules=tuple(replace(one, is_active=False) for one in state.schedules))


def testnet_by_hand(state: ForgeState) -> ForgeState:
    """Let somebody have deployed the testnet past every pipeline."""
    made = (
        replace(one, pipeline=None, by="bo") if one.environment == "testnet" else one
        for one in state.deployments
    )
    return replace(state, deployments=tuple(made))


def testnet_of_another_commit(state: ForgeState) -> ForgeState:
    """Let the testnet's last deployment be of the previous release."""
    made = (
        replace(one, commit=commit_of(PREVIOUS)) if one.environment == "testnet" else one
        for one in state.deployments
    )
    return replace(state, deployments=tuple(made))


def _without_pipeline(state: ForgeState, number: str) -> ForgeState:
    return replace(state, pipelines=tuple(one for one in state.pipelines if one.id != number))


def _pipeline_with(state: ForgeState, number: str, **said: Any) -> ForgeState:
    changed = (replace(one, **said) if one.id == number else one for one in state.pipelines)
    return replace(state, pipelines=tuple(changed))


def _reporting(
    state: ForgeState,
    number: str,
    change: Callable[[tuple[SuiteResult, ...]], tuple[SuiteResult, ...]],
) -> ForgeState:
    report = state.reports[number]
    changed = replace(report, suites=change(report.suites))
    return replace(state, reports={**state.reports, number: changed})


def _first(suites: tuple[SuiteResult, ...], **said: Any) -> tuple[SuiteResult, ...]:
    return (replace(suites[0], **said), *suites[1:])


PIPELINE_FAULTS: MappingProxyType[str, Callable[[ForgeState], ForgeState]] = MappingProxyType(
    {
        "branch-test-failed": branch_test_failed,
        "deployed-by-hand": deployed_by_hand,
        "head-failed": head_failed,
        "head-not-built": head_not_built,
        "head-untested": head_untested,
        "pipeline-not-required": pipeline_not_required,
        "release-not-run": release_not_run,
        "release-run-failed": release_run_failed,
        "release-suite-missing": release_suite_missing,
        "release-test-failed": release_test_failed,
        "release-tests-skipped": release_tests_skipped,
        "release-unproven": release_unproven,
        "release-unpublished": release_unpublished,
        "release-untested": release_untested,
        "testnet-by-hand": testnet_by_hand,
        "testnet-of-another-commit": testnet_of_another_commit,
        "testnet-schedule-off": testnet_schedule_off,
    }
)
