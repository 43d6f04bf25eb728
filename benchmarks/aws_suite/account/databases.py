"""RDS instances: encryption, backups, zones, protection, and whether the internet reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .collector import InPlaces
from .groups import MOST, openings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An RDS instance."""

    arn: str
    is_encrypted: bool
    backup_days: int
    has_standby: bool
    is_kept: bool
    """Whether it is protected from being deleted."""
    is_exposed: bool
    """Whether its address is public, a group of it lets everybody in, and its subnet is routed."""

    @property
    def seen(self) -> str:
        """What was seen, in a few words."""
        return (
            f"{self.backup_days} days of backups, {'two zones' if self.has_standby else 'one zone'}"
        )


class Databases(InPlaces[Database]):
    """Asks for all instances; for groups and routes only where an address is public."""

    name = "account_databases"
    source = "AWS rds"
    operations = (
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "rds:DescribeDBInstances",
    )
    fact_type = tuple[Database, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterator[Database]:
        """Read the instances of a region."""
        for one in aws.listing(place, "rds:DescribeDBInstances", "DBInstances"):
            yield Database(
                arn=one["DBInstanceArn"],
                is_encrypted=one["StorageEncrypted"],
                backup_days=one["BackupRetentionPeriod"],
                has_standby=one["MultiAZ"],
                is_kept=bool(one.get("DeletionProtection")),
                is_exposed=one["PubliclyAccessible"] and is_exposed(aws, place, one),
            )


def is_exposed(aws: AwsAccess, place: Place, database: Mapping[str, Any]) -> bool:
    """Read whether the internet can reach a database whose address is public."""
    asked = "ec2:DescribeSecurityGroups"
    own = {one["VpcSecurityGroupId"] for one in database["VpcSecurityGroups"]}
    port = (database.get("Endpoint") or {}).get("Port", 0)
    groups = aws.listing(place, asked, "SecurityGroups", MaxResults=MOST)
    found = (one for group in groups if group["GroupId"] in own for one in openings(group))
    return any(opening.covers(port) for opening in found) and is_routed(aws, place, database)


def is_routed(aws: AwsAccess, place: Place, database: Mapping[str, Any]) -> bool:
    """Read whether a subnet of a database has a way to the internet."""
    subnets = (database.get("DBSubnetGroup") or {}).get("Subnets", ())
    own = {one["SubnetIdentifier"] for one in subnets}
    return any(
        route.get("GatewayId", "").startswith("igw-")
        for table in aws.listing(place, "ec2:DescribeRouteTables", "RouteTables")
        if own & {one.get("SubnetId") for one in table["Associations"]}
        for route in table["Routes"]
    )
