"""What a scanner's report says, whatever its format; never a secret that it found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Severity = Literal["critical", "high", "medium", "low", "unknown"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """A report, as it says itself or as readiness.toml says of it."""

    format: str
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
    sha256: str

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        when = f" on {self.scanned:%Y-%m-%d}" if self.scanned else ""
        what = f" of {self.commit[:12]}" if self.commit else ""
        history = ", whole history" if self.whole_history else ""
        count = "" if self.looked_at is None else f", {self.looked_at} looked at"
        tool = f"{self.tool} {self.version}".strip()
        return f"{tool}{when}{what}{history}{count}, {len(self.findings)} findings"
