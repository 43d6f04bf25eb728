"""The example's account in several states, recorded for the tests of honesty."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pytest_orr.collect.registry import registry
from pytest_orr.profile.load import load
from pytest_orr.suite import baseline, read
from tests.suite.honesty.furnishing import furnish
from tests.suite.honesty.profiles import lay_profile
from tests.suite.honesty.wire import Wire
from tests.suite.honesty.worlds import AS_OF, Checklist, World, bodies_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[3]
APART = frozenset({"no-https-listener"})
"""Faults that cannot stand beside all others."""


@pytest.fixture(scope="module")
def checklist() -> Checklist:
    """The product's own suite."""
    collectors = registry()
    items = read(baseline(), fact_names=collectors.keys()).items
    return Checklist(items=items, bodies=bodies_of(baseline(), items), collectors=collectors)


@pytest.fixture(scope="module")
def worlds(
    checklist: Checklist,
    boot_example: Callable[[str], Any],
    tmp_path_factory: pytest.TempPathFactory,
    models_once: None,  # noqa: ARG001 the account is built by many clients
) -> Iterator[tuple[World, ...]]:
    """The account sound, with all faults at once, and with what cannot stand beside all others."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.account import FAULTS, build_account  # noqa: PLC0415 after the path is set
    from examples.explorer.builder import builder_of  # noqa: PLC0415 after the path is set

    states = {
        "sound": ("repaired", frozenset[str]()),
        "faulty": ("faulty", FAULTS - APART),
        "odd": ("faulty", APART),
    }
    wire = Wire()
    found = []
    clients: dict[str, dict[str, Any]] = {}
    with pytest.MonkeyPatch.context() as patch, boot_example("repaired") as running:
        for name, value in running.environment.items():
            patch.setenv(name, value)
        url = running.environment["AWS_ENDPOINT_URL"]
        for name, (state, faults) in states.items():
            requests.post(f"{url}/moto-api/reset", timeout=10).raise_for_status()
            ids, key = build_account(url, faults=faults), ""
            if name == "odd":
                key = furnish(builder_of(url, faults).client, ids)
            profile = lay_profile(tmp_path_factory.mktemp(name), state, key=key)
            written = load(profile, items=checklist.items, as_of=AS_OF.date())
            world = World(
                name=name,
                written=written,
                checklist=checklist,
                wire=wire,
                clients=clients.setdefault(f"{state} {bool(key)}", {}),
            )
            with wire.between():
                world.record()
            found.append(world)
        with wire.between():
            yield tuple(found)
