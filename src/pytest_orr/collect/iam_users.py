"""The IAM users and the root of each judged account, by two sources: the fact ``iam_users``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Answer

from . import credential_reports
from .credential_reports import CredentialReport, read_report
from .parts import Part, part_of

if TYPE_CHECKING:
    from pytest_orr.clients.aws import AwsAccess, Place

    from .interface import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSummary:
    """What an account's summary says about its root, as of now."""

    has_mfa: bool
    has_keys: bool
    has_password: bool
    """False where the organization took it away: nobody can log in as root then."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        said = ((self.has_password, "password"), (self.has_mfa, "MFA"), (self.has_keys, "keys"))
        return f"root has {', '.join(word if has else f'no {word}' for has, word in said)}"

    def differs_from(self, report: CredentialReport) -> tuple[str, ...]:
        """Return in what a report says something else."""
        root = report.root
        told = (("MFA", root.has_mfa, self.has_mfa), ("keys", bool(root.keys), self.has_keys))
        return tuple(what for what, reported, summed in told if reported is not summed)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUsers:
    """The users of one account."""

    account: str
    report: Part[CredentialReport]
    summary: Part[RootSummary]

    @property
    def root_cannot_log_in(self) -> bool:
        """Whether it is known that the root has no password, and so needs no MFA."""
        summary = self.summary.observed
        return summary is not None and not summary.has_password


@dataclass(frozen=True, slots=True, kw_only=True)
class IamUsers:
    """Who can log in to the judged accounts beside roles, with what, and since when?"""

    name: str = "iam_users"
    source: str = "AWS iam"
    operations: tuple[str, ...] = (
        *credential_reports.OPERATIONS,
        "iam:GetAccountSummary",
        "sts:GetCallerIdentity",
    )
    fact_type: Any = tuple[AccountUsers, ...]

    def collect(self, desk: Desk) -> Answer[tuple[AccountUsers, ...]]:
        """Ask every account of the judged environment; one report that is denied hides no other."""
        homes = desk.aws.homes
        value = desk.aws.each(partial(_users_of, desk.aws), homes)
        return Answer(value=value, where=tuple(home.account for home in homes))


def _users_of(aws: AwsAccess, home: Place) -> AccountUsers:
    return AccountUsers(
        account=home.account,
        report=part_of(f"users of {home.account}", partial(read_report, aws, home)),
        summary=part_of(f"summary of {home.account}", partial(_summary, aws, home)),
    )


def _summary(aws: AwsAccess, home: Place) -> RootSummary:
    told = aws.call(home, "iam:GetAccountSummary")["SummaryMap"]
    return RootSummary(
        has_mfa=bool(told["AccountMFAEnabled"]),
        has_keys=bool(told["AccountAccessKeysPresent"]),
        has_password=bool(told.get("AccountPasswordPresent", 1)),
    )
