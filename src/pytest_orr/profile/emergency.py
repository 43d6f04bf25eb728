"""The part of readiness.toml that is about emergencies: who stops the service, by what."""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints
from pydantic.dataclasses import dataclass

from pytest_orr.errors import Undeclared

from .fields import CONFIG, SELECTOR, Action, Arn, Count, EvmAddress, RoleArn, Text

Selector = Annotated[str, StringConstraints(pattern=SELECTOR)]
Signers = Annotated[int, Strict(), Field(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class PauseSwitch:
    """What pauses the service: a contract's pause, a firewall's rule or a target group."""

    name: Text
    """How pages name it."""
    chain: Text | None = None
    """Name of the [[chains]] entry with the contract."""
    contract: EvmAddress | None = None
    """Address of a contract that has paused()."""
    pauser: EvmAddress | None = None
    """Address of the multisig, a Safe, that alone shall pause the contract."""
    getter: Selector = "0x8da5cb5b"
    """Selector of the contract's function that names who may pause; owner() if nothing is said."""
    role: Selector | None = None
    """Selector of the function that tells the role of pausers, instead: PAUSER_ROLE() has
    0xe63ab1e9."""
    signers: Signers = 2
    """How many owners of the multisig, at least, must sign."""
    web_acl_rule: Text | None = None
    """Name of the rule of the service's web ACLs that counts now, and shall stop everybody."""
    target_group: Text | None = None
    """Name of the target group with the maintenance page, which gets no requests now."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Emergency:
    """How the service is paused, and the backend taken down."""

    pause: tuple[PauseSwitch, ...] = ()
    """What pauses the service."""
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
    dependents: tuple[Text, ...] = ()
    """Who and what depends on the backend, in the words of the runbook's section about its
    take-down, which must name each."""
    longest_ttl: Count = 300
    """Seconds for which others may remember where the service's names lead."""

    @property
    def told(self) -> tuple[str, ...]:
        """Who must be told of a take-down; raises ``Undeclared`` if nobody is named."""
        if not self.dependents:
            raise Undeclared("[emergency] dependents", "who and what depends on the backend")
        return self.dependents
