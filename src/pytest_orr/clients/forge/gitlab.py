"""GitLab as a forge, on gitlab.com or on a server of its own; python-gitlab loads when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import gitlab_alerts as alerts
from . import gitlab_changes as changes
from . import gitlab_deployments as deployments
from . import gitlab_issues as issues
from . import gitlab_project as projects
from . import gitlab_protection as protection
from . import gitlab_runs as runs
from .gitlab_api import Api
from .patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.clients.clocks import Clocks
    from pytest_orr.profile.forge import Forge as Declared

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


class GitLab:
    """A project on GitLab; each method is the question of ``interface.Forge`` of its name."""

    def __init__(
        self,
        declared: Declared,
        folder: Path,
        progress: Callable[[str], None],
        environment: Mapping[str, str],
        patience: Patience | None = None,
        *,
        clocks: Clocks | None = None,
    ) -> None:
        waits = patience or Patience(whose="GitLab", progress=progress)
        self._api = Api(declared, folder, waits, environment, clocks=clocks)
        self._own = declared.project

    @property
    def where(self) -> str:
        """Host and project, as pages name them."""
        return f"{urlsplit(self._api.root).hostname} {self._own}"

    def close(self) -> None:
        """End the connections."""
        self._api.close()

    def project(self, project: str = "") -> Project:
        """Return the project itself."""
        return projects.read_project(self._api, project or self._own)

    def is_hidden(self, project: str = "") -> bool:
        """Tell whether somebody without a token sees nothing of it."""
        return projects.read_is_hidden(self._api, project or self._own)

    def has_commit(self, commit: str) -> bool:
        """Tell whether GitLab knows a commit."""
        return projects.read_has_commit(self._api, self._own, commit)

    def head(self, branch: str) -> str:
        """Return the last commit of a branch."""
        return projects.read_head(self._api, self._own, branch)

    def members(self, project: str = "") -> tuple[Member, ...]:
        """Return everybody with access, inherited access included."""
        return projects.read_members(self._api, project or self._own)

    def branch_protection(self, branch: str, project: str = "") -> BranchProtection:
        """Return what holds for a branch."""
        return protection.read_branch_protection(self._api, project or self._own, branch)

    def tag_rules(self) -> tuple[TagRule, ...]:
        """Return the patterns of protected tags."""
        return protection.read_tag_rules(self._api, self._own)

    def tags(self) -> tuple[Tag, ...]:
        """Return all tags, newest first."""
        return projects.read_tags(self._api, self._own)

    def pipelines(self, *, commit: str = "", branch: str = "") -> tuple[Pipeline, ...]:
        """Return the pipelines of a commit, or the newest hundred of a branch, newest first."""
        return runs.read_pipelines(self._api, self._own, commit, branch)

    def pipeline(self, pipeline_id: str) -> Pipeline:
        """Return one pipeline."""
        return runs.read_pipeline(self._api, self._own, pipeline_id)

    def jobs(self, pipeline: Pipeline) -> tuple[Job, ...]:
        """Return the jobs of a pipeline, each with its last try."""
        return runs.read_jobs(self._api, self._own, pipeline)

    def test_report(self, pipeline: Pipeline) -> SuiteResults:
        """Return the results of a pipeline's tests; no report is no suite."""
        return runs.read_test_report(self._api, self._own, pipeline)

    def artifact(self, commit: str, job: str, path: str, *, ref: str = "") -> bytes:
        """Return a file that the last successful job of a commit's pipelines left behind."""
        return runs.read_artifact(self._api, self._own, commit, (job, path), ref=ref)

    def changes_since(self, since: datetime | None, branch: str) -> tuple[Change, ...]:
        """Return what was merged into a branch after an instant, oldest first."""
        return changes.read_changes(self._api, self._own, since, branch)

    def changes_with(self, commit: str) -> tuple[str, ...]:
        """Return the ids of the merged changes that brought a commit."""
        return changes.read_changes_with(self._api, self._own, commit)

    def releases(self) -> tuple[PublishedRelease, ...]:
        """Return the releases, newest first."""
        return changes.read_releases(self._api, self._own)

    def deployments(self, environment: str) -> tuple[Deployment, ...]:
        """Return the newest hundred deployments to an environment, newest first."""
        return deployments.read_deployments(self._api, self._own, environment)

    def environment_protection(self, environment: str) -> EnvironmentProtection | None:
        """Return who must agree to a deployment; none if nobody must."""
        return protection.read_environment_protection(self._api, self._own, environment)

    def schedules(self) -> tuple[Schedule, ...]:
        """Return what starts pipelines by the clock."""
        return runs.read_schedules(self._api, self._own)

    def alerts(self, kind: AlertKind) -> tuple[Alert, ...]:
        """Return the alerts of one kind, open and closed."""
        return alerts.read_alerts(self._api, self._own, kind)

    def push_protection(self) -> bool | None:
        """Tell whether a push that holds a known secret is refused."""
        return alerts.read_push_protection(self._api, self._own)

    def files(self, project: str = "") -> Mapping[str, str]:
        """Return the files of the default branch: the id of each blob by its path."""
        return projects.read_files(self._api, project or self._own)

    def issue(self, number: int) -> Issue:
        """Return an issue of the project."""
        return issues.read_issue(self._api, self._own, number)

    def deploy_keys(self, project: str = "") -> tuple[DeployKey, ...]:
        """Return the keys of machines."""
        return projects.read_deploy_keys(self._api, project or self._own)

    def owners(self, group: str) -> tuple[Member, ...]:
        """Return the owners of a group."""
        return projects.read_owners(self._api, group)
