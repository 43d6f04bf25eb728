"""What items ask for by name: facts, the profile, a block per subject, a person's statement.

A fact's fixture never raises: it returns the observation, which the recorder unwraps in the call
phase. So a fact that could not be had makes its item UNKNOWN, and a person may still answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .record.findings import Subjects

if TYPE_CHECKING:
    from datetime import datetime

    from .collect.endpoints import EndpointFact
    from .collect.load_balancers import LoadBalancerFacts
    from .collect.security_groups import BackendSecurityGroupFacts
    from .executor import Executor
    from .observation import Observation
    from .profile.schema import Profile
    from .record.attestation import Attestation

executor_key = pytest.StashKey["Executor"]()
"""Where the process that runs items keeps what they ask for."""


def _executor(request: pytest.FixtureRequest) -> Executor:
    return request.config.stash[executor_key]


def observation(request: pytest.FixtureRequest) -> Observation[Any]:
    """Return the fact that has the name of the asking fixture."""
    return _executor(request).observation(str(request.fixturename))


@pytest.fixture(scope="session")
def backend_security_groups(
    request: pytest.FixtureRequest,
) -> Observation[BackendSecurityGroupFacts]:
    """Security groups that are attached to the service's interfaces, with their ingress rules."""
    return observation(request)


@pytest.fixture(scope="session")
def endpoints(request: pytest.FixtureRequest) -> Observation[tuple[EndpointFact, ...]]:
    """Every declared endpoint with what it answered: status, marker, certificate, health."""
    return observation(request)


@pytest.fixture(scope="session")
def load_balancers(request: pytest.FixtureRequest) -> Observation[LoadBalancerFacts]:
    """The service's load balancers with listeners, targets and attributes."""
    return observation(request)


@pytest.fixture(scope="session")
def profile(request: pytest.FixtureRequest) -> Profile:
    """The service as ``readiness.toml`` declares it."""
    return _executor(request).plan.written.profile


@pytest.fixture(scope="session")
def as_of(request: pytest.FixtureRequest) -> datetime:
    """The instant by which expiries are judged; items never read a clock."""
    return _executor(request).plan.as_of


@pytest.fixture
def subject() -> Subjects:
    """A block per subject: it keeps one finding, pass or fail, and goes on to the next."""
    return Subjects()


@pytest.fixture
def attestation(request: pytest.FixtureRequest) -> Attestation:
    """The person's statement about this item; reading it without one in force is PENDING."""
    return _executor(request).standing(request.node).attestation
