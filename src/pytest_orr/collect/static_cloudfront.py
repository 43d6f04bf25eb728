"""Reads CloudFront distributions that serve static files from a bucket, for ``static_sites``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .parts import Part, part_of
from .static_declared import required

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import Hosting

OPERATIONS = (
    "cloudfront:ListDistributions",
    "cloudfront:ListTagsForResource",
    "sts:GetCallerIdentity",
)
"""What is asked; the tags only of distributions that serve a bucket."""

ENCRYPTED_ONLY = ("redirect-to-https", "https-only")
OF_BUCKET = re.compile(r"(.+?)\.s3([.-][a-z0-9-]+)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?")
WEBSITE = ".s3-website"
IDENTITY = "origin-access-identity/cloudfront/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """The declared distribution in front of a bucket."""

    is_there: bool = True
    """Whether an account of readiness.toml has it; if not, nothing below was seen."""
    account: str = ""
    is_enabled: bool = False
    status: str = ""
    """``Deployed``, or ``InProgress`` while a change is on its way to the edges."""
    serves_bucket: bool = False
    """Whether the declared bucket is among its origins, and not as a website."""
    encrypts: bool = False
    """Whether every behaviour redirects to HTTPS or takes nothing else."""
    serves_endpoint: bool = False
    """Whether the endpoint's host is its own name or one of its aliases."""
    names: tuple[str, ...] = ()
    """Its own host name, then its aliases."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.is_there:
            return "declared in readiness.toml"
        state = "enabled" if self.is_enabled else "disabled"
        return f"{state}, {self.status}, serves {', '.join(self.names)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedDistribution:
    """An enabled distribution that carries the service's tags and serves a bucket."""

    account: str
    names: tuple[str, ...]
    is_declared: bool
    """Whether a ``[[hosting]]`` entry names it."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"serves {', '.join(self.names)} from a bucket, in {self.account}"


def read_distribution(aws: AwsAccess, hosting: Hosting, host: str) -> Part[Distribution]:
    """Read the declared distribution in whichever account has it; ``host`` is the endpoint's."""
    name = hosting.distribution or f"distribution of {hosting.endpoint}"
    return part_of(name, partial(_distribution, aws, hosting, host))


def find_distribution(aws: AwsAccess, wanted: str) -> tuple[Place, Mapping[str, Any]] | None:
    """Find a distribution by its id in all accounts (``cloudfront:ListDistributions``)."""
    several = aws.everywhere(lambda home: [(home, raw) for raw in _listed(aws, home)], aws.homes)
    return next((one for some in several for one in some if one[1]["Id"] == wanted), None)


def identities_of(raw: Mapping[str, Any], bucket: str) -> frozenset[str]:
    """Return the origin access identities as which a distribution reads a bucket."""
    return frozenset(
        origin.get("S3OriginConfig", {}).get("OriginAccessIdentity", "").removeprefix(IDENTITY)
        for origin in raw["Origins"]["Items"]
        if _bucket_behind(origin) == bucket
    ) - {""}


def tagged_distributions(
    aws: AwsAccess, declared: frozenset[str], home: Place
) -> tuple[tuple[str, TaggedDistribution], ...]:
    """Find an account's distributions that serve a bucket for the service, by its tags.

    ``declared`` are the ids that readiness.toml names.
    """
    serving = [
        raw
        for raw in _listed(aws, home)
        if raw["Enabled"] and any(map(_bucket_behind, raw["Origins"]["Items"]))
    ]
    own = aws.each(partial(_carries_tags, aws, home), serving)
    return tuple(
        (
            raw["Id"],
            TaggedDistribution(
                account=home.account, names=_names(raw), is_declared=raw["Id"] in declared
            ),
        )
        for raw, is_own in zip(serving, own, strict=True)
        if is_own
    )


def _listed(aws: AwsAccess, home: Place) -> tuple[Mapping[str, Any], ...]:
    return aws.listing(home, "cloudfront:ListDistributions", "DistributionList.Items")


def _distribution(aws: AwsAccess, hosting: Hosting, host: str) -> Distribution:
    found = find_distribution(aws, required(hosting, "distribution"))
    if found is None:
        return Distribution(is_there=False)
    home, raw = found
    others = raw.get("CacheBehaviors", {}).get("Items") or ()
    policies = [one["ViewerProtocolPolicy"] for one in (raw["DefaultCacheBehavior"], *others)]
    behind = [_bucket_behind(origin) for origin in raw["Origins"]["Items"]]
    return Distribution(
        account=home.account,
        is_enabled=raw["Enabled"],
        status=raw["Status"],
        serves_bucket=hosting.bucket in behind,
        encrypts=all(policy in ENCRYPTED_ONLY for policy in policies),
        serves_endpoint=any(_is_name_of(name, host) for name in _names(raw)),
        names=_names(raw),
    )


def _names(raw: Mapping[str, Any]) -> tuple[str, ...]:
    aliases = sorted(alias.lower() for alias in raw["Aliases"].get("Items") or ())
    return (raw["DomainName"].lower(), *aliases)


def _is_name_of(name: str, host: str) -> bool:
    """Tell whether a distribution's name is a host's; a leading ``*`` is any one label."""
    return name == host or (name.startswith("*.") and name[2:] == host.partition(".")[2])


def _bucket_behind(origin: Mapping[str, Any]) -> str:
    """Return the bucket that an origin is; empty for a bucket's website and for other servers."""
    found = OF_BUCKET.fullmatch(origin["DomainName"])
    return found[1] if found and WEBSITE not in origin["DomainName"] else ""


def _carries_tags(aws: AwsAccess, home: Place, raw: Mapping[str, Any]) -> bool:
    answer = aws.call(home, "cloudfront:ListTagsForResource", Resource=raw["ARN"])
    carried = {tag["Key"]: tag.get("Value", "") for tag in answer["Tags"].get("Items") or ()}
    return aws.resources.tags.items() <= carried.items()
