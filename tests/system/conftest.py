"""Real counterparts: hosts booted in networks of their own, and a server of PostgreSQL."""

from __future__ import annotations

import datetime as dt
import importlib.util
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.clients.postgresql import PostgresqlAccess
from pytest_orr.collect.database_grants import DatabaseGrants
from pytest_orr.collect.database_rules import DatabaseRules
from pytest_orr.collect.databases import Databases
from pytest_orr.errors import Unanswered
from pytest_orr.profile.schema import Person, Profile, Release, Service
from pytest_orr.record.attestation import Attestation
from pytest_orr.record.findings import Subjects
from tests.desks import desk_of
from tests.system import anvil, browsing, postgresql_server
from tests.system.hosts.faults import CANARY, IN_FILES, ONCE_RUNNING
from tests.system.hosts.file_trees import changed, fingerprints
from tests.system.hosts.judging import judge, own_item
from tests.system.hosts.lacking import what_is_lacking
from tests.system.hosts.renewal import authority, issue, renew_by_timer
from tests.system.hosts.world import Spec, World, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser

    from pytest_orr.collect.interface import Desk
    from pytest_orr.model import Finding
    from pytest_orr.profile.schema import Database


@dataclass(frozen=True)
class Hosts:
    """Boots hosts: ``with boot_hosts({"explorer-jump": (), …}) as world``."""

    folders: pytest.TempPathFactory
    faults = frozenset([*IN_FILES, *ONCE_RUNNING])
    canary = CANARY
    judge = staticmethod(judge)
    own_item = staticmethod(own_item)
    authority = staticmethod(authority)
    issue = staticmethod(issue)
    renew_by_timer = staticmethod(renew_by_timer)
    fingerprints = staticmethod(fingerprints)
    changed = staticmethod(changed)

    def __call__(self, faults: Mapping[str, Iterable[str]]) -> AbstractContextManager[World]:
        """Boot the named hosts, each with the faults that are planted on it."""
        specs = tuple(Spec(name=name, faults=frozenset(of)) for name, of in faults.items())
        return world(self.folders.mktemp("hosts"), specs)


@pytest.fixture(scope="session")
def boot_hosts(tmp_path_factory: pytest.TempPathFactory) -> Hosts:
    """Boot hosts, or skip with the reason why none can be booted here."""
    lacking = what_is_lacking(str(tmp_path_factory.mktemp("trial")))
    if lacking:
        pytest.skip(lacking)
    return Hosts(tmp_path_factory)


@pytest.fixture(scope="module")
def node() -> Iterator[anvil.Node]:
    """A node of a chain of its own, or skip with the reason why there is none."""
    if not anvil.program():
        pytest.skip("needs anvil, which .ci/npm installs")
    with anvil.running() as running:
        yield running


@pytest.fixture(scope="module")
def second_node(node: anvil.Node) -> Iterator[anvil.Node]:
    """A node that has the first one's chain as it was when this one began."""
    node.mine(5)
    with anvil.running("--fork-url", node.url) as running:
        yield running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgresql_server.Server]:
    """A server of PostgreSQL with a sound database, or skip with the reason why there is none."""
    if postgresql_server.programs() is None:
        pytest.skip("PostgreSQL's initdb and postgres are not here: install Debian's postgresql")
    with postgresql_server.running() as server:
        yield server


@pytest.fixture
def desk_with() -> Callable[..., Desk]:
    """A desk whose profile declares databases, and of AWS nothing."""

    def make(*databases: Database) -> Desk:
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="0123456789abcdef0123456789abcdef01234567"),
            databases=databases,
        )
        return desk_of(
            profile=profile,
            as_of=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
            aws=AwsAccess(None, lambda _: None),
            postgresql=PostgresqlAccess({"AUDITOR_PASSWORD": postgresql_server.PASSWORD}),
        )

    return make


@pytest.fixture(scope="session")
def writing_item() -> Callable[..., None]:
    """The item about who may write to databases, as the suite has it."""
    path = Path(__file__).parents[2] / "readiness" / "test_deployment.py"
    spec = importlib.util.spec_from_file_location("deployment_items", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    item: Callable[..., None] = module.test_only_declared_identities_may_write_to_the_database
    return item


@pytest.fixture
def judge_writing(
    desk_with: Callable[..., Desk], writing_item: Callable[..., None]
) -> Callable[..., tuple[Finding, ...]]:
    """Read what there is about databases and judge it, but for what people state."""

    def judged(*databases: Database) -> tuple[Finding, ...]:
        desk, subject = desk_with(*databases), Subjects()
        with suppress(Unanswered):
            writing_item(
                Databases().collect(desk).value,
                DatabaseGrants().collect(desk).value,
                DatabaseRules().collect(desk).value,
                desk.as_of,
                subject,
                Attestation(None, reason="nobody has answered", remedy="answer"),
            )
        return tuple(one for one in subject.findings if one.detail != "declared in readiness.toml")

    return judged


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium."""
    with browsing.chromium() as started:
        yield started
