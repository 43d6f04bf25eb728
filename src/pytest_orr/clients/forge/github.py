"""GitHub as a forge: github.com, and servers of GitHub Enterprise at ``https://…/api/v3``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    github_alerts,
    github_artifacts,
    github_changes,
    github_deployments,
    github_issues,
    github_people,
    github_project,
    github_protection,
    github_releases,
    github_runs,
)
from .github_api import Api
from .github_sender import Sender
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


class GitHub:
    """A project on GitHub; ``clients.forge.interface.Forge`` says what each question means."""

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
        patience = patience or Patience(whose="GitHub", progress=progress)
        self._project, self._releases = declared.project, declared.release_tags
        self._api = Api(Sender(declared, folder, patience, environment, clocks=clocks))

    @property
    def where(self) -> str:
        """Host and project."""
        return f"{self._api.host} {self._project}"

    def project(self, project: str = "") -> Project:
        """Return the project itself."""
        return github_project.read_project(self._api, project or self._project)

    def is_hidden(self, project: str = "") -> bool:
        """Tell whether somebody without a token gets 404."""
        return github_project.read_is_hidden(self._api, project or self._project)

    def has_commit(self, commit: str) -> bool:
        """Tell whether GitHub knows a commit."""
        return github_project.read_has_commit(self._api, self._project, commit)

    def head(self, branch: str) -> str:
        """Return the last commit of a branch."""
        return github_project.read_head(self._api, self._project, branch)

    def members(self, project: str = "") -> tuple[Member, ...]:
        """Return everybody with access, and those who are only invited."""
        return github_people.read_members(self._api, project or self._project)

    def branch_protection(self, branch: str, project: str = "") -> BranchProtection:
        """Return what holds for a branch."""
        return github_protection.read_branch_protection(self._api, project or self._project, branch)

    def tag_rules(self) -> tuple[TagRule, ...]:
        """Return the patterns of protected tags."""
        return github_protection.read_tag_rules(self._api, self._project, self._releases)

    def tags(self) -> tuple[Tag, ...]:
        """Return all tags, newest first."""
        return github_releases.read_tags(self._api, self._project)

    def pipelines(self, *, commit: str = "", branch: str = "") -> tuple[Pipeline, ...]:
        """Return the runs of workflows of a commit, or the newest hundred of a branch."""
        return github_runs.read_pipelines(self._api, self._project, commit, branch)

    def pipeline(self, pipeline_id: str) -> Pipeline:
        """Return one run of a workflow."""
        return github_runs.read_pipeline(self._api, self._project, pipeline_id)

    def jobs(self, pipeline: Pipeline) -> tuple[Job, ...]:
        """Return the jobs of a run, each with its last try."""
        return github_runs.read_jobs(self._api, self._project, pipeline.id)

    def test_report(self, pipeline: Pipeline) -> SuiteResults:
        """Return the results in the run's artifacts; no results are no suite."""
        return github_artifacts.read_test_report(self._api, self._project, pipeline)

    def artifact(self, commit: str, job: str, path: str, *, ref: str = "") -> bytes:
        """Return a file of the newest run of a commit in which a job succeeded."""
        wanted = (job, path)
        return github_artifacts.read_artifact(self._api, self._project, commit, wanted, ref=ref)

    def changes_since(self, since: datetime | None, branch: str) -> tuple[Change, ...]:
        """Return the pull requests merged after an instant, oldest first."""
        return github_changes.read_changes(self._api, self._project, since, branch)

    def releases(self) -> tuple[PublishedRelease, ...]:
        """Return the releases, newest first."""
        return github_releases.read_releases(self._api, self._project)

    def deployments(self, environment: str) -> tuple[Deployment, ...]:
        """Return the newest hundred deployments to an environment, newest first."""
        return github_deployments.read_deployments(self._api, self._project, environment)

    def environment_protection(self, environment: str) -> EnvironmentProtection | None:
        """Return who must agree to a deployment; none if nobody must."""
        return github_deployments.read_environment_protection(self._api, self._project, environment)

    def schedules(self) -> tuple[Schedule, ...]:
        """Return the workflows that start by the clock."""
        return github_runs.read_schedules(self._api, self._project)

    def alerts(self, kind: AlertKind) -> tuple[Alert, ...]:
        """Return the alerts of one kind, open and closed."""
        return github_alerts.read_alerts(self._api, self._project, kind)

    def push_protection(self) -> bool | None:
        """Tell whether a push that holds a known secret is refused."""
        return github_project.read_push_protection(self._api, self._project)

    def changes_with(self, commit: str) -> tuple[str, ...]:
        """Return the numbers of the merged pull requests that brought a commit."""
        return github_project.read_changes_with(self._api, self._project, commit)

    def files(self, project: str = "") -> Mapping[str, str]:
        """Return the id of each blob of the default branch by its path."""
        return github_project.read_files(self._api, project or self._project)

    def issue(self, number: int) -> Issue:
        """Return an issue of the project."""
        return github_issues.read_issue(self._api, self._project, number)

    def deploy_keys(self, project: str = "") -> tuple[DeployKey, ...]:
        """Return the keys of machines."""
        return github_people.read_deploy_keys(self._api, project or self._project)

    def owners(self, group: str) -> tuple[Member, ...]:
        """Return the owners of an organisation, or the person whose account it is."""
        return github_people.read_owners(self._api, group)

    def close(self) -> None:
        """End the connections."""
        self._api.close()
