"""Requests of a day as the service's own counter in Prometheus has them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.request_counts import BALANCERS, SERVICE, RequestCounts
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
DAY = 24 * 3600
SELECTOR = 'explorer_requests_total{service="explorer"}'
PEAK = f"max_over_time((sum(rate({SELECTOR}[2m])))[24h:1m])"


@pytest.fixture
def counted(empty_account: Any, told_prometheus: Any) -> Callable[..., dict[str, Any]]:
    """Every part by its name: ``counted()``, and without AWS ``counted(aws=None)``."""

    def collect(account: Any = empty_account, **change: Any) -> dict[str, Any]:
        scaling = Scaling(requests="explorer_requests_total")
        also = {"scaling": scaling, "prometheus": told_prometheus.declared(service="explorer")}
        desk = account.desk(also=also)
        desk = replace(
            desk,
            profile=replace(desk.profile, **change),
            prometheus=told_prometheus.client(service="explorer"),
        )
        return {one.name: one for one in RequestCounts().collect(desk).value}

    return collect


def test_the_services_own_counter_counts_beside_its_balancers(
    grown: Any, told_prometheus: Any, counted: Callable[..., dict[str, Any]]
) -> None:
    told_prometheus.counts(SELECTOR, 612_000.4, points=1000, seconds=DAY)
    told_prometheus.vectors[PEAK] = [({}, 131.25)]
    found = counted(grown(part="load"))
    assert [*found] == [BALANCERS, SERVICE]
    count = found[SERVICE].reading
    assert (count.day, count.busiest_minute, count.peak_rps) == (612_000, 7875, 131.25)
    assert count.seen == (
        "612,000 requests in the 24 hours to 2026-11-20 00:00 UTC, 131.2 a second in the busiest"
        f" minute ({SELECTOR})"
    )
    assert count.is_within_day(612_000, is_launched=True)
    assert not count.is_within_day(611_999, is_launched=True)
    assert not count.is_within_peak(131, is_launched=True)


def test_a_service_outside_of_aws_is_counted_by_prometheus_alone(
    told_prometheus: Any, counted: Callable[..., dict[str, Any]]
) -> None:
    told_prometheus.counts(SELECTOR, 100, points=502, seconds=DAY)
    told_prometheus.vectors[PEAK] = [({}, 1.0)]
    found = counted(aws=None)
    assert [*found] == [SERVICE]
    count = found[SERVICE].reading
    assert "100 requests in 720 minutes of the 24 hours" in count.seen
    assert not count.is_within_day(99, is_launched=True)
    assert count.is_within_day(100, is_launched=False)
    with pytest.raises(FactUnavailable, match="Prometheus holds 100 requests in 720 minutes"):
        count.is_within_day(100, is_launched=True)


def test_a_counter_that_is_scraped_seldom_has_a_rate_of_ten_minutes(
    told_prometheus: Any, counted: Callable[..., dict[str, Any]]
) -> None:
    told_prometheus.counts(SELECTOR, 100, points=1000, seconds=DAY)
    assert counted(aws=None)[SERVICE].reading.minutes == 0
    told_prometheus.vectors[PEAK.replace("[2m]", "[10m]")] = [({}, 2.0)]
    assert counted(aws=None)[SERVICE].reading.peak_rps == 2


def test_a_counter_without_samples_measures_nothing(
    counted: Callable[..., dict[str, Any]],
) -> None:
    count = counted(aws=None)[SERVICE].reading
    assert count.is_within_day(1, is_launched=False)
    with pytest.raises(FactUnavailable, match="Prometheus holds no measurement"):
        count.is_within_day(1, is_launched=True)


def test_a_prometheus_that_fails_hides_no_balancer(
    grown: Any, told_prometheus: Any, counted: Callable[..., dict[str, Any]]
) -> None:
    told_prometheus.status = 401
    found = counted(grown(part="load"))
    assert found[BALANCERS].observed is not None
    assert "does not let us in (401)" in found[SERVICE].unavailable.cause
