"""S3 buckets: who can read each, whether it keeps versions, and what the account forbids."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .collector import InPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)
NO_POLICY = ("NoSuchBucketPolicy",)
EVERYBODY = ("*", {"AWS": "*"})
STRANGERS = ("AllUsers", "AuthenticatedUsers")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBlock:
    """Whether an account forbids public access to all of its buckets."""

    account: str
    is_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """An S3 bucket."""

    arn: str
    is_blocked: bool
    """Whether public access to it is forbidden, by its own setting or the account's."""
    is_public: bool
    """Whether strangers can read it nevertheless; not looked at where it is forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioning:
    """Whether a bucket keeps what was overwritten."""

    arn: str
    is_on: bool


class AccountBlocks(InPlaces[AccountBlock]):
    """Asks for the account's own block of public access."""

    name = "account_blocks"
    source = "AWS s3"
    operations = ("s3control:GetPublicAccessBlock",)
    fact_type = tuple[AccountBlock, ...]
    once_an_account = True

    def read(self, aws: AwsAccess, place: Place) -> Iterator[AccountBlock]:
        """Read it for an account."""
        yield AccountBlock(account=place.account, is_set=blocks_all(aws, place))


class Buckets(InPlaces[Bucket]):
    """Asks for all buckets and their blocks; for ACL and policy where nothing is forbidden."""

    name = "account_buckets"
    source = "AWS s3"
    operations = (
        "s3:GetBucketAcl",
        "s3:GetBucketPolicy",
        "s3:GetPublicAccessBlock",
        "s3:ListBuckets",
        "s3control:GetPublicAccessBlock",
    )
    fact_type = tuple[Bucket, ...]
    once_an_account = True

    def read(self, aws: AwsAccess, place: Place) -> Iterable[Bucket]:
        """Read the buckets of an account."""

        def bucket(name: str) -> Bucket:
            asked = "s3:GetPublicAccessBlock"
            own = is_set(aws.call(place, asked, absent=NO_BLOCK, Bucket=name))
            return Bucket(
                arn=f"arn:aws:s3:::{name}",
                is_blocked=own or blocks_all(aws, place),
                is_public=not (own or blocks_all(aws, place)) and is_public(aws, place, name),
            )

        return aws.each(bucket, names(aws, place))


class BucketVersions(InPlaces[Versioning]):
    """Asks for all buckets and whether they keep versions."""

    name = "account_bucket_versions"
    source = "AWS s3"
    operations = ("s3:GetBucketVersioning", "s3:ListBuckets")
    fact_type = tuple[Versioning, ...]
    once_an_account = True

    def read(self, aws: AwsAccess, place: Place) -> Iterable[Versioning]:
        """Read it for the buckets of an account."""

        def versioning(name: str) -> Versioning:
            found = aws.call(place, "s3:GetBucketVersioning", Bucket=name)
            return Versioning(arn=f"arn:aws:s3:::{name}", is_on=found.get("Status") == "Enabled")

        return aws.each(versioning, names(aws, place))


def names(aws: AwsAccess, home: Place) -> tuple[str, ...]:
    """Return the names of an account's buckets."""
    return tuple(one["Name"] for one in aws.listing(home, "s3:ListBuckets", "Buckets"))


def blocks_all(aws: AwsAccess, home: Place) -> bool:
    """Read whether an account forbids public access."""
    asked, account = "s3control:GetPublicAccessBlock", home.account
    return is_set(aws.call(home, asked, absent=NO_BLOCK, AccountId=account))


def is_set(block: Mapping[str, Any] | None) -> bool:
    """Say whether a block forbids all public access; there may be none."""
    said = block["PublicAccessBlockConfiguration"] if block else {}
    return bool(said.get("IgnorePublicAcls") and said.get("RestrictPublicBuckets"))


def is_public(aws: AwsAccess, home: Place, name: str) -> bool:
    """Read whether a bucket's ACL or its policy lets strangers in."""
    grants = aws.listing(home, "s3:GetBucketAcl", "Grants", Bucket=name)
    grantees = [one["Grantee"].get("URI", "") for one in grants]
    if any(stranger in grantee for grantee in grantees for stranger in STRANGERS):
        return True
    found = aws.call(home, "s3:GetBucketPolicy", absent=NO_POLICY, Bucket=name)
    statements = json.loads(found["Policy"])["Statement"] if found else ()
    return any(map(is_for_everybody, statements))


def is_for_everybody(statement: Mapping[str, Any]) -> bool:
    """Say whether a statement of a policy allows everybody."""
    is_open = statement["Effect"] == "Allow" and statement.get("Principal") in EVERYBODY
    return is_open and not statement.get("Condition")
