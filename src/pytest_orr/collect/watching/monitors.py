"""What a monitor at UptimeRobot is to the service: whether it counts, and in words why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.collect.parts import Part
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.monitoring import Monitoring

FALLEN = frozenset({"DOWN", "LOOKS_DOWN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Whom a monitor tells that something is down, by their kinds: ``Email``, ``Pagerduty``."""

    active: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    """Of those who are paused, not confirmed, or told of other things alone."""
    unknown: int = 0
    """How many there are of whom the key tells nothing."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        words = [*self.active, *(f"{kind} (idle)" for kind in self.idle)]
        words += [f"{self.unknown} unknown"] if self.unknown else []
        return f"tells {', '.join(words)}" if words else "tells nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideMonitor:
    """A monitor that looks at something from outside."""

    name: str
    kind: str
    """``HTTP``, ``KEYWORD``, ``API``, ``PING``, ``PORT``, ``DNS`` …"""
    url: str
    host: str
    status: str
    """In UptimeRobot's word: ``UP``, ``DOWN``, ``PAUSED`` …"""
    interval: int | None
    """Seconds from look to look."""
    keyword: str
    keyword_rule: str
    is_case_ignored: bool
    checks_certificate: bool | None
    newest: datetime | None
    """To when its history goes, where any is told."""
    told: Part[Told]
    is_declared: bool
    """Whether it looks at a declared endpoint's host."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        often = f" every {self.interval} s" if self.interval else ""
        return f"{self.name}: {self.kind} {self.url}{often}, {self.status}, {self.told.seen}"

    @property
    def is_down(self) -> bool:
        """Whether it sees what it looks at fail now."""
        return self.status in FALLEN

    def gap(self, limits: Monitoring, as_of: datetime) -> str:
        """Return in words why it does not count; empty if it does.

        Raises ``FactUnavailable`` when that hangs on something that is not known.
        """
        return self._idleness(limits.longest_interval_minutes) or self._silence(limits, as_of)

    def content_gap(self, marker: str) -> str:
        """Return in words why it would not see a page without its marker; empty if it would.

        Certificates that do not verify must be seen as well. Raises ``FactUnavailable`` where
        UptimeRobot does not tell.
        """
        asked, wanted = self.keyword, marker
        if self.is_case_ignored:
            asked, wanted = asked.lower(), wanted.lower()
        if self.kind != "KEYWORD":
            return f"{self.name} asserts no content"
        if self.keyword_rule != "ALERT_NOT_EXISTS":
            return f"{self.name} goes off where its keyword is found, not where it is missing"
        if wanted not in asked:
            return f"{self.name} asks for {self.keyword[:80]!r}, which is not the marker"
        if self.checks_certificate is None:
            raise FactUnavailable(
                f"UptimeRobot does not say whether {self.name} checks the certificate",
                "look at the monitor in UptimeRobot, and update pytest-orr",
            )
        if not (self.checks_certificate and self.url.startswith("https://")):
            return f"{self.name} does not go off on a certificate that does not verify"
        return ""

    def _idleness(self, longest_minutes: int) -> str:
        if self.status == "PAUSED":
            return f"{self.name} is paused"
        if self.is_down:
            return f"{self.name} sees it down now"
        if self.interval is None:
            raise FactUnavailable(
                f"UptimeRobot does not say how often {self.name} looks",
                "look at the monitor in UptimeRobot, and update pytest-orr",
            )
        if self.interval > longest_minutes * 60:
            return f"{self.name} looks every {self.interval} seconds alone"
        return ""

    def _silence(self, limits: Monitoring, as_of: datetime) -> str:
        told = self.told.reading
        if not told.active:
            if told.unknown:
                raise FactUnavailable(
                    f"the key tells nothing of whom {self.name} tells",
                    "use a key of the account that the contacts belong to",
                )
            return f"{self.name} {told.seen}"
        if self.status != "UP":
            raise FactUnavailable(
                f"{self.name} has not looked yet: {self.status}",
                f"run again in {limits.longest_interval_minutes} minutes",
            )
        stale = timedelta(minutes=limits.freshest_minutes)
        if self.newest and as_of - self.newest > stale:
            raise FactUnavailable(
                f"the history of {self.name} ends {self.newest:%Y-%m-%d %H:%M}",
                "see in UptimeRobot why it does not look, and run again",
            )
        return ""
