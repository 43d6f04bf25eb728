"""What the example's forge holds, in the neutral words of the product; GitLab and GitHub tell it.

``forge_state(faults)`` puts the areas together, each of a small module or function of its own, and
then lets each fault change what it breaks (``forge_faults.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examples.explorer.forge_delivery import (
    deployments,
    environments,
    issues,
    releases,
    schedules,
)
from examples.explorer.forge_faults import FAULTS
from examples.explorer.forge_history import (
    artifacts,
    changes,
    commits,
    jobs,
    pipelines,
    reports,
    tags,
)
from examples.explorer.forge_words import ForgeState, PlantedProject
from pytest_orr.clients.forge.said import (
    BranchProtection,
    DeployKey,
    Member,
    Project,
    TagRule,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = "explorer/explorer"
VAULT = "explorer/vault"
GROUP = "explorer"
TOKEN = "token-of-the-reviewer"  # noqa: S105 of nobody
TEAM = (
    Member(username="ana", access="maintainer"),
    Member(username="bo", access="owner"),
    Member(username="dan", access="writer"),
    Member(username="eve", access="owner"),
    Member(username="finn", access="writer"),
)
PLANTED: Mapping[str, frozenset[str]] = {
    "faulty": frozenset(
        {
            "change-without-review",
            "deployed-by-hand",
            "one-approval",
            "release-suite-missing",
            "release-unproven",
            "stranger-in-project",
            "branch-test-failed",
            "testnet-schedule-off",
        }
    ),
    "repaired": frozenset(),
}
"""Faults of each state of the example."""


@dataclass(frozen=True, slots=True)
class UnknownFault(Exception):
    """Somebody planted a fault that nobody wrote."""

    name: str


def forge_state(faults: Iterable[str] = ()) -> ForgeState:
    """Return what the forge holds: sound, but for the named faults."""
    state = sound()
    for name in sorted(faults):
        if name not in FAULTS:
            raise UnknownFault(name)
        state = FAULTS[name](state)
    return state


def sound() -> ForgeState:
    """Return the state of a project that is ready."""
    return ForgeState(
        projects=(project(PROJECT), project(VAULT)),
        owners={GROUP: tuple(one for one in TEAM if one.access == "owner")},
        commits=commits(),
        tags=tags(),
        tag_rules=(TagRule(pattern="v*", may_create=("Maintainers",)),),
        pipelines=pipelines(),
        jobs=jobs(),
        reports=reports(),
        artifacts=artifacts(),
        changes=changes(),
        releases=releases(),
        deployments=deployments(),
        environments=environments(),
        schedules=schedules(),
        issues=issues(),
        alerts=(),
        push_protection=True,
    )


def project(path: str) -> PlantedProject:
    """Return one of the two private projects of the team."""
    return PlantedProject(
        said=Project(path=path, visibility="private", default_branch="main", may_be_forked=False),
        members=TEAM,
        protections=(
            BranchProtection(
                branch="main",
                is_protected=True,
                may_be_forced=False,
                required_approvals=2,
                own_approval_counts=False,
                requires_pipeline=True,
                required_checks=("test", "lint"),
            ),
        ),
        deploy_keys=(DeployKey(title="mirror of the explorer", may_write=False),),
    )
