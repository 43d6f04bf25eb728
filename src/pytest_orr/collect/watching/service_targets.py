"""Reads whether the service's own targets are up, and who is woken when one is not.

The fact ``service_targets``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, parts_by_id
from pytest_orr.collect.watching.alert_rules import AlertRules
from pytest_orr.collect.watching.bound_rules import BoundRules, bound_rules
from pytest_orr.collect.watching.scrape_targets import ScrapeTarget, ScrapeTargets
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

UP = "up"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTarget:
    """A part of the service that Prometheus scrapes, with the rules on its being up."""

    target: ScrapeTarget
    alerts: Part[BoundRules]

    @property
    def name(self) -> str:
        """How pages name it."""
        return self.target.name

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.target.seen}; {self.alerts.seen}"

    def is_up(self, as_of: datetime) -> bool:
        """Tell whether it was up at its last scrape.

        Raises ``FactUnavailable`` when that was long ago, or never.
        """
        if self.target.health == "down":
            return False
        if not self.target.is_up or not self.target.is_fresh(as_of):
            raise FactUnavailable(
                f"Prometheus has not scraped {self.name} lately: {self.target.seen}",
                "see why Prometheus scrapes it no longer, and run again",
            )
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTargets:
    """Is all of the service up that Prometheus scrapes, and who hears when it is not?"""

    name: str = "service_targets"
    source: str = "Prometheus"
    operations: tuple[str, ...] = ("prometheus:GET", "alertmanager:GET")
    fact_type: Any = tuple[ServiceTarget, ...]

    def collect(self, desk: Desk) -> Answer[tuple[ServiceTarget, ...]]:
        """Read the targets that are neither hosts nor probes, by job and instance."""
        read = ScrapeTargets().collect(desk)
        targets = {str(n): one for n, one in enumerate(read.value) if one.kind == "service"}
        names = {one: target.name for one, target in targets.items()}
        alerts = parts_by_id(names, lambda: _alerts(desk, targets))
        found = (
            ServiceTarget(target=target, alerts=alerts[one]) for one, target in targets.items()
        )
        return Answer(value=tuple(found), where=read.where)


def _alerts(desk: Desk, targets: dict[str, ScrapeTarget]) -> dict[str, BoundRules]:
    rules = AlertRules().collect(desk).value
    return {one: bound_rules(rules, UP, target.labels) for one, target in targets.items()}
