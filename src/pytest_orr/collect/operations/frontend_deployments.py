"""Reads how the frontend was last deployed by a pipeline: the fact ``frontend_deployments``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.forge.said import Deployment
from pytest_orr.collect.delivery.environment_histories import live_environment
from pytest_orr.collect.delivery.releases_before import forge_of
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

ENDED = frozenset({"success", "failed", "canceled"})
"""Statuses of a deployment that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The newest deployment by a pipeline that is over."""

    id: str
    commit: str
    status: str
    ended: datetime
    pipeline: str
    by: str = ""

    @property
    def has_succeeded(self) -> bool:
        """Whether it took effect."""
        return self.status == "success"

    def is_within(self, days: int, as_of: datetime) -> bool:
        """Tell whether it ended at most so many days before an instant."""
        return as_of - self.ended <= timedelta(days=days)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        how = f"{self.status}, of {self.commit[:12]} by pipeline {self.pipeline}"
        return f"deployment {self.id} of {self.ended:%Y-%m-%d}: {how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontendDeployments:
    """Was the frontend lately deployed by its pipeline, and did that succeed?"""

    name: str = "frontend_deployments"
    source: str = "forge"
    operations: tuple[str, ...] = ("forge:deployments",)
    fact_type: Any = tuple[Part[LastRun], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[LastRun], ...]]:
        """Ask the forge for the deployments to the environment of the frontend."""
        environment = forge_of(desk).frontend or live_environment(desk)
        part = part_of(environment, partial(_last, desk, environment))
        return Answer(value=(part,), where=(desk.forge.where,))


def _last(desk: Desk, environment: str) -> LastRun:
    told = desk.forge.deployments(environment)
    over = [(one, one.pipeline) for one in told if one.status in ENDED and one.pipeline]
    if not over:
        raise FactUnavailable(
            f"{desk.forge.where} knows no deployment to {environment} by a pipeline",
            f"let a job deploy the frontend with the environment {environment}, or name its own as"
            " frontend under [forge] in readiness.toml",
        )
    last, pipeline = max(over, key=lambda found: (found[0].created, found[0].id))
    return LastRun(
        id=last.id,
        commit=last.commit,
        status=last.status,
        ended=_end(last),
        pipeline=pipeline,
        by=last.by,
    )


def _end(one: Deployment) -> datetime:
    return one.ended or one.created
