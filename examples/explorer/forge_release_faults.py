"""Faults of tags, canaries, approvals and rollbacks, for ``forge_faults.py``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from examples.explorer.forge_delivery import DRILLED
from examples.explorer.forge_history import RELEASE, TAGGED_ON
from pytest_orr.clients.forge.said import DeployKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.explorer.forge_words import ForgeState
    from pytest_orr.clients.forge.said import Deployment


def unprotected_tags(state: ForgeState) -> ForgeState:
    """Let everybody who may push make and move tags."""
    return replace(state, tag_rules=())


def release_not_tagged(state: ForgeState) -> ForgeState:
    """Tag nothing with the release's name."""
    return replace(state, tags=tuple(one for one in state.tags if one.name != RELEASE))


def canary_in_a_hurry(state: ForgeState) -> ForgeState:
    """Deploy to production half an hour after the canary had the release."""
    soon = TAGGED_ON[RELEASE] + timedelta(minutes=90)
    return _deployments(state, lambda one: one.id == "7102", created=soon, ended=soon)


def no_canary(state: ForgeState) -> ForgeState:
    """Let the release go to production at once."""
    return _without(state, lambda one: one.environment == "canary" and one.ref == RELEASE)


def pages_not_deployed(state: ForgeState) -> ForgeState:
    """Let the pipeline's last deployment of the pages have failed."""
    return _deployments(state, lambda one: one.environment == "pages", status="failed")


def rollback_not_rehearsed(state: ForgeState) -> ForgeState:
    """Let nobody have gone back on staging."""
    return _without(state, lambda one: one.created == DRILLED)


def rollback_long_ago(state: ForgeState) -> ForgeState:
    """Let the rehearsal on staging have been in July."""
    return replace(
        state,
        deployments=tuple(
            replace(one, created=one.created - timedelta(days=115), ended=None)
            if one.id in {"6980", "6981"}
            else one
            for one in state.deployments
        ),
    )


def rollback_job_missing(state: ForgeState) -> ForgeState:
    """Let no pipeline have a job that rolls back."""
    jobs = {
        pipeline: tuple(one for one in several if one.name != "rollback")
        for pipeline, several in state.jobs.items()
    }
    return replace(state, jobs=jobs)


def race_failed(state: ForgeState) -> ForgeState:
    """Let the race detector have found something at the release's commit."""
    jobs = {
        pipeline: tuple(
            replace(one, status="failed") if one.name == "race" else one for one in several
        )
        for pipeline, several in state.jobs.items()
    }
    return replace(state, jobs=jobs)


def one_approval(state: ForgeState) -> ForgeState:
    """Let one person be enough for a deployment."""
    return _environments(state, required_approvals=1)


def own_approval(state: ForgeState) -> ForgeState:
    """Let whoever starts a deployment approve it, too."""
    return _environments(state, own_approval_counts=True)


def unprotected_environment(state: ForgeState) -> ForgeState:
    """Let anybody deploy who may push."""
    return replace(state, environments=())


def lonely_deployment(state: ForgeState) -> ForgeState:
    """Let one person have deployed the release to production alone."""
    return _deployments(state, lambda one: one.environment == "production", approved_by=())


def change_around_review(state: ForgeState) -> ForgeState:
    """Let the newest change have come to the branch by a push."""
    return replace(state, changes=state.changes[:-1])


def forks(state: ForgeState) -> ForgeState:
    """Let every project be forked."""
    return replace(
        state,
        projects=tuple(
            replace(one, said=replace(one.said, may_be_forked=True)) for one in state.projects
        ),
    )


def writing_key(state: ForgeState) -> ForgeState:
    """Let a machine write to every project."""
    key = DeployKey(title="old build server", may_write=True)
    return replace(
        state,
        projects=tuple(replace(one, deploy_keys=(*one.deploy_keys, key)) for one in state.projects),
    )


def absent_member(state: ForgeState) -> ForgeState:
    """Let one of the team have no access to any project."""
    return replace(
        state,
        projects=tuple(
            replace(one, members=tuple(each for each in one.members if each.username != "dan"))
            for one in state.projects
        ),
    )


def _environments(state: ForgeState, **said: Any) -> ForgeState:
    return replace(state, environments=tuple(replace(one, **said) for one in state.environments))


def _deployments(state: ForgeState, fits: Callable[[Deployment], bool], **said: Any) -> ForgeState:
    changed = (replace(one, **said) if fits(one) else one for one in state.deployments)
    newest_first = sorted(changed, key=lambda one: (one.created, int(one.id)), reverse=True)
    return replace(state, deployments=tuple(newest_first))


def _without(state: ForgeState, fits: Callable[[Deployment], bool]) -> ForgeState:
    return replace(state, deployments=tuple(one for one in state.deployments if not fits(one)))


RELEASE_FAULTS: MappingProxyType[str, Callable[[ForgeState], ForgeState]] = MappingProxyType(
    {
        "absent-member": absent_member,
        "canary-in-a-hurry": canary_in_a_hurry,
        "change-around-review": change_around_review,
        "forks": forks,
        "lonely-deployment": lonely_deployment,
        "no-canary": no_canary,
        "one-approval": one_approval,
        "own-approval": own_approval,
        "race-failed": race_failed,
        "release-not-tagged": release_not_tagged,
        "rollback-job-missing": rollback_job_missing,
        "rollback-long-ago": rollback_long_ago,
        "pages-not-deployed": pages_not_deployed,
        "rollback-not-rehearsed": rollback_not_rehearsed,
        "unprotected-environment": unprotected_environment,
        "unprotected-tags": unprotected_tags,
        "writing-key": writing_key,
    }
)
