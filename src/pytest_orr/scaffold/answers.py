"""What somebody who begins says about the service: few things, all of which may wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = Literal["yes", "no", "later"]
Component = Literal["aws", "hosts", "contracts", "provider", "database", "docker"]
QUESTIONS: Mapping[Component, str] = {
    "aws": "Does it run in AWS?",
    "hosts": "Does it have hosts that you log in to by SSH?",
    "contracts": "Does it have smart contracts?",
    "provider": "Does it use Infura, or another provider of nodes?",
    "database": "Does it have a database?",
    "docker": "Is it built into Docker images?",
}
"""The six questions, in their order, by the component that each is about."""
NOBODY = "owner@example.org"
NO_COMMIT = "0000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the scaffold is filled in with; whatever was not said stands as an example."""

    service: str = "my-service"
    environment: str = "production"
    email: str = NOBODY
    person: str = "Service Owner"
    commit: str = NO_COMMIT
    components: Mapping[Component, Answer] = field(default_factory=dict)
    """What was answered; a component that is not there waits for later."""

    def said(self, answer: Answer) -> tuple[Component, ...]:
        """Return the components to which this was answered, in the order of the questions."""
        return tuple(one for one in QUESTIONS if self.components.get(one, "later") == answer)
