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

    from .collect.account_credentials import AccountCredentialFacts
    from .collect.aws_identities import AwsIdentity
    from .collect.backend_routes import BackendRouteFacts
    from .collect.certificate_renewals import CertificateRenewalFacts
    from .collect.container_images import ContainerImage
    from .collect.database_backups import DatabaseBackupFacts
    from .collect.database_grants import DatabaseGrantFacts
    from .collect.database_rules import FirestoreRules
    from .collect.databases import DatabaseFacts
    from .collect.emergency_permissions import EmergencyPermissionFacts
    from .collect.encryption_keys import EncryptionKeyFacts
    from .collect.endpoints import EndpointFact, Seen
    from .collect.iam_users import AccountUsers
    from .collect.key_uses import KeyUseFacts
    from .collect.load_balancers import LoadBalancerFacts
    from .collect.load_results import LoadResult
    from .collect.machine_images import MachineImage
    from .collect.name_lifetimes import NameLifetime
    from .collect.parts import Part
    from .collect.peer_services import Peer
    from .collect.port_readings import BackendHost
    from .collect.public_certificates import PublicCertificate
    from .collect.public_names import PublicNameFacts
    from .collect.request_counts import RequestCount
    from .collect.saturation_signals import SaturationSignal
    from .collect.scaling_limits import ScalingLimitFacts
    from .collect.security_groups import BackendSecurityGroupFacts
    from .collect.sized_instances import SizedInstance
    from .collect.static_sites import StaticSiteFacts
    from .collect.watched_instances import WatchedInstanceFacts
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
def account_credentials(request: pytest.FixtureRequest) -> Observation[AccountCredentialFacts]:
    """The environments' accounts, where their credentials lie, and whom roles trust."""
    return observation(request)


@pytest.fixture(scope="session")
def aws_identities(request: pytest.FixtureRequest) -> Observation[tuple[AwsIdentity, ...]]:
    """Whose credentials ask each AWS account, and how much more than looking they may do."""
    return observation(request)


@pytest.fixture(scope="session")
def backend_ports(request: pytest.FixtureRequest) -> Observation[tuple[BackendHost, ...]]:
    """Every backend host with what became of its ports, tried from here and from its jump host."""
    return observation(request)


@pytest.fixture(scope="session")
def backend_routes(request: pytest.FixtureRequest) -> Observation[BackendRouteFacts]:
    """Names of the backend, where they lead, and whose is what stands behind them."""
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
def container_images(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[ContainerImage], ...]]:
    """Every image of the release with its age and what its last scan in ECR found."""
    return observation(request)


@pytest.fixture(scope="session")
def emergency_permissions(request: pytest.FixtureRequest) -> Observation[EmergencyPermissionFacts]:
    """What the on-call role may do of what takes the backend down, by IAM's simulation."""
    return observation(request)


@pytest.fixture(scope="session")
def database_backups(request: pytest.FixtureRequest) -> Observation[DatabaseBackupFacts]:
    """Backups, copies and restores of the service's databases in AWS."""
    return observation(request)


@pytest.fixture(scope="session")
def database_grants(request: pytest.FixtureRequest) -> Observation[DatabaseGrantFacts]:
    """Roles that may write to the service's PostgreSQL databases, and how."""
    return observation(request)


@pytest.fixture(scope="session")
def database_rules(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[FirestoreRules], ...]]:
    """Security rules of the service's Firestore databases, and how their tests went."""
    return observation(request)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Observation[DatabaseFacts]:
    """Databases of the service, how AWS has them set up, and whom it lets reach them."""
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
def iam_users(request: pytest.FixtureRequest) -> Observation[tuple[AccountUsers, ...]]:
    """IAM users and the root of each judged account, by its credential report and its summary."""
    return observation(request)


@pytest.fixture(scope="session")
def key_uses(request: pytest.FixtureRequest) -> Observation[KeyUseFacts]:
    """Who may use each declared KMS key, by policy and by grant, and who did."""
    return observation(request)


@pytest.fixture(scope="session")
def load_balancers(request: pytest.FixtureRequest) -> Observation[LoadBalancerFacts]:
    """The service's load balancers with listeners, targets and attributes."""
    return observation(request)


@pytest.fixture(scope="session")
def load_results(request: pytest.FixtureRequest) -> Observation[tuple[Part[LoadResult], ...]]:
    """Declared stress tests with what their tools' files say."""
    return observation(request)


@pytest.fixture(scope="session")
def machine_images(request: pytest.FixtureRequest) -> Observation[tuple[Part[MachineImage], ...]]:
    """The AMI of each of the service's EC2 instances; nothing of a service outside AWS."""
    return observation(request)


@pytest.fixture(scope="session")
def name_lifetimes(
    request: pytest.FixtureRequest,
) -> Observation[tuple[Part[NameLifetime], ...]]:
    """How long others remember where each of the endpoints' names leads."""
    return observation(request)


@pytest.fixture(scope="session")
def peer_services(request: pytest.FixtureRequest) -> Observation[tuple[Part[Peer], ...]]:
    """Other services with the names that they use, from their files."""
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
def request_counts(request: pytest.FixtureRequest) -> Observation[tuple[Part[RequestCount], ...]]:
    """Requests of the last 24 hours, at the balancers and at the edge."""
    return observation(request)


@pytest.fixture(scope="session")
def saturation_signals(request: pytest.FixtureRequest) -> Observation[tuple[SaturationSignal, ...]]:
    """Declared saturation signals with the alarms that watch them."""
    return observation(request)


@pytest.fixture(scope="session")
def scaling_limits(request: pytest.FixtureRequest) -> Observation[ScalingLimitFacts]:
    """What grows by itself and how far, and the quotas that it comes under."""
    return observation(request)


@pytest.fixture(scope="session")
def sized_instances(request: pytest.FixtureRequest) -> Observation[tuple[SizedInstance, ...]]:
    """What each of the service's EC2 instances has, and how loaded it was in stress tests."""
    return observation(request)


@pytest.fixture(scope="session")
def watched_instances(request: pytest.FixtureRequest) -> Observation[WatchedInstanceFacts]:
    """The service's EC2 instances with the alarms on their load, compared with the hosts."""
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
