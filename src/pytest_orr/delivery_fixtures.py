"""Facts about how a commit becomes what users get, as items ask for them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .fixtures import observation

if TYPE_CHECKING:
    from .collect.delivery.branch_builds import BranchBuildFacts
    from .collect.delivery.branch_pipelines import BranchPipelineFacts
    from .collect.delivery.deployment_approvals import DeploymentApproval
    from .collect.delivery.earlier_images import EarlierImage
    from .collect.delivery.earlier_sign_offs import EarlierSignOff
    from .collect.delivery.environment_histories import EnvironmentHistoryFacts
    from .collect.delivery.merged_changes import MergedChangeFacts
    from .collect.delivery.release_canaries import ReleaseCanary
    from .collect.delivery.release_jobs import ReleaseJobFacts
    from .collect.delivery.release_tests import ReleaseTestFacts
    from .collect.delivery.release_workflows import ReleaseWorkflowFacts
    from .collect.delivery.schema_changes import SchemaChange
    from .collect.delivery.tagged_releases import TaggedReleaseFacts
    from .collect.delivery.testnet_deployments import TestnetDeploymentFacts
    from .collect.delivery.vault_repositories import VaultRepository
    from .collect.dependencies import DependencyFacts
    from .collect.images.base_images import BaseImage
    from .collect.images.built_images import BuiltImage
    from .collect.images.image_accounts import ImageAccount
    from .collect.images.running_images import RunningContainer
    from .collect.parts import Part
    from .collect.repository.contingency_scripts import ContingencyScript
    from .collect.repository.external_audits import ExternalAudit
    from .collect.repository.infrastructure_plans import InfrastructurePlan
    from .collect.repository.lint_results import LintResult
    from .collect.repository.playbooks import PlaybookFacts
    from .collect.repository.rollback_criteria import RollbackCriterion
    from .collect.repository.sealed_files import SealedFacts
    from .collect.scans.report import ScanReport
    from .collect.secrets.scans import SecretScanFacts
    from .collect.secrets.tree import TreeSecretFacts
    from .observation import Observation


@pytest.fixture(scope="session")
def branch_builds(request: pytest.FixtureRequest) -> Observation[BranchBuildFacts]:
    """How the last build of the branch ended, at Travis or at what took its place."""
    return observation(request)


@pytest.fixture(scope="session")
def branch_pipelines(request: pytest.FixtureRequest) -> Observation[BranchPipelineFacts]:
    """What ran for the last commit of the branch, what protects it, what was last deployed."""
    return observation(request)


@pytest.fixture(scope="session")
def dependencies(request: pytest.FixtureRequest) -> Observation[DependencyFacts]:
    """What lockfiles lock, what OSV, reports and the forge know against it, how current it is."""
    return observation(request)


@pytest.fixture(scope="session")
def release_tests(request: pytest.FixtureRequest) -> Observation[ReleaseTestFacts]:
    """What the pipelines of the release's tag tested, and how it ended."""
    return observation(request)


@pytest.fixture(scope="session")
def release_workflows(request: pytest.FixtureRequest) -> Observation[ReleaseWorkflowFacts]:
    """What makes releases, by files at the release's commit, and how it went for the newest tag."""
    return observation(request)


@pytest.fixture(scope="session")
def code_scans(request: pytest.FixtureRequest) -> Observation[tuple[Part[ScanReport], ...]]:
    """What analysers of the code found, in declared reports or in alerts of the forge."""
    return observation(request)


@pytest.fixture(scope="session")
def deployment_approvals(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[DeploymentApproval], ...]]:
    """Who must agree before something is deployed to production."""
    return observation(request)


@pytest.fixture(scope="session")
def earlier_images(request: pytest.FixtureRequest) -> Observation[tuple[Part[EarlierImage], ...]]:
    """Whether the images of the release before can still be pulled."""
    return observation(request)


@pytest.fixture(scope="session")
def earlier_sign_offs(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[EarlierSignOff], ...]]:
    """The review under which the release before was signed off, if it is declared."""
    return observation(request)


@pytest.fixture(scope="session")
def environment_histories(request: pytest.FixtureRequest) -> Observation[EnvironmentHistoryFacts]:
    """What ran in production and in the named staging, and who let it."""
    return observation(request)


@pytest.fixture(scope="session")
def merged_changes(request: pytest.FixtureRequest) -> Observation[tuple[MergedChangeFacts, ...]]:
    """What came to the branch since the release before, and who read it."""
    return observation(request)


@pytest.fixture(scope="session")
def release_canaries(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[ReleaseCanary], ...]]:
    """How long the release served a few before production had it."""
    return observation(request)


@pytest.fixture(scope="session")
def release_jobs(request: pytest.FixtureRequest) -> Observation[ReleaseJobFacts]:
    """The jobs of the pipelines of the release's commit."""
    return observation(request)


@pytest.fixture(scope="session")
def schema_changes(request: pytest.FixtureRequest) -> Observation[tuple[SchemaChange, ...]]:
    """Changes of the database's schema since the release before, and how each is taken back."""
    return observation(request)


@pytest.fixture(scope="session")
def tagged_releases(request: pytest.FixtureRequest) -> Observation[tuple[TaggedReleaseFacts, ...]]:
    """How the release is tagged, signed, protected and published."""
    return observation(request)


@pytest.fixture(scope="session")
def vault_repositories(request: pytest.FixtureRequest) -> Observation[tuple[VaultRepository, ...]]:
    """Who can reach the project that keeps encrypted files, and where these lie."""
    return observation(request)


@pytest.fixture(scope="session")
def secret_scans(request: pytest.FixtureRequest) -> Observation[SecretScanFacts]:
    """Who looks for secrets in the repository's history and its pushes, and what they saw."""
    return observation(request)


@pytest.fixture(scope="session")
def tree_secrets(request: pytest.FixtureRequest) -> Observation[TreeSecretFacts]:
    """Secrets in the files of the release's commit, by detector and place alone."""
    return observation(request)


@pytest.fixture(scope="session")
def base_images(request: pytest.FixtureRequest) -> Observation[tuple[Part[BaseImage], ...]]:
    """What the FROM lines of the release's Dockerfiles name, and what their tags lead to today."""
    return observation(request)


@pytest.fixture(scope="session")
def built_images(request: pytest.FixtureRequest) -> Observation[tuple[Part[BuiltImage], ...]]:
    """Which digest the pipeline built of each image of the release, and what its tag leads to."""
    return observation(request)


@pytest.fixture(scope="session")
def running_images(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[RunningContainer], ...]]:
    """Which containers on the service's hosts run images of the release, by which digest."""
    return observation(request)


@pytest.fixture(scope="session")
def image_accounts(request: pytest.FixtureRequest) -> Observation[tuple[Part[ImageAccount], ...]]:
    """Under whose account the images of the release are published, and who owns it."""
    return observation(request)


@pytest.fixture(scope="session")
def contingency_scripts(
    request: pytest.FixtureRequest,
) -> Observation[tuple[ContingencyScript, ...]]:
    """Scripts that change a limit in an emergency: mode, bounds, and who read their last change."""
    return observation(request)


@pytest.fixture(scope="session")
def external_audits(request: pytest.FixtureRequest) -> Observation[tuple[ExternalAudit, ...]]:
    """Reports of outside audits, what changed since the audited commit, what was left open."""
    return observation(request)


@pytest.fixture(scope="session")
def infrastructure_plans(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[InfrastructurePlan], ...]]:
    """What Terraform would change, by the plans that jobs of the release left behind."""
    return observation(request)


@pytest.fixture(scope="session")
def lint_results(request: pytest.FixtureRequest) -> Observation[tuple[LintResult, ...]]:
    """What ansible-lint found, by the file that the release's lint job left behind."""
    return observation(request)


@pytest.fixture(scope="session")
def playbooks(request: pytest.FixtureRequest) -> Observation[PlaybookFacts]:
    """Ansible's playbooks and inventories at the release's commit."""
    return observation(request)


@pytest.fixture(scope="session")
def rollback_criteria(request: pytest.FixtureRequest) -> Observation[tuple[RollbackCriterion, ...]]:
    """When a release is taken back, by whom: the rows of the file with the criteria."""
    return observation(request)


@pytest.fixture(scope="session")
def sealed_files(request: pytest.FixtureRequest) -> Observation[SealedFacts]:
    """Which files with credentials and settings are encrypted, and by what."""
    return observation(request)


@pytest.fixture(scope="session")
def testnet_deployments(request: pytest.FixtureRequest) -> Observation[TestnetDeploymentFacts]:
    """What reaches the testnet by itself, what runs there, and whether its chain goes on."""
    return observation(request)
