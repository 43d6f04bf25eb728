"""Opens what a run's collectors ask through, and closes it when the last of them has answered."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.further_reads import OFFERED
from pytest_orr.clients.http import HttpAccess
from pytest_orr.clients.ports import PortAccess
from pytest_orr.clients.postgresql import PostgresqlAccess
from pytest_orr.clients.ssh import SshAccess
from pytest_orr.clients.tls import TlsAccess
from pytest_orr.collect.host_readings import HostReadings
from pytest_orr.collect.interface import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from pytest_orr.collect.interface import Collector
    from pytest_orr.profile.load import Written

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
    profile = written.profile
    ssh = SshAccess(profile, written.folder, progress)
    hosts = HostReadings(
        profile, ssh, sections=sections_of(collectors), folder=written.folder, progress=progress
    )
    aws = AwsAccess(
        profile.aws,
        progress,
        operations=aws_operations_of(collectors),
        narrow_only=written.policy.gate.credentials == "narrow",
    )
    try:
        yield Desk(
            profile=profile,
            folder=written.folder,
            as_of=as_of,
            aws=aws,
            http=HttpAccess(),
            ssh=ssh,
            hosts=hosts,
            dns=DnsAccess(profile.network),
            tls=TlsAccess(),
            ports=PortAccess(),
            postgresql=PostgresqlAccess(),
            progress=progress,
        )
    finally:
        ssh.close()
        aws.close()


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
