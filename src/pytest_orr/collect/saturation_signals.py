"""Finds the alarms on what says when to scale, as the profile names it: ``saturation_signals``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import alarms, metrics
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.schema import Saturation

from .alarms import Alarm, read_alarms
from .interface import Desk
from .metrics import Metric, Span, read_series

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
    """The alarm or metric by which it was declared."""
    falls: bool
    capacity: float
    """As much of it as a stress test showed to be bearable."""
    watched: tuple[WatchedSignal, ...]
    """By the alarm's ARN."""

    def obstacle(self, share: float, as_of: datetime, minutes: int) -> str:
        """Say what keeps every alarm from warning in time; empty if one has no obstacle.

        ``share`` is the part of the tested capacity at which it must go off.
        """
        highest = self.capacity / share if self.falls else self.capacity * share
        since = as_of - timedelta(minutes=minutes)
        found = [one.obstacle(highest, falls=self.falls, since=since) for one in self.watched]
        return "" if "" in found else "; ".join(dict.fromkeys(found)) or "no alarm watches it"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        told = "; ".join(one.alarm.seen for one in self.watched) or "no alarm"
        samples = [f"{one.last_sample:%Y-%m-%d %H:%M}" for one in self.watched if one.last_sample]
        fresh = f"; last sample {max(samples)} UTC" if samples else "; no sample"
        return f"{self.what}, tested up to {self.capacity:g}: {told}{fresh if told else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaturationSignals:
    """Which alarms watch the signals that say when to scale?"""

    name: str = "saturation_signals"
    source: str = "AWS cloudwatch, sns"
    operations: tuple[str, ...] = (*alarms.OPERATIONS, metrics.OPERATIONS[0])
    fact_type: Any = tuple[SaturationSignal, ...]

    def collect(self, desk: Desk) -> Answer[tuple[SaturationSignal, ...]]:
        """Look for each declared signal in every account and region of the profile."""
        signals = desk.profile.scaling.saturation
        if not signals:
            raise Undeclared("[[scaling.saturation]]", "the signals that say when to scale")
        until = desk.as_of.replace(second=0, microsecond=0) + timedelta(minutes=1)
        span = Span(start=until - HOUR, end=until, period=MINUTE)
        several = desk.aws.everywhere(partial(_in_place, desk.aws, signals, span))
        found = [one for some in several for one in some]
        facts = tuple(_signal(signal, found) for signal in signals)
        return Answer(value=facts, where=tuple(str(place) for place in desk.aws.places))


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
