"""How loaded instances were while a stress test ran: parts of ``sized_instances``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from types import MappingProxyType

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect.instances import Instance
from pytest_orr.collect.load_metrics import CPU, CREDITS, DISK, MEMORY, AgentMetrics
from pytest_orr.collect.metrics import Series, Span, read_series
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import StressTest

PERIOD = 300
"""Seconds: how often EC2 measures without detailed monitoring; CloudWatch keeps these 63 days."""
STATISTIC = MappingProxyType(
    {CPU: "Average", MEMORY: "Maximum", DISK: "Maximum", CREDITS: "Minimum"}
)
"""What is asked for of each metric."""
SHARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class StressLoad:
    """What CloudWatch measured of one instance between beginning and end of a stress test."""

    span: str
    """Beginning and end, as pages print them."""
    levels: tuple[tuple[str, float], ...] = ()
    """By a metric's name: of the CPU the level within which 95 of 100 samples stay, of memory and
    disk the highest, of CPU credits the lowest; sorted, without metrics that have no samples."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        words = ", ".join(f"{name} {level:.0f}" for name, level in self.levels)
        return f"{self.span}: {words or 'no samples'}"

    @property
    def cpu(self) -> float:
        """The 95th percentile of its CPU's use, in percent."""
        return self._level(CPU)

    @property
    def memory(self) -> float:
        """The highest use of its memory, in percent."""
        return self._level(MEMORY)

    @property
    def disk(self) -> float:
        """The highest use of its root file system, in percent."""
        return self._level(DISK)

    @property
    def credits(self) -> float:
        """The lowest balance of CPU credits."""
        return self._level(CREDITS)

    def _level(self, name: str) -> float:
        levels = dict(self.levels)
        if name in levels:
            return levels[name]
        agent = "run the CloudWatch agent, and " if name in {MEMORY, DISK} else ""
        raise FactUnavailable(
            f"CloudWatch has no sample of {name} {self.span}",
            f"{agent}test again: samples of five minutes are kept for 63 days",
        )


def read_loads(
    aws: AwsAccess,
    place: Place,
    test: StressTest,
    own: Iterable[Instance],
    agent: AgentMetrics,
) -> dict[str, StressLoad]:
    """Return the load of each instance during a stress test, by id.

    Asks ``cloudwatch:GetMetricData``, 500 metrics at once.
    """
    metrics = [(one.id, metric) for one in own for metric in agent.of(one.id).values()]
    asked = [(at, metric) for at, metric in metrics if metric.name in STATISTIC]
    series = read_series(
        aws, place, [(metric, STATISTIC[metric.name]) for _, metric in asked], _span_of(test)
    )
    levels: dict[str, dict[str, float]] = {one.id: {} for one in own}
    for (instance, metric), one in zip(asked, series, strict=True):
        if one.points:
            levels[instance][metric.name] = _level(metric.name, one)
    words = f"between {_minute(test.started)} and {_minute(test.ended)} UTC"
    return {
        instance: StressLoad(span=words, levels=tuple(sorted(some.items())))
        for instance, some in levels.items()
    }


def _level(name: str, series: Series) -> float:
    if name == CPU:
        return _within(series.values)
    return min(series.values) if name == CREDITS else max(series.values)


def _within(values: tuple[float, ...]) -> float:
    """Return the level within which 95 of 100 values stay."""
    return sorted(values)[ceil(SHARE * len(values)) - 1]


def _span_of(test: StressTest) -> Span:
    """Return the test's time from a whole period on, since CloudWatch rounds so."""
    start = test.started.astimezone(UTC)
    start -= timedelta(seconds=start.timestamp() % PERIOD)
    return Span(start=start, end=test.ended.astimezone(UTC), period=PERIOD)


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
