"""Reads a bucket with static files, and who may read it, for ``static_sites``."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from pytest_orr.clients.aws import Place

from .parts import Part, part_of
from .policies import Grant, Principal, grants_of
from .static_cloudfront import find_distribution, identities_of
from .static_declared import required

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.clients.aws import AwsAccess
    from pytest_orr.profile.schema import Hosting

OPERATIONS = (
    "s3:GetBucketLocation",
    "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketWebsite",
    "s3:GetPublicAccessBlock",
    "s3:ListBuckets",
)
"""What is asked of S3."""

SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)
NO_POLICY = ("NoSuchBucketPolicy",)
NO_WEBSITE = ("NoSuchWebsiteConfiguration",)
OLD_REGIONS = {"": "us-east-1", "EU": "eu-west-1"}
"""What S3 says of buckets in two regions that are older than their names."""
CLOUDFRONT = "cloudfront.amazonaws.com"
EVERY_DISTRIBUTION = "every CloudFront distribution of anybody"
IDENTITY = "user/CloudFront Origin Access Identity "
"""How a policy names CloudFront's older way to read a bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The declared bucket."""

    is_there: bool = True
    """Whether an account of readiness.toml has it; if not, nothing below was seen."""
    account: str = ""
    region: str = ""
    open_switches: tuple[str, ...] = ()
    """Switches of its public access block that are off; all four if it has none."""
    is_public: bool = False
    """Whether S3 says that its policy makes it public."""
    is_website: bool = False
    """Whether S3 serves it as a website, which goes past CloudFront."""
    admits_distribution: bool = False
    """Whether its policy lets the declared distribution read."""
    other_readers: tuple[str, ...] = ()
    """Who else may read it by its policy. Principals of the accounts in readiness.toml, which
    deploy to it, are left out."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.is_there:
            return "declared in readiness.toml"
        readers = ["the distribution"] * self.admits_distribution + [*self.other_readers]
        return f"in {self.account} {self.region}, read by {', '.join(readers) or 'nobody'}"


def read_bucket(aws: AwsAccess, hosting: Hosting) -> Part[Bucket]:
    """Read the declared bucket in whichever account has it."""
    name = hosting.bucket or f"bucket of {hosting.endpoint}"
    return part_of(name, partial(_bucket, aws, hosting))


def place_of_bucket(aws: AwsAccess, bucket: str) -> Place | None:
    """Find the account that has a bucket, and its region, wherever that is.

    Asks ``s3:ListBuckets`` and ``s3:GetBucketLocation``.
    """
    for home in aws.homes:
        if any(one["Name"] == bucket for one in aws.listing(home, "s3:ListBuckets", "Buckets")):
            answer = aws.call(home, "s3:GetBucketLocation", Bucket=bucket)
            named = answer.get("LocationConstraint") or ""
            return Place(account=home.account, region=OLD_REGIONS.get(named, named))
    return None


def _bucket(aws: AwsAccess, hosting: Hosting) -> Bucket:
    name = required(hosting, "bucket")
    place = place_of_bucket(aws, name)
    if place is None:
        return Bucket(is_there=False)
    ask = partial(aws.call, place, Bucket=name)
    block = ask("s3:GetPublicAccessBlock", absent=NO_BLOCK) or {}
    switches = block.get("PublicAccessBlockConfiguration", {})
    status = ask("s3:GetBucketPolicyStatus", absent=NO_POLICY)
    policy = ask("s3:GetBucketPolicy", absent=NO_POLICY)
    readers = _readers(aws, grants_of(policy["Policy"], name)) if policy else frozenset[str]()
    declared = _ways_of_distribution(aws, hosting, readers)
    return Bucket(
        account=place.account,
        region=place.region,
        open_switches=tuple(switch for switch in SWITCHES if not switches.get(switch)),
        is_public=bool(status and status["PolicyStatus"]["IsPublic"]),
        is_website=ask("s3:GetBucketWebsite", absent=NO_WEBSITE) is not None,
        admits_distribution=any(fnmatchcase(way, one) for way in declared for one in readers),
        other_readers=tuple(sorted(readers - declared)),
    )


def _readers(aws: AwsAccess, grants: Iterable[Grant]) -> frozenset[str]:
    own = {home.account for home in aws.homes}
    reading = (grant for grant in grants if grant.allows("s3:GetObject"))
    return frozenset(
        reader
        for grant in reading
        for principal, shown in zip(grant.principals, grant.who, strict=True)
        if principal.account not in own
        for reader in _as_named(grant, principal, shown)
    )


def _as_named(grant: Grant, principal: Principal, shown: str) -> tuple[str, ...]:
    """Return whom a statement means: of CloudFront the distributions that its terms name."""
    if principal.name == CLOUDFRONT:
        return grant.values_of("aws:SourceArn") or (EVERY_DISTRIBUTION,)
    return (shown if principal.is_everybody else principal.name,)


def _ways_of_distribution(
    aws: AwsAccess, hosting: Hosting, readers: frozenset[str]
) -> frozenset[str]:
    """Return the names under which the declared distribution may read.

    CloudFront is asked only for its older way, which a policy names by an id of its own.
    """
    wanted = required(hosting, "distribution")
    arns = {f"arn:aws:cloudfront::{home.account}:distribution/{wanted}" for home in aws.homes}
    older = {one: one.partition(IDENTITY)[2] for one in readers if IDENTITY in one}
    found = find_distribution(aws, wanted) if older else None
    identities = identities_of(found[1], required(hosting, "bucket")) if found else frozenset()
    return frozenset(arns) | {one for one, identity in older.items() if identity in identities}
