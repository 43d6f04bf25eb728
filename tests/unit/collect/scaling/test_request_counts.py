"""Requests of a day as CloudWatch has them: at the balancers, at the edge, and none yet."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.collect.request_counts import BALANCERS, EDGE, RequestCount, RequestCounts
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
COUNT = RequestCount(
    of=("explorer",),
    since=AS_OF - dt.timedelta(days=1),
    until=AS_OF,
    day=4_000_000,
    busiest_minute=9_000,
    minutes=1440,
)
NONE = RequestCount(
    of=("explorer",), since=COUNT.since, until=AS_OF, day=0, busiest_minute=0, minutes=0
)


def counted(account: Any, **also: Any) -> dict[str, Any]:
    return {one.name: one for one in RequestCounts().collect(account.desk(also=also)).value}


def test_balancers_are_counted_by_the_minute_through_the_day(grown: Any) -> None:
    account = grown(part="load")
    found = counted(account)
    assert [*found] == [BALANCERS]
    count = found[BALANCERS].reading
    assert (count.day, count.busiest_minute, count.minutes) == (account.ids["requests"], 7880, 96)
    assert (count.since, count.until, count.of) == (COUNT.since, AS_OF, ("explorer",))
    assert count.seen == (
        "619,680 requests in the 24 hours to 2026-11-20 00:00 UTC, 131.3 a second in the busiest"
        " minute (explorer)"
    )


@pytest.mark.parametrize(
    ("fault", "day", "peak"),
    [("minute-above-projection", True, False), ("day-above-projection", False, True)],
)
def test_more_than_was_projected_is_told(grown: Any, fault: str, *, day: bool, peak: bool) -> None:
    count = counted(grown(fault, part="load"))[BALANCERS].reading
    assert count.is_within_day(4_200_000, is_launched=True) is day
    assert count.is_within_peak(150, is_launched=True) is peak


def test_without_a_measurement_only_a_launch_tells_whether_that_is_wrong(
    grown: Any,
) -> None:
    count = counted(grown("no-requests", part="load"))[BALANCERS].reading
    assert count.seen == "no measurement in the 24 hours to 2026-11-20 00:00 UTC (explorer)"
    assert count.is_within_day(1, is_launched=False)
    assert count.is_within_peak(1, is_launched=False)
    with pytest.raises(FactUnavailable, match="CloudWatch holds no measurement") as caught:
        count.is_within_day(1, is_launched=True)
    assert "first = true" in caught.value.remedy


def test_the_edge_is_counted_by_itself_where_users_ask_it(
    grown: Any, distribute: Callable[..., dict[str, str]]
) -> None:
    account = grown(part="load")
    made = distribute(account, ("api.explorer.example",))
    distribute(account, ("other.explorer.example",), tags={"service": "explorer"})
    named = {"DistributionId": made["id"], "Region": "Global"}
    account.client("cloudwatch", "us-east-1").put_metric_data(
        Namespace="AWS/CloudFront",
        MetricData=[
            {
                "MetricName": "Requests",
                "Dimensions": [{"Name": key, "Value": value} for key, value in named.items()],
                "Timestamp": AS_OF - dt.timedelta(hours=3),
                "Value": 240.0,
            }
        ],
    )
    journey = Endpoint(
        name="journey", role="service", url="https://api.explorer.example/", marker="x"
    )
    found = counted(account, endpoints=(journey,))
    assert [*found] == [BALANCERS, EDGE]
    edge = found[EDGE].reading
    assert (edge.of, edge.day, edge.peak_rps) == ((made["id"],), 240, 4.0)


def test_balancers_that_know_connections_alone_count_nothing(
    grown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = grown(part="load")
    listing = AwsAccess.listing

    def as_network(aws: AwsAccess, place: Any, operation: str, key: str, **more: Any) -> Any:
        found = listing(aws, place, operation, key, **more)
        if key != "LoadBalancers":
            return found
        return tuple({**raw, "Type": "network"} for raw in found)

    monkeypatch.setattr(AwsAccess, "listing", as_network)
    with pytest.raises(FactUnavailable, match="counts requests"):
        counted(account)[BALANCERS].reading  # noqa: B018 reading it is the test


def test_an_grownout_a_front_has_no_counts(empty_account: Any) -> None:
    assert counted(empty_account) == {}


def test_what_was_measured_may_reach_the_limit() -> None:
    assert COUNT.is_within_day(4_000_000, is_launched=True)
    assert not COUNT.is_within_day(3_999_999, is_launched=True)
    assert COUNT.is_within_peak(150, is_launched=True)
    assert not COUNT.is_within_peak(149.9, is_launched=True)
    assert not NONE.minutes
