"""Desks that ask the example's nodes, on ports of their own."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.balance_reader import BalanceReaderAccess
from pytest_orr.clients.evm import EvmAccess
from pytest_orr.clients.http import HttpAccess
from pytest_orr.collect.interface import Desk
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Nodes:
    """The example's nodes, and what leads to them."""

    module: Any
    environment: dict[str, str]

    def spoil(self, variable: str, *faults: str) -> None:
        """Plant faults in one of them."""
        import requests  # noqa: PLC0415 few tests need it

        url = self.environment[variable].removesuffix("/v3/{id}")
        requests.post(f"{url}/-/faults", json=list(faults), timeout=10).raise_for_status()


@pytest.fixture(scope="session")
def running_nodes() -> Iterator[Nodes]:
    """Nodes that run until the tests end."""
    sys.path.append(str(CHECKOUT))
    module = importlib.import_module("examples.explorer.nodes")
    yield Nodes(module=module, environment=module.serve("repaired", CHECKOUT))
    sys.path.remove(str(CHECKOUT))


@pytest.fixture
def nodes(running_nodes: Nodes) -> Nodes:
    """Sound nodes."""
    for variable in ("EXPLORER_NODE", "EXPLORER_SECOND_NODE", "EXPLORER_PROVIDER"):
        running_nodes.spoil(variable)
    return running_nodes


@pytest.fixture
def desk_for() -> Callable[..., Desk]:
    """A desk with some keys of a profile, in a folder and an environment: ``desk_for(…)``."""

    def make(folder: Path, environment: dict[str, str], **keys: Any) -> Desk:
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="5f2d8c1"),
            **keys,
        )
        nobody: dict[str, Any] = dict.fromkeys(Desk.__dataclass_fields__)
        return Desk(
            **{
                **nobody,
                "profile": profile,
                "folder": folder,
                "as_of": dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
                "http": HttpAccess(environment=environment),
                "evm": EvmAccess(environment),
                "balance_reader": BalanceReaderAccess(environment),
                "progress": lambda _: None,
            }
        )

    return make
