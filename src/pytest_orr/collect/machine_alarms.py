"""Which alarms watch an instance's load and whether each would reach somebody."""

from dataclasses import dataclass

from pytest_orr.collect.alarms import Alarm
from pytest_orr.collect.load_metrics import WATCHED_BY
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.compute import Load

ANOMALIES = ("GreaterThanUpperThreshold", "LessThanLowerOrGreaterThanUpperThreshold")
"""Comparisons with what is usual that go off when a metric rises, too."""
PERCENT, FAILED = 100, 1
"""The most that a load in percent and a status check can be."""
INCIDENTS = "ssm-incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadAlarm:
    """An alarm with the metric by which it watches an instance."""

    metric: str
    alarm: Alarm
    is_sure: bool = True
    """Whether it surely watches the instance: of a query with conditions nobody here can tell."""
    above: str = ""
    """A composite alarm that it sets off under conditions, which nobody here can tell either."""

    @property
    def obstacle(self) -> str:
        """Why it would reach nobody when the metric rises, in words; empty if it would.

        Raises ``FactUnavailable`` when nobody here can tell.
        """
        alarm = self.alarm
        if not self.is_sure:
            cause = f"whether the query of {alarm.name} selects it is not known"
            remedy = "watch it by an alarm on its InstanceId, or by a query without WHERE"
            raise FactUnavailable(cause, remedy)
        if self._deaf:
            return f"{alarm.name} {self._deaf}"
        if self._silent and self.above:
            cause = f"whether {self.above} tells somebody of {alarm.name} hangs on conditions"
            raise FactUnavailable(cause, f"give {alarm.name} an action of its own")
        return self._silent

    @property
    def _deaf(self) -> str:
        alarm = self.alarm
        if not (alarm.rises or alarm.comparison in ANOMALIES):
            return "goes off when it falls alone"
        if not self._can_go_off:
            return f"goes off above {alarm.threshold:g}, which is never reached"
        if alarm.state == "INSUFFICIENT_DATA":
            return "has insufficient data"
        return ""

    @property
    def _silent(self) -> str:
        alarm = self.alarm
        if not alarm.actions_enabled:
            return f"the actions of {alarm.name} are off"
        if any(f":{INCIDENTS}:" in route.target for route in alarm.routes):
            return ""
        if not any(route.is_topic for route in alarm.routes):
            return f"{alarm.name} notifies nobody"
        return "" if alarm.reaches_somebody else f"no subscription confirmed: {alarm.name}"

    @property
    def _can_go_off(self) -> bool:
        if self.alarm.threshold is None or self.alarm.statistic in {"", "Sum", "SampleCount"}:
            return True
        most = FAILED if self.metric.startswith("StatusCheckFailed") else PERCENT
        if self.alarm.comparison == "GreaterThanOrEqualToThreshold":
            return self.alarm.threshold <= most
        return self.alarm.threshold < most


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """All alarms that watch one instance."""

    alarms: tuple[LoadAlarm, ...] = ()

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        names = sorted({f"{one.alarm.name} on {one.metric}" for one in self.alarms})
        return f"alarms {', '.join(names)}" if names else "no alarms"

    def seen_of(self, load: Load) -> str:
        """One line about those on one load, for a finding."""
        metrics = {metric for several in WATCHED_BY[load] for metric in several}
        return Watch(alarms=tuple(one for one in self.alarms if one.metric in metrics)).seen

    def gap(self, load: Load) -> str:
        """Return in words why nobody is told when a load rises; empty if somebody is.

        Raises ``FactUnavailable`` if that hangs on something that is not known.
        """
        gaps = [self._gap(metrics, load) for metrics in WATCHED_BY[load]]
        if "" in gaps:
            return ""
        unknown = [gap for gap in gaps if isinstance(gap, FactUnavailable)]
        if unknown:
            raise unknown[0]
        return str(min(gaps, key=lambda gap: str(gap).startswith("no alarm ")))

    def _gap(self, metrics: tuple[str, ...], load: Load) -> str | FactUnavailable:
        found: list[str | FactUnavailable] = [self._of(metric, load) for metric in metrics]
        words = [gap for gap in found if isinstance(gap, str) and gap]
        return words[0] if words else next((gap for gap in found if gap), "")

    def _of(self, metric: str, load: Load) -> str | FactUnavailable:
        obstacles: list[str] = []
        unknown: FactUnavailable | None = None
        for one in self.alarms:
            if one.metric != metric:
                continue
            try:
                obstacle = one.obstacle
            except FactUnavailable as error:
                unknown = error
                continue
            if not obstacle:
                return ""
            obstacles.append(obstacle)
        return unknown or "; ".join(obstacles) or f"no alarm watches its {load}"
