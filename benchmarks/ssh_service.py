"""The service whose hosts are asked: a suite and a profile as a team has them, for the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_orr.collect.host_script import script_for
from pytest_orr.collect.registry import registry
from pytest_orr.profile.load import load
from pytest_orr.scaffold import lay_down
from pytest_orr.suite import read

from .ssh_host import CONFIG_FILE, UNIT

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from pytest_orr.model import ItemSpec

    from .ssh_topology import Topology

PROFILE = """\
[service]
name = "benchmark"
environment = "production"

[[service.people]]
email = "owner@example.org"
name = "Service Owner"
roles = ["service", "security", "platform", "product", "support"]

[release]
commit = "0000000"
first = true

[ssh]
config = "{config}"
known_hosts = "{known_hosts}"
agent = false

[[hosts]]
names = [{names}]
ports = [22, 9100]
units = ["{unit}"]
service_directories = ["/srv/app"]
config_files = ["{config_file}"]
"""
"""One group of backends; the jump host is a way to them and nothing more."""
OWN_MODULE = """\
\"""Facts about hosts that no item about hosts alone asks for.\"""

import pytest

from pytest_orr import at_least_one


@pytest.mark.orr(
    "benchmark.hosts.read",
    stated="every fact about hosts is read",
    severity="minor",
    phase="build",
    owner="platform",
    question="Which facts are read?",
    evidence="log",
    valid_for=30,
)
def test_every_fact_about_hosts_is_read({facts}, subject):
    \"""Every fact about hosts is read.

    Why: What is compared must have been read by all.

    Fix: Nothing is to be repaired.
    \"""
    for hosts in ({facts}):
        for host in at_least_one(hosts, "host"):
            with subject(host.name, saw=host.seen):
                assert host.reading
"""
"""The product's suite may have items of one service alone, in a module of their own."""
HOST_FACTS = "ssh:"
"""What the operations of collectors begin with that ask hosts."""


def host_facts() -> tuple[str, ...]:
    """Return the facts about hosts; AWS is asked for some of them, too, where it is declared."""
    known = registry().items()
    about = (name for name, one in known if any(map(is_of_hosts, one.operations)))
    return tuple(name for name in about if name.startswith("host_"))


def is_of_hosts(operation: str) -> bool:
    """Say whether an operation asks hosts."""
    return operation.startswith(HOST_FACTS)


def is_about_hosts(item: ItemSpec) -> bool:
    """Say whether an item asks for facts about hosts, and for no others."""
    collected = {name for name in item.facts if name in registry()}
    return bool(collected) and collected <= set(host_facts())


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service's folder; ``make`` it first."""

    folder: Path
    """Its suite."""

    def make(self, topology: Topology, names: Collection[str]) -> None:
        """Lay the suite down and declare these hosts."""
        lay_down(self.folder)
        profile = PROFILE.format(
            config=topology.ssh_config,
            known_hosts=topology.known_hosts,
            names=", ".join(f'"{name}"' for name in names),
            unit=UNIT,
            config_file=CONFIG_FILE,
        )
        (self.folder / "readiness.toml").write_text(profile, encoding="utf-8")
        asked = {name for item in self.items() for name in item.facts}
        rest = ", ".join(sorted(name for name in host_facts() if name not in asked))
        own = OWN_MODULE.format(facts=rest)
        (self.folder / "test_benchmark.py").write_text(own, encoding="utf-8")

    def items(self) -> tuple[ItemSpec, ...]:
        """Return the items that are about hosts alone."""
        items = read(self.folder, fact_names=registry().keys()).items
        return tuple(item for item in items if is_about_hosts(item))

    @property
    def node_ids(self) -> tuple[str, ...]:
        """Those items as pytest is told about them."""
        return tuple(f"{self.folder / item.file}::{item.function}" for item in self.items())

    def write_scripts(self, folder: Path) -> None:
        """Write the script that the product sends to each host, under the host's name."""
        known = registry()
        operations = {one for name in host_facts() for one in known[name].operations}
        sections = frozenset(
            one.removeprefix(HOST_FACTS) for one in filter(is_of_hosts, operations)
        )
        path = self.folder / "readiness.toml"
        profile = load(path, items=self.items(), as_of=datetime.now(UTC).date()).profile
        folder.mkdir(parents=True)
        for machine in profile.machines:
            script = script_for(machine, profile.host_limits, sections, sudo=profile.ssh.sudo)
            (folder / machine.name).write_text(script, encoding="utf-8")
