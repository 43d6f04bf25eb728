"""Reads where a name leads by the records of Route 53, which DNS shows one of at a time."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.errors import FactUnavailable

OPERATIONS = (
    "route53:ListHostedZones",
    "route53:ListResourceRecordSets",
    "sts:GetCallerIdentity",
)
"""What is asked to know records."""

MOST_RECORDS = 300
"""As many as one ListResourceRecordSets takes."""
LEADING = ("A", "AAAA", "CNAME")
DUALSTACK = "dualstack."
"""Route 53 leads to a balancer by its name with this before it."""


def plain(name: str) -> str:
    """Return a DNS name as names are compared here: in lower case, without what is only form."""
    return name.lower().rstrip(".").removeprefix(DUALSTACK)


def targets_of(aws: AwsAccess, host: str) -> tuple[str, ...]:
    """Return every name and address to which public zones of the accounts lead a host, sorted.

    All of a weighted or latency record's are named, of which DNS tells one; none if the host is
    in no zone. Asks ``route53:ListHostedZones`` and, in the zone nearest to the host,
    ``ListResourceRecordSets`` from its name on.
    """
    several = aws.everywhere(partial(_in_account, aws, host), aws.homes)
    return tuple(sorted({target for some in several for target in some}))


def _in_account(aws: AwsAccess, host: str, home: Place) -> tuple[str, ...]:
    zones = aws.listing(home, "route53:ListHostedZones", "HostedZones")
    public = (zone for zone in zones if not zone.get("Config", {}).get("PrivateZone"))
    holding = [zone for zone in public if f".{host}".endswith(f".{plain(zone['Name'])}")]
    nearest = max((len(zone["Name"]) for zone in holding), default=0)
    return tuple(
        target
        for zone in holding
        if len(zone["Name"]) == nearest
        for record in _records(aws, home, zone["Id"], host)
        for target in _targets(record)
    )


def _records(aws: AwsAccess, home: Place, zone: str, host: str) -> Iterator[Mapping[str, Any]]:
    answer = aws.call(
        home,
        "route53:ListResourceRecordSets",
        HostedZoneId=zone,
        StartRecordName=host,
        MaxItems=str(MOST_RECORDS),
    )
    records = answer["ResourceRecordSets"]
    own = [record for record in records if plain(record["Name"]) == host]
    if answer["IsTruncated"] and len(own) == len(records):
        raise FactUnavailable(
            f"Route 53 has more than {MOST_RECORDS} records of {host}",
            "say in a statement where it leads",
        )
    yield from (record for record in own if record["Type"] in LEADING)


def _targets(record: Mapping[str, Any]) -> Iterator[str]:
    if "AliasTarget" in record:
        yield plain(record["AliasTarget"]["DNSName"])
    for one in record.get("ResourceRecords", ()):
        yield plain(one["Value"])
