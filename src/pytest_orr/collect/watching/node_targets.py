"""Compares hosts with the node targets of Prometheus, both ways: the fact ``node_targets``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from .scrape_targets import ScrapeTarget, ScrapeTargets


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTarget:
    """A declared host with whatever scrapes its node_exporter, or a target of no declared host."""

    name: str
    """The host's; of a target of no declared host, job and instance."""
    is_declared: bool
    """Whether it is a host of [[hosts]]."""
    targets: tuple[ScrapeTarget, ...] = ()

    def answers(self, as_of: datetime) -> bool:
        """Tell whether every target of it answered when it was last scraped.

        Raises ``FactUnavailable`` if that was long before an instant.
        """
        return all(one.answers(as_of) for one in self.targets)

    @property
    def seen(self) -> str:
        """One line for a finding."""
        told = "; ".join(f"{one.name}: {one.seen}" for one in self.targets)
        return told or "no node target in Prometheus"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTargets:
    """Does Prometheus scrape the node_exporter of every host, and of no other?"""

    name: str = "node_targets"
    source: str = "Prometheus"
    operations: tuple[str, ...] = ("prometheus:GET",)
    fact_type: Any = tuple[NodeTarget, ...]

    def collect(self, desk: Desk) -> Answer[tuple[NodeTarget, ...]]:
        """Return every host of the judged environment, and every node target of no host."""
        profile = desk.profile
        if not profile.machines:
            raise Undeclared("[[hosts]]", "the service's hosts")
        read = ScrapeTargets().collect(desk)
        nodes = [one for one in read.value if one.kind == "node"]
        own = [one for one in profile.machines if one.environment == profile.service.environment]
        hosts = [
            NodeTarget(
                name=host.name,
                is_declared=True,
                targets=tuple(one for one in nodes if one.host == host.name),
            )
            for host in own
        ]
        strays = [
            NodeTarget(name=one.name, is_declared=False, targets=(one,))
            for one in nodes
            if not one.host
        ]
        return Answer(value=(*hosts, *strays), where=read.where)
