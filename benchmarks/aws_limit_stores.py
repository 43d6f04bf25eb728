"""The limit's share of a region's keys, certificates, databases and alarms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .aws_limit_front import opens
from .aws_limit_pages import pages

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .aws_limit import Region

KEY_TYPES = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]
WEEK = 7


def begin(region: Region, groups: Future[list[Any]]) -> None:
    """Ask all of it."""
    region.go(ask_keys)
    region.go(ask_databases, groups)
    region.go(ask_certificates)
    region.go(ask_alarms)


def ask_keys(region: Region) -> None:
    """Judge the account's own keys."""
    for key in pages(region.client("kms"), "list_keys", "Keys"):
        region.go(ask_key, key["KeyArn"])


def ask_key(region: Region, arn: str) -> None:
    """Judge a key, if the account made it and can exchange it."""
    kms = region.client("kms")
    about = kms.describe_key(KeyId=arn)["KeyMetadata"]
    is_own = about["KeyManager"] == "CUSTOMER" and about["KeyState"] == "Enabled"
    if is_own and about["KeySpec"].startswith("SYMMETRIC"):
        rotates = kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"]
        region.verdict("kms_cmk_rotation_enabled", arn, rotates)


def ask_certificates(region: Region) -> None:
    """Judge certificates."""
    listed = {"Includes": {"keyTypes": KEY_TYPES}, "MaxItems": 1000}
    now = datetime.now(UTC)
    for one in pages(region.client("acm"), "list_certificates", "CertificateSummaryList", **listed):
        left = (one["NotAfter"] - now).days
        region.verdict("acm_certificates_expiration_check", one["CertificateArn"], left > WEEK)


def ask_databases(region: Region, groups: Future[list[Any]]) -> None:
    """Judge databases."""
    for one in pages(region.client("rds"), "describe_db_instances", "DBInstances"):
        arn = one["DBInstanceArn"]
        region.verdict("rds_instance_storage_encrypted", arn, one["StorageEncrypted"])
        region.verdict("rds_instance_backup_enabled", arn, one["BackupRetentionPeriod"])
        region.verdict("rds_instance_multi_az", arn, one["MultiAZ"])
        region.verdict("rds_instance_deletion_protection", arn, one.get("DeletionProtection"))
        exposed = one["PubliclyAccessible"] and is_open(one, groups.result())
        if exposed:  # only then do the routes of its subnets matter
            tables = pages(region.client("ec2"), "describe_route_tables", "RouteTables")
            exposed = is_routed(one, tables)
        region.verdict("rds_instance_no_public_access", arn, not exposed)


def is_open(database: dict[str, Any], groups: list[Any]) -> bool:
    """Say whether a group of a database lets everybody in."""
    own = {one["VpcSecurityGroupId"] for one in database["VpcSecurityGroups"]}
    port = (database.get("Endpoint") or {}).get("Port")
    rules = (rule for one in groups if one["GroupId"] in own for rule in one["IpPermissions"])
    return any(opens(rule, port) for rule in rules)


def is_routed(database: dict[str, Any], tables: list[Any]) -> bool:
    """Say whether a subnet of a database has a way to the internet."""
    subnets = (database.get("DBSubnetGroup") or {}).get("Subnets", ())
    own = {one["SubnetIdentifier"] for one in subnets}
    return any(
        route.get("GatewayId", "").startswith("igw-")
        for table in tables
        if own & {one.get("SubnetId") for one in table["Associations"]}
        for route in table["Routes"]
    )


def ask_alarms(region: Region) -> None:
    """Judge alarms."""
    listed = {"AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}
    for one in pages(region.client("cloudwatch"), "describe_alarms", "MetricAlarms", **listed):
        arn = one["AlarmArn"]
        region.verdict("cloudwatch_alarm_actions_enabled", arn, one["ActionsEnabled"])
        tells = one["AlarmActions"]
        region.verdict("cloudwatch_alarm_actions_alarm_state_configured", arn, tells)
