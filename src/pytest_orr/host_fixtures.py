"""Facts about hosts as items ask for them by name; ``fixtures`` has all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .fixtures import observation

if TYPE_CHECKING:
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
    from .collect.managed_images import ManagedImage
    from .collect.managed_schedules import PatchSchedule
    from .observation import Observation


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
def host_images(
    request: pytest.FixtureRequest,
) -> Observation[tuple[HostFact[HostImage | ManagedImage], ...]]:
    """Each host's distribution and its pending security updates, as it or SSM tells them."""
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
) -> Observation[tuple[HostFact[UpdateSchedule | PatchSchedule], ...]]:
    """What patches each host by itself, and when it last succeeded, as it or SSM tells that."""
    return observation(request)
