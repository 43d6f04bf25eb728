"""Reads what stands in front of each public entry of the service: the fact ``web_protections``.

Public entries are CloudFront distributions and balancers that face the internet. A balancer from
which a distribution fetches is no entry but an origin, and must not answer anybody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.observation import Answer

from . import distributions, ownership, shields, web_acls
from .distributions import Distribution
from .interface import Desk
from .origins import OriginFact, PublicBalancer, read_origins
from .shields import Shield
from .web_acls import WebAcl

Kind = Literal["application", "network", "gateway", "distribution"]
WITH_WAF = ("application", "distribution")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEntry:
    """A balancer or distribution that anybody can reach."""

    arn: str
    kind: Kind
    host: str
    """Under which it answers."""
    account: str
    region: str
    """Where it is asked about; of a distribution the home of all of them."""
    web_acl: WebAcl | None
    """None where there is none; WAF cannot stand in front of network balancers."""
    is_shielded: bool
    """Whether Shield Advanced protects it by name."""
    has_shield_advanced: bool
    """Whether the account has a subscription."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        acl = self.web_acl.seen if self.web_acl else "no web ACL"
        subscribed = "Shield Advanced, which does not name it"
        named = "Shield Advanced" if self.is_shielded else subscribed
        shield = named if self.has_shield_advanced else "Shield Standard"
        return f"{self.kind} {self.host}: {acl}; {shield}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebProtectionFacts:
    """The service's public entries, and what must answer nobody but them."""

    entries: tuple[PublicEntry, ...]
    """By ARN."""
    origins: tuple[OriginFact, ...]
    """Of the service's distributions, by name."""

    @property
    def behind_waf(self) -> tuple[PublicEntry, ...]:
        """Entries in front of which WAF can stand."""
        return tuple(one for one in self.entries if one.kind in WITH_WAF)

    @property
    def beyond_waf(self) -> tuple[PublicEntry, ...]:
        """Entries in front of which it cannot."""
        return tuple(one for one in self.entries if one.kind not in WITH_WAF)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebProtections:
    """What keeps floods and attacks from each public entry?"""

    name: str = "web_protections"
    source: str = "AWS wafv2, shield and cloudfront, TCP"
    operations: tuple[str, ...] = (
        "dns:A",
        "ec2:DescribeSecurityGroupRules",
        "ec2:GetManagedPrefixListEntries",
        "tcp:connect",
        *dict.fromkeys(
            (
                *ownership.OPERATIONS,
                *distributions.OPERATIONS,
                *shields.OPERATIONS,
                *web_acls.OPERATIONS,
            )
        ),
    )
    fact_type: Any = WebProtectionFacts

    def collect(self, desk: Desk) -> Answer[WebProtectionFacts]:
        """Read them in every account and region of the profile."""
        aws = desk.aws
        ownership.require_resources(aws.resources)
        read_shield = partial(shields.read_shield, aws)
        shield_of = {one.account: one for one in aws.everywhere(read_shield, aws.homes)}
        edges = distributions.own_distributions(aws, desk.profile)
        public = [own for some in aws.everywhere(partial(_public, aws)) for own in some]
        origins = read_origins(desk, edges, public)
        behind = {origin.balancer for origin in origins}
        doors = [own for own in public if own.arn not in behind]
        entries = (
            *aws.each(partial(_of_distribution, aws, shield_of), edges),
            *aws.each(partial(_of_balancer, aws, shield_of), doors),
        )
        facts = WebProtectionFacts(
            entries=tuple(sorted(entries, key=lambda entry: entry.arn)), origins=origins
        )
        where = (*aws.places, *(home for home in aws.homes if home not in aws.places))
        return Answer(value=facts, where=tuple(str(place) for place in where))


def _public(aws: AwsAccess, place: Place) -> tuple[PublicBalancer, ...]:
    own = ownership.own_balancers(aws, place, ownership.ownership(aws, place))
    return tuple(
        PublicBalancer(place=place, raw=one.raw)
        for one in own
        if one.raw.get("Scheme") != "internal"
    )


def _of_distribution(
    aws: AwsAccess, shield_of: Mapping[str, Shield], edge: Distribution
) -> PublicEntry:
    shield = shield_of[edge.home.account]
    return PublicEntry(
        arn=edge.arn,
        kind="distribution",
        host=edge.name,
        account=edge.home.account,
        region=edge.home.region,
        web_acl=web_acls.acl_of_distribution(aws, edge.home, edge.web_acl),
        is_shielded=edge.arn in shield.protected,
        has_shield_advanced=shield.is_advanced,
    )


def _of_balancer(
    aws: AwsAccess, shield_of: Mapping[str, Shield], balancer: PublicBalancer
) -> PublicEntry:
    place, kind = balancer.place, balancer.raw["Type"]
    shield = shield_of[place.account]
    can_have_one = kind == "application"
    return PublicEntry(
        arn=balancer.arn,
        kind=kind,
        host=balancer.host,
        account=place.account,
        region=place.region,
        web_acl=web_acls.acl_of_balancer(aws, place, balancer.arn) if can_have_one else None,
        is_shielded=shield.protects(balancer.raw),
        has_shield_advanced=shield.is_advanced,
    )
