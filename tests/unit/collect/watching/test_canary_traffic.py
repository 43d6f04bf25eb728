"""What the canary served, held against what the release before did meanwhile."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Deployment
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.watching.canary_traffic import CanaryTraffic, CanaryTraffics
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.forge import Canary, Delivery, Forge
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.parts import Part

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
COMMIT = "5e1ea5e0" * 5
BEGAN, SPREAD = AS_OF - 30 * HOUR, AS_OF - 6 * HOUR
DAY = 24 * 3600
CANARY = '{service="explorer",track="canary"}'
STABLE = '{service="explorer",track="stable"}'
DECLARED = Canary(
    requests="explorer_requests_total",
    errors="explorer_request_errors_total",
    canary={"track": "canary"},
    baseline={"track": "stable"},
)


def deployed(environment: str, at: dt.datetime) -> Deployment:
    return Deployment(
        id="1",
        environment=environment,
        commit=COMMIT,
        status="success",
        created=at,
        ended=at,
    )


@pytest.fixture
def traffic(told_prometheus: Any) -> Callable[..., Part[CanaryTraffic]]:
    """Collect: ``traffic(canary=…)``; the release ran from ``BEGAN`` to ``SPREAD``."""

    def collect(
        canary: Canary = DECLARED,
        *,
        began: tuple[dt.datetime, ...] = (BEGAN,),
        spread: dt.datetime = SPREAD,
        first: bool = False,
    ) -> Part[CanaryTraffic]:
        runs = {
            "production": (deployed("production", spread),),
            "canary": tuple(deployed("canary", at) for at in began),
            "staging": tuple(deployed("staging", at) for at in began),
        }
        profile = Profile(
            service=Service(
                name="explorer",
                environment="production",
                people=(Person(email="ana@example.org", name="Ana", roles=("service",)),),
            ),
            release=Release(commit=COMMIT, first=first),
            forge=Forge(kind="gitlab", project="explorer/explorer", staging="staging"),
            delivery=Delivery(canary=canary),
            prometheus=told_prometheus.declared(service="explorer"),
        )
        nobody: dict[str, Any] = dict.fromkeys(Desk.__dataclass_fields__)
        own = {
            "profile": profile,
            "as_of": AS_OF,
            "forge": SimpleNamespace(deployments=lambda name: runs[name]),
            "prometheus": told_prometheus.client(service="explorer"),
        }
        [part] = CanaryTraffics().collect(Desk(**{**nobody, **own})).value
        return part

    return collect


def serve(told: Any, labels: str, requests: float, errors: float, *, points: int = 1000) -> None:
    for family, amount in (("requests", requests), ("request_errors", errors)):
        told.counts(f"explorer_{family}_total{labels}", amount, points=points, seconds=DAY)


def test_a_canary_with_traffic_and_no_more_errors_is_as_good(
    told_prometheus: Any, traffic: Callable[..., Part[CanaryTraffic]]
) -> None:
    serve(told_prometheus, CANARY, 5000, 11)
    serve(told_prometheus, STABLE, 95000, 190)
    part = traffic()
    seen = part.reading
    assert part.name == "traffic of canary"
    assert seen.was_used
    assert seen.is_as_good(1.1)
    assert not seen.is_as_good(1.09)
    assert (seen.start, seen.end) == (BEGAN, SPREAD)
    assert {at for _, at in told_prometheus.asked} == {f"{SPREAD.timestamp():.3f}"}
    assert seen.seen == (
        "2026-11-18 18:00 to 2026-11-19 18:00 UTC: "
        'explorer_requests_total{service="explorer",track="canary"} 5,000, '
        'explorer_request_errors_total{service="explorer",track="canary"} 11, 5.0% of the '
        'requests; beside it explorer_requests_total{service="explorer",track="stable"} 95,000, '
        'explorer_request_errors_total{service="explorer",track="stable"} 190'
    )


def test_a_canary_that_nobody_asked_was_not_used(
    told_prometheus: Any, traffic: Callable[..., Part[CanaryTraffic]]
) -> None:
    serve(told_prometheus, CANARY, 0, 0)
    serve(told_prometheus, STABLE, 95000, 190)
    seen = traffic().reading
    assert not seen.was_used
    assert seen.is_as_good(1.1)


@pytest.mark.parametrize(
    ("points", "amount", "why"),
    [
        (890, 5000.0, "for 89% of the time from 2026-11-18 18:00 to 2026-11-19 18:00 UTC"),
        (1000, float("nan"), "Prometheus has no samples of explorer_requests_total"),
    ],
)
def test_a_history_that_is_gone_in_part_is_unknown(
    told_prometheus: Any,
    traffic: Callable[..., Part[CanaryTraffic]],
    points: int,
    amount: float,
    why: str,
) -> None:
    serve(told_prometheus, CANARY, amount, 1, points=points)
    serve(told_prometheus, STABLE, 95000, 190)
    with pytest.raises(FactUnavailable, match=why):
        _ = traffic().reading.was_used


def test_without_errors_ever_exported_the_comparison_is_unknown(
    told_prometheus: Any, traffic: Callable[..., Part[CanaryTraffic]]
) -> None:
    serve(told_prometheus, CANARY, 5000, 1)
    serve(told_prometheus, STABLE, 95000, 190)
    of_errors = [key for key in told_prometheus.vectors if f"errors_total{CANARY}" in key]
    for key in of_errors:
        del told_prometheus.vectors[key]
    seen = traffic().reading
    assert seen.was_used
    assert f"no sample of explorer_request_errors_total{CANARY}" in seen.seen
    with pytest.raises(FactUnavailable, match="no samples of explorer_request_errors_total"):
        seen.is_as_good(1.1)


def test_a_baseline_without_requests_is_no_baseline(
    told_prometheus: Any, traffic: Callable[..., Part[CanaryTraffic]]
) -> None:
    serve(told_prometheus, CANARY, 5000, 1)
    serve(told_prometheus, STABLE, 0, 0)
    with pytest.raises(FactUnavailable, match="the release before served nothing"):
        traffic().reading.is_as_good(1.1)


def test_before_a_first_launch_there_is_nothing_to_compare_with(
    told_prometheus: Any, traffic: Callable[..., Part[CanaryTraffic]]
) -> None:
    serve(told_prometheus, CANARY, 500, 100)
    part = traffic(first=True, spread=AS_OF + HOUR, began=(AS_OF - 24 * HOUR,))
    assert (part.name, part.reading.baseline) == ("traffic of staging", None)
    assert part.reading.is_as_good(1.1)
    assert part.seen.endswith("; no release before it")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"began": ()}, "the release never ran there, so nothing was served"),
        ({"spread": BEGAN - HOUR}, "production had the release before the canary did"),
    ],
)
def test_a_canary_that_never_was_served_nothing(
    traffic: Callable[..., Part[CanaryTraffic]], more: Any, why: str
) -> None:
    with pytest.raises(FactUnavailable, match=why):
        _ = traffic(**more).reading


def test_a_prometheus_that_is_not_ready_leaves_the_traffic_unknown(
    told_prometheus: Any, traffic: Callable[..., Part[CanaryTraffic]]
) -> None:
    told_prometheus.status = 503
    with pytest.raises(FactUnavailable, match="Prometheus is not ready"):
        _ = traffic().reading


def test_counters_that_nobody_declared_are_undeclared(
    traffic: Callable[..., Part[CanaryTraffic]],
) -> None:
    with pytest.raises(Undeclared, match=r"\[delivery.canary\] requests"):
        traffic(Canary())
