"""What shows that a database can be restored, held against the limits of readiness.toml."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import DatabaseLimits

from .backup_places import Copy, Restore

RECORD_IT = 'record the drill in attestations.toml with covers = "unknown"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """For how long AWS keeps automatic backups of a database, and up to which moment."""

    days: int
    """0 when it keeps none."""
    latest: datetime | None
    """Latest moment to which the database can be restored; aware, UTC."""

    def reaches(self, as_of: datetime, limits: DatabaseLimits) -> bool:
        """Whether the latest moment is recent enough."""
        within = timedelta(minutes=limits.restorable_minutes)
        return self.latest is not None and as_of - self.latest <= within

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        until = f"{self.latest:%Y-%m-%dT%H:%MZ}" if self.latest else "no moment"
        return f"kept for {self.days} days, restorable to {until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The newest copy of a database, here or elsewhere."""

    newest: Copy | None

    def is_fresh(self, as_of: datetime, limits: DatabaseLimits) -> bool:
        """Whether it is recent enough for a copy beside the database."""
        return self._is_within(as_of, timedelta(hours=limits.newest_hours))

    def is_recent(self, as_of: datetime, limits: DatabaseLimits) -> bool:
        """Whether it is recent enough for a copy in another region or account."""
        return self._is_within(as_of, timedelta(days=limits.elsewhere_days))

    def _is_within(self, as_of: datetime, within: timedelta) -> bool:
        return self.newest is not None and as_of - self.newest.made_at <= within

    @property
    def is_encrypted(self) -> bool:
        """Whether it can be read with its key alone."""
        return self.newest is not None and self.newest.is_encrypted

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return self.newest.seen if self.newest else "there is none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restores:
    """The last restore of a database that AWS Backup did, or tried."""

    last: Restore | None

    def proof(self, as_of: datetime, limits: DatabaseLimits) -> Restore:
        """Return the last restore; one too long ago, or none, proves nothing either way."""
        days = limits.restore_days
        if self.last is not None and as_of - self.last.ended_at <= timedelta(days=days):
            return self.last
        raise FactUnavailable(
            f"AWS Backup has not restored it within the last {days} days",
            f"restore it by AWS Backup, or {RECORD_IT}",
        )

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return self.last.seen if self.last else "AWS Backup never restored it"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan:
    """A plan of AWS Backup that carries the service's tags."""

    selections: int
    """How many lists of resources it has, by tags or by ARN."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"a backup plan with {self.selections} selections"
