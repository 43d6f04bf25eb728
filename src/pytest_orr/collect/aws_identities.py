"""Who asked AWS, and how much more than looking they may do: ``aws_identities``.

A run gathers it whenever it asks AWS anything, and its review names what is seen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.model import AwsCaller
from pytest_orr.observation import Answer

from .parts import Part, part_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.profile.aws import AwsAccount

    from .interface import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose credentials ask an account."""

    arn: str
    width: str
    """``narrow`` when they can look alone, ``wide`` when they can do more, or ``unknown``."""
    why: str
    """How that is known, in a few words."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.arn}, {self.width}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsIdentity:
    """One account that the profile declares, with whose credentials ask it."""

    account: str
    environment: str
    """The service's, or another that is compared with it."""
    caller: Part[Caller]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsIdentities:
    """Whose credentials ask each account?"""

    name: str = "aws_identities"
    source: str = "AWS sts, iam"
    operations: tuple[str, ...] = ("iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity")
    fact_type: Any = tuple[AwsIdentity, ...]

    def collect(self, desk: Desk) -> Answer[tuple[AwsIdentity, ...]]:
        """Ask every declared account; one whose credentials are not its own hides no other."""
        accounts = desk.aws.accounts
        return Answer(
            value=desk.aws.each(partial(_identity, desk), accounts),
            where=tuple(account.id for account in accounts),
        )


def callers_of(identities: Iterable[AwsIdentity]) -> tuple[AwsCaller, ...]:
    """Return what a review says of them."""
    return tuple(
        AwsCaller(account=one.account, arn=seen.arn, width=seen.width, why=seen.why)
        if (seen := one.caller.observed)
        else AwsCaller(account=one.account, arn="", width="unknown", why=one.caller.seen)
        for one in identities
    )


def _identity(desk: Desk, account: AwsAccount) -> AwsIdentity:
    return AwsIdentity(
        account=account.id,
        environment=account.environment or desk.profile.service.environment,
        caller=part_of(f"account {account.id}", partial(_caller, desk, account.id)),
    )


def _caller(desk: Desk, account: str) -> Caller:
    arn, width = desk.aws.caller(account), desk.aws.width(account)
    desk.progress(f"AWS {account}: {arn} ({width.word}: {width.why})")
    return Caller(arn=arn, width=width.word, why=width.why)
