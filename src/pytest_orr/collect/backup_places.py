"""Reads what AWS holds of backups in one place: snapshots, recovery points, copies, restores.

Each listing is read once a place, however many databases there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

    from .database_listing import Stored

OPERATIONS = (
    "backup:ListCopyJobs",
    "backup:ListProtectedResources",
    "backup:ListRecoveryPointsByResource",
    "backup:ListRestoreJobs",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBSnapshots",
)
"""What is asked to know the copies of a database."""

DONE = "COMPLETED"
FAILED = ("FAILED", "ABORTED")
READY = (DONE, "AVAILABLE")
THERE = "available"
ENDED = ("deleted", "retained")
"""Automated backups that are no longer made."""
REGION_OF_ARN, ACCOUNT_OF_ARN = 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Something from which a database can be restored."""

    name: str
    """ARN, or the snapshot's identifier."""
    made_at: datetime
    """Aware, UTC."""
    is_encrypted: bool
    where: str
    """Account and region."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        secured = "encrypted" if self.is_encrypted else "not encrypted"
        return f"{self.name} of {self.made_at:%Y-%m-%dT%H:%MZ} in {self.where}, {secured}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """A restore that AWS Backup did, or tried."""

    ended_at: datetime
    """Aware, UTC."""
    failed: str
    """Why it failed; empty if it did not."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        how = f"failed: {self.failed}" if self.failed else "completed"
        return f"restored on {self.ended_at:%Y-%m-%d}, {how}"


def newest(copies: Iterator[Copy]) -> Copy | None:
    """Return the newest of several copies; nothing if there are none."""
    return max(copies, key=lambda copy: (copy.made_at, copy.name), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlace:
    """Asks one place about backups of a database, which may be another's."""

    aws: AwsAccess
    place: Place

    def snapshots(self, stored: Stored) -> Iterator[Copy]:
        """Yield the automatic snapshots of a database of RDS that lie here."""
        for raw in self._snapshots_of(stored):
            if raw["SnapshotType"] == "automated":
                yield self._snapshot(stored, raw)

    def snapshots_from(self, stored: Stored) -> Iterator[Copy]:
        """Yield snapshots here that were copied from the place where a database is."""
        source = f":{stored.place.region}:{stored.place.account}:"
        keys = ("SourceDBSnapshotIdentifier", "SourceDBClusterSnapshotArn")
        for raw in self._snapshots_of(stored):
            if any(source in (raw.get(key) or "") for key in keys):
                yield self._snapshot(stored, raw)

    def replicated(self, stored: Stored) -> Iterator[Copy]:
        """Yield automated backups here that AWS replicates from the database's own region."""
        operation, key = "rds:DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups"
        for raw in self.aws.listing(self.place, operation, key):
            if raw["DBInstanceArn"] == stored.arn and raw["Status"] not in ENDED:
                latest = (raw.get("RestoreWindow") or {}).get("LatestTime")
                if latest is not None:
                    yield Copy(
                        name=raw.get("DBInstanceAutomatedBackupsArn") or stored.identifier,
                        made_at=latest.astimezone(UTC),
                        is_encrypted=bool(raw.get("Encrypted")),
                        where=str(self.place),
                    )

    def recovery_points(self, stored: Stored) -> Iterator[Copy]:
        """Yield the recovery points of AWS Backup, if it protects the database at all."""
        operation, key = "backup:ListProtectedResources", "Results"
        protected = self.aws.listing(self.place, operation, key)
        if all(raw["ResourceArn"] != stored.arn for raw in protected):
            return
        operation, key = "backup:ListRecoveryPointsByResource", "RecoveryPoints"
        for raw in self.aws.listing(self.place, operation, key, ResourceArn=stored.arn):
            if raw["Status"] in READY:
                yield Copy(
                    name=raw["RecoveryPointArn"],
                    made_at=raw["CreationDate"].astimezone(UTC),
                    is_encrypted=bool(raw.get("EncryptionKeyArn") or raw.get("EncryptionKeyType")),
                    where=str(self.place),
                )

    def sent_elsewhere(self, stored: Stored) -> Iterator[Copy]:
        """Yield what AWS Backup copied from here to another region or account."""
        for raw in self.aws.listing(self.place, "backup:ListCopyJobs", "CopyJobs", ByState=DONE):
            vault = raw["DestinationBackupVaultArn"].split(":")
            place = (vault[REGION_OF_ARN], vault[ACCOUNT_OF_ARN])
            here = (self.place.region, self.place.account)
            if raw["ResourceArn"] == stored.arn and place != here:
                yield Copy(
                    name=raw["DestinationRecoveryPointArn"],
                    made_at=raw["CompletionDate"].astimezone(UTC),
                    is_encrypted=True,  # a vault has a key always
                    where=f"{place[1]} {place[0]}",
                )

    def restores(self, stored: Stored) -> Iterator[Restore]:
        """Yield restores of a database that have ended."""
        for raw in self.aws.listing(self.place, "backup:ListRestoreJobs", "RestoreJobs"):
            ended = raw["Status"] == DONE or raw["Status"] in FAILED
            if ended and raw.get("SourceResourceArn") == stored.arn and raw.get("CompletionDate"):
                yield Restore(ended_at=raw["CompletionDate"].astimezone(UTC), failed=_failure(raw))

    def _snapshots_of(self, stored: Stored) -> Iterator[Mapping[str, Any]]:
        kind = "DBClusterSnapshot" if stored.kind == "aurora" else "DBSnapshot"
        owner = "DBClusterIdentifier" if stored.kind == "aurora" else "DBInstanceIdentifier"
        for raw in self.aws.listing(self.place, f"rds:Describe{kind}s", f"{kind}s"):
            if raw[owner] == stored.identifier and raw["Status"] == THERE:
                yield raw

    def _snapshot(self, stored: Stored, raw: Mapping[str, Any]) -> Copy:
        is_cluster = stored.kind == "aurora"
        return Copy(
            name=raw["DBClusterSnapshotArn" if is_cluster else "DBSnapshotArn"],
            made_at=raw["SnapshotCreateTime"].astimezone(UTC),
            is_encrypted=bool(raw.get("StorageEncrypted" if is_cluster else "Encrypted")),
            where=str(self.place),
        )


def _failure(raw: Mapping[str, Any]) -> str:
    if raw["Status"] in FAILED:
        return str(raw.get("StatusMessage") or raw["Status"].lower())
    if raw.get("ValidationStatus") in {"FAILED", "TIMED_OUT"}:
        return str(raw.get("ValidationStatusMessage") or "its validation did not succeed")
    return ""
