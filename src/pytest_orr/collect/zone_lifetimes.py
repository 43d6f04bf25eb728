"""How long others remember a name, as the service's own Route 53 zones say: for ``name_lifetimes``.

Records are asked from a name on, by the same question as where the name leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .hosted_zones import LEADING, MOST_RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pytest_orr.clients.aws import AwsAccess, Place

    Zone = tuple[Place, Mapping[str, Any]]

OF_AN_ALIAS = 60
"""Seconds: Route 53 answers with this for a record that leads to a resource of AWS."""
WILDCARD = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRecord:
    """What a zone says about a name."""

    zone: str
    """The zone's name and id."""
    ttl: int
    """Seconds, the longest of its records that lead somewhere."""


def zone_records(
    aws: AwsAccess, homes: tuple[Place, ...], names: tuple[str, ...]
) -> Mapping[str, ZoneRecord]:
    """Return what the public zones of these accounts say about names, of those that they hold.

    Asks ``route53:ListHostedZones`` and, in the zone nearest to each name,
    ``ListResourceRecordSets`` from the name on, and again for a wildcard above it.
    """
    zones = tuple(
        (home, zone)
        for home in homes
        for zone in aws.listing(home, "route53:ListHostedZones", "HostedZones")
        if not zone.get("Config", {}).get("PrivateZone")
    )
    chosen = ((name, _nearest(name, zones)) for name in names)
    found = ((name, zone and _record(aws, zone, name)) for name, zone in chosen)
    return {name: record for name, record in found if record}


def _nearest(name: str, zones: tuple[Zone, ...]) -> Zone | None:
    holding = [one for one in zones if f".{name}".endswith(f".{_plain(one[1]['Name'])}")]
    return max(holding, key=lambda one: len(one[1]["Name"]), default=None)


def _record(aws: AwsAccess, at: Zone, name: str) -> ZoneRecord | None:
    _, zone = at
    wild = f"{WILDCARD}.{name.partition('.')[2]}"
    ttls = [*_ttls(aws, at, name)] or [*_ttls(aws, at, wild)]
    told = f"{_plain(zone['Name'])} ({zone['Id'].rpartition('/')[2]})"
    return ZoneRecord(zone=told, ttl=max(ttls)) if ttls else None


def _ttls(aws: AwsAccess, at: Zone, name: str) -> Iterator[int]:
    home, zone = at
    records = aws.call(
        home,
        "route53:ListResourceRecordSets",
        HostedZoneId=zone["Id"],
        StartRecordName=name,
        MaxItems=str(MOST_RECORDS),
    )["ResourceRecordSets"]
    for one in records:
        if _plain(one["Name"]) == name and one["Type"] in LEADING:
            yield OF_AN_ALIAS if "AliasTarget" in one else int(one["TTL"])


def _plain(name: str) -> str:
    return name.lower().rstrip(".").replace("\\052", WILDCARD)
