"""What was last deployed to an environment: a part of facts about pipelines and the testnet."""

from dataclasses import dataclass

from pytest_orr.clients.forge.interface import Forge
from pytest_orr.clients.forge.said import Deployment
from pytest_orr.errors import FactUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDeployment:
    """The newest deployment that took effect."""

    deployment: Deployment

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        made, by = self.deployment, self.deployment.by or "nobody known"
        how = f"pipeline {made.pipeline}" if made.pipeline else "no pipeline"
        when = f"{made.created:%Y-%m-%d %H:%M} UTC"
        return f"{made.commit[:8]} to {made.environment} on {when} by {by}, {how}"


def last_deployment(forge: Forge, environment: str) -> LastDeployment:
    """Return the newest deployment to an environment that took effect."""
    made = [one for one in forge.deployments(environment) if one.status == "success"]
    if not made:
        raise FactUnavailable(
            f"{forge.where} knows no deployment to {environment} that succeeded",
            f"let a job deploy with the environment {environment}, or correct the name in "
            "readiness.toml",
        )
    return LastDeployment(deployment=max(made, key=lambda one: one.created))
