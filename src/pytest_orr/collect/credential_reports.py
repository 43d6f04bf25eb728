"""Reads IAM's credential report of an account: users, keys and the root, for ``iam_users``.

The report is one answer for all users; AWS makes a new one only when the last is four hours old.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

OPERATIONS = ("iam:GenerateCredentialReport", "iam:GetCredentialReport")
"""What is asked; to have the report made changes nothing that anybody uses."""

ROOT = "<root_account>"
KEYS = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """An active access key; its id is in no report."""

    number: int
    """1 or 2."""
    created_at: datetime
    """When it was made or last activated; aware, UTC."""
    used_at: datetime | None
    """When it was last used; ``None`` if never."""

    def is_older_than(self, days: int, as_of: datetime) -> bool:
        """Whether it is older than some days."""
        return as_of - self.created_at > timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class IamUser:
    """A user of IAM, or the account's root."""

    name: str
    arn: str
    created_at: datetime
    """Aware, UTC."""
    has_password: bool
    """Whether the user can log in to the console; the report never says it of the root."""
    has_mfa: bool
    keys: tuple[AccessKey, ...]
    """Those that are active."""

    def keys_older_than(self, days: int, as_of: datetime) -> tuple[str, ...]:
        """Name the active keys that are older than some days."""
        old = (key for key in self.keys if key.is_older_than(days, as_of))
        return tuple(f"key {key.number}" for key in old)

    def unused_keys_older_than(self, days: int, as_of: datetime) -> tuple[str, ...]:
        """Name the active keys older than some days that nobody ever used."""
        old = (key for key in self.keys if key.is_older_than(days, as_of))
        return tuple(f"key {key.number}" for key in old if key.used_at is None)

    @property
    def seen(self) -> str:
        """One line about the user, for a finding."""
        password = "password" if self.has_password else "no password"
        mfa = "MFA" if self.has_mfa else "no MFA"
        keys = (f"key {one.number} of {one.created_at:%Y-%m-%d}{_used(one)}" for one in self.keys)
        return ", ".join((password, mfa, *keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReport:
    """The report of one account."""

    made_at: datetime
    """When AWS made it; aware, UTC."""
    users: tuple[IamUser, ...]
    """By name, without the root."""
    root: IamUser

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{len(self.users)} users in the report of {self.made_at:%Y-%m-%dT%H:%M:%SZ}"


def read_report(aws: AwsAccess, home: Place) -> CredentialReport:
    """Have the report made, wait for it, and read it."""
    aws.awaited(home, "iam:GenerateCredentialReport", "State", "COMPLETE")
    answer = aws.call(home, "iam:GetCredentialReport")
    users = tuple(_users(answer["Content"].decode(), home.account))
    root = next((user for user in users if user.name == ROOT), None)
    if root is None:
        raise _unreadable(home.account, "no line about the root")
    return CredentialReport(
        made_at=answer["GeneratedTime"].astimezone(UTC),
        users=tuple(sorted((one for one in users if one is not root), key=lambda one: one.name)),
        root=root,
    )


def _used(key: AccessKey) -> str:
    return f" used {key.used_at:%Y-%m-%d}" if key.used_at else " never used"


def _users(text: str, account: str) -> Iterator[IamUser]:
    try:
        for row in csv.DictReader(text.splitlines()):
            yield _user(row)
    except (KeyError, ValueError, TypeError) as error:
        raise _unreadable(account, f"something new ({error})") from error


def _unreadable(account: str, what: str) -> FactUnavailable:
    return FactUnavailable(
        f"the credential report of {account} has {what}",
        "update pytest-orr, which does not know this kind of report",
    )


def _user(row: Mapping[str, str]) -> IamUser:
    """Read a line; a key whose age it does not tell is taken to be as old as its user."""
    made_at = _instant(row["user_creation_time"])
    return IamUser(
        name=row["user"],
        arn=row["arn"],
        created_at=made_at,
        has_password=row["password_enabled"].lower() == "true",
        has_mfa=_flag(row["mfa_active"]),
        keys=tuple(
            AccessKey(
                number=number,
                created_at=_instant_if_any(row[f"access_key_{number}_last_rotated"]) or made_at,
                used_at=_instant_if_any(row[f"access_key_{number}_last_used_date"]),
            )
            for number in KEYS
            if _flag(row[f"access_key_{number}_active"])
        ),
    )


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _instant_if_any(text: str) -> datetime | None:
    return None if text in {"N/A", "no_information"} else _instant(text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
