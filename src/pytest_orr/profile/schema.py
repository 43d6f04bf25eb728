"""readiness.toml as frozen values: the one place for its keys, types and defaults.

The JSON Schemas that editors use are generated from these classes, so the text under a field is
what a person sees while typing. The classes of the other three files are in ``answers``.
"""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pytest_orr.errors import FactUnavailable, Undeclared

from .answers import (
    Attestations,
    EvidenceRef,
    Gate,
    LongestWaiver,
    PlannedAction,
    Policy,
    Statement,
    Waiver,
    Waivers,
)
from .aws import Aws, AwsAccount, AwsResources
from .compute import Compute
from .credentials import Credential, CredentialLimits
from .databases import Database, DatabaseLimits, DatabaseLogin
from .emergency import Emergency
from .fields import (
    CONFIG,
    Commit,
    Date,
    Email,
    Flag,
    FromEnvironment,
    Role,
    Setting,
    Text,
)
from .front import Certificates, Endpoint, Hosting, Key
from .hosts import HostGroup, HostLimits, Machine, MachineSpec, Ssh, machines_of
from .network import Network
from .scaling import (
    Peers,
    Projection,
    ProviderQuota,
    Saturation,
    Scaling,
    StressTest,
    host_of_url,
)

__all__ = [
    "Attestations",
    "Aws",
    "AwsAccount",
    "AwsResources",
    "Certificates",
    "Compute",
    "Credential",
    "CredentialLimits",
    "Database",
    "DatabaseLimits",
    "DatabaseLogin",
    "Emergency",
    "Endpoint",
    "EvidenceRef",
    "FromEnvironment",
    "Gate",
    "HostGroup",
    "HostLimits",
    "Hosting",
    "Key",
    "LongestWaiver",
    "Machine",
    "Network",
    "NotApplicable",
    "Peers",
    "Person",
    "PlannedAction",
    "Policy",
    "Profile",
    "Projection",
    "ProviderQuota",
    "Release",
    "Saturation",
    "Scaling",
    "Service",
    "Setting",
    "Ssh",
    "Statement",
    "StressTest",
    "Waiver",
    "Waivers",
]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Person:
    """Somebody who owns, attests, approves or confirms."""

    email: Email
    """Identifies the person in every file."""
    name: Text
    """As it is printed on the sign-off document."""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    """What the person stands for: the owner of items (service, security, platform, product,
    support), or who may approve waivers and not-applicables (approver, principal-engineer)."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Service:
    """The service that is to be launched."""

    name: Text
    """Short name, as it is used in tags and item ids."""
    environment: Text
    """The environment that is judged, for example production."""
    repository: str = ""
    """Where its code lives."""
    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    """Everybody who is named in any of the files."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Release:
    """What is to be launched."""

    commit: Commit
    """Commit of the release."""
    images: tuple[Text, ...] = ()
    """Container images with their digests."""
    first: Flag = False
    """True for a first launch: "since the previous release" then means the whole history."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class NotApplicable:
    """An item that does not concern the service, with the person who agreed."""

    item: Text
    """Id of the item."""
    reason: Literal["no-such-component", "other-provider", "handled-elsewhere", "not-public"]
    """Which kind of reason."""
    text: Text
    """The reason in words."""
    approver: Email
    """Who agreed: somebody with the role approver or principal-engineer."""
    on: Date
    """When."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Profile:
    """readiness.toml: the service and where everything about it is found."""

    service: Service
    """The service."""
    release: Release
    """What is to be launched."""
    aws: Aws | None = None
    """Where it runs in AWS."""
    network: Network = Field(default_factory=Network)
    """What the network may look like."""
    endpoints: tuple[Endpoint, ...] = ()
    """URLs at which it answers."""
    certificates: Certificates = Field(default_factory=Certificates)
    """What its certificates must be like."""
    hosting: tuple[Hosting, ...] = ()
    """Where its static files are hosted."""
    keys: tuple[Key, ...] = ()
    """Its KMS keys."""
    credentials: tuple[Credential, ...] = ()
    """Its credentials, and those of other environments to compare them with."""
    credential_limits: CredentialLimits = Field(default_factory=CredentialLimits)
    """How old credentials may be."""
    emergency: Emergency = Field(default_factory=Emergency)
    """How the backend is taken down."""
    ssh: Ssh = Field(default_factory=Ssh)
    """How its hosts are reached."""
    hosts: tuple[HostGroup, ...] = ()
    """Its hosts, and the jump hosts in front of them."""
    host_limits: HostLimits = Field(default_factory=HostLimits)
    """What hosts may look like."""
    compute: Compute = Field(default_factory=Compute)
    """What machines and images in AWS may look like."""
    databases: tuple[Database, ...] = ()
    """Its databases."""
    database_limits: DatabaseLimits = Field(default_factory=DatabaseLimits)
    """What their backups must be like."""
    projection: Projection | None = None
    """The load that is expected."""
    stress_tests: tuple[StressTest, ...] = ()
    """What it withstood already."""
    scaling: Scaling = Field(default_factory=Scaling)
    """What it promises under load, and what says when to scale."""
    peers: Peers = Field(default_factory=Peers)
    """Other services, which must not share its endpoint."""
    not_applicable: tuple[NotApplicable, ...] = ()
    """Items that do not concern it."""

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Every declared host."""
        return machines_of(self.hosts, self.service.environment)

    @property
    def forecast(self) -> Projection:
        """The load that is expected; raises ``Undeclared`` if nobody projected it."""
        if self.projection is None:
            raise Undeclared("[projection]", "the load that is expected")
        return self.projection

    @property
    def hosts_of_endpoints(self) -> frozenset[str]:
        """The hosts at which the service answers, in lower case."""
        return frozenset(host_of_url(one.url) for one in self.endpoints) - {""}

    def has_role(self, email: str, role: str) -> bool:
        """Tell whether somebody is one of the service's people and has a role."""
        return any(one.email == email and role in one.roles for one in self.service.people)

    def minimum_of(self, host: str) -> MachineSpec:
        """Return the least that a declared host must have."""
        machine = next((one for one in self.machines if one.name == host), None)
        if machine is None or machine.group.minimum is None:
            raise FactUnavailable(
                f"[[hosts]] declares no minimum for {host or 'this instance'}",
                "declare what the projection asks for under [[hosts]] minimum",
            )
        return machine.group.minimum
