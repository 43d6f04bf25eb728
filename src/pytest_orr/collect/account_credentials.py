"""Which accounts the environments have, and where their credentials lie: ``account_credentials``.

Of a credential only its place and whether it is there are asked, never what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Answer

from . import role_trusts
from .declared_credentials import OPERATIONS as OF_CREDENTIALS
from .declared_credentials import FoundCredential, environments_of, find_credential
from .parts import Part, part_of
from .role_trusts import AccountRoles, read_roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

    from .interface import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An account, as its own credentials prove it."""

    account: str
    environment: str
    arn: str
    """Whose credentials they are."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.environment} is account {self.account}, seen by {self.arn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCredentialFacts:
    """The environments' accounts, the credentials in them, and whom the judged ones trust."""

    environment: str
    """The environment that is judged."""
    own: tuple[Part[Identity], ...]
    """Accounts of the judged environment, by place in the profile."""
    others: tuple[Part[Identity], ...]
    """Accounts of other environments."""
    credentials: tuple[Part[FoundCredential], ...]
    """What ``[[credentials]]`` declares, in its order, by name."""
    roles: tuple[Part[AccountRoles], ...]
    """Roles of each account of the judged environment."""
    other_accounts: tuple[str, ...]
    """Ids of the accounts of other environments, as the profile declares them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCredentials:
    """Which accounts do the environments have, and where do their credentials lie?"""

    name: str = "account_credentials"
    source: str = "AWS sts, iam, secretsmanager"
    operations: tuple[str, ...] = (
        "sts:GetCallerIdentity",
        *OF_CREDENTIALS,
        *role_trusts.OPERATIONS,
    )
    fact_type: Any = AccountCredentialFacts

    def collect(self, desk: Desk) -> Answer[AccountCredentialFacts]:
        """Ask each account by its own credentials; one that cannot be asked hides no other."""
        aws, environment = desk.aws, desk.profile.service.environment
        homes, elsewhere = aws.homes, aws.elsewhere
        own = dict.fromkeys((home.account for home in homes), environment)
        facts = AccountCredentialFacts(
            environment=environment,
            own=aws.each(partial(_identity, aws, own), homes),
            others=aws.each(partial(_identity, aws, environments_of(desk)), elsewhere),
            credentials=aws.each(partial(find_credential, desk), desk.profile.credentials),
            roles=aws.each(partial(_roles, aws), homes),
            other_accounts=tuple(place.account for place in elsewhere),
        )
        return Answer(value=facts, where=tuple(place.account for place in (*homes, *elsewhere)))


def _identity(aws: AwsAccess, environments: Mapping[str, str], at: Place) -> Part[Identity]:
    environment = environments[at.account]
    return part_of(f"account {at.account}", partial(_identified, aws, at, environment))


def _identified(aws: AwsAccess, at: Place, environment: str) -> Identity:
    return Identity(account=at.account, environment=environment, arn=aws.caller(at.account))


def _roles(aws: AwsAccess, home: Place) -> Part[AccountRoles]:
    return part_of(f"roles of {home.account}", partial(read_roles, aws, home))
