"""Asks Prometheus what a counter grew by in a time, and how much of that time it knows."""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .selectors import narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.prometheus import Prometheus
    from pytest_orr.clients.prometheus_said import Sample
    from pytest_orr.collect.interface import Desk

MOST_STEPS = 1000
"""Points of a time at which is asked whether a counter was there."""
SHORTEST_STEP = 60
ENOUGH = 0.9
"""Part of a time that must be known: a counter needs a few scrapes to be seen at its ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a counter, of all its series together, grew by in a time."""

    selector: str
    """With which series were asked for."""
    start: datetime
    end: datetime
    """Aware."""
    amount: float | None = None
    """None if no series was sampled twice in that time."""
    known: float = 0.0
    """Part of the time in which any series had a fresh sample, from 0 to 1."""

    @property
    def seen(self) -> str:
        """A few words for a finding."""
        if self.amount is None:
            return f"no sample of {self.selector}"
        return f"{self.selector} {self.amount:,.10g}"

    def whole(self) -> float:
        """Return the amount; raise ``FactUnavailable`` unless it is that of the whole time."""
        since = f"from {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"
        if self.amount is None:
            raise FactUnavailable(
                f"Prometheus has no samples of {self.selector} {since}",
                "export the counter from the start, with 0; correct its name in readiness.toml;"
                " or let Prometheus keep its series for longer",
            )
        if self.known < ENOUGH:
            raise FactUnavailable(
                f"Prometheus knows {self.selector} for {self.known:.0%} of the time {since}",
                "let Prometheus scrape it without a break and keep its series for longer, and"
                " run again",
            )
        return self.amount


def count(
    desk: "Desk",
    series: str,
    start: datetime,
    end: datetime,
    labels: "Mapping[str, str] | None" = None,
) -> Counted:
    """Ask what the service's series of a counter grew by together, as Prometheus reckons it.

    ``labels`` narrow the series further. Asks two instant queries at ``end``.
    """
    prometheus: Prometheus = desk.prometheus
    selector = own_series(desk, series, labels or {})
    seconds = max(int((end - start).total_seconds()), 1)
    step = max(SHORTEST_STEP, seconds // MOST_STEPS)
    grown = prometheus.query(f"sum(increase({selector}[{seconds}s]))", at=end)
    known = prometheus.query(f"count_over_time((count({selector}))[{seconds}s:{step}s])", at=end)
    points = max(seconds // step, 1)
    return Counted(
        selector=selector,
        start=start,
        end=end,
        amount=number(grown),
        known=min((number(known) or 0) / points, 1.0),
    )


def number(samples: "Iterable[Sample]") -> float | None:
    """Return the value of the one sample that an aggregation gives; none of none, or of no number.

    A counter of which a series says ``NaN`` counts nothing.
    """
    values = [one.value for one in samples if isfinite(one.value)]
    return values[0] if values else None


def own_series(desk: "Desk", series: str, labels: "Mapping[str, str]") -> str:
    """Return a selector of the service's series: with the labels of [prometheus] series, too."""
    declared = desk.profile.prometheus
    own = dict(declared.series) if declared else {}
    return narrowed(series, {**own, **labels})
