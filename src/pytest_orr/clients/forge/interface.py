"""What can be asked of a forge; GitLab and GitHub each answer it in a module of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .said import (
        Alert,
        AlertKind,
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
    from .said_issues import Issue


class Forge(Protocol):
    """A project on a forge; ``project`` names another one than the profile's own.

    Every listing is read to its end. Each raises ``FactUnavailable`` with cause and remedy: a 404
    that may mean "not allowed" is unknown, and a missing scope is named. Nothing is asked twice in
    a run. Nothing is ever changed: only GET is sent (and queries of GraphQL).
    """

    @property
    def where(self) -> str:
        """Host and project, as pages name them: ``gitlab.com explorer/explorer``."""

    def project(self, project: str = "") -> Project:
        """Return the project itself."""

    def is_hidden(self, project: str = "") -> bool:
        """Tell whether somebody without a token is shown nothing."""

    def has_commit(self, commit: str) -> bool:
        """Tell whether the forge knows a commit."""

    def head(self, branch: str) -> str:
        """Return the last commit of a branch."""

    def members(self, project: str = "") -> tuple[Member, ...]:
        """Return everybody with access, inherited access included."""

    def branch_protection(self, branch: str, project: str = "") -> BranchProtection:
        """Return what holds for a branch."""

    def tag_rules(self) -> tuple[TagRule, ...]:
        """Return the patterns of protected tags."""

    def tags(self) -> tuple[Tag, ...]:
        """Return all tags, newest first."""

    def pipelines(self, *, commit: str = "", branch: str = "") -> tuple[Pipeline, ...]:
        """Return the pipelines of a commit, or the newest hundred of a branch, newest first."""

    def pipeline(self, pipeline_id: str) -> Pipeline:
        """Return one pipeline."""

    def jobs(self, pipeline: Pipeline) -> tuple[Job, ...]:
        """Return the jobs of a pipeline, each with its last try."""

    def test_report(self, pipeline: Pipeline) -> SuiteResults:
        """Return the results of a pipeline's tests; no report is no suite."""

    def artifact(self, commit: str, job: str, path: str, *, ref: str = "") -> bytes:
        """Return a file that the last successful job of a commit's pipelines left behind.

        ``ref`` names the branch or tag whose pipelines alone count.
        """

    def changes_since(self, since: datetime | None, branch: str) -> tuple[Change, ...]:
        """Return what was merged into a branch after an instant, oldest first; all without one."""

    def releases(self) -> tuple[PublishedRelease, ...]:
        """Return the releases, newest first, drafts included where the token may see them."""

    def deployments(self, environment: str) -> tuple[Deployment, ...]:
        """Return the newest hundred deployments to an environment, newest first."""

    def environment_protection(self, environment: str) -> EnvironmentProtection | None:
        """Return who must agree to a deployment; none if nobody must."""

    def schedules(self) -> tuple[Schedule, ...]:
        """Return what starts pipelines by the clock."""

    def alerts(self, kind: AlertKind) -> tuple[Alert, ...]:
        """Return the alerts of one kind, open and closed."""

    def push_protection(self) -> bool | None:
        """Tell whether a push that holds a known secret is refused."""

    def changes_with(self, commit: str) -> tuple[str, ...]:
        """Return the ids of the merged changes that brought a commit of the branch, if any did."""

    def files(self, project: str = "") -> Mapping[str, str]:
        """Return the files of the default branch: the id of each blob by its path.

        A listing that the forge cut short raises ``FactUnavailable``.
        """

    def issue(self, number: int) -> Issue:
        """Return an issue of the profile's own project."""

    def deploy_keys(self, project: str = "") -> tuple[DeployKey, ...]:
        """Return the keys of machines."""

    def owners(self, group: str) -> tuple[Member, ...]:
        """Return the owners of a group or organisation."""
