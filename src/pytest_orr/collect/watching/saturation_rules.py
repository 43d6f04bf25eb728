"""Finds the alert rules on what says when to scale, in Prometheus, for ``saturation_signals``."""

from dataclasses import dataclass
from datetime import datetime

from pytest_orr.collect.interface import Desk
from pytest_orr.profile.scaling import Saturation

from .alert_rules import AlertRuleFact, AlertRules
from .counters import own_series
from .selectors import name_of
from .thresholds import read_threshold, threshold_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSeries:
    """An alert rule on a saturation signal, and when the signal's series last had a sample."""

    rule: AlertRuleFact
    is_about_it: bool = True
    """Whether its expression asks for the signal's series."""
    last_sample: datetime | None = None
    """Aware; none if there is none of the last day."""

    def obstacle(self, highest: float, *, falls: bool, since: datetime) -> str:
        """Say what keeps it from warning in time; empty if nothing does.

        ``highest`` is the threshold that it may have at most, or at least if the signal
        ``falls``; its last sample must not be older than ``since``. Raises ``FactUnavailable``
        where nothing is known to keep it, and something cannot be told.
        """
        rule = self.rule
        if not self.is_about_it:
            return "its expression does not ask for the series"
        if not rule.is_evaluated:
            return f"Prometheus does not evaluate it ({rule.health})"
        if late := self._late(highest, falls=falls):
            return late
        if self.last_sample is None or self.last_sample < since:
            return "its series has no fresh sample"
        if not rule.wakes_somebody:
            return "it wakes nobody"
        read_threshold(rule.expression)
        return ""

    def _late(self, highest: float, *, falls: bool) -> str:
        found = threshold_of(self.rule.expression)
        if found is None:
            return ""
        if not (found.falls if falls else found.rises):
            return f"it does not go off when the signal {'falls' if falls else 'rises'}"
        if found.value < highest if falls else found.value > highest:
            return f"it goes off at {found.value:g}, which is later than {highest:g}"
        return ""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.rule.name}: {self.rule.seen}"


def watched_series(desk: Desk, signal: Saturation) -> tuple[WatchedSeries, ...]:
    """Return the service's rules on a signal: that of its name, or all that ask for its series."""
    series = signal.series or ""
    selector, name = own_series(desk, series, {}), name_of(series)
    rules = AlertRules().collect(desk).value
    wanted = [
        one for one in rules if (one.name == signal.rule if signal.rule else name in one.series)
    ]
    samples = desk.prometheus.sampled(selector, at=desk.as_of) if wanted else ()
    last = max((one.at for one in samples), default=None)
    return tuple(
        WatchedSeries(rule=one, is_about_it=name in one.series, last_sample=last) for one in wanted
    )
