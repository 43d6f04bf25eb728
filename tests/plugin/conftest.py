"""What several tests of the plugin share: a run in two ways, a world of its own, a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Repository


@pytest.fixture(params=[["-p", "no:xdist"], ["-n2"]], ids=["no-xdist", "n2"])
def spread(request: pytest.FixtureRequest) -> list[str]:
    """The two ways that differ where a worker might say what only the controller may."""
    return list(request.param)


@pytest.fixture(scope="session")
def explorer(boot_example: Callable[..., Any]) -> Iterator[Any]:
    """The example's repaired world, running."""
    with boot_example("repaired") as world:
        yield world


@pytest.fixture
def live(
    tmp_path: Path, recorded: Path, lay_down_state: Callable[..., Repository], explorer: Any
) -> tuple[Repository, dict[str, str]]:
    """The example's repository with the environment that leads to its running world."""
    repository = lay_down_state(tmp_path, recorded, "repaired")
    repository.arguments = ["--orr-as-of", "2026-11-20"]
    return repository, dict(explorer.environment)
