"""Real hosts: booted on this machine in networks of their own, and reached as a client would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.system.hosts.faults import CANARY, IN_FILES, ONCE_RUNNING
from tests.system.hosts.file_trees import changed, fingerprints
from tests.system.hosts.judging import judge, own_item
from tests.system.hosts.lacking import what_is_lacking
from tests.system.hosts.renewal import authority, issue, renew_by_timer
from tests.system.hosts.world import Spec, World, world

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager


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
