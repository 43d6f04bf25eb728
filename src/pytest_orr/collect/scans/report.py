"""What a scanner's report says, whatever its format; never a secret that it found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.days import day_of, has_passed
from pytest_orr.profile.scans import Accepted, ScanLimits

from .fast_hashes import is_about_fast_hashes
from .severity import Severity

CLOCKS_APART = timedelta(days=1)
"""As far may a scanner's clock be ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinding:
    """One thing that a scanner found."""

    id: str
    """The advisory's id, or a fingerprint of the finding; stable from scan to scan."""
    aliases: tuple[str, ...] = ()
    """Other ids of the same advisory."""
    rule: str
    """Kind of secret, rule of the analyser, or package and version."""
    severity: Severity
    where: str = ""
    """File and line, and the commit if it is another than the scanned one; never the text."""
    is_dismissed: bool = False
    """Whether the tool's own file says that it is no finding, or is to stay."""

    @property
    def is_grave(self) -> bool:
        """Whether it is high or critical; raises ``FactUnavailable`` if nobody says how grave."""
        if self.severity == "unknown":
            raise FactUnavailable(
                f"how grave {self.id} is cannot be told, so it may be critical",
                "update the package, or write it under [[accepted]] in readiness.toml",
            )
        return self.severity in {"critical", "high"}

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        also = f" ({', '.join(self.aliases)})" if self.aliases else ""
        place = f" in {self.where}" if self.where else ""
        return f"{self.rule}: {self.id}{also}, {self.severity}{place}"

    def acceptance(self, accepted: Iterable[Accepted], as_of: datetime) -> Accepted | None:
        """Return the entry under [[accepted]] that lets it stay today, by id or alias."""
        names = {name.casefold() for name in (self.id, *self.aliases)}
        live = (one for one in accepted if not has_passed(one.until, day_of(as_of)))
        return next((one for one in live if one.id.casefold() in names), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """A report, as it says itself or as readiness.toml says of it."""

    format: str = ""
    tool: str
    version: str = ""
    commit: str = ""
    """What was scanned; empty if nobody says."""
    scanned: datetime | None = None
    whole_history: bool | None = None
    looked_at: int | None = None
    """How many files, packages or commits were looked at; none if the report does not tell."""
    skipped: tuple[str, ...] = ()
    """What the tool could not look at, by name."""
    findings: tuple[ScanFinding, ...] = ()
    sha256: str = ""
    is_live: bool = False
    """Whether whoever wrote it was asked by this run, so that it is of now and of the release."""

    @property
    def open_findings(self) -> tuple[ScanFinding, ...]:
        """Those that the tool's own file does not dismiss."""
        return tuple(one for one in self.findings if not one.is_dismissed)

    @property
    def fast_hashes(self) -> tuple[ScanFinding, ...]:
        """Open findings of an analyser about hashes that no password may be under."""
        return tuple(one for one in self.open_findings if is_about_fast_hashes(one.rule))

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        when = f" on {self.scanned:%Y-%m-%d}" if self.scanned else ""
        what = f" of {self.commit[:12]}" if self.commit else ""
        history = ", whole history" if self.whole_history else ""
        count = "" if self.looked_at is None else f", {self.looked_at} looked at"
        tool = f"{self.tool} {self.version}".strip()
        return f"{tool}{when}{what}{history}{count}, {len(self.findings)} findings"

    def counts(
        self, commit: str, as_of: datetime, limits: ScanLimits, *, history: bool = False
    ) -> bool:
        """Return true; raise ``FactUnavailable`` with the reason if it proves nothing of a release.

        It must be of the release's commit and of no other, at most ``oldest_days`` old, by a tool
        and version, have looked at something and left nothing out; ``history`` asks that it looked
        at all commits. What it does not say, a key of [[scans]] can.
        """
        if not self.is_live:
            self._refuse_silence(history=history)
            self._refuse_others(commit)
            self._refuse_age(as_of, limits.oldest_days)
        if self.looked_at == 0:
            raise FactUnavailable("it looked at nothing", "correct what the tool is given to scan")
        if self.skipped:
            raise FactUnavailable(
                f"it could not look at {_some(self.skipped)}",
                "let the tool look at all of them, or scan these by another",
            )
        if history and not self.whole_history:
            raise FactUnavailable(
                "it did not look at the whole history", "scan all commits, not the newest alone"
            )
        return True

    def _refuse_silence(self, *, history: bool) -> None:
        said = {
            "tool": self.tool,
            "version": self.version,
            "commit": self.commit,
            "scanned": self.scanned,
            "looked_at": self.looked_at,
            "whole_history": True if self.whole_history is not None or not history else None,
        }
        if missing := [key for key, value in said.items() if value in {None, ""}]:
            keys = ", ".join(missing)
            raise FactUnavailable(
                f"nobody says its {keys}", f"say {keys} of it under [[scans]] in readiness.toml"
            )

    def _refuse_others(self, commit: str) -> None:
        if not (self.commit.startswith(commit) or commit.startswith(self.commit)):
            raise FactUnavailable(
                f"it is of commit {self.commit[:12]}, not of the release's {commit[:12]}",
                "scan the release's commit",
            )

    def _refuse_age(self, as_of: datetime, oldest_days: int) -> None:
        assert self.scanned is not None
        if self.scanned > as_of + CLOCKS_APART:
            raise FactUnavailable(
                f"it is of {self.scanned:%Y-%m-%d}, after the day that is judged",
                "correct the clock of whoever scans, or judge as of a later day",
            )
        if as_of - self.scanned > timedelta(days=oldest_days):
            raise FactUnavailable(
                f"it is of {self.scanned:%Y-%m-%d}, older than {oldest_days} days",
                "scan again",
            )


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"
