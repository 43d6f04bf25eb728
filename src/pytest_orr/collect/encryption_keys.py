"""Reads the service's KMS keys, who may use them, and what they encrypt: ``encryption_keys``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from . import encrypted_stores, key_rings, ownership
from .encrypted_stores import Store, read_stores, tagged
from .key_rings import Alias, DeclaredKeys, KeyRing, read_key_ring
from .parts import Part, part_of, unread
from .policies import Grant, grants_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import Key

    from .interface import Desk

ADMINISTRATION = ("kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
USE = (
    *("kms:Decrypt", "kms:DeriveSharedSecret", "kms:Encrypt", "kms:GenerateDataKey"),
    *("kms:GenerateMac", "kms:Sign"),
)
SYMMETRIC = "SYMMETRIC_DEFAULT"
OF_KMS = "AWS_KMS"
ENDING = frozenset({"PendingDeletion", "PendingReplicaDeletion"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKey:
    """A key to which a declared alias leads."""

    alias: str
    arn: str
    account: str
    region: str
    state: str
    """``Enabled``, ``Disabled``, ``PendingDeletion``, …"""
    usage: str
    declared_usage: str
    manager: str
    """``CUSTOMER`` for the team's own, ``AWS`` for one that AWS decides about."""
    origin: str
    """Where its material is from: ``AWS_KMS``, ``EXTERNAL``, ``AWS_CLOUDHSM``, …"""
    spec: str
    is_multi_region: bool
    deletion_at: datetime | None
    """When AWS will delete it; aware, UTC."""
    rotates: bool
    """Whether KMS rotates it every year or so; false where KMS cannot."""
    open_statements: tuple[str, ...]
    """Statements of its policy that let in anybody, on no condition that says who."""
    administrators: tuple[str, ...]
    """Whom its policy lets change or delete it, sorted."""
    users: tuple[str, ...]
    """Whom its policy lets encrypt, decrypt or sign with it, sorted."""

    @property
    def is_enabled(self) -> bool:
        """Whether it can be used, and will be."""
        return self.state == "Enabled"

    @property
    def can_rotate(self) -> bool:
        """Whether KMS can rotate it: a symmetric key with material of KMS's own."""
        return self.spec == SYMMETRIC and self.origin == OF_KMS

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        rotation = "rotates" if self.rotates else "does not rotate"
        rotation = rotation if self.can_rotate else "cannot rotate by itself"
        administrators, users = ", ".join(self.administrators), ", ".join(self.users)
        return (
            f"{self.state} {self.spec} for {self.usage}, {rotation};"
            f" administered by {administrators or 'nobody'}; used by {users or 'nobody'}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedKey:
    """A key that carries the service's tags."""

    account: str
    region: str
    state: str
    aliases: tuple[str, ...]
    is_declared: bool
    """Whether a declared alias leads to it."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        named = ", ".join(self.aliases) or "no alias"
        return f"{self.state} in {self.account} {self.region}, {named}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKeyFacts:
    """The service's keys, and what it stores."""

    found: tuple[Part[EncryptionKey], ...]
    """By place, then alias; named by the alias's ARN."""
    declared: tuple[str, ...]
    """Aliases in ``[[keys]]``, sorted."""
    lost: tuple[str, ...]
    """Those of them that are in none of the accounts and regions, sorted."""
    tagged: tuple[Part[TaggedKey], ...]
    """Keys with the service's tags, by place and ARN, but for what nobody declares or keeps."""
    stores: tuple[Part[Store], ...]
    """Secrets, volumes and databases by place, then buckets."""

    def has(self, alias: str) -> bool:
        """Whether a declared alias is there."""
        return alias not in self.lost


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKeys:
    """Which keys does the service have, who may use them, and what do they encrypt?"""

    name: str = "encryption_keys"
    source: str = "AWS kms, secretsmanager, ec2, s3, rds"
    operations: tuple[str, ...] = (
        *key_rings.OPERATIONS,
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        *encrypted_stores.OPERATIONS,
        "sts:GetCallerIdentity",
    )
    fact_type: Any = EncryptionKeyFacts

    def collect(self, desk: Desk) -> Answer[EncryptionKeyFacts]:
        """Read them in every account and region of the profile.

        Without the aliases of every place nothing can be said; all else is read by itself.
        """
        aws = desk.aws
        wanted = {key.alias: key for key in desk.profile.keys}
        if not wanted:
            raise Undeclared("[[keys]]", "the aliases of the service's KMS keys")
        ownership.require_resources(aws.resources)
        rings = aws.everywhere(partial(read_key_ring, aws))
        keys = DeclaredKeys(names=frozenset(wanted), rings=rings)
        there = {alias.name for _, alias in keys.found}
        facts = EncryptionKeyFacts(
            found=aws.each(partial(_part, aws, wanted), keys.found),
            declared=tuple(sorted(wanted)),
            lost=tuple(sorted(wanted.keys() - there)),
            tagged=tuple(_tagged(aws, keys)),
            stores=read_stores(aws, keys, _declared_buckets(desk)),
        )
        return Answer(value=facts, where=tuple(str(place) for place in aws.places))


def _declared_buckets(desk: Desk) -> tuple[str, ...]:
    return tuple(one.bucket for one in desk.profile.hosting if one.bucket)


def _part(
    aws: AwsAccess, declared: Mapping[str, Key], found: tuple[Place, Alias]
) -> Part[EncryptionKey]:
    place, alias = found
    return part_of(alias.arn, partial(_key, aws, place, alias, declared[alias.name]))


def _key(aws: AwsAccess, place: Place, alias: Alias, declared: Key) -> EncryptionKey:
    raw = aws.call(place, "kms:DescribeKey", KeyId=alias.key)["KeyMetadata"]
    answer = aws.call(place, "kms:GetKeyPolicy", KeyId=alias.key, PolicyName="default")
    grants = grants_of(answer["Policy"], alias.name)
    deletion = raw.get("DeletionDate")
    can_rotate = raw["KeySpec"] == SYMMETRIC and raw["Origin"] == OF_KMS
    return EncryptionKey(
        alias=alias.name,
        arn=raw["Arn"],
        account=place.account,
        region=place.region,
        state=raw["KeyState"],
        usage=raw["KeyUsage"],
        declared_usage=declared.usage,
        manager=raw["KeyManager"],
        origin=raw["Origin"],
        spec=raw["KeySpec"],
        is_multi_region=bool(raw.get("MultiRegion")),
        deletion_at=deletion.astimezone(UTC) if deletion else None,
        rotates=can_rotate and raw["KeyState"] not in ENDING and _rotates(aws, place, alias.key),
        open_statements=tuple(grant.name for grant in grants if grant.is_for_everybody),
        administrators=_allowed(grants, ADMINISTRATION),
        users=_allowed(grants, USE),
    )


def _allowed(grants: Iterable[Grant], actions: tuple[str, ...]) -> tuple[str, ...]:
    allowing = (grant for grant in grants if grant.allows(*actions))
    return tuple(sorted({who for grant in allowing for who in grant.who}))


def _rotates(aws: AwsAccess, place: Place, key: str) -> bool:
    return bool(aws.call(place, "kms:GetKeyRotationStatus", KeyId=key)["KeyRotationEnabled"])


def _tagged(aws: AwsAccess, keys: DeclaredKeys) -> Iterator[Part[TaggedKey]]:
    """Yield tagged keys; one that is to be deleted need not be declared any more."""
    for ring in keys.rings:
        try:
            arns = tagged(aws, ring.place, "kms:key")
        except FactUnavailable as error:
            yield unread(f"keys of {ring.place}", error)
            continue
        for arn in arns:
            part = part_of(arn, partial(_tagged_key, aws, keys, ring, arn))
            key = part.observed
            if key is None or key.is_declared or key.state not in ENDING:
                yield part


def _tagged_key(aws: AwsAccess, keys: DeclaredKeys, ring: KeyRing, arn: str) -> TaggedKey:
    raw = aws.call(ring.place, "kms:DescribeKey", KeyId=arn)["KeyMetadata"]
    return TaggedKey(
        account=ring.place.account,
        region=ring.place.region,
        state=raw["KeyState"],
        aliases=tuple(alias.name for alias in ring.aliases if alias.key == arn),
        is_declared=arn in keys.by_key,
    )
