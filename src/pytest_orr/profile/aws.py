"""The part of readiness.toml that is about AWS: accounts, their credentials, whose resources."""

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Account, PolicyArn, Region, RoleArn, Setting, Text

SECURITY_AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class AwsAccount:
    """An AWS account in which the service runs."""

    id: Account
    """Twelve digits; the run refuses to look at any other account."""
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    """Regions that are looked at."""
    profile: Text | None = None
    """Named profile of the AWS credentials; without it the usual chain decides."""
    role: RoleArn | None = None
    """ARN of the role that is assumed with these credentials, for a session that can only read."""
    external_id: Setting | None = None
    """External id that the role's trust policy asks for."""
    session_policies: Annotated[tuple[PolicyArn, ...], Field(min_length=1, max_length=10)] = (
        SECURITY_AUDIT,
    )
    """ARNs of managed policies that limit the role's session; what the run needs besides them is
    added as text."""
    environment: Text | None = None
    """Another environment than the service's, such as testing: such an account is compared with,
    and not judged."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class AwsResources:
    """Which resources are the service's: what these name is compared both ways with AWS."""

    tags: dict[str, str] = Field(default_factory=dict)
    """A resource with all of these tags is the service's."""
    vpcs: tuple[Text, ...] = ()
    """VPC ids that belong to the service alone."""
    load_balancers: tuple[Text, ...] = ()
    """ARNs of its load balancers."""
    security_groups: tuple[Text, ...] = ()
    """Ids of its security groups, and of others that its rules may name as a source."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Aws:
    """Where the service runs in AWS."""

    accounts: Annotated[tuple[AwsAccount, ...], Field(min_length=1)]
    """The accounts."""
    resources: AwsResources = Field(default_factory=AwsResources)
    """Which resources in them are the service's."""
