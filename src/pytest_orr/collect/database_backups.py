"""Reads from what the service's databases can be restored: the fact ``database_backups``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Answer, Unavailable

from . import backup_places, database_listing
from .backup_places import BackupPlace, Copy, newest
from .backup_proofs import RECORD_IT, BackupPlan, Copies, Keeping, Restores
from .database_listing import databases_in_aws, declared_in_aws, required
from .encrypted_stores import tagged
from .parts import Part, part_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.clients.aws import AwsAccess, Place

    from .database_listing import Listed, Stored
    from .interface import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseBackupFacts:
    """What there is to restore the service's databases from; parts are named by ARN."""

    declared: tuple[str, ...]
    """Names under ``[[databases]]``, sorted."""
    lost: tuple[str, ...]
    """Those of them that should be in AWS and are in none of the accounts and regions, sorted."""
    keeping: tuple[Part[Keeping], ...]
    newest: tuple[Part[Copies], ...]
    """Of snapshots of RDS, recovery points of AWS Backup, and moments of a table."""
    copied: tuple[Part[Copies], ...]
    """Of copies in another region or account."""
    restored: tuple[Part[Restores], ...]
    """Of every database; one that is not in AWS is there, by name, and nothing is known of it."""
    plans: tuple[Part[BackupPlan], ...]

    def has(self, declared: str) -> bool:
        """Whether a declared database is there, as far as AWS would know."""
        return declared not in self.lost


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseBackups:
    """From what, and up to when, can the service's databases be restored?"""

    name: str = "database_backups"
    source: str = "AWS rds, dynamodb, backup"
    operations: tuple[str, ...] = tuple(
        sorted(
            {
                *backup_places.OPERATIONS,
                *database_listing.OPERATIONS,
                "backup:ListBackupSelections",
                "dynamodb:DescribeContinuousBackups",
            }
        )
    )
    fact_type: Any = DatabaseBackupFacts

    def collect(self, desk: Desk) -> Answer[DatabaseBackupFacts]:
        """Read them in every account and region of the profile, each by itself.

        A read replica has no backups of its own: what feeds it has them.
        """
        listed, profile = databases_in_aws(desk), desk.profile
        places = desk.aws.places if profile.aws else ()
        reader = _Reader(aws=desk.aws, places=places)
        facts = DatabaseBackupFacts(
            declared=tuple(sorted(one.name for one in profile.databases)),
            lost=listed.lost,
            keeping=reader.of_each(listed, reader.keeping),
            newest=reader.of_each(listed, reader.newest),
            copied=reader.of_each(listed, reader.copied),
            restored=(*reader.of_each(listed, reader.restored), *_not_in_aws(desk)),
            plans=tuple(chain.from_iterable(desk.aws.each(reader.plans, places))),
        )
        return Answer(value=facts, where=tuple(str(place) for place in places))


def _not_in_aws(desk: Desk) -> Iterator[Part[Restores]]:
    in_aws = {one.name for one in declared_in_aws(desk.profile)}
    for one in desk.profile.databases:
        if one.name not in in_aws:
            cause = f"{one.name} is not in AWS, so nothing shows its backups"
            yield Part(name=one.name, unavailable=Unavailable(cause=cause, remedy=RECORD_IT))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the backups of databases, wherever they lie."""

    aws: AwsAccess
    places: tuple[Place, ...]

    def of_each(self, listed: Listed, read: Callable[[Stored], Any]) -> tuple[Part[Any], ...]:
        """Read something of every database; what could not be listed is a part of each kind."""

        def part(found: Part[Stored]) -> Part[Any]:
            if found.observed is None:
                return Part(name=found.name, unavailable=found.unavailable)
            return part_of(found.name, partial(read, found.observed))

        own = (one for one in listed.found if not (one.observed and one.observed.source))
        return self.aws.each(part, own)

    def keeping(self, stored: Stored) -> Keeping:
        if stored.kind == "dynamodb":
            return self._of_table(stored)
        latest = stored.raw.get("LatestRestorableTime")
        return Keeping(
            days=int(required(stored, "BackupRetentionPeriod")),
            latest=latest.astimezone(UTC) if latest else None,
        )

    def newest(self, stored: Stored) -> Copies:
        here = BackupPlace(aws=self.aws, place=stored.place)
        points = here.recovery_points(stored)
        if stored.kind != "dynamodb":
            return Copies(newest=newest(chain(here.snapshots(stored), points)))
        latest = self._of_table(stored).latest
        where = str(stored.place)
        moments = [
            Copy(name=stored.arn, made_at=moment, is_encrypted=True, where=where)
            for moment in (latest,)
            if moment is not None
        ]
        return Copies(newest=newest(chain(moments, points)))

    def copied(self, stored: Stored) -> Copies:
        sent = BackupPlace(aws=self.aws, place=stored.place).sent_elsewhere(stored)
        if stored.kind == "dynamodb":
            return Copies(newest=newest(sent))
        others = [
            BackupPlace(aws=self.aws, place=place) for place in self.places if place != stored.place
        ]
        there = (copy for one in others for copy in one.snapshots_from(stored))
        replicated = (copy for one in others for copy in one.replicated(stored))
        return Copies(newest=newest(chain(sent, there, replicated)))

    def restored(self, stored: Stored) -> Restores:
        everywhere = (BackupPlace(aws=self.aws, place=place) for place in self.places)
        several = (one for place in everywhere for one in place.restores(stored))
        return Restores(last=max(several, key=lambda one: one.ended_at, default=None))

    def plans(self, place: Place) -> tuple[Part[BackupPlan], ...]:
        """Read the plans of one place that carry the service's tags."""

        def read() -> Iterator[tuple[str, BackupPlan]]:
            for arn in tagged(self.aws, place, "backup:backup-plan"):
                operation, key = "backup:ListBackupSelections", "BackupSelectionsList"
                plan = arn.rpartition(":")[2]
                selections = self.aws.listing(place, operation, key, BackupPlanId=plan)
                yield arn, BackupPlan(selections=len(selections))

        return parts_of(f"backup plans of {place}", read)

    def _of_table(self, stored: Stored) -> Keeping:
        operation = "dynamodb:DescribeContinuousBackups"
        answer = self.aws.call(stored.place, operation, TableName=stored.identifier)
        said = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}
        latest, is_on = said.get("LatestRestorableDateTime"), said.get("PointInTimeRecoveryStatus")
        days = said.get("RecoveryPeriodInDays", 35) if is_on == "ENABLED" else 0
        return Keeping(days=days, latest=latest.astimezone(UTC) if latest and days else None)
