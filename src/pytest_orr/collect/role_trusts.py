"""Whom the roles of an account trust to assume them, for ``account_credentials``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .policies import grants_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pytest_orr.clients.aws import AwsAccess, Place

    from .policies import Condition, Grant

OPERATIONS = ("iam:ListRoles",)
"""What is asked: one listing an account."""

ACCOUNTS = frozenset({"aws:principalaccount", "aws:sourceaccount"})
ARNS = frozenset({"aws:principalarn", "aws:sourcearn"})
ORGANIZATIONS = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
ACCOUNT_OF_ARN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTrust:
    """A role that others than its own account may assume."""

    arn: str
    accounts: tuple[str, ...]
    """Other accounts that its trust policy names, by id, by somebody of theirs, or by a condition;
    sorted."""
    organizations: tuple[str, ...] = ()
    """Organizations every account of which may assume it, sorted."""
    is_open: bool = False
    """Whether anybody may assume it, on no condition that says who."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        whom = ", ".join((*self.accounts, *self.organizations, *(["everybody"] * self.is_open)))
        return f"it trusts {whom}"

    def admits(self, account: str) -> bool:
        """Whether it trusts an account; whether one belongs to an organization is not known."""
        if self.is_open or account in self.accounts:
            return True
        if self.organizations:
            raise FactUnavailable(
                f"{self.arn} trusts every account of {', '.join(self.organizations)},"
                f" and nobody said whether {account} is one",
                "name the accounts that may assume it in its trust policy",
            )
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRoles:
    """The roles of an account."""

    account: str
    roles: int
    """How many there are."""
    trusts: tuple[RoleTrust, ...]
    """Those that others than the account itself may assume, by ARN."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        others = f"{len(self.trusts)} of them trust others" if self.trusts else "none trusts others"
        return f"{self.roles} roles, {others}"


def listed_roles(aws: AwsAccess, place: Place) -> tuple[Mapping[str, Any], ...]:
    """Return every role of an account as AWS lists it (``iam:ListRoles``)."""
    return aws.listing(place, "iam:ListRoles", "Roles", MaxItems=1000)


def read_roles(aws: AwsAccess, place: Place) -> AccountRoles:
    """Read whom the roles of an account trust; services and its own people are left out."""
    listed = listed_roles(aws, place)
    trusts = (_trust(place.account, raw) for raw in sorted(listed, key=lambda raw: str(raw["Arn"])))
    return AccountRoles(
        account=place.account,
        roles=len(listed),
        trusts=tuple(one for one in trusts if one.accounts or one.organizations or one.is_open),
    )


def _trust(own: str, raw: Mapping[str, Any]) -> RoleTrust:
    grants = grants_of(json.dumps(raw["AssumeRolePolicyDocument"]), raw["Arn"])
    accounts = {account for grant in grants for account in _accounts(grant)} - {own}
    organizations = {value for grant in grants for value in _named(grant, ORGANIZATIONS)}
    return RoleTrust(
        arn=raw["Arn"],
        accounts=tuple(sorted(accounts)),
        organizations=tuple(sorted(organizations)),
        is_open=any(grant.is_for_everybody for grant in grants),
    )


def _accounts(grant: Grant) -> Iterator[str]:
    yield from (one.account for one in grant.principals if one.account)
    if any(one.is_everybody for one in grant.principals):
        yield from _named(grant, ACCOUNTS)
        yield from (arn.split(":")[ACCOUNT_OF_ARN] for arn in _named(grant, ARNS))


def _named(grant: Grant, keys: frozenset[str]) -> tuple[str, ...]:
    """Return what terms about who asks leave of everybody."""
    anyone = any(one.is_everybody for one in grant.principals)
    terms: tuple[Condition, ...] = grant.conditions if anyone else ()
    return tuple(value for one in terms if one.key in keys and one.confines for value in one.values)
