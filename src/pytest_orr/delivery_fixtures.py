"""Facts about how a commit becomes what users get, as items ask for them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .fixtures import observation

if TYPE_CHECKING:
    from .collect.delivery.branch_pipelines import BranchPipelineFacts
    from .collect.delivery.release_tests import ReleaseTestFacts
    from .collect.delivery.release_workflows import ReleaseWorkflowFacts
    from .observation import Observation


@pytest.fixture(scope="session")
def branch_pipelines(request: pytest.FixtureRequest) -> Observation[BranchPipelineFacts]:
    """What ran for the last commit of the branch, what protects it, what was last deployed."""
    return observation(request)


@pytest.fixture(scope="session")
def release_tests(request: pytest.FixtureRequest) -> Observation[ReleaseTestFacts]:
    """What the pipelines of the release's tag tested, and how it ended."""
    return observation(request)


@pytest.fixture(scope="session")
def release_workflows(request: pytest.FixtureRequest) -> Observation[ReleaseWorkflowFacts]:
    """What makes releases, by files at the release's commit, and how it went for the newest tag."""
    return observation(request)
