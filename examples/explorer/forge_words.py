"""The shape of what the example's forge holds, for everything that plants or tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.forge.said import (
        Alert,
        BranchProtection,
        Change,
        DeployKey,
        Deployment,
        EnvironmentProtection,
        Job,
        Member,
        Pipeline,
        Project,
        PublishedRelease,
        Schedule,
        SuiteResults,
        Tag,
        TagRule,
    )
    from pytest_orr.clients.forge.said_issues import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedProject:
    """One project, and what holds for it alone."""

    said: Project
    members: tuple[Member, ...] = ()
    protections: tuple[BranchProtection, ...] = ()
    """``branch`` of each may be a pattern."""
    deploy_keys: tuple[DeployKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeState:
    """All that a forge tells of the example; all but ``projects`` is of the first of them."""

    projects: tuple[PlantedProject, ...]
    owners: Mapping[str, tuple[Member, ...]]
    """By group."""
    commits: tuple[str, ...]
    """All that the forge knows, newest first."""
    tags: tuple[Tag, ...] = ()
    tag_rules: tuple[TagRule, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    """Newest first."""
    jobs: Mapping[str, tuple[Job, ...]] = field(default_factory=dict)
    """By the pipeline's id."""
    reports: Mapping[str, SuiteResults] = field(default_factory=dict)
    """By the pipeline's id."""
    artifacts: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    """By the job's id: contents by path."""
    changes: tuple[Change, ...] = ()
    """Oldest first."""
    releases: tuple[PublishedRelease, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    """Of all environments, newest first."""
    environments: tuple[EnvironmentProtection, ...] = ()
    """Those that are protected."""
    schedules: tuple[Schedule, ...] = ()
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By the project's path: ids of blobs by path, on the default branch."""
    issues: tuple[Issue, ...] = ()
    alerts: tuple[Alert, ...] = ()
    push_protection: bool | None = None
    scanned: frozenset[str] = frozenset({"secret", "dependency", "code"})
    """Kinds of alerts that a scanner of the forge looks for."""
