"""The example's databases and backups: one of RDS, a table of DynamoDB, a backup plan, copies.

The instance itself is made where the keys are; here it is closed, kept and copied. What moto cannot
say of backups is written down for ``planted_databases``, relative to the day of the example.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from examples.explorer.builder import REGION, TAGS, tag_list
from examples.explorer.world import AS_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.builder import Builder

ACCOUNT = "123456789012"
TABLE = "explorer-labels"
DAY = datetime.fromisoformat(AS_OF).replace(tzinfo=UTC)
HERE, THERE = (f"arn:aws:backup:{place}:{ACCOUNT}" for place in (REGION, "eu-west-1"))
FAULTS = frozenset(
    {
        "backup-failed-restore",
        "backup-kept-too-short",
        "backup-not-copied",
        "backup-not-encrypted",
        "backup-plan-empty",
        "backup-too-old",
        "database-behind-world",
        "database-not-restorable",
        "database-public",
        "database-unprotected",
        "database-version-ended",
        "database-version-gone",
        "never-restored",
        "table-open-policy",
        "table-without-recovery",
        "undeclared-database",
    }
)


def build_databases(made: Builder, ids: Mapping[str, Any]) -> dict[str, str]:
    """Close the database, make table and plan, and write down what is known of backups."""
    _instance(made, _group(made, ids))
    table, plan = _table(made), _plan(made)
    if "undeclared-database" in made.faults:
        _forgotten(made)
    said = _backups(made.faults, ids["database"], table) | {
        "selections": {plan: 0 if "backup-plan-empty" in made.faults else 1}
    }
    made.client("ssm").put_parameter(Name="/planted/backups", Type="String", Value=json.dumps(said))
    return {"table": table, "backup_plan": plan}


def _group(made: Builder, ids: Mapping[str, Any]) -> str:
    created = made.ec2.create_security_group(
        GroupName="explorer-database",
        Description="explorer-database",
        VpcId=ids["vpc"],
        TagSpecifications=[{"ResourceType": "security-group", "Tags": tag_list(TAGS)}],
    )
    sources: list[dict[str, Any]] = [{"UserIdGroupPairs": [{"GroupId": ids["backend_group"]}]}]
    if "database-behind-world" in made.faults:
        sources.append({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
    for source in sources:
        port = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
        made.ec2.authorize_security_group_ingress(
            GroupId=created["GroupId"], IpPermissions=[port | source]
        )
    return str(created["GroupId"])


def _instance(made: Builder, group: str) -> None:
    version = {"database-version-ended": "13.22", "database-version-gone": "16.1"}
    planted = (number for fault, number in version.items() if fault in made.faults)
    made.client("rds").modify_db_instance(
        DBInstanceIdentifier="explorer",
        VpcSecurityGroupIds=[group],
        EngineVersion=next(planted, "16.10"),
        BackupRetentionPeriod=3 if "backup-kept-too-short" in made.faults else 14,
        DeletionProtection="database-unprotected" not in made.faults,
        PubliclyAccessible="database-public" in made.faults,
        ApplyImmediately=True,
    )


def _forgotten(made: Builder) -> None:
    made.client("rds").create_db_instance(
        DBInstanceIdentifier="explorer-old",
        DBInstanceClass="db.t3.medium",
        Engine="postgres",
        EngineVersion="16.10",
        AllocatedStorage=20,
        MasterUsername="explorer",
        MasterUserPassword="of-nobody",
        StorageEncrypted=True,
        DeletionProtection=True,
        Tags=tag_list(TAGS),
    )


def _table(made: Builder) -> str:
    client = made.client("dynamodb")
    created = client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "address", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "address", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
        Tags=tag_list(TAGS),
    )
    arn = str(created["TableDescription"]["TableArn"])
    wanted = {"PointInTimeRecoveryEnabled": "table-without-recovery" not in made.faults}
    client.update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=wanted)
    if "table-open-policy" in made.faults:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/reports"},
            "Action": "dynamodb:PutItem",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        client.put_resource_policy(ResourceArn=arn, Policy=policy)
    return arn


def _plan(made: Builder) -> str:
    rule = {"RuleName": "daily", "TargetBackupVaultName": "explorer"}
    created = made.client("backup").create_backup_plan(
        BackupPlan={"BackupPlanName": "explorer", "Rules": [rule]}, BackupPlanTags=TAGS
    )
    return str(created["BackupPlanArn"])


def _backups(faults: frozenset[str], database: str, table: str) -> dict[str, Any]:
    """Return what RDS and AWS Backup say, by the kinds that ``planted_databases`` names."""
    days = 3 if "backup-too-old" in faults else 0
    copied = () if "backup-not-copied" in faults else ((database, 1), (table, 2))
    latest = _before(hours=5 if "database-not-restorable" in faults else 0, minutes=4)
    restored = () if "never-restored" in faults else ((database, 1), (table, 2))
    encrypted = {} if "backup-not-encrypted" in faults else {"EncryptionKeyArn": f"{HERE}:key/1"}
    return {
        "latest": {database: latest, table: _before(minutes=5)},
        "snapshots": {"explorer": _before(days=days, hours=20, minutes=48)},
        "points": {
            one: [
                {
                    "RecoveryPointArn": f"{HERE}:recovery-point:{number}",
                    "CreationDate": _before(days=days, hours=19),
                    "Status": "COMPLETED",
                    "BackupVaultName": "explorer",
                    **(encrypted if one == database else {"EncryptionKeyArn": f"{HERE}:key/1"}),
                }
            ]
            for one, number in ((database, 1), (table, 2))
        },
        "copies": [
            {
                "CopyJobId": f"copy-{number}",
                "State": "COMPLETED",
                "ResourceArn": one,
                "SourceBackupVaultArn": f"{HERE}:backup-vault:explorer",
                "DestinationBackupVaultArn": f"{THERE}:backup-vault:explorer",
                "DestinationRecoveryPointArn": f"{THERE}:recovery-point:{number}",
                "CompletionDate": _before(hours=18),
            }
            for one, number in copied
        ],
        "restores": [_restore(one, number, faults) for one, number in restored],
    }


def _restore(source: str, number: int, faults: frozenset[str]) -> dict[str, Any]:
    failed = number == 1 and "backup-failed-restore" in faults
    why = {"StatusMessage": "the key is not there"} if failed else {}
    return {
        "RestoreJobId": f"restore-{number}",
        "Status": "FAILED" if failed else "COMPLETED",
        "SourceResourceArn": source,
        "RecoveryPointArn": f"{HERE}:recovery-point:{number}",
        "CompletionDate": _before(days=17),
        **why,
    }


def _before(**distance: float) -> str:
    """Return an instant so long before the day of the example begins."""
    return (DAY - timedelta(**distance)).isoformat()
