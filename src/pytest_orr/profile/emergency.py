"""The part of readiness.toml that is about emergencies: who takes the backend down, by what."""

from pydantic import Field
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Action, Arn, Count, RoleArn, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Emergency:
    """How the backend is taken down."""

    role: RoleArn | None = None
    """ARN of the role that the on-call person assumes."""
    actions: tuple[Action, ...] = ()
    """What taking the backend down takes, as IAM names it."""
    resources: tuple[Arn, ...] = ()
    """ARNs on which: each action is asked about those of its service, or about all if none is
    named."""
    context: dict[Text, Text] = Field(default_factory=dict)
    """What is true of the on-call person's session, such as "aws:MultiFactorAuthPresent" = "true",
    where policies ask for it."""
    longest_ttl: Count = 300
    """Seconds for which others may remember where the service's names lead."""
