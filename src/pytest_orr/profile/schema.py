"""readiness.toml as frozen values: the one place for its keys, types and defaults.

The JSON Schemas that editors use are generated from these classes, so the text under a field is
what a person sees while typing. The classes of the other three files are in ``answers``.
"""

from collections.abc import Iterable

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
from .balances import Balance
from .chains import Chain, Contract, Provider
from .compute import Compute
from .credentials import Credential, CredentialLimits
from .databases import Database, DatabaseLimits, DatabaseLogin
from .drills import Drills
from .emergency import Emergency
from .extends import ApprovedWeakening, Extends
from .fields import CONFIG, FromEnvironment, Setting
from .forge import Delivery, Forge, VaultRepository
from .front import Certificates, Endpoint, Hosting, Key
from .hosts import HostGroup, HostLimits, Machine, MachineSpec, Ssh, machines_of
from .images import Images
from .monitoring import Alertmanager, Grafana, Monitoring, PagerDuty, Prometheus, UptimeRobot
from .network import Network
from .repository import Repository
from .scaling import (
    Peers,
    Projection,
    ProviderQuota,
    Saturation,
    Scaling,
    StressTest,
    host_of_url,
)
from .scans import Accepted, GitGuardian, Osv, Scan, ScanLimits
from .service import NotApplicable, Person, Release, Service
from .support import Documents, Evidence, Support

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
class Profile:
    """readiness.toml: the service and where everything about it is found."""

    service: Service
    """The service."""
    release: Release
    """What is to be launched."""
    extends: Extends | None = None
    """The organisation's file beneath this one."""
    weakenings: tuple[ApprovedWeakening, ...] = ()
    """Values that are weaker than the organisation's, by permission."""
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
    repository: Repository | None = None
    """Its git repository."""
    forge: Forge | None = None
    """Its project on a forge."""
    vault_repository: VaultRepository | None = None
    """The project that keeps its encrypted files."""
    delivery: Delivery = Field(default_factory=Delivery)
    """How a commit becomes what users get."""
    scans: tuple[Scan, ...] = ()
    """Reports of scanners."""
    accepted: tuple[Accepted, ...] = ()
    """Findings of scanners that stay for now."""
    scan_limits: ScanLimits = Field(default_factory=ScanLimits)
    """What reports of scanners may look like."""
    gitguardian: GitGuardian | None = None
    """Who watches its repository for secrets."""
    osv: Osv = Field(default_factory=Osv)
    """Where packages are looked up."""
    images: Images = Field(default_factory=Images)
    """Where its images come from."""
    chains: tuple[Chain, ...] = ()
    """Chains that it works on."""
    contracts: tuple[Contract, ...] = ()
    """Its contracts."""
    provider: Provider | None = None
    """How it uses a provider of nodes, such as Infura."""
    prometheus: Prometheus | None = None
    """Where its metrics are."""
    alertmanager: Alertmanager | None = None
    """Where its alerts go."""
    pagerduty: PagerDuty | None = None
    """Who pages its people."""
    uptimerobot: UptimeRobot | None = None
    """Who watches it from outside."""
    grafana: Grafana | None = None
    """Where its dashboards are."""
    monitoring: Monitoring = Field(default_factory=Monitoring)
    """What monitoring must be like."""
    balances: tuple[Balance, ...] = ()
    """Accounts that it pays from."""
    evidence: Evidence = Field(default_factory=Evidence)
    """Where documents may be fetched from."""
    documents: Documents = Field(default_factory=Documents)
    """What people open when they need to know."""
    support: Support = Field(default_factory=Support)
    """How users reach somebody."""
    drills: Drills = Field(default_factory=Drills)
    """What was rehearsed."""
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

    @property
    def code(self) -> Repository:
        """Its git repository; the usual one if nothing is declared of it."""
        return self.repository or Repository()

    def accepted_among(self, about: str) -> tuple[Accepted, ...]:
        """Return what was accepted among secrets, dependencies or code, expired entries too."""
        return tuple(one for one in self.accepted if one.about == about)

    def may_accept(self, email: str) -> bool:
        """Tell whether somebody may let a scanner's finding stay."""
        return self.has_role(email, "security") or self.has_role(email, "approver")

    def has_role(self, email: str, role: str) -> bool:
        """Tell whether somebody is one of the service's people and has a role."""
        return any(one.email == email and role in one.roles for one in self.service.people)

    def unfilled(self, roles: Iterable[str], people: Iterable[str]) -> tuple[str, ...]:
        """Return the roles that none of some people has."""
        several = tuple(people)
        return tuple(role for role in roles if not any(self.has_role(one, role) for one in several))

    def minimum_of(self, host: str) -> MachineSpec:
        """Return the least that a declared host must have."""
        machine = next((one for one in self.machines if one.name == host), None)
        if machine is None or machine.group.minimum is None:
            raise FactUnavailable(
                f"[[hosts]] declares no minimum for {host or 'this instance'}",
                "declare what the projection asks for under [[hosts]] minimum",
            )
        return machine.group.minimum
