"""What a forge says of a project, in words that GitLab and GitHub share.

A value that one of them does not have, or that the token may not see, is ``None``; whoever judges
takes that as unknown, never as no. All instants are aware, UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Visibility = Literal["public", "internal", "private"]
Access = Literal["owner", "maintainer", "writer", "reader"]
Status = Literal["success", "failed", "running", "skipped", "canceled", "manual", "other"]
AlertKind = Literal["secret", "dependency", "code"]
Severity = Literal["critical", "high", "medium", "low", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The project itself."""

    path: str
    visibility: Visibility
    default_branch: str
    may_be_forked: bool | None = None
    is_archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody with access, direct or by a group; on GitHub people that are only invited too."""

    username: str
    access: Access
    is_robot: bool = False
    has_joined: bool = True
    """Whether somebody who was invited came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchProtection:
    """What holds for a branch, all rules of its project taken together."""

    branch: str
    is_protected: bool
    may_be_forced: bool | None = None
    """Whether somebody may rewrite its history."""
    required_approvals: int | None = None
    """How many a change needs; none on GitLab where every developer may push without a change."""
    own_approval_counts: bool | None = None
    """Whether an author's own approval counts."""
    requires_pipeline: bool | None = None
    """Whether nothing is merged before the pipeline, or required checks, succeeded."""
    required_checks: tuple[str, ...] = ()
    """Names of the checks that are required; GitLab requires the pipeline as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """A pattern of tags that not everybody may make, move or delete."""

    pattern: str
    may_create: tuple[str, ...] = ()
    """Who may: roles, people or teams as the forge names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag."""

    name: str
    commit: str
    is_annotated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A pipeline (GitLab), or a run of a workflow (GitHub)."""

    id: str
    commit: str
    ref: str
    """Branch or tag."""
    source: str
    """What started it, as the forge names it: push, schedule, release …"""
    name: str = ""
    """The workflow's name or file; empty on GitLab."""
    status: Status
    started: datetime
    ended: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of a pipeline."""

    id: str
    name: str
    stage: str = ""
    environment: str = ""
    status: Status
    ended: datetime | None = None
    has_artifacts: bool | None = None
    may_fail: bool | None = None
    """Whether the pipeline succeeds without it; a workflow of GitHub tells it only by its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """Results of one suite of tests."""

    name: str
    total: int
    failed: int
    """Failures and errors."""
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResults:
    """Results of a pipeline's tests."""

    pipeline: str
    commit: str
    suites: tuple[SuiteResult, ...] = ()

    @property
    def total(self) -> int:
        """Tests of all suites."""
        return sum(suite.total for suite in self.suites)

    @property
    def failed(self) -> int:
        """Those that failed."""
        return sum(suite.failed for suite in self.suites)

    @property
    def skipped(self) -> int:
        """Those that were skipped."""
        return sum(suite.skipped for suite in self.suites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A merge request or pull request that was merged."""

    id: str
    author: str
    merged_by: str | None = None
    merged: datetime
    commit: str
    """What the branch was afterwards."""
    approved_by: tuple[str, ...] = ()
    head: str | None = None
    """The last commit of the change itself."""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployment to an environment."""

    id: str
    environment: str
    commit: str
    ref: str = ""
    status: Status
    created: datetime
    ended: datetime | None = None
    by: str = ""
    """Who, or what robot, started it."""
    pipeline: str | None = None
    """The pipeline that made it; none if somebody made it by hand."""
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentProtection:
    """Who must agree before something is deployed to an environment."""

    environment: str
    required_approvals: int
    """How many people; on GitHub one of the reviewers is always enough."""
    own_approval_counts: bool | None = None
    """Whether whoever started the deployment may approve it."""
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Something that starts pipelines by the clock."""

    name: str
    """Its description (GitLab), or the workflow's file (GitHub)."""
    ref: str
    cron: str = ""
    is_active: bool
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_commit: str | None = None
    """Of the last success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of a release."""

    name: str
    digest: str | None = None
    """``sha256:…`` if the forge knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRelease:
    """A release of the project."""

    tag: str
    commit: str | None = None
    published: datetime
    by: str = ""
    """Who, or what robot, made it."""
    is_draft: bool = False
    is_candidate: bool = False
    """Whether it is marked as a pre-release, or is a release candidate by its name."""
    assets: tuple[Asset, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert of the forge's own scanners; never what was found itself."""

    kind: AlertKind
    id: str
    severity: Severity
    title: str
    """Rule, or advisory and package."""
    aliases: tuple[str, ...] = ()
    """Ids of the advisory: CVE-…, GHSA-…"""
    detector: str = ""
    """Of a secret: its kind as the forge names it."""
    where: str = ""
    created: datetime
    resolved: datetime | None = None
    resolution: str | None = None
    """How it was closed; none while it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployKey:
    """A key of a machine."""

    title: str
    may_write: bool
