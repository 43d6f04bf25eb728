"""Finds what warns of the need to scale, as the profile names it: ``saturation_signals``.

A signal is watched by alarms of CloudWatch or by alert rules of Prometheus.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import alarms, metrics
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.schema import Saturation

from .alarms import Alarm, read_alarms
from .interface import Desk
from .metrics import Metric, Span, read_series
from .parts import Part, part_of, parts_by_id
from .watching.saturation_rules import WatchedSeries, watched_series

MINUTE = 60
HOUR = timedelta(hours=1)
"""How far back a signal's last sample is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSignal:
    """An alarm on a saturation signal, and when its metrics last had a sample."""

    alarm: Alarm
    last_sample: datetime | None = None
    """Beginning of the last minute with a sample, of the metric that is longest without one."""

    def obstacle(self, highest: float, *, falls: bool, since: datetime) -> str:
        """Say what keeps it from warning in time; empty if nothing does.

        ``highest`` is the threshold that it may have at most, or at least if the signal
        ``falls``; its last sample must not be older than ``since``.
        """
        alarm, threshold = self.alarm, self.alarm.threshold
        if not alarm.actions_enabled:
            return "its actions are off"
        if threshold is None or alarm.rises is falls:
            return f"it does not go off when the signal {'falls' if falls else 'rises'}"
        if threshold < highest if falls else threshold > highest:
            return f"it goes off at {threshold:g}, which is later than {highest:g}"
        if not alarm.reaches_somebody:
            return "it notifies no topic with a confirmed subscription"
        if self.last_sample is None or self.last_sample < since:
            return "its metric has no fresh sample"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaturationSignal:
    """A declared signal with every alarm that watches it."""

    name: str
    what: str
    """The alarm, metric or series by which it was declared."""
    falls: bool
    capacity: float
    """As much of it as a stress test showed to be bearable."""
    watched: tuple[WatchedSignal, ...] = ()
    """By the alarm's ARN."""
    rules: tuple[WatchedSeries, ...] = ()
    """Rules of Prometheus on it."""

    @property
    def _all(self) -> tuple[WatchedSignal | WatchedSeries, ...]:
        return (*self.watched, *self.rules)

    def obstacle(self, share: float, as_of: datetime, minutes: int) -> str:
        """Say what keeps every alarm and rule from warning in time; empty if one has no obstacle.

        ``share`` is the part of the tested capacity at which it must go off. Raises
        ``FactUnavailable`` if none is good and of one nobody can tell.
        """
        highest = self.capacity / share if self.falls else self.capacity * share
        since = as_of - timedelta(minutes=minutes)
        found, unknown = list[str](), list[FactUnavailable]()
        for one in self._all:
            try:
                found.append(one.obstacle(highest, falls=self.falls, since=since))
            except FactUnavailable as error:
                unknown.append(error)
        if unknown and "" not in found:
            raise unknown[0]
        return "" if "" in found else "; ".join(dict.fromkeys(found)) or "nothing watches it"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        several = (*(one.alarm.seen for one in self.watched), *(one.seen for one in self.rules))
        lasts = (one.last_sample for one in self._all)
        samples = [f"{last:%Y-%m-%d %H:%M}" for last in lasts if last]
        fresh = f"last sample {max(samples)} UTC" if samples else "no sample"
        told = "; ".join(several) or "no alarm or rule"
        return f"{self.what}, tested up to {self.capacity:g}: {told}; {fresh}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaturationSignals:
    """What watches the signals that say when to scale?"""

    name: str = "saturation_signals"
    source: str = "AWS cloudwatch, sns, Prometheus and Alertmanager"
    operations: tuple[str, ...] = (
        *alarms.OPERATIONS,
        metrics.OPERATIONS[0],
        "prometheus:GET",
        "alertmanager:GET",
    )
    fact_type: Any = tuple[Part[SaturationSignal], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[SaturationSignal], ...]]:
        """Look for each declared signal where it is: one that is unknown hides no other."""
        signals = desk.profile.scaling.saturation
        if not signals:
            raise Undeclared("[[scaling.saturation]]", "the signals that say when to scale")
        in_cloudwatch = {one.name: one for one in signals if not one.series}
        read = partial(_in_cloudwatch, desk, in_cloudwatch)
        alarmed = parts_by_id({name: name for name in in_cloudwatch}, read) if in_cloudwatch else {}
        parts = tuple(
            alarmed.get(one.name) or part_of(one.name, partial(_in_prometheus, desk, one))
            for one in signals
        )
        return Answer(value=parts, where=("[[scaling.saturation]]",))


def _in_prometheus(desk: Desk, signal: Saturation) -> SaturationSignal:
    return SaturationSignal(
        name=signal.name,
        what=signal.series or "",
        falls=signal.falls,
        capacity=signal.capacity,
        rules=watched_series(desk, signal),
    )


def _in_cloudwatch(
    desk: Desk, signals: Mapping[str, Saturation]
) -> dict[str, SaturationSignal | FactUnavailable]:
    """Look for signals by name in every account and region of the profile."""
    until = desk.as_of.replace(second=0, microsecond=0) + timedelta(minutes=1)
    span = Span(start=until - HOUR, end=until, period=MINUTE)
    wanted = tuple(signals.values())
    several = desk.aws.everywhere(partial(_in_place, desk.aws, wanted, span))
    found = [one for some in several for one in some]
    return {name: _signal(signal, found) for name, signal in signals.items()}


def _in_place(
    aws: AwsAccess, signals: Iterable[Saturation], span: Span, place: Place
) -> tuple[WatchedSignal, ...]:
    wanted = [
        alarm
        for alarm in read_alarms(aws, place)
        if any(_watches(alarm, signal) for signal in signals)
    ]
    asked = sorted({metric for alarm in wanted for metric in alarm.metrics})
    series = read_series(aws, place, [(metric, "SampleCount") for metric in asked], span)
    last = {one.metric: one.last for one in series}
    return tuple(_watched(alarm, last) for alarm in wanted)


def _watched(alarm: Alarm, last: dict[Metric, datetime | None]) -> WatchedSignal:
    samples = [last[metric] for metric in alarm.metrics]
    known = [sample for sample in samples if sample is not None]
    is_whole = bool(samples) and len(known) == len(samples)
    return WatchedSignal(alarm=alarm, last_sample=min(known) if is_whole else None)


def _watches(alarm: Alarm, signal: Saturation) -> bool:
    if signal.alarm is not None:
        return alarm.name == signal.alarm
    return alarm.metrics == (_metric(signal),)


def _metric(signal: Saturation) -> Metric:
    return Metric(
        namespace=signal.namespace or "",
        name=signal.metric or "",
        dimensions=tuple(sorted(signal.dimensions.items())),
    )


def _signal(signal: Saturation, found: Iterable[WatchedSignal]) -> SaturationSignal:
    watched = (one for one in found if _watches(one.alarm, signal))
    return SaturationSignal(
        name=signal.name,
        what=f"alarm {signal.alarm}" if signal.alarm else str(_metric(signal)),
        falls=signal.falls,
        capacity=signal.capacity,
        watched=tuple(sorted(watched, key=lambda one: one.alarm.arn)),
    )
