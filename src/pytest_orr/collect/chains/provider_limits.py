"""Whether the provider's plan holds what is expected, and if it refused: ``provider_limits``."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from pytest_orr.collect.exposition import sum_of
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.collect.watching.counters import Counted, count
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

STARTED = "process_start_time_seconds"
"""Metric of Prometheus's client libraries: since when the process counts."""
LOOKED_BACK = timedelta(days=7)
ASK_HISTORY = "look at the counter's history of the last seven days, and state what it shows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """How often the provider refused the service for want of a larger plan."""

    family: str
    count: int
    since: datetime | None = None
    """When the counting process started, aware; none if it does not tell."""
    week: Counted | None = None
    """What Prometheus knows of the last seven days; none if the service itself was asked."""
    newest: datetime | None = None
    """When Prometheus last had a sample, aware; none if it has none of today."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.week:
            days = f"{self.week.start:%Y-%m-%d} to {self.week.end:%Y-%m-%d}"
            return f"{self.week.seen} from {days}, {self.week.known:.0%} of it known"
        since = f"{self.since:%Y-%m-%d %H:%M} UTC" if self.since else "nobody knows when"
        return f"{self.family} {self.count} since {since}"

    def has_none(self, as_of: datetime, minutes: int) -> bool:
        """Tell whether none was counted in seven days; unknown where a counter cannot tell that.

        ``minutes`` is how old the newest sample in Prometheus may be.
        """
        if self.week:
            return not self.count and self._is_live(self.week, as_of - timedelta(minutes=minutes))
        young = self.since is not None and as_of - self.since < LOOKED_BACK
        if self.count and not young:
            raise FactUnavailable(
                f"{self.family} has counted {self.count}, and does not say when", ASK_HISTORY
            )
        if not self.count and (young or self.since is None):
            raise FactUnavailable(
                f"{self.family} does not count for seven days yet, or {STARTED} is not exported",
                ASK_HISTORY,
            )
        return not self.count

    def _is_live(self, week: Counted, since: datetime) -> bool:
        """Require of Prometheus that it counted all those days, and still does."""
        week.whole()
        if self.newest is None or self.newest < since:
            last = f"since {self.newest:%Y-%m-%d %H:%M} UTC" if self.newest else "of today"
            raise FactUnavailable(
                f"Prometheus has no sample of {self.family} {last}",
                "let Prometheus scrape the service again, and run again",
            )
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLimitFacts:
    """What is expected, what the plan allows, and how often the provider refused."""

    requests_per_day: int
    calls_per_request: float
    calls_per_day: int
    """What the plan allows."""
    most_of_the_plan: float
    refusals: Part[Refusals]

    @property
    def expected(self) -> int:
        """Calls a day that the projection makes."""
        return round(self.requests_per_day * self.calls_per_request)

    @property
    def fits(self) -> bool:
        """Whether the expected calls leave the plan its margin."""
        return self.expected <= self.calls_per_day * self.most_of_the_plan

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        share = f"{self.most_of_the_plan:.0%} of {self.calls_per_day:,}"
        return f"{self.expected:,} expected, {share} allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLimits:
    """Does the plan at the provider of nodes hold the expected load?"""

    name: str = "provider_limits"
    source: str = "the profile, Prometheus or the service's metrics"
    operations: tuple[str, ...] = ("http:GET", "prometheus:GET")
    fact_type: Any = ProviderLimitFacts

    def collect(self, desk: Desk) -> Answer[ProviderLimitFacts]:
        """Take the numbers from the profile, and the counter from Prometheus.

        Where no Prometheus is declared the counter is that of the metrics endpoint.
        """
        provider, load = desk.profile.provider, desk.profile.forecast
        if provider is None or provider.calls_per_day is None or provider.calls_per_request is None:
            raise Undeclared("[provider]", "calls_per_day of the plan, and calls_per_request,")
        facts = ProviderLimitFacts(
            requests_per_day=load.requests_per_day,
            calls_per_request=provider.calls_per_request,
            calls_per_day=provider.calls_per_day,
            most_of_the_plan=provider.most_of_the_plan,
            refusals=part_of("refused calls", lambda: _refusals(desk, provider.refused_calls)),
        )
        return Answer(value=facts, where=("[provider]",))


def _refusals(desk: Desk, family: str | None) -> Refusals:
    if family is None:
        raise Undeclared("[provider] refused_calls", "the metric that counts refusals,")
    if desk.profile.prometheus:
        week = count(desk, family, desk.as_of - LOOKED_BACK, desk.as_of)
        last = [one.at for one in desk.prometheus.sampled(week.selector, at=desk.as_of)]
        newest = max(last, default=None)
        return Refusals(family=family, count=ceil(week.amount or 0), week=week, newest=newest)
    return _exported(desk, family)


def _exported(desk: Desk, family: str) -> Refusals:
    pages = [one for one in desk.profile.endpoints if one.role == "metrics"]
    if not pages:
        raise Undeclared("[[endpoints]]", "the service's metrics")
    counts, starts = [], []
    for endpoint in pages:
        text = desk.http.get(endpoint.url, desk.http.route_to(endpoint)).text
        try:
            counts.append(sum_of(text, family))
            starts.append(sum_of(text, STARTED))
        except ValueError as error:
            raise FactUnavailable(f"{endpoint.name}: {error}", "export what parses") from error
    known = [one for one in counts if one is not None]
    if not known:
        raise FactUnavailable(
            f"no metrics endpoint has samples of {family}",
            "export it from the start, with 0, or correct refused_calls under [provider]",
        )
    start = max((one for one in starts if one), default=None) if all(starts) else None
    since = datetime.fromtimestamp(start, UTC) if start else None
    return Refusals(family=family, count=round(sum(known)), since=since)
