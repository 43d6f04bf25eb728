"""What a collector is: one question, asked of one kind of source, answered by frozen facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pytest_orr.clients.clocks import Clocks
from pytest_orr.profile.places import Stated

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.clients.alertmanager import Alertmanager
    from pytest_orr.clients.aws import AwsAccess
    from pytest_orr.clients.balance_reader import BalanceReaderAccess
    from pytest_orr.clients.blackbox import Blackbox
    from pytest_orr.clients.discord import DiscordAccess
    from pytest_orr.clients.dns import DnsAccess
    from pytest_orr.clients.docker_hub import DockerHubAccess
    from pytest_orr.clients.evm import EvmAccess
    from pytest_orr.clients.forge.interface import Forge
    from pytest_orr.clients.git import GitAccess
    from pytest_orr.clients.gitguardian import GitGuardian
    from pytest_orr.clients.grafana import Grafana
    from pytest_orr.clients.http import HttpAccess
    from pytest_orr.clients.osv import OsvAccess
    from pytest_orr.clients.pagerduty import PagerDuty
    from pytest_orr.clients.pages import Pages
    from pytest_orr.clients.ports import PortAccess
    from pytest_orr.clients.postgresql import PostgresqlAccess
    from pytest_orr.clients.prometheus import Prometheus
    from pytest_orr.clients.registry import RegistryAccess
    from pytest_orr.clients.secret_scanner import SecretScanner
    from pytest_orr.clients.smtp import SmtpAccess
    from pytest_orr.clients.ssh import SshAccess
    from pytest_orr.clients.telegram import TelegramAccess
    from pytest_orr.clients.tls import TlsAccess
    from pytest_orr.clients.travis import TravisAccess
    from pytest_orr.clients.uptimerobot import UptimeRobot
    from pytest_orr.collect.host_readings import HostReadings
    from pytest_orr.observation import Answer
    from pytest_orr.profile.drill_records import Drill
    from pytest_orr.profile.schema import Profile

T = TypeVar("T")


class Collector(Protocol[T]):
    """One question about the service.

    ``collect`` returns an answer or raises ``FactUnavailable`` with cause and remedy; it never
    judges, never returns a part of a listing as the whole, and changes nothing.
    """

    @property
    def name(self) -> str:
        """Name of the fact and of its fixture: a plural noun."""

    @property
    def source(self) -> str:
        """What is asked, as pages print it."""

    @property
    def operations(self) -> tuple[str, ...]:
        """Every operation it may use, as ``service:Operation``."""

    @property
    def fact_type(self) -> Any:
        """Type of the fact, for reading it back from ``facts.json``."""

    def collect(self, desk: Desk) -> Answer[T]:
        """Ask, and return the fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a collector works with: the profile, clients shared by the run, and a progress line."""

    profile: Profile
    folder: Path
    """Of the profile; files that it names lie below it."""
    as_of: datetime
    """The instant by which the run judges, aware: measurements are asked for up to it."""
    clocks: Clocks = field(default_factory=Clocks)
    """What the answers to all clients say of time."""
    drills: tuple[Drill, ...] = ()
    """Records of drills, read with the profile."""
    stated: Stated = field(default_factory=Stated)
    """What people stated, and where."""
    aws: AwsAccess
    http: HttpAccess
    ssh: SshAccess
    """Logins to hosts through jump hosts, one shared by all who need it."""
    hosts: HostReadings
    """What the one script printed on each host; read at the first question, for all."""
    dns: DnsAccess
    tls: TlsAccess
    ports: PortAccess
    postgresql: PostgresqlAccess
    forge: Forge
    """The service's project on GitLab or GitHub."""
    registry: RegistryAccess
    """Registries of container images, but for those of ECR."""
    docker_hub: DockerHubAccess
    git: GitAccess
    """The service's repository at the release's commit."""
    pages: Pages
    """The service's documents, on hosts that the profile names or in the repository."""
    osv: OsvAccess
    """The database of advisories of packages."""
    evm: EvmAccess
    """Nodes of EVM chains."""
    balance_reader: BalanceReaderAccess
    """Nodes and indexes of other chains."""
    gitguardian: GitGuardian
    """Who watches the repository for secrets."""
    scanner: SecretScanner
    """Looks for secrets in the checkout itself."""
    travis: TravisAccess
    """Travis, where it builds the branch."""
    prometheus: Prometheus
    """What scrapes the service and its hosts."""
    alertmanager: Alertmanager
    """Who hands alerts on to people."""
    uptimerobot: UptimeRobot
    """Who watches the public names from outside."""
    blackbox: Blackbox
    """The exporter that probes them for Prometheus."""
    pagerduty: PagerDuty
    """Who pages the service's people."""
    grafana: Grafana
    """Where the service's dashboards are."""
    smtp: SmtpAccess
    """Mail servers, which are never sent a mail."""
    discord: DiscordAccess
    telegram: TelegramAccess
    progress: Callable[[str], None]
