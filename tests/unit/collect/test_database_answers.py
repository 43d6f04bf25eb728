"""What AWS may say of databases and moto cannot be brought to: answers as dictionaries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from pytest_orr.clients.aws import Place
from pytest_orr.collect.backup_places import BackupPlace
from pytest_orr.collect.database_doors import doors_of
from pytest_orr.collect.database_grants import DatabaseGrants
from pytest_orr.collect.database_listing import Stored, required
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import AwsResources, Database

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.clients.aws import AwsAccess

HERE = Place(account="123456789012", region="eu-central-1")
THERE = Place(account="123456789012", region="eu-west-1")
MADE = dt.datetime(2026, 11, 19, 5, tzinfo=dt.UTC)


@dataclass
class Answers:
    """Answers by operation, whatever else is asked."""

    said: Mapping[str, Any]
    resources: AwsResources = field(default_factory=AwsResources)

    def listing(self, _: Place, operation: str, key: str, **__: Any) -> tuple[Any, ...]:
        return tuple(self.said.get(operation, {key: ()})[key])

    def call(self, _: Place, operation: str, **__: Any) -> Any:
        return self.said.get(operation)

    def each(self, function: Callable[[Any], Any], things: Any) -> tuple[Any, ...]:
        return tuple(map(function, things))


def _stored(kind: Any = "rds", **raw: Any) -> Stored:
    arn = f"arn:aws:rds:eu-central-1:123456789012:{kind}:ledger"
    return Stored(
        kind=kind, place=HERE, arn=arn, identifier="ledger", declared_as="ledger", raw=raw
    )


def _access(**said: Any) -> AwsAccess:
    return cast("AwsAccess", Answers({name.replace("_", ":"): one for name, one in said.items()}))


def _snapshot(**more: Any) -> dict[str, Any]:
    usual = {
        "DBInstanceIdentifier": "ledger",
        "DBSnapshotArn": "arn:aws:rds:eu-west-1:123456789012:snapshot:copied",
        "Encrypted": True,
        "SnapshotCreateTime": MADE,
        "SnapshotType": "manual",
        "Status": "available",
    }
    return usual | more


def test_a_snapshot_is_a_copy_if_it_was_copied_from_where_the_database_is() -> None:
    source = "arn:aws:rds:eu-central-1:123456789012:snapshot:rds:ledger-2026-11-19"
    several = [
        _snapshot(SourceDBSnapshotIdentifier=source),
        _snapshot(SourceDBSnapshotIdentifier=source.replace("central", "north")),
        _snapshot(SourceDBSnapshotIdentifier=source, DBInstanceIdentifier="another"),
        _snapshot(SourceDBSnapshotIdentifier=source, Status="copying"),
        _snapshot(),
    ]
    access = _access(rds_DescribeDBSnapshots={"DBSnapshots": several})
    found = [*BackupPlace(aws=access, place=THERE).snapshots_from(_stored())]
    assert [(copy.name.rpartition(":")[2], copy.where) for copy in found] == [
        ("copied", "123456789012 eu-west-1")
    ]
    assert found[0].seen.endswith("of 2026-11-19T05:00Z in 123456789012 eu-west-1, encrypted")


def test_snapshots_of_clusters_are_read_by_their_own_names() -> None:
    raw = {
        "DBClusterIdentifier": "ledger",
        "DBClusterSnapshotArn": "arn:aws:rds:eu-central-1:123456789012:cluster-snapshot:rds:l",
        "SnapshotCreateTime": MADE,
        "SnapshotType": "automated",
        "Status": "available",
        "StorageEncrypted": False,
    }
    access = _access(rds_DescribeDBClusterSnapshots={"DBClusterSnapshots": [raw]})
    [copy] = BackupPlace(aws=access, place=HERE).snapshots(_stored("aurora"))
    assert not copy.is_encrypted


@pytest.mark.parametrize(
    ("said", "failed"),
    [
        ({"Status": "COMPLETED"}, ""),
        ({"Status": "ABORTED"}, "aborted"),
        ({"Status": "FAILED", "StatusMessage": "no such key"}, "no such key"),
        ({"Status": "COMPLETED", "ValidationStatus": "SUCCESSFUL"}, ""),
        (
            {"Status": "COMPLETED", "ValidationStatus": "TIMED_OUT"},
            "its validation did not succeed",
        ),
        (
            {
                "Status": "COMPLETED",
                "ValidationStatus": "FAILED",
                "ValidationStatusMessage": "rows are missing",
            },
            "rows are missing",
        ),
    ],
)
def test_a_restore_is_good_if_it_completed_and_nothing_found_it_wrong(
    said: dict[str, str], failed: str
) -> None:
    job = {"SourceResourceArn": _stored().arn, "CompletionDate": MADE}
    others = [{**job, "Status": "RUNNING"}, {**job, "SourceResourceArn": "x", "Status": "FAILED"}]
    access = _access(backup_ListRestoreJobs={"RestoreJobs": [*others, {**job, **said}]})
    [restore] = BackupPlace(aws=access, place=HERE).restores(_stored())
    assert (restore.ended_at, restore.failed) == (MADE, failed)


def test_a_copy_within_its_own_place_is_none_elsewhere() -> None:
    def job(region: str, account: str) -> dict[str, Any]:
        vault = f"arn:aws:backup:{region}:{account}:backup-vault:vault"
        return {
            "ResourceArn": _stored().arn,
            "DestinationBackupVaultArn": vault,
            "DestinationRecoveryPointArn": f"{region}/{account}",
            "CompletionDate": MADE,
        }

    places = (
        ("eu-central-1", "123456789012"),
        ("eu-central-1", "210987654321"),
        ("eu-west-1", "123456789012"),
    )
    access = _access(backup_ListCopyJobs={"CopyJobs": [job(*place) for place in places]})
    found = BackupPlace(aws=access, place=HERE).sent_elsewhere(_stored())
    assert [copy.where for copy in found] == [
        "210987654321 eu-central-1",
        "123456789012 eu-west-1",
    ]


def test_a_policys_writers_are_known_by_name_role_or_arn() -> None:
    policy = """{"Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*",
      "Principal": {"AWS": ["arn:aws:iam::123456789012:role/backend",
                            "arn:aws:iam::123456789012:role/indexer",
                            "arn:aws:iam::123456789012:role/reports"]}},
      {"Effect": "Allow", "Action": "dynamodb:GetItem", "Principal": "*", "Resource": "*"}]}"""
    declared = Database(
        name="ledger",
        kind="dynamodb",
        identifier="ledger",
        writers=("backend", "arn:aws:iam::123456789012:role/indexer"),
    )
    access = _access(dynamodb_GetResourcePolicy={"Policy": policy})
    assert doors_of(access, _stored("dynamodb"), declared).writers == ("role/reports",)


def test_a_database_without_a_security_group_is_unknown() -> None:
    with pytest.raises(FactUnavailable, match="AWS names no security group in front of"):
        doors_of(_access(), _stored(), None)


def test_what_aws_does_not_say_is_unknown() -> None:
    assert required(_stored(Engine="postgres"), "Engine") == "postgres"
    with pytest.raises(FactUnavailable, match="lacks StorageEncrypted"):
        required(_stored(), "StorageEncrypted")
    assert _stored().seen == "rds ledger in 123456789012 eu-central-1 as ledger"


def test_grants_need_a_declaration_and_a_login(empty_account: Any) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[\[databases\]\]"):
        DatabaseGrants().collect(empty_account.desk())
    without = Database(name="ledger", kind="postgresql")
    [part] = (
        DatabaseGrants().collect(empty_account.desk(also={"databases": (without,)})).value.servers
    )
    assert part.unavailable is not None
    assert part.unavailable.remedy.startswith("declare a login for ledger under [[databases]]")
