"""Asks an account what carries the tags, and what those things say of themselves.

One listing a region tells all that is tagged; what it cannot tell is listed, or asked of each thing
where AWS has no listing. What could not be asked costs only what it would have told.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_orr.errors import FactUnavailable

from .sightings import Instance, KeyAlias, Resource, Sightings, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

    from .sightings import Where

OPERATIONS = (
    "acm:DescribeCertificate",
    "autoscaling:DescribeAutoScalingGroups",
    "cloudfront:ListDistributions",
    "ec2:DescribeInstances",
    "kms:DescribeKey",
    "kms:ListAliases",
    "route53:ListHostedZones",
    "route53:ListResourceRecordSets",
    "sts:GetCallerIdentity",
    "tag:GetResources",
)
"""All that discovery may ask."""

CERTIFICATE, DISTRIBUTION = "acm:certificate", "cloudfront:distribution"
KEY, ZONE = "kms:key", "route53:hostedzone"
OF_NO_REGION = frozenset({CERTIFICATE, DISTRIBUTION, ZONE})
"""Kinds that are taken from where global services are asked, whatever regions are looked at."""
ADDRESSES = frozenset({"A", "AAAA", "CNAME"})
WILDCARD = "\\052"
"""How Route 53 writes * in a name."""
ALIVE = ("pending", "running", "stopping", "stopped")
NAME, GROUP = "Name", "aws:autoscaling:groupName"

S = TypeVar("S")
T = TypeVar("T")


def look(aws: AwsAccess, where: Where) -> Sightings:
    """Look at the one account of ``aws`` for what carries all of the tags."""
    return _Looking(aws, where).sightings()


def resource_of(mapping: Mapping[str, Any], region: str) -> Resource:
    """Read one entry of ``tag:GetResources``; ``KeyError`` if it has no ARN."""
    arn = str(mapping["ResourceARN"])
    _, _, service, _, _, rest = (*arn.split(":", 5), *[""] * 5)[:6]
    kind, *name = re.split("[:/]", rest, maxsplit=1)
    if not name:  # the ARN of a bucket, a topic or a queue says no kind
        kind, name = "bucket" if service == "s3" else "", [rest]
    return Resource(arn=arn, kind=f"{service}:{kind}", name=name[0], region=region)


class _Looking:
    """One look at one account; notes what it could not ask."""

    def __init__(self, aws: AwsAccess, where: Where) -> None:
        self._aws, self._where = aws, where
        self._home = aws.homes[0]
        self._unread: set[str] = set()

    def sightings(self) -> Sightings:
        resources = self._resources()
        named = {kind: [one for one in resources if one.kind == kind] for kind in OF_NO_REGION}
        names = {
            *self._each(self._certificate_names, named[CERTIFICATE]),
            *self._each(partial(self._record_names, named[ZONE]), self._home_if(named[ZONE])),
        }
        own = {one.name for one in named[DISTRIBUTION]}
        sites = self._each(partial(self._sites, own), self._home_if(own))
        keys = [one for one in resources if one.kind == KEY]
        places = [place for place in self._aws.places if place.region in {k.region for k in keys}]
        aliases = self._each(partial(self._aliases, {key.name for key in keys}), places)
        instances = self._each(self._instances, self._aws.places)
        return Sightings(
            where=self._where,
            resources=resources,
            instances=tuple(sorted(instances, key=lambda one: (one.name, one.id))),
            scaling_groups=tuple(sorted({*self._each(self._groups, self._aws.places)})),
            names=tuple(sorted(names)),
            sites=tuple(sorted(sites, key=lambda one: one.id)),
            keys=tuple(sorted({*aliases}, key=lambda one: (one.alias, one.usage))),
            unread=tuple(sorted(self._unread)),
        )

    def _each(self, ask: Callable[[S], Iterable[T]], things: Iterable[S]) -> list[T]:
        def told(thing: S) -> tuple[T, ...]:
            try:
                return tuple(ask(thing))
            except FactUnavailable as error:
                self._unread.add(error.diagnostics())
            except KeyError as missing:
                self._unread.add(f"an answer about {thing} lacks {missing}; update pytest-orr")
            return ()

        return [one for several in self._aws.each(told, things) for one in several]

    def _home_if(self, wanted: Iterable[object]) -> tuple[Place, ...]:
        return (self._home,) if tuple(wanted) else ()

    def _resources(self) -> tuple[Resource, ...]:
        places = dict.fromkeys((*self._aws.places, self._home))
        by_arn = {one.arn: one for one in self._each(self._tagged, places)}
        return tuple(by_arn[arn] for arn in sorted(by_arn))

    def _tagged(self, place: Place) -> Iterator[Resource]:
        found = self._aws.listing(
            place,
            "tag:GetResources",
            "ResourceTagMappingList",
            TagFilters=[{"Key": key, "Values": [text]} for key, text in self._where.tags.items()],
        )
        for mapping in found:
            one = resource_of(mapping, place.region)
            if place in self._aws.places or one.kind in OF_NO_REGION:
                yield one

    def _certificate_names(self, certificate: Resource) -> Iterator[str]:
        place = next(
            (place for place in self._aws.places if place.region == certificate.region), self._home
        )
        answer = self._aws.call(place, "acm:DescribeCertificate", CertificateArn=certificate.arn)
        detail = answer["Certificate"]
        yield from (detail["DomainName"], *detail.get("SubjectAlternativeNames", ()))

    def _record_names(self, tagged: Iterable[Resource], home: Place) -> Iterator[str]:
        zones = self._aws.listing(home, "route53:ListHostedZones", "HostedZones")
        public = {
            zone["Id"].rpartition("/")[2]
            for zone in zones
            if not zone.get("Config", {}).get("PrivateZone")
        }
        for zone in sorted({one.name for one in tagged} & public):
            records = self._aws.listing(
                home, "route53:ListResourceRecordSets", "ResourceRecordSets", HostedZoneId=zone
            )
            for one in records:
                # A name that begins with _ proves something to somebody, and is no host's.
                if one["Type"] in ADDRESSES and not one["Name"].startswith("_"):
                    yield one["Name"].replace(WILDCARD, "*")

    def _sites(self, own: Collection[str], home: Place) -> Iterator[Site]:
        listed = self._aws.listing(home, "cloudfront:ListDistributions", "DistributionList.Items")
        for raw in listed:
            if raw["Id"] in own:
                yield Site(
                    id=raw["Id"],
                    host=raw["DomainName"],
                    aliases=tuple(sorted(raw["Aliases"].get("Items", ()))),
                    origins=tuple(sorted(one["DomainName"] for one in raw["Origins"]["Items"])),
                )

    def _aliases(self, own: Collection[str], place: Place) -> Iterator[KeyAlias]:
        for raw in self._aws.listing(place, "kms:ListAliases", "Aliases"):
            key = str(raw.get("TargetKeyId", ""))
            if key in own:
                told = self._aws.call(place, "kms:DescribeKey", KeyId=key)["KeyMetadata"]
                yield KeyAlias(alias=raw["AliasName"], usage=told["KeyUsage"])

    def _instances(self, place: Place) -> Iterator[Instance]:
        filters = [*self._filters(), {"Name": "instance-state-name", "Values": [*ALIVE]}]
        found = self._aws.listing(place, "ec2:DescribeInstances", "Reservations", Filters=filters)
        for raw in (raw for reservation in found for raw in reservation["Instances"]):
            tags = {tag["Key"]: tag["Value"] for tag in raw.get("Tags", ())}
            if self._where.tags.items() <= tags.items():
                name, group = tags.get(NAME, ""), tags.get(GROUP, "")
                yield Instance(id=raw["InstanceId"], name=name, group=group)

    def _groups(self, place: Place) -> Iterator[str]:
        found = self._aws.listing(
            place,
            "autoscaling:DescribeAutoScalingGroups",
            "AutoScalingGroups",
            Filters=self._filters(),
        )
        for raw in found:
            tags = {tag["Key"]: tag["Value"] for tag in raw.get("Tags", ())}
            if self._where.tags.items() <= tags.items():
                yield raw["AutoScalingGroupName"]

    def _filters(self) -> list[dict[str, Any]]:
        """Ask for what has the tags; AWS takes * and ? for patterns, so answers are looked at."""
        return [{"Name": f"tag:{key}", "Values": [text]} for key, text in self._where.tags.items()]
