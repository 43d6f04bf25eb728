"""One secret that somebody saw in the repository: by detector and place, never by its text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pytest_orr.collect.scans.report import ScanFinding
from pytest_orr.profile.days import day_of, has_passed
from pytest_orr.profile.scans import Accepted

from .kinds import Kind, kind_of

PLACE = re.compile(r"(?P<file>.*?)(:\d+)?( in [0-9a-f]{12})?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretHit:
    """A secret in the repository's history, or what was taken for one."""

    id: str
    """What [[accepted]] names it by."""
    detector: str
    """As the source names it."""
    kind: Kind
    """Of which kind of service account it is; empty if of none."""
    where: str = ""
    """File, line and commit, if the source tells."""
    found: datetime | None = None
    """When the source first saw it; none of a report, which tells of the past as a whole."""
    is_open: bool = True
    closed: datetime | None = None
    resolution: str = ""
    """How it was closed, as the source says."""
    revoked: datetime | None = None
    """When the secret was revoked, if the source says so."""
    is_allowed: bool = False
    """Whether a comment beside it, or a file of the scanner's, says that it is none."""

    @property
    def name(self) -> str:
        """What names it in findings."""
        return f"{self.detector} {self.where or self.id}"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        when = f", seen on {self.found:%Y-%m-%d}" if self.found else ""
        end = f", closed as {self.resolution or 'done'}" if not self.is_open else ""
        on = f" on {self.closed:%Y-%m-%d}" if self.closed else ""
        allowed = ", which a comment or file there calls allowed" if self.is_allowed else ""
        return f"{self.id}{when}{end}{on}{allowed}"

    @property
    def file(self) -> str:
        """The file that it stands in; empty if the source does not tell."""
        found = PLACE.fullmatch(self.where)
        return found["file"] if found else self.where

    def may_stay(self, accepted: Iterable[Accepted], as_of: datetime) -> bool:
        """Tell whether an entry under [[accepted]] in force lets it stay."""
        entries = self._entries(accepted)
        return any(not has_passed(one.until, day_of(as_of)) for one in entries)

    def is_settled(self, accepted: Iterable[Accepted], as_of: datetime) -> bool:
        """Tell whether it is closed, or may stay for now."""
        return not self.is_open or self.may_stay(accepted, as_of)

    def is_rotated(self, accepted: Iterable[Accepted]) -> bool:
        """Tell whether the credential was replaced after it was seen: by the source, or by us."""
        told = {one.rotated for one in self._entries(accepted)}
        days = {day for day in told if day is not None}
        if self.revoked is not None:
            days.add(day_of(self.revoked))
        since = day_of(self.found) if self.found else date.min
        return any(day >= since for day in days)

    def _entries(self, accepted: Iterable[Accepted]) -> tuple[Accepted, ...]:
        names = (one for one in accepted if one.about == "secrets")
        return tuple(one for one in names if one.id.casefold() == self.id.casefold())


def hit_of(finding: ScanFinding) -> SecretHit:
    """Return what a scanner's report tells; that its own files dismiss it is shown, no more."""
    return SecretHit(
        id=finding.id,
        detector=finding.rule,
        kind=kind_of(finding.rule),
        where=finding.where,
        is_allowed=finding.is_dismissed,
    )
