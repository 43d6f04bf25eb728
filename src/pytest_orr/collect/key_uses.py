"""Who may use each declared KMS key, by policy and by grant, and who did: the fact ``key_uses``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from . import key_events, key_rings
from .encryption_keys import ADMINISTRATION, USE
from .key_declarations import Declared, declared_of
from .key_events import KeyActivity, read_activity
from .key_rings import Alias, DeclaredKeys, read_key_ring
from .parts import Part, part_of
from .policies import grants_of
from .principals import admitted_by, plain_principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import Key

    from .interface import Desk
    from .policies import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPolicy:
    """A key and whom its policy admits, in the words of ``principals``."""

    declared: Declared
    state: str
    """``Enabled``, ``Disabled``, ``PendingDeletion``, …"""
    usage: str
    declared_usage: str
    deletion_at: datetime | None
    """When AWS will delete it; aware, UTC."""
    administrators: tuple[str, ...]
    """Who may change or delete it, sorted."""
    users: tuple[str, ...]
    """Who may encrypt, decrypt or sign with it, sorted."""

    @property
    def is_enabled(self) -> bool:
        """Whether it can be used, and will be."""
        return self.state == "Enabled" and self.deletion_at is None

    @property
    def strangers(self) -> tuple[str, ...]:
        """Whom the policy admits to more than ``[[keys]]`` declares, sorted."""
        users = {*self.users} - self.declared.everybody
        return tuple(sorted(users | ({*self.administrators} - {*self.declared.administrators})))

    @property
    def leaves_it_to_iam(self) -> bool:
        """Whether it admits a whole account, whose IAM policies then say who may do what."""
        return any(one.endswith(":root") for one in self.users)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        users, administrators = ", ".join(self.users), ", ".join(self.administrators)
        return (
            f"{self.state} for {self.usage}; used by {users or 'nobody'};"
            f" administered by {administrators or 'nobody'}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGrants:
    """What grants give beside a key's policy."""

    declared: Declared
    grantees: tuple[str, ...]
    """To whom, in the words of ``principals``, sorted."""
    grants: int

    @property
    def strangers(self) -> tuple[str, ...]:
        """Whom a grant admits and ``[[keys]]`` does not declare, sorted."""
        return tuple(sorted({*self.grantees} - self.declared.everybody))

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.grants} grants to {', '.join(self.grantees) or 'nobody'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUseFacts:
    """The declared keys: who may use them, and who did. All by place, then alias."""

    declared: tuple[str, ...]
    """Aliases in ``[[keys]]``, sorted."""
    lost: tuple[str, ...]
    """Those of them that are in none of the accounts and regions, sorted."""
    policies: tuple[Part[KeyPolicy], ...]
    grants: tuple[Part[KeyGrants], ...]
    activities: tuple[Part[KeyActivity], ...]

    def has(self, alias: str) -> bool:
        """Whether a declared alias is there."""
        return alias not in self.lost

    def idle_users_of(self, name: str) -> tuple[str, ...]:
        """Return the declared users of a key whom neither its policy nor a grant admits.

        ``name`` is that of its parts. Raises ``FactUnavailable`` when one of them is not known.
        """
        policy = next(part for part in self.policies if part.name == name).reading
        if policy.leaves_it_to_iam:
            return ()
        grants = next(part for part in self.grants if part.name == name).reading
        return tuple(sorted({*policy.declared.users} - {*policy.users, *grants.grantees}))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUses:
    """Who may use the service's keys, and who did?"""

    name: str = "key_uses"
    source: str = "AWS kms, cloudtrail"
    operations: tuple[str, ...] = (
        *key_rings.OPERATIONS,
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:ListGrants",
        *key_events.OPERATIONS,
        "sts:GetCallerIdentity",
    )
    fact_type: Any = KeyUseFacts

    def collect(self, desk: Desk) -> Answer[KeyUseFacts]:
        """Ask about each key in every account and region, CloudTrail about one after the other."""
        aws, wanted = desk.aws, {key.alias: key for key in desk.profile.keys}
        if not wanted:
            raise Undeclared("[[keys]]", "the aliases of the service's KMS keys")
        rings = aws.everywhere(partial(read_key_ring, aws))
        keys = DeclaredKeys(names=frozenset(wanted), rings=rings)
        there = {alias.name for _, alias in keys.found}
        facts = KeyUseFacts(
            declared=tuple(sorted(wanted)),
            lost=tuple(sorted(wanted.keys() - there)),
            policies=aws.each(partial(_policy_part, aws, wanted), keys.found),
            grants=aws.each(partial(_grants_part, aws, wanted), keys.found),
            activities=tuple(_activity_part(aws, wanted, one) for one in keys.found),
        )
        return Answer(value=facts, where=tuple(str(place) for place in aws.places))


def _policy_part(
    aws: AwsAccess, wanted: Mapping[str, Key], found: tuple[Place, Alias]
) -> Part[KeyPolicy]:
    place, alias = found
    return part_of(alias.arn, partial(_policy, aws, place, alias, wanted[alias.name]))


def _policy(aws: AwsAccess, place: Place, alias: Alias, key: Key) -> KeyPolicy:
    raw = aws.call(place, "kms:DescribeKey", KeyId=alias.key)["KeyMetadata"]
    answer = aws.call(place, "kms:GetKeyPolicy", KeyId=alias.key, PolicyName="default")
    grants = grants_of(answer["Policy"], alias.name)
    deletion = raw.get("DeletionDate")
    return KeyPolicy(
        declared=declared_of(key),
        state=raw["KeyState"],
        usage=raw["KeyUsage"],
        declared_usage=key.usage,
        deletion_at=deletion.astimezone(UTC) if deletion else None,
        administrators=_admitted(grants, ADMINISTRATION),
        users=_admitted(grants, USE),
    )


def _admitted(grants: Iterable[Grant], actions: tuple[str, ...]) -> tuple[str, ...]:
    allowing = (grant for grant in grants if grant.allows(*actions))
    return tuple(sorted({who for grant in allowing for who in admitted_by(grant)}))


def _grants_part(
    aws: AwsAccess, wanted: Mapping[str, Key], found: tuple[Place, Alias]
) -> Part[KeyGrants]:
    place, alias = found
    return part_of(alias.arn, partial(_grants, aws, place, alias, wanted[alias.name]))


def _grants(aws: AwsAccess, place: Place, alias: Alias, key: Key) -> KeyGrants:
    grants = aws.listing(place, "kms:ListGrants", "Grants", KeyId=alias.key)
    named = {raw.get("GranteePrincipal") or raw["GranteeServicePrincipal"] for raw in grants}
    grantees = tuple(sorted({plain_principal(name) for name in named}))
    return KeyGrants(declared=declared_of(key), grantees=grantees, grants=len(grants))


def _activity_part(
    aws: AwsAccess, wanted: Mapping[str, Key], found: tuple[Place, Alias]
) -> Part[KeyActivity]:
    place, alias = found
    declared = declared_of(wanted[alias.name])
    return part_of(alias.arn, partial(read_activity, aws, place, alias.key, declared))
