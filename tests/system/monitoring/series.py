"""Says what each series of the example is at each instant of the example's own time.

The exporters tell it while the stack runs, and it is written into Prometheus' past before; to add a
series, add a line to ``SERIES``.
"""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
"""The instant by which the example is judged; the recording's clock says it when it begins."""
BEGINS = dt.datetime(2026, 11, 12, 12, tzinfo=dt.UTC)
"""From when on Prometheus knows the service."""
CANARY_FROM = dt.datetime(2026, 11, 17, 16, tzinfo=dt.UTC)
CANARY_UNTIL = dt.datetime(2026, 11, 18, 10, 6, tzinfo=dt.UTC)
"""When the release served a few, and when it served all."""
ENDED = AS_OF - dt.timedelta(hours=2)
"""When a series ended that is stale."""
STEP = dt.timedelta(minutes=1)
DAY = 86400
BACKENDS = ("explorer-backend-1", "explorer-backend-2")
BUCKETS = {"0.1": 0.981, "0.25": 0.994, "0.5": 0.9991, "1": 0.9999, "+Inf": 1.0}
PROBES = {
    "service": "https://api.explorer.example/api/v1/status",
    "frontend": "https://explorer.example/",
    "health": "https://api.explorer.example/health",
}
"""What the blackbox exporter looks at, by the label ``probe``."""
FAILED = dt.datetime(2026, 11, 18, 3, 18, tzinfo=dt.UTC)
"""When the service's probe found nobody, once."""
PROFILE = Path(__file__).parents[3] / "examples/explorer/repaired/readiness.toml"
REVISION = tomllib.loads(PROFILE.read_text(encoding="utf-8"))["release"]["commit"][:16]
RELAYER = "0x1f9090aae28b8a3dceadf281b0f12828e676c326"
Faults = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of each backend."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    at: Callable[[dt.datetime, Faults], float | None]
    """Its value; none where it has none."""
    on: tuple[str, ...] = BACKENDS
    kind: str = "gauge"
    begins: dt.datetime = BEGINS


def served(at: dt.datetime) -> float:
    """Return how many requests a backend has answered: more by day than by night."""
    seconds = (at - BEGINS).total_seconds()
    turn = 2 * math.pi / DAY
    return 3.58 * seconds + 1.5 * (1 - math.cos(turn * seconds)) / turn


def _canary(at: dt.datetime) -> float:
    """Return how many of them the canary's track answered: one in twenty, while it ran."""
    end = min(max(at, CANARY_FROM), CANARY_UNTIL)
    return (served(end) - served(CANARY_FROM)) / 20


def _errors(at: dt.datetime, faults: Faults) -> float:
    return _canary(at) * (0.004 if "canary-errors" in faults else 0.0002)


def _height(begin: int, seconds: int) -> Callable[[dt.datetime, Faults], float]:
    return lambda at, _: begin + (at - BEGINS).total_seconds() // seconds


def _within(part: float) -> Callable[[dt.datetime, Faults], float]:
    return lambda at, _: math.floor(served(at) * part)


def _unless_stale(at: dt.datetime, faults: Faults) -> float | None:
    return None if "stale-series" in faults and at > ENDED else 1


SERIES = (
    Series(
        name="explorer_requests_total",
        labels={"track": "stable"},
        kind="counter",
        at=lambda at, _: math.floor(served(at) - _canary(at)),
    ),
    Series(
        name="explorer_requests_total",
        labels={"track": "canary"},
        kind="counter",
        on=BACKENDS[:1],
        at=lambda at, _: math.floor(_canary(at)),
    ),
    Series(
        name="explorer_request_errors_total",
        labels={"track": "stable"},
        kind="counter",
        at=lambda at, _: math.floor((served(at) - _canary(at)) * 0.0002),
    ),
    Series(
        name="explorer_request_errors_total",
        labels={"track": "canary"},
        kind="counter",
        on=BACKENDS[:1],
        at=lambda at, faults: math.floor(_errors(at, faults)),
    ),
    *(
        Series(
            name="explorer_request_duration_seconds_bucket",
            labels={"le": le},
            kind="histogram",
            at=_within(part),
        )
        for le, part in BUCKETS.items()
    ),
    Series(
        name="explorer_request_duration_seconds_sum",
        kind="histogram",
        at=lambda at, _: round(served(at) * 0.05, 3),
    ),
    Series(
        name="explorer_request_duration_seconds_count",
        kind="histogram",
        at=lambda at, _: math.floor(served(at)),
    ),
    Series(name="explorer_build_info", labels={"revision": REVISION}, at=_unless_stale),
    Series(
        name="explorer_node_refused_total",
        kind="counter",
        at=lambda *_: 0,
        begins=AS_OF - dt.timedelta(days=8),
    ),
    Series(name="explorer_index_lag_blocks", at=lambda at, _: at.minute % 3),
    Series(name="explorer_block_height", labels={"network": "mainnet"}, at=_height(4_189_000, 12)),
    Series(
        name="explorer_block_height",
        labels={"network": "testnet"},
        on=BACKENDS[:1],
        at=_height(911_000, 12),
    ),
    Series(
        name="explorer_queue_length",
        labels={"queue": "blocks"},
        at=lambda at, _: 3 + at.minute % 5,
    ),
    Series(
        name="explorer_account_balance",
        labels={"account": "relayer", "address": RELAYER, "unit": "ETH"},
        on=BACKENDS[:1],
        at=lambda *_: 12.5,
    ),
)


PROBED = Series(name="probe_success", at=lambda *_: 1)
PROBED_ONCE_IN_VAIN = Series(
    name="probe_success", at=lambda at, _: 0 if FAILED <= at < FAILED + STEP else 1
)


def told_by(backend: str, at: dt.datetime, faults: Faults) -> Iterator[tuple[Series, float]]:
    """Yield each series of a backend that has a value at an instant."""
    for series in SERIES:
        value = series.at(at, faults) if backend in series.on else None
        if value is not None:
            yield series, value


def exposition(backend: str, at: dt.datetime, faults: Faults) -> str:
    """Return what a backend exports at an instant, as Prometheus scrapes it."""
    lines: list[str] = []
    families: set[str] = set()
    for series, value in told_by(backend, at, faults):
        family = _family(series)
        if family not in families:
            families.add(family)
            lines.append(f"# TYPE {family} {series.kind}")
        lines.append(f"{_named(series.name, series.labels)} {value}")
    return "\n".join([*lines, ""])


def past(
    begins: dt.datetime, ends: dt.datetime, faults: Faults, moved: dt.timedelta
) -> Iterator[str]:
    """Yield the lines of OpenMetrics of all series between two instants.

    ``moved`` is what is added to the example's time for the recording's.
    """
    for series, labels in (*_of_backends(), *_of_probes()):
        at = max(begins, series.begins)
        while at < ends:
            value = series.at(at, faults)
            if value is not None:
                instant = (at + moved).timestamp()
                yield f"{_named(series.name, labels)} {value} {instant:.3f}\n"
            at += STEP
    yield "# EOF\n"


def _of_backends() -> Iterator[tuple[Series, Mapping[str, str]]]:
    for series in SERIES:
        for backend in series.on:
            yield series, {**series.labels, **labels_of(backend)}


def _of_probes() -> Iterator[tuple[Series, Mapping[str, str]]]:
    """Yield what the blackbox exporter said of each probe, which tells nothing but the present."""
    for name, url in PROBES.items():
        labels = {"instance": url, "job": "blackbox", "probe": name, "service": "explorer"}
        yield PROBED_ONCE_IN_VAIN if name == "service" else PROBED, labels


def labels_of(backend: str) -> Mapping[str, str]:
    """Return what Prometheus adds to each series of a backend."""
    return {"instance": f"{backend}:8080", "job": "explorer", "service": "explorer"}


def _family(series: Series) -> str:
    if series.kind != "histogram":
        return series.name
    return series.name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")


def _named(name: str, labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name
