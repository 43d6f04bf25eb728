"""The collectors there are: the product's own in one explicit list, others by hook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.collect.backend_ports import BackendPorts
from pytest_orr.collect.certificate_renewals import CertificateRenewals
from pytest_orr.collect.encryption_keys import EncryptionKeys
from pytest_orr.collect.endpoints import Endpoints
from pytest_orr.collect.host_accounts import HostAccounts
from pytest_orr.collect.host_deployments import HostDeployments
from pytest_orr.collect.host_exporters import HostExporters
from pytest_orr.collect.host_images import HostImages
from pytest_orr.collect.host_leftovers import HostLeftovers
from pytest_orr.collect.host_machines import HostMachines
from pytest_orr.collect.host_renewals import HostRenewals
from pytest_orr.collect.host_secret_files import HostSecretFiles
from pytest_orr.collect.host_sockets import HostSockets
from pytest_orr.collect.host_ssh_servers import HostSshServers
from pytest_orr.collect.host_units import HostUnits
from pytest_orr.collect.host_update_schedules import HostUpdateSchedules
from pytest_orr.collect.load_balancers import LoadBalancers
from pytest_orr.collect.public_certificates import PublicCertificates
from pytest_orr.collect.public_names import PublicNames
from pytest_orr.collect.security_groups import BackendSecurityGroups
from pytest_orr.collect.static_sites import StaticSites
from pytest_orr.collect.web_protections import WebProtections
from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.collect.interface import Collector


RESERVED = frozenset({"profile", "as_of", "subject", "attestation", "observation", "request"})
"""What items ask for by name besides facts."""


def registry(others: Iterable[Iterable[Collector[Any]]] = ()) -> Mapping[str, Collector[Any]]:
    """Return every collector by the name of its fact.

    ``others`` is what the hook ``pytest_orr_collectors`` returned; a name that is taken already
    raises ``InvalidInput``.
    """
    known: dict[str, Collector[Any]] = {}
    own: tuple[Collector[Any], ...] = (
        BackendPorts(),
        BackendSecurityGroups(),
        CertificateRenewals(),
        EncryptionKeys(),
        Endpoints(),
        HostAccounts(),
        HostDeployments(),
        HostExporters(),
        HostImages(),
        HostLeftovers(),
        HostMachines(),
        HostRenewals(),
        HostSecretFiles(),
        HostSockets(),
        HostSshServers(),
        HostUnits(),
        HostUpdateSchedules(),
        LoadBalancers(),
        PublicCertificates(),
        PublicNames(),
        StaticSites(),
        WebProtections(),
    )
    for collector in (*own, *(one for several in others for one in several)):
        if collector.name in RESERVED:
            reserved = f"no collector may bring a fact called {collector.name}; rename it"
            raise InvalidInput((reserved,))
        if collector.name in known:
            taken = f"two collectors bring the fact {collector.name}; rename one of them"
            raise InvalidInput((taken,))
        known[collector.name] = collector
    return dict(sorted(known.items()))
