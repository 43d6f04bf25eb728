"""What a probe of a blackbox exporter is to the service: whether it counts, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.clients.anchored_patterns import Undecidable, matches_whole
from pytest_orr.clients.blackbox import Module
from pytest_orr.collect.parts import Part
from pytest_orr.collect.watching.bound_rules import BoundRules
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.monitoring import Monitoring

FOLDED = "(?i)"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How a probe went over some days."""

    days: int
    passed: float
    """The part of its looks that found all well."""
    measured: float
    """The part of the days in which it looked."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return (
            f"{self.passed:.3%} of {self.days} days, {min(self.measured, 1):.0%} of them measured"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """What a probe's module asks of an answer."""

    patterns: tuple[str, ...] = ()
    """What its body must match."""
    checks_certificate: bool = True

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"body matches {', '.join(self.patterns)}" if self.patterns else "no content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Something that looks at a URL from outside again and again, as Prometheus tells."""

    name: str
    """Job and instance."""
    module: str
    """As what it looks, such as ``http_2xx``; empty where Prometheus does not tell."""
    passed: bool
    """Whether all was well at its last run."""
    ran: datetime
    status: int | None
    """Of HTTP, at its last run."""
    until: datetime | None
    """Until when the first of the certificates holds that it saw."""
    history: Part[History]
    alerts: Part[BoundRules]
    asserted: Part[Asserted]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        how = "passed" if self.passed else "failed"
        status = f" with status {self.status}" if self.status else ""
        ran = f"{how}{status} at {self.ran:%Y-%m-%d %H:%M:%S}"
        return f"{self.name} {ran}, {self.history.seen}; {self.alerts.seen}"

    def gap(self, limits: Monitoring, as_of: datetime) -> str:
        """Return in words why it does not count; empty if it does.

        Raises ``FactUnavailable`` when that hangs on something that is not known: what has not run
        lately says nothing of now.
        """
        if as_of - self.ran > timedelta(minutes=limits.freshest_minutes):
            raise FactUnavailable(
                f"the last run of {self.name} was at {self.ran:%Y-%m-%d %H:%M}",
                "see why Prometheus probes it no longer, and run again",
            )
        if not self.passed:
            status = f" with status {self.status}" if self.status else ""
            return f"the last run of {self.name} failed{status}"
        silence = self.alerts.reading.gap(limits, as_of)
        return f"{self.name}: {silence}" if silence else ""

    def shortfall(self, limits: Monitoring) -> str:
        """Return in words why its history falls short of the objective; empty if it does not.

        Raises ``FactUnavailable`` where too little was measured, or no objective is declared.
        """
        objective, history = limits.objective, self.history.reading
        if history.measured < limits.measured:
            raise FactUnavailable(
                f"{self.name} looked in {history.measured:.1%} of the last {history.days} days",
                "run again when it has looked for longer, or measure over fewer days by "
                "availability_days under [monitoring] in readiness.toml",
            )
        if history.passed >= objective:
            return ""
        told = f"{self.name} found it well in {history.passed:.4%} of the last {history.days} days"
        return f"{told}, and the objective is {objective:.4%}"

    def content_gap(self, marker: str) -> str:
        """Return in words why it would not see a page without its marker; empty if it would."""
        asserted = self.asserted.reading
        if not any(_asks_for(one, marker) for one in asserted.patterns):
            return f"module {self.module} of {self.name} does not ask for the marker"
        if not (asserted.checks_certificate and self.until):
            return f"{self.name} does not fail on a certificate that does not verify"
        return ""


def asserted_by(name: str, modules: Mapping[str, Module]) -> Asserted | FactUnavailable:
    """Return what a module asserts, or why that is not known."""
    if name not in modules:
        return FactUnavailable(
            f"the blackbox exporter has no module {name or 'that Prometheus names'}",
            "let blackbox under [monitoring] lead to the exporter that Prometheus asks",
        )
    module = modules[name]
    return Asserted(patterns=module.patterns, checks_certificate=module.checks_certificate)


def _asks_for(pattern: str, marker: str) -> bool:
    """Tell whether a body with the marker matches, and one without anything does not."""
    if marker in pattern:
        return True
    folded = FOLDED if pattern.startswith(FOLDED) else ""
    anywhere = f"{folded}.*(?:{pattern.removeprefix(FOLDED)}).*"
    try:
        return matches_whole(anywhere, marker) and not matches_whole(anywhere, "")
    except Undecidable as error:
        raise FactUnavailable(
            f"what the pattern {pattern[:80]!r} matches is not known here: it {error}",
            "write the marker itself into fail_if_body_not_matches_regexp",
        ) from error
