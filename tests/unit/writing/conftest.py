"""A profile beside which files are changed, and one item that is answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.model import ItemSpec
from pytest_orr.writing.changes import Place

if TYPE_CHECKING:
    from pathlib import Path

PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [
    { email = "ana@example.org", name = "Ana", roles = ["service", "platform"] },
    { email = "bo@example.org", name = "Bo", roles = ["platform"] },
]

[release]
commit = "4f2a9c1d0e"
"""


@pytest.fixture(scope="session")
def spec() -> ItemSpec:
    """A blocker of the platform that asks for a link, valid for 90 days."""
    return ItemSpec(
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
        evidence_kind="link",
        valid_for=90,
        class_as_built="automatic",
        stamp="baseline",
        file="test_network.py",
        function="test_a_balancer_fronts_the_backend",
    )


@pytest.fixture
def place(tmp_path: Path, spec: ItemSpec) -> Place:
    """A folder with a profile and nothing beside it, judged as of 2026-11-20."""
    (tmp_path / "readiness.toml").write_text(PROFILE, encoding="utf-8")
    profile = tmp_path / "readiness.toml"
    return Place(profile=profile, items=(spec,), as_of=dt.date(2026, 11, 20))


@pytest.fixture
def answer(spec: ItemSpec) -> dict[str, Any]:
    """A statement that waits for a second person alone."""
    return {
        "item": spec.id,
        "statement": "The balancer is elb-1.",
        "by": "ana@example.org",
        "on": dt.date(2026, 11, 19),
        "until": dt.date(2027, 1, 31),
        "evidence": [
            {"kind": "link", "ref": "https://wiki.example.org/elb", "dated": dt.date(2026, 11, 18)}
        ],
    }
