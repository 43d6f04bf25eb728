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

    from .collect.aws_identities import AwsIdentity
    from .collect.certificate_renewals import CertificateRenewalFacts
    from .collect.encryption_keys import EncryptionKeyFacts
    from .collect.endpoints import EndpointFact, Seen
    from .collect.host_accounts import Accounts
    from .collect.host_deployments import Deployment
    from .collect.host_exporters import Exporter
    from .collect.host_facts import HostFact
    from .collect.host_images import HostImage
    from .collect.host_leftovers import Leftovers
    from .collect.host_machines import MachineUse
    from .collect.host_renewals import Renewals
    from .collect.host_secret_files import SecretFiles
    from .collect.host_sockets import HostListeners
    from .collect.host_ssh_servers import SshServer
    from .collect.host_units import ServiceUnits
    from .collect.host_update_schedules import UpdateSchedule
    from .collect.load_balancers import LoadBalancerFacts
    from .collect.port_readings import BackendHost
    from .collect.public_certificates import PublicCertificate
    from .collect.public_names import PublicNameFacts
    from .collect.security_groups import BackendSecurityGroupFacts
    from .collect.static_sites import StaticSiteFacts
    from .collect.web_protections import WebProtectionFacts
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
def aws_identities(request: pytest.FixtureRequest) -> Observation[tuple[AwsIdentity, ...]]:
    """Whose credentials ask each AWS account, and how much more than looking they may do."""
    return observation(request)


@pytest.fixture(scope="session")
def backend_ports(request: pytest.FixtureRequest) -> Observation[tuple[BackendHost, ...]]:
    """Every backend host with what became of its ports, tried from here and from its jump host."""
    return observation(request)


@pytest.fixture(scope="session")
def backend_security_groups(
    request: pytest.FixtureRequest,
) -> Observation[BackendSecurityGroupFacts]:
    """Security groups that are attached to the service's interfaces, with their ingress rules."""
    return observation(request)


@pytest.fixture(scope="session")
def certificate_renewals(request: pytest.FixtureRequest) -> Observation[CertificateRenewalFacts]:
    """Certificates that users see, with what renews each: AWS, or a job on a host."""
    return observation(request)


@pytest.fixture(scope="session")
def encryption_keys(request: pytest.FixtureRequest) -> Observation[EncryptionKeyFacts]:
    """The service's KMS keys, who may use them, and the storage that they encrypt."""
    return observation(request)


@pytest.fixture(scope="session")
def endpoints(request: pytest.FixtureRequest) -> Observation[tuple[EndpointFact[Seen], ...]]:
    """Every declared endpoint with what it answered: status, marker, certificate, health."""
    return observation(request)


@pytest.fixture(scope="session")
def host_accounts(request: pytest.FixtureRequest) -> Observation[tuple[HostFact[Accounts], ...]]:
    """Who can log in to each host, who may become root, and which keys open it."""
    return observation(request)


@pytest.fixture(scope="session")
def host_deployments(
    request: pytest.FixtureRequest,
) -> Observation[tuple[HostFact[Deployment], ...]]:
    """Which release and which container images each host runs."""
    return observation(request)


@pytest.fixture(scope="session")
def host_exporters(request: pytest.FixtureRequest) -> Observation[tuple[HostFact[Exporter], ...]]:
    """What listens on each host's node_exporter port, and its units."""
    return observation(request)


@pytest.fixture(scope="session")
def host_images(request: pytest.FixtureRequest) -> Observation[tuple[HostFact[HostImage], ...]]:
    """Each host's distribution, its pending security updates and the age of its index."""
    return observation(request)


@pytest.fixture(scope="session")
def host_leftovers(request: pytest.FixtureRequest) -> Observation[tuple[HostFact[Leftovers], ...]]:
    """Paths that a deployment left behind on each host."""
    return observation(request)


@pytest.fixture(scope="session")
def host_machines(request: pytest.FixtureRequest) -> Observation[tuple[HostFact[MachineUse], ...]]:
    """What each host's machine has, and how much of it is in use."""
    return observation(request)


@pytest.fixture(scope="session")
def host_renewals(request: pytest.FixtureRequest) -> Observation[tuple[HostFact[Renewals], ...]]:
    """Certificates that lie on each host, and the jobs that renew them."""
    return observation(request)


@pytest.fixture(scope="session")
def host_secret_files(
    request: pytest.FixtureRequest,
) -> Observation[tuple[HostFact[SecretFiles], ...]]:
    """Key files and plain secrets on each host, by name, mode and kind alone."""
    return observation(request)


@pytest.fixture(scope="session")
def host_sockets(
    request: pytest.FixtureRequest,
) -> Observation[tuple[HostFact[HostListeners], ...]]:
    """TCP sockets that listen on each host."""
    return observation(request)


@pytest.fixture(scope="session")
def host_ssh_servers(
    request: pytest.FixtureRequest,
) -> Observation[tuple[HostFact[SshServer], ...]]:
    """The effective settings of each host's SSH server."""
    return observation(request)


@pytest.fixture(scope="session")
def host_units(request: pytest.FixtureRequest) -> Observation[tuple[HostFact[ServiceUnits], ...]]:
    """The service's systemd units on each host, by named properties."""
    return observation(request)


@pytest.fixture(scope="session")
def host_update_schedules(
    request: pytest.FixtureRequest,
) -> Observation[tuple[HostFact[UpdateSchedule], ...]]:
    """What patches each host by itself, and when it last succeeded."""
    return observation(request)


@pytest.fixture(scope="session")
def load_balancers(request: pytest.FixtureRequest) -> Observation[LoadBalancerFacts]:
    """The service's load balancers with listeners, targets and attributes."""
    return observation(request)


@pytest.fixture(scope="session")
def public_certificates(
    request: pytest.FixtureRequest,
) -> Observation[tuple[PublicCertificate, ...]]:
    """Every https place of the endpoints with its certificate and the versions of TLS it takes."""
    return observation(request)


@pytest.fixture(scope="session")
def public_names(request: pytest.FixtureRequest) -> Observation[PublicNameFacts]:
    """The names of the endpoints with where DNS leads, and those of the service's balancers."""
    return observation(request)


@pytest.fixture(scope="session")
def web_protections(request: pytest.FixtureRequest) -> Observation[WebProtectionFacts]:
    """Public entries of the service with web ACL and Shield, and origins that must stay closed."""
    return observation(request)


@pytest.fixture(scope="session")
def static_sites(request: pytest.FixtureRequest) -> Observation[StaticSiteFacts]:
    """Every place that hosts static files: what users get, and how it is set up inside."""
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
