"""Counts the requests of the last 24 hours: the fact ``request_counts``.

What users ask passes the edge and then the balancers, which CloudWatch counts, and the service
itself, whose counter Prometheus keeps: each of the three is counted by itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import distributions, metrics, ownership
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .distributions import Distribution, host_of
from .interface import Desk
from .metrics import Metric, Series, Span, read_series
from .parts import Part, part_of, parts_of
from .watching.counters import ENOUGH, count, number, own_series

BALANCERS, EDGE, SERVICE = "load balancers", "distributions", "the service itself"
CLOUDWATCH, PROMETHEUS = "CloudWatch", "Prometheus"
DAY = timedelta(hours=24)
MINUTE = 60
MINUTES_A_DAY = 24 * 60
APPLICATION = "application"
"""Kind of balancer that counts requests; the others know connections alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCount:
    """Requests that passed one line on their way in 24 hours."""

    of: tuple[str, ...]
    """What counted them: balancers by name, distributions by id, or a counter; sorted."""
    source: str = CLOUDWATCH
    """Who kept the count."""
    since: datetime
    until: datetime
    day: int
    """All of them."""
    busiest_minute: int
    """Those of the busiest minute."""
    minutes: int
    """Minutes of which anything is known; CloudWatch leaves out those without a request."""

    @property
    def peak_rps(self) -> float:
        """Requests per second in the busiest minute; the busiest second had at least as many."""
        return self.busiest_minute / MINUTE

    @property
    def _is_part(self) -> bool:
        """Whether much of the day is not known: Prometheus has a sample in every minute."""
        return self.source == PROMETHEUS and self.minutes < ENOUGH * MINUTES_A_DAY

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        names = ", ".join(self.of)
        until = f"{self.until:%Y-%m-%d %H:%M} UTC"
        if not self.minutes:
            return f"no measurement in the 24 hours to {until} ({names})"
        of = f"{self.minutes} minutes of the" if self._is_part else "the"
        return (
            f"{self.day:,} requests in {of} 24 hours to {until}, {self.peak_rps:,.4g} a second in"
            f" the busiest minute ({names})"
        )

    def stays_within(self, limit: float, measured: float, *, is_launched: bool) -> bool:
        """Tell whether what was measured stays within a projection.

        Nothing is measured before a launch, and then there is nothing to compare; after it,
        that raises ``FactUnavailable``, and so does a part of a day that stays within it.
        """
        if self.minutes and measured > limit:
            return False
        if self.minutes and not self._is_part:
            return True
        if is_launched:
            raise FactUnavailable(
                f"{self.source} holds {self.seen}",
                "look whether requests arrive; before a first launch declare first = true under"
                " [release]",
            )
        return True

    def is_within_day(self, limit: float, *, is_launched: bool) -> bool:
        """Tell whether a day had no more requests than projected, as ``stays_within`` does."""
        return self.stays_within(limit, self.day, is_launched=is_launched)

    def is_within_peak(self, limit: float, *, is_launched: bool) -> bool:
        """Tell whether no minute was busier than projected, as ``stays_within`` does."""
        return self.stays_within(limit, self.peak_rps, is_launched=is_launched)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """How many requests did the service get in the last 24 hours?"""

    name: str = "request_counts"
    source: str = "AWS cloudwatch, Prometheus"
    operations: tuple[str, ...] = (
        *distributions.OPERATIONS,
        *(one for one in ownership.OPERATIONS if one not in distributions.OPERATIONS),
        metrics.OPERATIONS[0],
        "prometheus:GET",
    )
    fact_type: Any = tuple[Part[RequestCount], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[RequestCount], ...]]:
        """Read every line; one that cannot be read does not hide the others."""
        until = desk.as_of.replace(second=0, microsecond=0)
        span = Span(start=until - DAY, end=until, period=MINUTE)
        counter = desk.profile.scaling.requests
        if counter and desk.profile.aws is None:
            return Answer(value=_in_prometheus(desk, counter, span), where=("[scaling]",))
        ownership.require_resources(desk.aws.resources)
        parts = (
            *parts_of(BALANCERS, partial(_named, BALANCERS, partial(_balancers, desk.aws, span))),
            *parts_of(EDGE, partial(_named, EDGE, partial(_edge, desk, span))),
            *(_in_prometheus(desk, counter, span) if counter else ()),
        )
        return Answer(value=parts, where=tuple(str(place) for place in desk.aws.places))


def _in_prometheus(desk: Desk, counter: str, span: Span) -> tuple[Part[RequestCount], ...]:
    return (part_of(SERVICE, partial(_counted, desk, counter, span)),)


def _counted(desk: Desk, counter: str, span: Span) -> RequestCount:
    """Count what the service's own counter says."""
    counted = count(desk, counter, span.start, span.end)
    busiest = _busiest(desk, counter, span.end) if counted.amount is not None else None
    is_known = counted.amount is not None and busiest is not None
    return RequestCount(
        of=(counted.selector,),
        source=PROMETHEUS,
        since=span.start,
        until=span.end,
        day=round(counted.amount or 0),
        busiest_minute=round((busiest or 0) * MINUTE),
        minutes=round(counted.known * MINUTES_A_DAY) if is_known else 0,
    )


def _busiest(desk: Desk, counter: str, until: datetime) -> float | None:
    """Return the largest rate of a day, by the second; none if there is none.

    It is that of two minutes, as whoever is scraped each minute has no rate in one; and of ten
    where it is scraped more seldom.
    """
    for minutes in (2, 10):
        rate = f"sum(rate({own_series(desk, counter, {})}[{minutes}m]))"
        found = number(desk.prometheus.query(f"max_over_time(({rate})[24h:1m])", at=until))
        if found is not None:
            return found
    return None


def _named(
    name: str, read: Callable[[], RequestCount | None]
) -> Iterable[tuple[str, RequestCount]]:
    count = read()
    return ((name, count),) if count else ()


def _balancers(aws: AwsAccess, span: Span) -> RequestCount | None:
    several = aws.everywhere(partial(_balancers_in, aws, span))
    found = [one for some in several for one in some]
    return _count(span, found) if found else None


def _balancers_in(aws: AwsAccess, span: Span, place: Place) -> list[tuple[str, Series]]:
    mine = ownership.own_balancers(aws, place, ownership.ownership(aws, place))
    counting = [one.raw for one in mine if one.raw["Type"] == APPLICATION]
    if mine and not counting:
        raise FactUnavailable(
            f"no load balancer of the service in AWS {place} counts requests",
            "say in a statement how many requests there are",
        )
    wanted = [(_of_balancer(raw["LoadBalancerArn"]), "Sum") for raw in counting]
    series = read_series(aws, place, wanted, span)
    return [(str(raw["LoadBalancerName"]), one) for raw, one in zip(counting, series, strict=True)]


def _of_balancer(arn: str) -> Metric:
    dimensions = (("LoadBalancer", arn.partition(":loadbalancer/")[2]),)
    return Metric(namespace="AWS/ApplicationELB", name="RequestCount", dimensions=dimensions)


def _edge(desk: Desk, span: Span) -> RequestCount | None:
    """Count at the distributions that users of the service and backend endpoints ask."""
    hosts = {host_of(one) for one in desk.profile.endpoints if one.role in {"service", "backend"}}
    before = [
        one
        for one in distributions.own_distributions(desk.aws, desk.profile)
        if hosts & {*one.aliases}
    ]
    found = [pair for home in desk.aws.homes for pair in _at_edge(desk.aws, span, home, before)]
    return _count(span, found) if found else None


def _at_edge(
    aws: AwsAccess, span: Span, home: Place, before: Iterable[Distribution]
) -> list[tuple[str, Series]]:
    own = [one.id for one in before if one.home == home]
    series = read_series(aws, home, [(_of_distribution(one), "Sum") for one in own], span)
    return list(zip(own, series, strict=True))


def _of_distribution(distribution: str) -> Metric:
    dimensions = (("DistributionId", distribution), ("Region", "Global"))
    return Metric(namespace="AWS/CloudFront", name="Requests", dimensions=dimensions)


def _count(span: Span, found: Iterable[tuple[str, Series]]) -> RequestCount:
    named = tuple(found)
    by_minute: Counter[datetime] = Counter()
    for _, series in named:
        for minute, requests in series.points:
            by_minute[minute] += round(requests)
    return RequestCount(
        of=tuple(sorted(name for name, _ in named)),
        since=span.start,
        until=span.end,
        day=by_minute.total(),
        busiest_minute=max(by_minute.values(), default=0),
        minutes=len(by_minute),
    )
