"""This repository's own default: ``pytest readiness/`` without a profile judges the example.

The controller boots the embedded world of ``examples/explorer`` and the workers inherit its
environment. Nothing of this happens in a service's repository, which has a profile of its own.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import ModuleType

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent
EXAMPLE = ROOT / "examples" / "explorer"
RUNS_NOTHING = (
    "collectonly",
    "setuponly",
    "setupplan",
    "showfixtures",
    "show_fixtures_per_test",
    "markers",
    "help",
    "cacheshow",
)
DROPPED_WHEN_FAULTY = "operations.refund.criteria"

state_key = pytest.StashKey[str]()
"""State of the example that this run judges; absent when it judges none."""
world_key = pytest.StashKey[Any]()
environment_key = pytest.StashKey[pytest.MonkeyPatch]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name the example's profile and day where nobody named one, in every process of the run."""
    if not _judges_the_example(config):
        return
    world = _world_module()
    state = os.environ.get("ORR_EXAMPLE") or "faulty"
    if state not in world.STATES:
        raise pytest.UsageError(f"ORR_EXAMPLE is {' or '.join(world.STATES)}, not {state}")
    config.stash[state_key] = state
    config.option.orr_profile = str(EXAMPLE / state / "readiness.toml")
    if not _said(config, "as_of") and not _said(config, "facts"):
        config.option.orr_as_of = world.AS_OF


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None]:
    """Boot the world once, in the controller, if items will really ask it."""
    config = session.config
    state = config.stash.get(state_key, "")
    idle = any(config.getoption(option, default=False) for option in RUNS_NOTHING)
    if state and not (idle or hasattr(config, "workerinput") or _said(config, "facts")):
        _enter_world(config, state)
    return (yield)


def _enter_world(config: pytest.Config, state: str) -> None:
    module = _world_module()
    try:
        world = module.boot(state)
    except module.ExampleUnavailable as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[world_key] = world
    environment = config.stash[environment_key] = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        environment.delenv(name)
    for name, value in {**world.environment, "ORR_EXAMPLE": state}.items():
        environment.setenv(name, value)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that an example is judged, and how to judge a service."""
    if state_key not in config.stash:
        return None
    return (
        f"orr: no profile named, so the embedded example is judged ({config.stash[state_key]}); "
        "name yours with --orr-profile FILE or ORR_PROFILE"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Play the conftest that silently drops an item: one of the faulty example's faults."""
    if config.stash.get(state_key, "") == "faulty":
        items[:] = [item for item in items if _id_of(item) != DROPPED_WHEN_FAULTY]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the world and give the environment back."""
    if world_key in config.stash:
        config.stash[environment_key].undo()
        config.stash[world_key].stop()


@pytest.fixture(scope="session")
def boot_example() -> Callable[..., Any]:
    """Return ``boot`` of the example's world, for tests that need one of their own."""
    boot: Callable[..., Any] = _world_module().boot
    return boot


def _judges_the_example(config: pytest.Config) -> bool:
    plugin_is_there = hasattr(config.option, "orr_profile")
    return plugin_is_there and _names_the_suite(config) and not _said(config, "profile")


def _names_the_suite(config: pytest.Config) -> bool:
    here = config.invocation_params.dir
    named = ((here / arg.partition("::")[0]).resolve() for arg in config.args)
    return any(path.is_relative_to(ROOT / "readiness") for path in named)


def _said(config: pytest.Config, name: str) -> str:
    option = config.getoption(f"orr_{name}", None)
    return option or os.environ.get(f"ORR_{name.upper()}") or str(config.getini(f"orr_{name}"))


def _id_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("orr")
    return str(marker.args[0]) if marker and marker.args else ""


def _world_module() -> ModuleType:
    """Import the world by its path: the checkout is not on the import path, and need not be."""
    name = "explorer_world"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, EXAMPLE / "world.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]
