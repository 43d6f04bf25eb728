"""Reads what Prometheus has of declared balances, for ``balances``, both ways."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from pytest_orr.clients.prometheus_said import Sample
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.balances import Balance

LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="([^"]*)"')
NAME = "__name__"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedBalance:
    """The newest sample of a balance's series."""

    series: str
    labels: Mapping[str, str]
    amount: int
    """In base units, as exactly as Prometheus' numbers are."""
    at: datetime
    """When it was scraped."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.series}: {self.amount} at {self.at:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceSeries:
    """The series that a declared selector leads to: one, if all is well."""

    selector: str
    found: tuple[ExportedBalance, ...]

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return "; ".join(one.seen for one in self.found) or f"no series {self.selector}"

    def is_fresh(self, minutes: int, as_of: datetime) -> bool:
        """Tell whether each newest sample is that new."""
        return all(as_of - one.at <= timedelta(minutes=minutes) for one in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceFamily:
    """The series of one metric that are the service's."""

    metric: str
    series: tuple[str, ...]
    """Each by its labels, sorted."""
    strays: tuple[str, ...]
    """Those of no declared account."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{len(self.series)} series, {len(self.strays)} of no declared account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was read of all declared balances."""

    by_name: Mapping[str, Part[BalanceSeries]]
    """By the balance's name."""
    families: tuple[Part[BalanceFamily], ...]
    """By metric."""


def read_exported(desk: Desk, balances: Iterable[Balance]) -> Exported:
    """Ask for each metric once (``GET /api/v1/query``), and find each account's series in it."""
    several = tuple(balances)
    metrics = sorted({metric_of(one.metric) for one in several if one.metric})
    read = {metric: _Family(desk, metric) for metric in metrics}
    parts = {one.name: part_of(one.name, partial(_exported, read, one)) for one in several}
    strays = (part_of(name, partial(one.against, several)) for name, one in read.items())
    return Exported(by_name=parts, families=tuple(strays))


def metric_of(selector: str) -> str:
    """Return the metric's name in a declared series."""
    return selector.partition("{")[0]


def labels_of(selector: str) -> dict[str, str]:
    """Return the labels in a declared series."""
    return dict(LABEL.findall(selector))


class _Family:
    """The service's own series of one metric, read when somebody first asks."""

    def __init__(self, desk: Desk, metric: str) -> None:
        self._desk, self._metric = desk, metric

    def samples(self) -> tuple[Sample, ...]:
        found = self._desk.prometheus.sampled(self._metric, at=self._desk.as_of)  # memoised there
        return tuple(one for one in found if self._desk.prometheus.own(one.labels))

    def against(self, balances: Iterable[Balance]) -> BalanceFamily:
        wanted = [
            labels_of(one.metric)
            for one in balances
            if one.metric and metric_of(one.metric) == self._metric
        ]
        found = {_shown(one.labels): one.labels for one in self.samples()}
        strays = (
            shown
            for shown, labels in found.items()
            if not any(one.items() <= dict(labels).items() for one in wanted)
        )
        return BalanceFamily(
            metric=self._metric, series=tuple(sorted(found)), strays=tuple(sorted(strays))
        )


def _exported(read: Mapping[str, _Family], balance: Balance) -> BalanceSeries:
    if balance.metric is None:
        raise Undeclared("[[balances]] metric", f'the series of "{balance.name}"')
    wanted = labels_of(balance.metric).items()
    samples = read[metric_of(balance.metric)].samples()
    found = (_read(balance, one) for one in samples if wanted <= dict(one.labels).items())
    ordered = sorted(found, key=lambda one: one.series)
    return BalanceSeries(selector=balance.metric, found=tuple(ordered))


def _read(balance: Balance, sample: Sample) -> ExportedBalance:
    if not math.isfinite(sample.value):
        raise FactUnavailable(
            f"{_shown(sample.labels)} is {sample.value}", "mend what exports the balance"
        )
    decimals = balance.decimals if balance.metric_counts == "unit" else 0
    exact = Decimal(repr(sample.value)).as_tuple()
    scaled = int(exact.exponent) + decimals
    digits = int("".join(map(str, exact.digits))) * (-1 if exact.sign else 1)
    amount = digits * int(10**scaled) if scaled >= 0 else digits // int(10**-scaled)
    labels = {key: value for key, value in sorted(sample.labels.items()) if key != NAME}
    return ExportedBalance(series=_shown(sample.labels), labels=labels, amount=amount, at=sample.at)


def _shown(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{key}="{one}"' for key, one in sorted(labels.items()) if key != NAME)
    return f"{labels.get(NAME, '')}{{{inside}}}"
