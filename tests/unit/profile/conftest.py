"""Builders shared by the tests of what the team writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.model import ItemSpec
from pytest_orr.profile.load import Written, load

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = dt.date(2026, 11, 20)
ELB = ItemSpec(
    id="network.load-balancer.elb",
    position=1,
    part="launch-checklist",
    section="network",
    section_title="Network",
    title="A balancer fronts the backend.",
    stated="load balancer ELB setup on the backend",
    severity="blocker",
    phase="build",
    owner="platform",
    why="",
    fix="",
    question="Which balancer fronts the backend?",
    evidence_kind="capture",
    valid_for=90,
    aliases=("network.elb",),
    class_as_built="automatic",
    stamp="baseline",
    file="test_network.py",
    function="test_a_balancer_fronts_the_backend",
)
RESTART = replace(ELB, id="operations.restart.backend", position=2, aliases=())
PROFILE = """\
[service]
name = "explorer"
environment = "production"

[[service.people]]
email = "ana@example.org"
name = "Ana"
roles = ["service", "platform"]

[[service.people]]
email = "bo@example.org"
name = "Bo"
roles = ["security"]

[[service.people]]
email = "eve@example.org"
name = "Eve"
roles = ["approver"]

[release]
commit = "4f2a9c1d0e"
"""


@pytest.fixture(scope="session")
def item() -> ItemSpec:
    """A blocker of the platform that asks for a capture, valid for 90 days."""
    return ELB


@pytest.fixture(scope="session")
def profile_text() -> str:
    """A small profile without mistakes: Ana states, Bo confirms, Eve approves."""
    return PROFILE


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Written]:
    """Write files into an empty folder, named without ``.toml``, and load them from there."""
    monkeypatch.chdir(tmp_path)

    def write_and_load(*, readiness: str | bytes = PROFILE, **beside: str | bytes) -> Written:
        for name, content in {"readiness": readiness, **beside}.items():
            data = content if isinstance(content, bytes) else content.encode()
            Path(f"{name}.toml").write_bytes(data)
        return load(Path("readiness.toml"), items=(ELB, RESTART), as_of=AS_OF)

    return write_and_load


@pytest.fixture
def mistakes_in(loaded: Callable[..., Written]) -> Callable[..., tuple[str, ...]]:
    """Write files as ``loaded`` does and return the mistakes with which they are refused."""

    def refused(**files: str | bytes) -> tuple[str, ...]:
        with pytest.raises(InvalidInput) as caught:
            loaded(**files)
        return caught.value.mistakes

    return refused
