"""Facts about blockchains, as items ask for them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .fixtures import observation

if TYPE_CHECKING:
    from .collect.chains.contracts import ContractCode
    from .collect.chains.provider_limits import ProviderLimitFacts
    from .collect.chains.provider_projects import ProviderProjectFacts
    from .collect.chains.provider_protections import ProviderProtectionFacts
    from .collect.parts import Part
    from .observation import Observation


@pytest.fixture(scope="session")
def contracts(request: pytest.FixtureRequest) -> Observation[tuple[Part[ContractCode], ...]]:
    """What runs at the address of each declared contract, beside its audited build."""
    return observation(request)


@pytest.fixture(scope="session")
def provider_limits(request: pytest.FixtureRequest) -> Observation[ProviderLimitFacts]:
    """What load is expected of the provider of nodes, what its plan allows, what it refused."""
    return observation(request)


@pytest.fixture(scope="session")
def provider_projects(request: pytest.FixtureRequest) -> Observation[ProviderProjectFacts]:
    """Keyed fingerprints of projects at the provider of nodes, of the service and of its peers."""
    return observation(request)


@pytest.fixture(scope="session")
def provider_protections(request: pytest.FixtureRequest) -> Observation[ProviderProtectionFacts]:
    """What the provider answers whom it should refuse, and which ids stand in the pages."""
    return observation(request)
