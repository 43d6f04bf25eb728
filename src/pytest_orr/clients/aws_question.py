"""What ``clients.aws`` asks: one operation with its parameters, in one place, by one login."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.aws import AwsAccount
    from pytest_orr.profile.fields import FromEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region of an account."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account} {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How somebody becomes who asks; accounts with equal logins share a session."""

    profile: str | None = None
    """Named profile of the credentials; without it the usual chain decides."""
    role: str | None = None
    """ARN of the role for which they are traded."""
    external_id: str | FromEnvironment | None = None
    session_policies: tuple[str, ...] = ()
    """ARNs of the managed policies that limit the role's session."""


def login_of(account: AwsAccount) -> Login:
    """Return how a declared account is logged in to."""
    if account.role is None:
        return Login(profile=account.profile)
    return Login(
        profile=account.profile,
        role=account.role,
        external_id=account.external_id,
        session_policies=account.session_policies,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One operation with its parameters, asked in one place by one login."""

    place: Place
    login: Login
    operation: str
    """As IAM names it: ``elasticloadbalancing:DescribeListeners``."""
    parameters: Mapping[str, Any]
    absent: tuple[str, ...] = ()
    """Error codes by which AWS says that there is no such thing."""

    @property
    def service(self) -> str:
        """IAM prefix of the service."""
        return self.operation.partition(":")[0]

    @property
    def name(self) -> str:
        """Name of the operation without the service."""
        return self.operation.partition(":")[2]

    def __str__(self) -> str:
        parameters = json.dumps(self.parameters, sort_keys=True)
        return " ".join((str(self.place), self.operation, parameters, *self.absent))
