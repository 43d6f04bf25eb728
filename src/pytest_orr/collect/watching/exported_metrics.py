"""Looks whether Prometheus has what the service must export: the fact ``exported_metrics``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.prometheus_said import Sample, instant_in
from pytest_orr.collect.interface import Desk

# The variable too: by it alone a fact that is read back finds what its parts are.
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .counters import own_series

FAMILY = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]{0,200}")
OF_ONE_FAMILY = ("", "_total", "_count", "_bucket", "_info")
"""Ends of the series that a family has, by its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFamily:
    """A family that the service must export, as Prometheus has it."""

    newest: datetime | None
    """When any of the service's series of it was last scraped, within a day; aware."""

    def is_fresh(self, minutes: int, as_of: datetime) -> bool:
        """Tell whether it was scraped at most so many minutes before an instant, or after it."""
        return self.newest is not None and as_of - self.newest <= timedelta(minutes=minutes)

    @property
    def seen(self) -> str:
        """One line for a finding."""
        if self.newest is None:
            return "no sample in Prometheus within a day"
        return f"last sample in Prometheus {self.newest:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedMetrics:
    """Which of the families that endpoints must export does Prometheus have?"""

    name: str = "exported_metrics"
    source: str = "Prometheus"
    operations: tuple[str, ...] = ("prometheus:GET",)
    fact_type: Any = tuple[Part[ExportedFamily], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[ExportedFamily], ...]]:
        """Ask for the newest sample of every family that an endpoint of role metrics names."""
        metered = [one for one in desk.profile.endpoints if one.role == "metrics"]
        families = sorted({family for one in metered for family in one.metrics})
        if not families:
            raise Undeclared("[[endpoints]] metrics", "the metric families of role metrics")
        found = [part_of(one, partial(_family, desk, one)) for one in families]
        return Answer(value=tuple(found), where=(desk.prometheus.where,))


def _family(desk: Desk, family: str) -> ExportedFamily:
    if not FAMILY.fullmatch(family):
        raise FactUnavailable(
            f"{family[:80]!r} is no name of a metric",
            "correct metrics under [[endpoints]] in readiness.toml",
        )
    series = [own_series(desk, f"{family}{end}", {}) for end in OF_ONE_FAMILY]
    now = " or ".join(f"timestamp({one})" for one in series)
    before = " or ".join(f"max_over_time(timestamp({one})[1d:1m])" for one in series)
    found = desk.prometheus.query(f"max({now})", at=desk.as_of)
    return ExportedFamily(
        newest=_newest(found or desk.prometheus.query(f"max({before})", at=desk.as_of))
    )


def _newest(samples: Iterable[Sample]) -> datetime | None:
    return next((instant_in(one.value) for one in samples), None)
