"""Opens what a run's collectors ask through, and closes it when the last of them has answered.

A client is made, and its library imported, when a collector first asks through it.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.clocks import Clocks
from pytest_orr.clients.further_reads import OFFERED
from pytest_orr.collect.interface import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.collect.interface import Collector
    from pytest_orr.profile.load import Written
    from pytest_orr.profile.schema import Profile

SECTION = "ssh:"
"""What the operations of host facts begin with; a section of the script follows."""


@contextmanager
def opened_desk(
    written: Written,
    collectors: Iterable[Collector[Any]],
    progress: Callable[[str], None],
    *,
    as_of: datetime,
) -> Iterator[Desk]:
    """Yield a desk for these collectors; hosts are asked for the sections that they need alone."""
    profile, folder = written.profile, written.folder
    with ExitStack() as opened:
        later, clocks = partial(_later, opened), Clocks()
        yield Desk(
            profile=profile,
            folder=folder,
            as_of=as_of,
            drills=written.drills,
            stated=written.stated,
            clocks=clocks,
            **_of_service(later, written, tuple(collectors), progress, clocks=clocks),
            **_of_delivery(later, profile, folder, progress, clocks=clocks),
            **_of_watching(partial(later, clocks=clocks), profile, folder),
            **_of_support(later, profile, clocks),
            progress=progress,
        )


def _of_service(
    later: Callable[..., Any],
    written: Written,
    collectors: tuple[Collector[Any], ...],
    progress: Callable[[str], None],
    *,
    clocks: Clocks,
) -> dict[str, Any]:
    """Return the clients that look at the service as it runs, each by its name at the desk."""
    profile, folder = written.profile, written.folder
    asked, narrow = aws_operations_of(collectors), written.policy.gate.credentials == "narrow"
    of_aws = {"operations": asked, "narrow_only": narrow, "clocks": clocks}
    aws = later("clients.aws:AwsAccess", profile.aws, progress, **of_aws)
    ssh = later("clients.ssh:SshAccess", profile, folder, progress)
    of_hosts = {"folder": folder, "progress": progress, "clocks": clocks}
    of_hosts["sections"] = sections_of(collectors)
    return {
        "aws": aws,
        "http": later("clients.http:HttpAccess", clocks=clocks),
        "ssh": ssh,
        "hosts": later("collect.host_readings:HostReadings", profile, ssh, **of_hosts),
        "dns": later("clients.dns:DnsAccess", profile.network),
        "tls": later("clients.tls:TlsAccess"),
        "ports": later("clients.ports:PortAccess"),
        "postgresql": later("clients.postgresql:PostgresqlAccess"),
    }


def _of_delivery(
    later: Callable[..., Any],
    profile: Profile,
    folder: Path,
    progress: Callable[[str], None],
    *,
    clocks: Clocks,
) -> dict[str, Any]:
    """Return the clients that tell how the service is made, each by its name at the desk."""
    heard = partial(later, clocks=clocks)
    git = later("clients.git:GitAccess", profile, folder)
    return {
        "forge": heard("clients.forge.access:open_forge", profile.forge, folder, progress),
        "registry": later("clients.registry:RegistryAccess", profile.images, folder),
        "docker_hub": later(
            "clients.docker_hub:DockerHubAccess",
            declared=profile.images.namespace,
            folder=folder,
        ),
        "git": git,
        "pages": heard("clients.pages:Pages", profile, folder, git),
        "osv": heard("clients.osv:OsvAccess", profile.osv, folder),
        "evm": heard("clients.evm:EvmAccess"),
        "balance_reader": heard("clients.balance_reader:BalanceReaderAccess"),
        "gitguardian": heard("clients.gitguardian:GitGuardian", profile.gitguardian, folder),
        "scanner": later("clients.secret_scanner:SecretScanner", progress),
        "travis": heard("clients.travis:TravisAccess", profile.delivery.travis),
    }


def _of_watching(heard: Callable[..., Any], profile: Profile, folder: Path) -> dict[str, Any]:
    """Return the clients of what watches the service, each by its name at the desk."""
    return {
        "prometheus": heard("clients.prometheus:Prometheus", profile.prometheus, folder),
        "alertmanager": heard("clients.alertmanager:Alertmanager", profile.alertmanager, folder),
        "uptimerobot": heard("clients.uptimerobot:UptimeRobot", profile.uptimerobot, folder),
        "blackbox": heard("clients.blackbox:Blackbox", profile.monitoring.blackbox),
        "pagerduty": heard("clients.pagerduty:PagerDuty", profile.pagerduty, folder),
        "grafana": heard("clients.grafana:Grafana", profile.grafana, folder),
    }


def _of_support(later: Callable[..., Any], profile: Profile, clocks: Clocks) -> dict[str, Any]:
    """Return the clients of how users reach somebody, each by its name at the desk."""
    return {
        "smtp": later("clients.smtp:SmtpAccess", profile.support),
        "discord": later("clients.discord:DiscordAccess", clocks=clocks),
        "telegram": later("clients.telegram:TelegramAccess", clocks=clocks),
    }


def _later(opened: ExitStack, client: str, *needed: object, **settings: object) -> Any:
    """Return what stands for a client; typed as whatever it stands for."""
    return _Later(opened, client, lambda kind: kind(*needed, **settings))


class _Later:
    """Stands for a client until something is asked through it, which makes the client."""

    def __init__(self, opened: ExitStack, client: str, make: Callable[[Any], Any]) -> None:
        self._opened, self._client, self._make = opened, client, make
        self._making = Lock()
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        """Return what the client has by this name."""
        with self._making:
            if self._made is None:
                module, _, kind = self._client.partition(":")
                self._made = self._make(getattr(import_module(f"pytest_orr.{module}"), kind))
                if hasattr(self._made, "close"):
                    self._opened.callback(self._made.close)
        return getattr(self._made, name)


def aws_operations_of(collectors: Iterable[Collector[Any]]) -> frozenset[str]:
    """Return which reads of AWS collectors declare; nobody may declare anything else."""
    return OFFERED.intersection(one for each in collectors for one in each.operations)


def sections_of(collectors: Iterable[Collector[Any]]) -> frozenset[str]:
    """Return every section of the hosts' script that collectors declare as ``ssh:<section>``."""
    return frozenset(
        operation.removeprefix(SECTION)
        for collector in collectors
        for operation in collector.operations
        if operation.startswith(SECTION)
    )
