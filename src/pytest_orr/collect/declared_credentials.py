"""Where the credentials of ``[[credentials]]`` lie, and whether they are there.

For ``account_credentials``. Listings tell it: nothing here could read what a credential holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pytest_orr.clients.aws import Place
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable

from .parts import Part, part_of
from .role_trusts import listed_roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess
    from pytest_orr.profile.credentials import Credential

    from .interface import Desk

OPERATIONS = (
    "iam:ListAccessKeys",
    "iam:ListRoles",
    "secretsmanager:ListSecrets",
    "sts:GetAccessKeyInfo",
)
"""What is asked."""

REGION_OF_ARN, ACCOUNT_OF_ARN = 3, 4
SUFFIX = 7
"""Secrets Manager puts a dash and six characters behind a secret's name."""
HOME = "us-east-1"
"""Where IAM is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCredential:
    """A declared credential with the account that it lies in."""

    environment: str
    kind: str
    """``secret``, ``role`` or ``access key``."""
    account: str
    """Account that it lies in."""
    same_as: tuple[str, ...]
    """Names of credentials of other environments that are the same one."""
    home_accounts: tuple[str, ...]
    """Accounts that the profile declares for its environment."""
    told_there: bool | None = None
    """Whether it is there, and of an access key whether it is active."""
    unavailable: Unavailable | None = None
    """Why that is not known."""

    @property
    def is_at_home(self) -> bool:
        """Whether it lies in an account of its environment."""
        if not self.home_accounts:
            raise FactUnavailable(
                f"[[aws.accounts]] names no account of the environment {self.environment}",
                "declare the account with its environment under [[aws.accounts]] in readiness.toml",
            )
        return self.account in self.home_accounts

    @property
    def is_there(self) -> bool:
        """Whether it is there; raises when that is not known."""
        if self.told_there is not None:
            return self.told_there
        why = self.unavailable or Unavailable(cause="nobody asked for it", remedy="run again")
        raise FactUnavailable(why.cause, why.remedy)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.kind} of {self.environment} in account {self.account}"


def environments_of(desk: Desk) -> Mapping[str, str]:
    """Return the environment of each account that is only compared with, by id."""
    accounts = desk.profile.aws.accounts if desk.profile.aws else ()
    return {one.id: one.environment for one in accounts if one.environment is not None}


def find_credential(desk: Desk, credential: Credential) -> Part[FoundCredential]:
    """Look one credential up; that it could not be looked up is a part of what was found."""
    return part_of(credential.name, partial(_found, desk, credential))


def _found(desk: Desk, credential: Credential) -> FoundCredential:
    account = _account_of(desk.aws, credential)
    there: bool | None = None
    why: Unavailable | None = None
    try:
        there = _is_there(desk, account, credential)
    except FactUnavailable as error:
        why = Unavailable(cause=error.cause, remedy=error.remedy)
    return FoundCredential(
        environment=credential.environment,
        kind=_kind(credential),
        account=account,
        same_as=_same(desk, credential),
        home_accounts=_homes(desk, credential.environment),
        told_there=there,
        unavailable=why,
    )


def _kind(credential: Credential) -> str:
    if credential.secret:
        return "secret"
    return "role" if credential.role else "access key"


def _same(desk: Desk, credential: Credential) -> tuple[str, ...]:
    return tuple(
        one.name
        for one in desk.profile.credentials
        if one.identifier == credential.identifier and one.environment != credential.environment
    )


def _homes(desk: Desk, environment: str) -> tuple[str, ...]:
    own = desk.profile.service.environment
    accounts = desk.profile.aws.accounts if desk.profile.aws else ()
    return tuple(one.id for one in accounts if (one.environment or own) == environment)


def _account_of(aws: AwsAccess, credential: Credential) -> str:
    """Return the account of an ARN, or ask for that of an access key."""
    if credential.access_key is None:
        return credential.identifier.split(":")[ACCOUNT_OF_ARN]
    answer = aws.call(aws.homes[0], "sts:GetAccessKeyInfo", AccessKeyId=credential.access_key)
    return str(answer["Account"])


def _is_there(desk: Desk, account: str, credential: Credential) -> bool:
    aws = desk.aws
    if account not in {place.account for place in (*aws.homes, *aws.elsewhere)}:
        raise FactUnavailable(
            f"it lies in account {account}, which [[aws.accounts]] does not name",
            "declare the account under [[aws.accounts]] in readiness.toml",
        )
    if credential.secret:
        region = credential.secret.split(":")[REGION_OF_ARN]
        return _has_secret(aws, Place(account=account, region=region), credential.secret)
    home = Place(account=account, region=HOME)
    if credential.role:
        return any(raw["Arn"] == credential.role for raw in listed_roles(aws, home))
    return _has_key(aws, home, credential)


def _has_secret(aws: AwsAccess, place: Place, arn: str) -> bool:
    """Whether a secret is listed by its ARN, which may be declared without the random end."""
    listed = aws.listing(place, "secretsmanager:ListSecrets", "SecretList")
    return any(arn in {raw["ARN"], raw["ARN"][:-SUFFIX]} for raw in listed)


def _has_key(aws: AwsAccess, home: Place, credential: Credential) -> bool:
    """Whether an access key is active and its user's; a user who is not there has none."""
    operation = "iam:ListAccessKeys"
    answer = aws.call(home, operation, absent=("NoSuchEntity",), UserName=credential.user)
    if answer and answer.get("IsTruncated"):
        raise FactUnavailable(
            f"AWS {home} told a part of {operation} alone: no user has so many keys",
            "run again; AWS did not answer as it should",
        )
    keys = answer["AccessKeyMetadata"] if answer else ()
    named = (raw for raw in keys if raw["AccessKeyId"] == credential.access_key)
    return any(raw["Status"] == "Active" for raw in named)
