"""Looks whether what a rollback is decided by is measured at all: the fact ``criteria_metrics``."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from pytest_orr.collect import ownership
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.collect.repository.rollback_criteria import RollbackCriteria, RollbackCriterion
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .own_metrics import OPERATIONS, newest_samples
from .selectors import series_in

IN_CLOUDWATCH = re.compile(
    r"(?P<namespace>AWS/[A-Za-z0-9]+|[A-Za-z][A-Za-z0-9_.#/:-]*(?= ))[ /](?P<name>[A-Za-z][\w.-]*)"
    r"(?P<dimensions>( [A-Za-z]\w*=[^\s=]+)*)"
)
"""``AWS/RDS CPUUtilization DBInstanceIdentifier=explorer``: no expression of Prometheus is that."""
OF_A_FAMILY = ("_count", "_bucket", "_total")
"""Ends of the series that exporters make of what is called by its family's name."""
ENDS = (*OF_A_FAMILY, "_sum")
Source = Literal["Prometheus", "CloudWatch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionMetric:
    """Whether the service has a metric, and since when there is nothing new."""

    metric: str
    source: Source
    newest: datetime | None = None
    """When it last had a sample; of an expression, that series which is longest without one."""
    missing: tuple[str, ...] = ()
    """Selectors of an expression of which the service has no series."""

    def has_data(self, as_of: datetime, minutes: int) -> bool:
        """Tell whether there is a sample of the last minutes before ``as_of``."""
        return self.newest is not None and as_of - self.newest <= timedelta(minutes=minutes)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.missing:
            return f"{self.source} has no sample of {', '.join(self.missing)}"
        last = f"{self.newest:%Y-%m-%d %H:%M} UTC" if self.newest else "nobody knows when"
        return f"{self.source}: {self.metric}, last sample {last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaMetrics:
    """Does each criterion for a rollback have a metric with data?"""

    name: str = "criteria_metrics"
    source: str = "git, Prometheus, AWS cloudwatch"
    operations: tuple[str, ...] = (
        "git:cat-file",
        "git:ls-tree",
        "prometheus:GET",
        *OPERATIONS,
    )
    fact_type: Any = tuple[Part[CriterionMetric], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[CriterionMetric], ...]]:
        """Ask for the newest sample of every criterion's metric."""
        criteria = RollbackCriteria().collect(desk)
        parts = tuple(
            part_of(f"data of {one.name}", partial(_metric, desk, one))
            for one in criteria.value
            if one.metric
        )
        return Answer(value=parts, where=criteria.where)


def _metric(desk: Desk, criterion: RollbackCriterion) -> CriterionMetric:
    said = criterion.metric
    if found := IN_CLOUDWATCH.fullmatch(said):
        return _in_cloudwatch(desk, found)
    return _in_prometheus(desk, said)


def _in_cloudwatch(desk: Desk, found: re.Match[str]) -> CriterionMetric:
    ownership.require_resources(desk.aws.resources)
    pairs = (one.partition("=") for one in found["dimensions"].split())
    dimensions = {name: value for name, _, value in pairs}
    newest = newest_samples(desk, found["namespace"], found["name"], dimensions)
    metric = f"{found['namespace']} {found['name']}{found['dimensions']}"
    missing = () if newest else (metric,)
    last = max((one for one in newest if one), default=None)
    return CriterionMetric(metric=metric, source="CloudWatch", newest=last, missing=missing)


def _in_prometheus(desk: Desk, said: str) -> CriterionMetric:
    try:
        selectors = series_in(said)
    except ValueError as error:
        raise FactUnavailable(
            f"{said!r} is no metric: {error}",
            "name a series of Prometheus, or namespace and metric of CloudWatch, in the criteria",
        ) from error
    newest = {selector: _newest(desk, selector) for selector in selectors}
    missing = tuple(selector for selector, at in newest.items() if at is None)
    known = [at for at in newest.values() if at]
    last = min(known) if known and not missing else None
    return CriterionMetric(metric=said, source="Prometheus", newest=last, missing=missing)


def _newest(desk: Desk, selector: str) -> datetime | None:
    """Return when any series of the service's last had a sample; a family's parts stand for it."""
    is_family = selector.isidentifier() and not selector.endswith(ENDS)
    ends = ("", *OF_A_FAMILY) if is_family else ("",)
    for end in ends:
        samples = desk.prometheus.sampled(f"{selector}{end}", at=desk.as_of)
        own = [one.at for one in samples if desk.prometheus.own(one.labels)]
        if own:
            return max(own)
    return None
