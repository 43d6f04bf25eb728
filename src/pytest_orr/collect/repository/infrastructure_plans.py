"""Reads whether Terraform would change anything: the fact ``infrastructure_plans``.

A job runs ``terraform plan`` and ``terraform show -json``; here only its addresses and actions are
read, never a value, which may be secret.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.hostile_json import At, Unreadable
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.collect.scans.instants import instant
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer
from pytest_orr.profile.forge import PlanFile

from .artifacts import json_left_by, unreadable

NOTHING = frozenset({"no-op", "read"})
"""Actions that change nothing."""
AGAIN = "run terraform plan again, and keep what terraform show -json prints of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class InfrastructurePlan:
    """What Terraform planned when it compared the release's files with what runs."""

    planned: datetime
    resources: int
    """How many it knows."""
    changes: tuple[str, ...]
    """``address: actions`` of what it would change."""
    drifted: tuple[str, ...]
    """Addresses of what was changed past Terraform."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return (
            f"of {self.planned:%Y-%m-%d}: {self.resources} resources, {len(self.changes)} to "
            f"change, {len(self.drifted)} drifted"
        )

    def counts(self, days: int, as_of: datetime) -> bool:
        """Return true; raise ``FactUnavailable`` if it is too old to show what runs today."""
        if as_of - self.planned > timedelta(days=days):
            raise FactUnavailable(
                f"the plan is of {self.planned:%Y-%m-%d}, older than {days} days", AGAIN
            )
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class InfrastructurePlans:
    """Does what runs differ from what the release's files declare?"""

    name: str = "infrastructure_plans"
    source: str = "forge"
    operations: tuple[str, ...] = ("forge:artifact",)
    fact_type: Any = tuple[Part[InfrastructurePlan], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[InfrastructurePlan], ...]]:
        """Read the declared plans; a service without any has none."""
        plans = tuple(
            part_of(f"{one.path} of job {one.job}", partial(_plan, desk, one))
            for one in desk.profile.delivery.plans
        )
        return Answer(value=plans, where=(desk.forge.where,) if plans else ())


def _plan(desk: Desk, declared: PlanFile) -> InfrastructurePlan:
    content = json_left_by(desk, declared.job, declared.path)
    try:
        return _read(content)
    except Unreadable as error:
        raise unreadable(declared.job, declared.path, error) from error


def _read(content: At) -> InfrastructurePlan:
    if not content["format_version"].needed().startswith("1."):
        raise Unreadable("is no plan of a format 1")
    if content["errored"].flag() or content["complete"].flag() is False:
        raise FactUnavailable("Terraform did not come to the end of its plan", AGAIN)
    planned = instant(content["timestamp"])
    if planned is None:
        raise FactUnavailable(
            "the plan does not say when it was made", "use Terraform 1.5 or newer"
        )
    known = content.within("prior_state", "values", "root_module")
    changes = [_change(one) for one in content["resource_changes"].each()]
    count = max(len(changes), _resources(known) if known else 0)
    if not count:
        raise FactUnavailable("the plan knows no resource", AGAIN)
    return InfrastructurePlan(
        planned=planned,
        resources=count,
        changes=tuple(f"{address}: {what}" for address, what in changes if what),
        drifted=tuple(
            address for address, what in map(_change, content["resource_drift"].each()) if what
        ),
    )


def _change(one: At) -> tuple[str, str]:
    """Return an address, and what would be done to it; nothing if nothing would."""
    actions = [action.needed() for action in one.within("change", "actions").each()]
    return one["address"].needed(), ", ".join(action for action in actions if action not in NOTHING)


def _resources(module: At) -> int:
    below = sum(_resources(child) for child in module["child_modules"].each())
    return below + sum(1 for _ in module["resources"].each())
