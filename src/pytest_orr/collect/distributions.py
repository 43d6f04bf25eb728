"""Finds the CloudFront distributions that stand in front of the service, and what is behind them.

A distribution is the service's by its tags, by ``[[hosting]]``, or because it answers for the
host of a declared endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import Endpoint, Profile

OPERATIONS = (
    "cloudfront:ListDistributions",
    "cloudfront:ListTagsForResource",
    "sts:GetCallerIdentity",
)
"""What is asked to know the service's distributions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A web server from which a distribution fetches; no bucket, and nothing inside a VPC."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """An enabled distribution of the service."""

    home: Place
    """The account, and where it is asked about distributions."""
    id: str
    arn: str
    host: str
    """CloudFront's own name for it."""
    aliases: tuple[str, ...]
    """Names of the service that lead to it, sorted."""
    web_acl: str
    """ARN of its web ACL; empty when there is none."""
    certificate: str
    """ARN of its certificate at ACM; empty when it has none of its own there."""
    origins: tuple[Origin, ...]
    """By host and port."""

    @property
    def name(self) -> str:
        """The name under which it is best known."""
        return next(iter(self.aliases), self.host)


def own_distributions(aws: AwsAccess, profile: Profile) -> tuple[Distribution, ...]:
    """Find the service's enabled distributions in every account, sorted by ARN.

    Asks ``cloudfront:ListDistributions`` and, if the profile declares tags,
    ``ListTagsForResource`` of each.
    """
    found = aws.everywhere(partial(_in_account, aws, profile), aws.homes)
    return tuple(sorted((one for some in found for one in some), key=lambda one: one.arn))


def host_of(endpoint: Endpoint) -> str:
    """Return the host of a declared endpoint."""
    return (urlsplit(endpoint.url).hostname or "").lower()


def _in_account(aws: AwsAccess, profile: Profile, home: Place) -> tuple[Distribution, ...]:
    listed = aws.listing(home, "cloudfront:ListDistributions", "DistributionList.Items")
    enabled = [raw for raw in listed if raw["Enabled"]]
    own = aws.each(partial(_is_own, aws, profile, home), enabled)
    return tuple(
        _distribution(home, raw) for raw, is_own in zip(enabled, own, strict=True) if is_own
    )


def _is_own(aws: AwsAccess, profile: Profile, home: Place, raw: Mapping[str, Any]) -> bool:
    declared = {one.distribution for one in profile.hosting}
    hosts = {host_of(endpoint) for endpoint in profile.endpoints}
    if raw["Id"] in declared or not hosts.isdisjoint(_aliases(raw)):
        return True
    wanted = aws.resources.tags
    if not wanted:
        return False
    answer = aws.call(home, "cloudfront:ListTagsForResource", Resource=raw["ARN"])
    carried = {tag["Key"]: tag.get("Value", "") for tag in answer["Tags"].get("Items", ())}
    return wanted.items() <= carried.items()


def _aliases(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(alias.lower() for alias in raw["Aliases"].get("Items", ())))


def _distribution(home: Place, raw: Mapping[str, Any]) -> Distribution:
    origins = sorted(_origins(raw), key=lambda origin: (origin.host, origin.port))
    return Distribution(
        home=home,
        id=raw["Id"],
        arn=raw["ARN"],
        host=raw["DomainName"].lower(),
        aliases=_aliases(raw),
        web_acl=raw.get("WebACLId", ""),
        certificate=raw["ViewerCertificate"].get("ACMCertificateArn", ""),
        origins=tuple(origins),
    )


def _origins(raw: Mapping[str, Any]) -> Iterator[Origin]:
    for origin in raw["Origins"]["Items"]:
        if custom := origin.get("CustomOriginConfig"):
            plain = custom["OriginProtocolPolicy"] == "http-only"
            port = custom["HTTPPort"] if plain else custom["HTTPSPort"]
            yield Origin(host=origin["DomainName"].lower(), port=port)
