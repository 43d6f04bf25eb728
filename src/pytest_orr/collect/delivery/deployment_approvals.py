"""Reads who must agree before something is deployed: the fact ``deployment_approvals``."""

from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .environment_histories import live_environment
from .releases_before import forge_of

ONE_IS_ENOUGH = "on GitHub one approval is always enough, however many reviewers are named"
SECOND_GATE = 'say in a statement with covers = "unknown" which second gate there is'
NOT_TOLD = "let the token see the rules of the environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentApproval:
    """Who must agree before something is deployed to an environment."""

    kind: str
    """``gitlab`` or ``github``."""
    required: int = 0
    """People who must approve; on GitHub one of the reviewers is always enough."""
    own_counts: bool | None = None
    """Whether whoever started a deployment may approve it; none if the forge does not tell."""
    approvers: tuple[str, ...] = ()

    @property
    def own_approval_counts(self) -> bool:
        """Whether whoever started it may approve it; raises ``FactUnavailable`` if untold."""
        if self.own_counts is None:
            cause = "the forge does not tell whether somebody may approve a deployment of their own"
            raise FactUnavailable(cause, NOT_TOLD)
        return self.own_counts

    def takes(self, people: int) -> bool:
        """Tell whether so many people must approve.

        GitHub cannot ask for two, so whether there is a second gate beside it is not known there.
        """
        if self.kind == "github" and self.required and people > 1:
            raise FactUnavailable(ONE_IS_ENOUGH, SECOND_GATE)
        return self.required >= people

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.required:
            return "nobody must approve"
        own = {True: "one's own counts", False: "one's own does not count", None: "not told"}
        return f"{self.required} must approve, {own[self.own_counts]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentApprovals:
    """Who must agree before something is deployed to production?"""

    name: str = "deployment_approvals"
    source: str = "forge"
    operations: tuple[str, ...] = ("forge:environment_protection",)
    fact_type: Any = tuple[Part[DeploymentApproval], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[DeploymentApproval], ...]]:
        """Ask the forge for the rules of production; at a first launch of the named staging."""
        environment = live_environment(desk)
        part = part_of(environment, lambda: _approval(desk, environment))
        return Answer(value=(part,), where=(desk.forge.where,))


def _approval(desk: Desk, environment: str) -> DeploymentApproval:
    kind = forge_of(desk).kind
    told = desk.forge.environment_protection(environment)
    if told is None:
        return DeploymentApproval(kind=kind)
    return DeploymentApproval(
        kind=kind,
        required=told.required_approvals,
        own_counts=told.own_approval_counts,
        approvers=tuple(sorted(told.approvers)),
    )
