"""Reads what the service stores and under which keys: secrets, volumes, buckets, databases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pytest_orr.errors import FactUnavailable

from .network_interfaces import tagged_instances
from .ownership import Ownership, ownership
from .parts import Part, part_of, parts_of, unread
from .static_s3 import place_of_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_orr.clients.aws import AwsAccess, Place

    from .key_rings import DeclaredKeys

OPERATIONS = (
    "ec2:DescribeInstances",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcs",
    "rds:DescribeDBInstances",
    "s3:GetBucketEncryption",
    "s3:GetBucketLocation",
    "s3:ListBuckets",
    "secretsmanager:ListSecrets",
    "tag:GetResources",
)
"""What is asked: how things are encrypted, never what is in them."""

NO_ENCRYPTION = ("ServerSideEncryptionConfigurationNotFoundError",)
OF_BUCKET = "arn:aws:s3:::"
BY_KMS = ("aws:kms", "aws:kms:dsse")

Kind = Literal["secret", "volume", "bucket", "database"]
Found = tuple[str, "Store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Something that the service stores."""

    kind: Kind
    account: str
    region: str
    is_encrypted: bool
    key: str
    """The key as AWS names it; empty for the provider's default."""
    alias: str
    """The declared alias that leads to the key; empty if none does."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        where = f"{self.kind} in {self.account} {self.region}"
        if not self.is_encrypted:
            return f"{where}, not encrypted"
        return f"{where}, under {self.alias or self.key or 'a default key of AWS'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the stores of one place; each kind is read by itself."""

    aws: AwsAccess
    place: Place
    keys: DeclaredKeys

    def stores(self) -> Iterator[Part[Store]]:
        """Yield every secret, volume and database of the service in this place."""
        kinds: tuple[tuple[str, Callable[[], Iterator[Found]]], ...] = (
            ("secrets", self._secrets),
            ("volumes", self._volumes),
            ("databases", self._databases),
        )
        for name, read in kinds:
            yield from parts_of(f"{name} of {self.place}", read)

    def _own(self) -> Ownership:
        return ownership(self.aws, self.place)

    def _secrets(self) -> Iterator[Found]:
        tagged = Ownership(resources=self.aws.resources, vpcs=frozenset())
        for raw in self.aws.listing(self.place, "secretsmanager:ListSecrets", "SecretList"):
            if tagged.has_tags(raw.get("Tags") or ()):
                yield raw["ARN"], self._store("secret", raw.get("KmsKeyId") or "")

    def _volumes(self) -> Iterator[Found]:
        own, instances = self._own(), self._instances()
        for raw in self.aws.listing(self.place, "ec2:DescribeVolumes", "Volumes"):
            attached = {one.get("InstanceId") for one in raw.get("Attachments") or ()}
            if attached & instances or own.has_tags(raw.get("Tags") or ()):
                key, is_encrypted = raw.get("KmsKeyId") or "", bool(raw.get("Encrypted"))
                yield raw["VolumeId"], self._store("volume", key, is_encrypted=is_encrypted)

    def _instances(self) -> frozenset[str]:
        own = self._own()
        found = self.aws.listing(self.place, "ec2:DescribeInstances", "Reservations")
        inside = (
            instance["InstanceId"]
            for reservation in found
            for instance in reservation["Instances"]
            if instance.get("VpcId") in own.vpcs
        )
        return tagged_instances(own, found) | frozenset(inside)

    def _databases(self) -> Iterator[Found]:
        own = self._own()
        for raw in self.aws.listing(self.place, "rds:DescribeDBInstances", "DBInstances"):
            vpc = (raw.get("DBSubnetGroup") or {}).get("VpcId")
            if vpc in own.vpcs or own.has_tags(raw.get("TagList") or ()):
                key, is_encrypted = raw.get("KmsKeyId") or "", bool(raw.get("StorageEncrypted"))
                arn = raw["DBInstanceArn"]
                yield arn, self._store("database", key, is_encrypted=is_encrypted)

    def _store(self, kind: Kind, key: str, *, is_encrypted: bool = True) -> Store:
        return Store(
            kind=kind,
            account=self.place.account,
            region=self.place.region,
            is_encrypted=is_encrypted,
            key=key,
            alias=self.keys.alias_of(self.place, key) if key else "",
        )

    def bucket(self, name: str) -> Part[Store]:
        """Read a bucket of this place."""
        return part_of(name, partial(self._bucket, name))

    def _bucket(self, name: str) -> Store:
        operation = "s3:GetBucketEncryption"
        found = self.aws.call(self.place, operation, absent=NO_ENCRYPTION, Bucket=name) or {}
        rules: Sequence[Any] = found.get("ServerSideEncryptionConfiguration", {}).get("Rules", ())
        default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
        by_kms = default.get("SSEAlgorithm") in BY_KMS
        key = default.get("KMSMasterKeyID") or "" if by_kms else ""
        return self._store("bucket", key, is_encrypted=bool(default))


def read_stores(
    aws: AwsAccess, keys: DeclaredKeys, declared_buckets: tuple[str, ...]
) -> tuple[Part[Store], ...]:
    """Read everything that the service stores, in all places.

    Buckets are the declared ones and those that carry the service's tags.
    """
    readers = tuple(Reader(aws=aws, place=place, keys=keys) for place in aws.places)
    stores = aws.each(lambda reader: tuple(reader.stores()), readers)
    return (
        *(store for several in stores for store in several),
        *_buckets(aws, keys, declared_buckets),
    )


def tagged(aws: AwsAccess, place: Place, kind: str) -> tuple[str, ...]:
    """Return the ARNs of a place's resources of a kind that carry the service's tags, sorted.

    Asks ``tag:GetResources``; ``kind`` is as it names them, such as ``s3:bucket``.
    """
    tags = [{"Key": key, "Values": [value]} for key, value in aws.resources.tags.items()]
    if not tags:
        return ()
    found = aws.listing(
        place,
        "tag:GetResources",
        "ResourceTagMappingList",
        ResourceTypeFilters=[kind],
        TagFilters=tags,
    )
    return tuple(sorted(str(one["ResourceARN"]) for one in found))


def _buckets(
    aws: AwsAccess, keys: DeclaredKeys, declared: tuple[str, ...]
) -> Iterator[Part[Store]]:
    known: set[str] = set()
    for place in aws.places:
        reader = Reader(aws=aws, place=place, keys=keys)
        try:
            names = [arn.removeprefix(OF_BUCKET) for arn in tagged(aws, place, "s3:bucket")]
        except FactUnavailable as error:
            yield unread(f"buckets of {place}", error)
            continue
        known.update(names)
        yield from aws.each(reader.bucket, names)
    for name in sorted({*declared} - known):
        try:
            place = _required_place(aws, name)
        except FactUnavailable as error:
            yield unread(name, error)
        else:
            yield Reader(aws=aws, place=place, keys=keys).bucket(name)


def _required_place(aws: AwsAccess, bucket: str) -> Place:
    place = place_of_bucket(aws, bucket)
    if place is not None:
        return place
    raise FactUnavailable(
        f"no account of readiness.toml has the bucket {bucket}",
        "correct bucket of [[hosting]] in readiness.toml, or create it",
    )
