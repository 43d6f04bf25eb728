"""Reads series of CloudWatch's metrics, many in one request, for collectors that measure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.errors import FactUnavailable

OPERATIONS = ("cloudwatch:GetMetricData", "sts:GetCallerIdentity")
"""What is asked to know series."""
MOST_QUERIES = 500
"""As many as one GetMetricData takes."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Metric:
    """A metric of CloudWatch."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    """Names and values, sorted."""

    def __str__(self) -> str:
        dimensions = ", ".join(f"{name}={value}" for name, value in self.dimensions)
        return f"{self.namespace} {self.name} {dimensions}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time that series are about, cut into periods that begin at its start."""

    start: datetime
    """Aware."""
    end: datetime
    """Aware; the first instant after it."""
    period: int
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What one metric was."""

    metric: Metric
    statistic: str
    """``Sum``, ``Average``, ``Maximum``, ``p95`` …"""
    points: tuple[tuple[datetime, float], ...] = ()
    """When each period began, and its value, in order; periods without data are left out."""

    @property
    def values(self) -> tuple[float, ...]:
        """The values alone."""
        return tuple(value for _, value in self.points)

    @property
    def last(self) -> datetime | None:
        """When the last period with data began."""
        return self.points[-1][0] if self.points else None


def metric_of(raw: Mapping[str, Any]) -> Metric:
    """Return the metric that an answer of AWS names by Namespace, MetricName and Dimensions."""
    dimensions = ((one["Name"], one["Value"]) for one in raw.get("Dimensions", ()))
    return Metric(
        namespace=raw["Namespace"], name=raw["MetricName"], dimensions=tuple(sorted(dimensions))
    )


def read_series(
    aws: AwsAccess, place: Place, wanted: Iterable[tuple[Metric, str]], span: Span
) -> tuple[Series, ...]:
    """Read a series for each ``(metric, statistic)``, in their order, all of it or none.

    Asks ``cloudwatch:GetMetricData``, once for every 500. A series that AWS does not tell whole
    raises ``FactUnavailable``; one without data has no points.
    """
    asked = tuple(wanted)
    chunks = (asked[at : at + MOST_QUERIES] for at in range(0, len(asked), MOST_QUERIES))
    several = aws.each(partial(_chunk, aws, place, span), chunks)
    return tuple(series for some in several for series in some)


def _chunk(
    aws: AwsAccess, place: Place, span: Span, asked: Sequence[tuple[Metric, str]]
) -> list[Series]:
    parts = aws.listing(
        place,
        "cloudwatch:GetMetricData",
        "MetricDataResults",
        MetricDataQueries=[_query(at, *one, span.period) for at, one in enumerate(asked)],
        StartTime=span.start.isoformat(),
        EndTime=span.end.isoformat(),
    )
    found: defaultdict[str, dict[datetime, float]] = defaultdict(dict)
    whole: dict[str, str] = {}
    for part in parts:
        found[part["Id"]] |= dict(zip(part["Timestamps"], part["Values"], strict=True))
        whole[part["Id"]] = part["StatusCode"]
    series = []
    for at, (metric, statistic) in enumerate(asked):
        _require(place, metric, whole.get(f"q{at}", "no answer"))
        points = tuple(sorted(found[f"q{at}"].items()))
        series.append(Series(metric=metric, statistic=statistic, points=points))
    return series


def _query(at: int, metric: Metric, statistic: str, period: int) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    named = {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": dimensions,
    }
    return {
        "Id": f"q{at}",
        "MetricStat": {"Metric": named, "Period": period, "Stat": statistic},
        "ReturnData": True,
    }


def _require(place: Place, metric: Metric, status: str) -> None:
    """Refuse a series of which AWS told a part alone; the last page says how it ended."""
    if status != "Complete":
        raise FactUnavailable(
            f"AWS {place} did not tell the whole of {metric}: {status}",
            "run again; AWS did not answer as it should",
        )
