"""What is wrong with databases and their backups is a finding in the database where it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.database_backups import DatabaseBackups
from pytest_orr.collect.databases import Databases
from pytest_orr.model import Outcome
from pytest_orr.profile.schema import Aws, AwsAccount, AwsResources, Database

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.model import Finding

WRITING, BACKUP = "deployment.database.write-restriction", "deployment.database.backup"
OLD = "arn:aws:rds:eu-central-1:123456789012:db:explorer-old"
CLUSTER = "arn:aws:rds:eu-central-1:123456789012:cluster:ledger"
PLACE = "123456789012 eu-central-1"
FAULTS: Mapping[str, tuple[str, str]] = {
    "database-behind-world": ("database", "its groups let in others than the service: "),
    "database-not-encrypted": ("database", "it is not encrypted"),
    "database-public": ("database", "the world can reach its address"),
    "database-unprotected": ("database", "nothing protects it from being deleted"),
    "database-version-ended": (
        f"postgres 13.22 in {PLACE}",
        "AWS's standard support for it has ended",
    ),
    "database-version-gone": (f"postgres 16.1 in {PLACE}", "AWS no longer offers this version"),
    "table-open-policy": (
        "table",
        "its policy lets write whom writers does not name: role/reports",
    ),
    "undeclared-database": (OLD, "no [[databases]] of readiness.toml names it"),
    "backup-failed-restore": ("database", "the last restore failed: the key is not there"),
    "backup-kept-too-short": ("database", "it is kept for fewer than 7 days"),
    "backup-not-copied": (
        "database",
        "no copy of the last 7 days is in another region or account",
    ),
    "backup-not-encrypted": ("database", "its newest backup is not encrypted"),
    "backup-plan-empty": ("backup_plan", "the backup plan selects nothing"),
    "backup-too-old": ("database", "no automatic backup is younger than 26 hours"),
    "database-not-restorable": (
        "database",
        "it cannot be restored to the last 60 minutes",
    ),
    "table-without-recovery": ("table", "it is kept for fewer than 7 days"),
}
"""By fault: the resource in which it is planted, by its id or its name, and what is said of it."""
TOGETHER = (
    (
        "database-behind-world",
        "database-public",
        "database-version-ended",
        "table-open-policy",
        "undeclared-database",
        "backup-failed-restore",
        "backup-kept-too-short",
        "backup-not-encrypted",
        "backup-plan-empty",
        "table-without-recovery",
    ),
    (
        "database-unprotected",
        "database-version-gone",
        "backup-not-copied",
        "backup-too-old",
        "database-not-restorable",
    ),
)
"""Faults that hide none of each other, planted in one account."""
AT_BOTH = "no copy of the last 7 days is in another region or account"
NEVER = "AWS Backup has not restored it within the last 90 days"


def _said(findings: tuple[Finding, ...], outcome: Outcome) -> set[tuple[str, str]]:
    return {
        (one.subject, one.detail.partition("; saw ")[0].partition("tcp")[0])
        for one in findings
        if one.outcome is outcome
    }


@pytest.mark.parametrize("faults", TOGETHER, ids=lambda several: several[0])
def test_every_fault_is_a_finding_in_the_resource_where_it_was_planted(
    account_with: Callable[..., Any],
    judge: Callable[..., tuple[Finding, ...]],
    databases_of_the_example: dict[str, Any],
    faults: tuple[str, ...],
) -> None:
    account = account_with(*faults)
    desk = account.desk(also=databases_of_the_example)
    failed = _said((*judge(WRITING, desk), *judge(BACKUP, desk)), Outcome.FAIL)
    planted = [FAULTS[fault] for fault in faults if fault in FAULTS]
    expected = {(account.ids.get(where, where), detail) for where, detail in planted}
    if "backup-not-copied" in faults:
        expected.add((account.ids["table"], AT_BOTH))
    # a database that nobody declared has no backups of anybody's either
    assert {one for one in failed if one[0] != OLD or one in expected} == expected


def test_what_was_never_restored_is_unknown_until_a_person_answers(
    account_with: Callable[..., Any],
    judge: Callable[..., tuple[Finding, ...]],
    databases_of_the_example: dict[str, Any],
) -> None:
    account = account_with("never-restored", "database-not-encrypted")
    desk = account.desk(also=databases_of_the_example)
    findings = judge(BACKUP, desk)
    stores = (account.ids["database"], account.ids["table"])
    assert _said(findings, Outcome.UNKNOWN) == {(store, NEVER) for store in stores}
    remedies = {one.remedy for one in findings if one.outcome is Outcome.UNKNOWN}
    assert remedies == {
        'restore it by AWS Backup, or record the drill in attestations.toml with covers = "unknown"'
    }
    plain = (account.ids["database"], FAULTS["database-not-encrypted"][1])
    assert _said(judge(WRITING, desk), Outcome.FAIL) == {plain}


@pytest.fixture
def with_a_cluster(empty_account: Any) -> Any:
    """An account with a cluster of two instances, one of them public, and its snapshots."""
    rds, ec2 = empty_account.client("rds"), empty_account.client("ec2")
    [vpc] = ec2.describe_vpcs()["Vpcs"]
    group = ec2.create_security_group(GroupName="office", Description="office", VpcId=vpc["VpcId"])[
        "GroupId"
    ]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "IpRanges": [{"CidrIp": "198.51.100.64/26"}, {"CidrIp": "203.0.113.7/32"}],
            }
        ],
    )
    rds.create_db_cluster(
        DBClusterIdentifier="ledger",
        Engine="aurora-postgresql",
        EngineVersion="16.6",
        MasterUsername="ledger",
        MasterUserPassword="of-nobody-at-all",
        BackupRetentionPeriod=14,
        StorageEncrypted=True,
        DeletionProtection=True,
        VpcSecurityGroupIds=[group],
        Tags=[{"Key": "service", "Value": "explorer"}],
    )
    for number in (1, 2):
        rds.create_db_instance(
            DBInstanceIdentifier=f"ledger-{number}",
            DBInstanceClass="db.r6g.large",
            Engine="aurora-postgresql",
            DBClusterIdentifier="ledger",
            PubliclyAccessible=number == 2,
        )
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier="ledger", DBClusterSnapshotIdentifier="by-hand"
    )
    return empty_account


def test_a_cluster_is_one_database_with_what_its_instances_show(
    with_a_cluster: Any, judge: Callable[..., tuple[Finding, ...]]
) -> None:
    ledger = Database(
        name="ledger", kind="aurora", identifier="ledger", sources=("198.51.100.0/24",)
    )
    desk = with_a_cluster.desk(also={"databases": (ledger,)})
    [part] = Databases().collect(desk).value.found
    assert (part.name, part.reading.declared_as) == (CLUSTER, "ledger")
    [door] = Databases().collect(desk).value.doors
    assert [one.partition(" (")[0] for one in door.reading.strangers] == [
        "tcp 5432 from 203.0.113.7/32"
    ]
    assert _said(judge(WRITING, desk), Outcome.FAIL) >= {
        (CLUSTER, "the world can reach its address"),
        (CLUSTER, "its groups let in others than the service: "),
        (f"aurora-postgresql 16.6 in {PLACE}", "AWS no longer offers this version"),
    }


def test_a_snapshot_that_somebody_took_by_hand_is_no_automatic_one(with_a_cluster: Any) -> None:
    ledger = Database(name="ledger", kind="aurora", identifier="ledger")
    facts = DatabaseBackups().collect(with_a_cluster.desk(also={"databases": (ledger,)})).value
    [newest] = facts.newest
    automatic = newest.reading.newest
    assert automatic is None or "by-hand" not in automatic.name


def test_copies_lie_in_other_regions_and_each_is_asked_there(
    account_with: Callable[..., Any], databases_of_the_example: dict[str, Any]
) -> None:
    account = account_with("backup-not-copied")
    regions = ("eu-central-1", "eu-west-1")
    aws = Aws(
        accounts=(AwsAccount(id="123456789012", regions=regions),),
        resources=AwsResources(tags={"service": "explorer"}),
    )
    [name, latest] = (
        "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1",
        "2026-11-19T23:40:00+00:00",
    )
    replicated = {
        "DBInstanceArn": account.ids["database"],
        "Status": "replicating",
        "Encrypted": True,
        "DBInstanceAutomatedBackupsArn": name,
        "RestoreWindow": {"LatestTime": latest},
    }
    gone = {**replicated, "Status": "retained", "DBInstanceAutomatedBackupsArn": "gone"}
    account.client("ssm", "eu-west-1").put_parameter(
        Name="/planted/backups", Type="String", Value=json.dumps({"replicated": [replicated, gone]})
    )
    desk = account.desk(aws, also=databases_of_the_example)
    copied = {
        part.name: part.reading.newest for part in DatabaseBackups().collect(desk).value.copied
    }
    copy = copied[account.ids["database"]]
    assert copy is not None
    assert (copy.name, copy.where) == (name, "123456789012 eu-west-1")
    assert copied[account.ids["table"]] is None
