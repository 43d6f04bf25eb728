"""People of an account: the credential report, and what passwords must be like."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .collector import InPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

ROOT = "<root_account>"
YES = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody of an account, or its root."""

    arn: str
    is_root: bool
    has_password: bool
    has_second_factor: bool
    keys_made: tuple[datetime | None, ...]
    """When the access keys were made that work; nothing where the report does not say."""

    def has_key_older_than(self, age: timedelta, as_of: datetime) -> bool:
        """Say whether a key that works is older; one of unknown age is not."""
        return any(as_of - made >= age for made in self.keys_made if made is not None)

    @property
    def seen(self) -> str:
        """What was seen, in a few words."""
        factor = "a second factor" if self.has_second_factor else "no second factor"
        return f"{factor}, {len(self.keys_made)} access keys"


class Logins(InPlaces[Login]):
    """Asks for the credential report."""

    name = "account_logins"
    source = "AWS iam"
    operations = ("iam:GenerateCredentialReport", "iam:GetCredentialReport")
    fact_type = tuple[Login, ...]
    once_an_account = True

    def read(self, aws: AwsAccess, place: Place) -> Iterator[Login]:
        """Read who can log in to an account, and how."""
        aws.awaited(place, "iam:GenerateCredentialReport", "State", "COMPLETE")
        content = aws.call(place, "iam:GetCredentialReport")["Content"]
        for row in csv.DictReader(io.StringIO(content.decode())):
            yield Login(
                arn=row["arn"],
                is_root=row["user"] == ROOT,
                has_password=row["password_enabled"] == YES,
                has_second_factor=row["mfa_active"] == YES,
                keys_made=tuple(keys_made(row)),
            )


def keys_made(row: Mapping[str, str]) -> Iterator[datetime | None]:
    """Yield when the access keys that work were made."""
    for number in (1, 2):
        if row[f"access_key_{number}_active"] == YES:
            made = row[f"access_key_{number}_last_rotated"]
            yield None if made == "N/A" else datetime.fromisoformat(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """What passwords of an account must be like."""

    account: str
    minimum_length: int
    """0 without a policy."""


class PasswordPolicies(InPlaces[PasswordPolicy]):
    """Asks for the password policy."""

    name = "account_password_policies"
    source = "AWS iam"
    operations = ("iam:GetAccountPasswordPolicy",)
    fact_type = tuple[PasswordPolicy, ...]
    once_an_account = True

    def read(self, aws: AwsAccess, place: Place) -> Iterator[PasswordPolicy]:
        """Read an account's policy."""
        asked, none = "iam:GetAccountPasswordPolicy", ("NoSuchEntity",)
        found = aws.call(place, asked, absent=none) or {"PasswordPolicy": {}}
        least = found["PasswordPolicy"].get("MinimumPasswordLength", 0)
        yield PasswordPolicy(account=place.account, minimum_length=least)
