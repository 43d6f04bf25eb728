"""The part of readiness.toml that is about load: expected, withstood, watched and allowed."""

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from pytest_orr.errors import Undeclared

from .fields import CONFIG, Count, Date, Days, Email, HttpUrl, Instant, Series, Sha256, Text

Requests = Annotated[int, Strict(), Field(ge=1)]
Amount = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Factor = Annotated[float, Strict(), Field(ge=1, allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(gt=0, le=1)]
Portion = Annotated[float, Strict(), Field(ge=0, le=1)]


def host_of_url(url: str) -> str:
    """Return the host of a URL in lower case; nothing of one that names none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Growth:
    """The load that is expected some months after the launch."""

    months: Annotated[int, Strict(), Field(ge=1, le=60)]
    """How many months after it."""
    requests_per_day: Requests
    """Requests in 24 hours."""
    peak_rps: Amount
    """Requests per second in the busiest second."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Projection:
    """The load that the product owner expects."""

    requests_per_day: Requests
    """Requests in 24 hours, at launch."""
    peak_rps: Amount
    """Requests per second in the busiest second."""
    by: Email
    """Who projected it: one of the service's people, with the role product."""
    on: Date
    """When."""
    growth: tuple[Growth, ...] = ()
    """What is expected later: at least after 3, 6 and 12 months."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        later = (f"{one.requests_per_day:,} after {one.months} months" for one in self.growth)
        numbers = (f"{self.requests_per_day:,} a day, at most {self.peak_rps:g} a second", *later)
        return f"{', '.join(numbers)}; by {self.by} on {self.on}"

    def lacks(self, *months: int) -> tuple[int, ...]:
        """Return those of some distances from the launch, in months, of which nothing is said."""
        return tuple(sorted({*months} - {one.months for one in self.growth}))

    def age_on(self, day: dt.date) -> int:
        """Return how many days it is old on a day."""
        return (day - self.on).days


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class StressTest:
    """A stress test, by the result file that its tool wrote; this product never makes load."""

    tool: Literal["k6", "locust", "jmeter", "vegeta", "hey"]
    """Which tool wrote the file."""
    file: Text
    """The file, beside this one."""
    sha256: Sha256
    """Its digest, so that everybody judges the same result."""
    target: HttpUrl
    """URL that was loaded."""
    stands_for: Text | None = None
    """Name of the [[endpoints]] entry in whose place another host was loaded, such as staging."""
    started: Instant
    """When the load began, with its offset from UTC."""
    ended: Instant
    """When it ended."""
    requests: Count = 0
    """How many requests were sent, for hey alone: its file leaves out those without an answer."""

    @property
    def host(self) -> str:
        """Host of the target, in lower case."""
        return host_of_url(self.target)


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Saturation:
    """A signal that says when to scale, and how much of it was tested."""

    name: Text
    """How pages name it."""
    alarm: Text | None = None
    """Name of the CloudWatch alarm on it; or the metric, by namespace, metric and dimensions; or
    the series, in Prometheus."""
    namespace: Text | None = None
    """Namespace of the metric, such as AWS/RDS."""
    metric: Text | None = None
    """Name of the metric, such as DatabaseConnections."""
    dimensions: dict[str, Text] = Field(default_factory=dict)
    """All dimensions of the metric."""
    series: Series | None = None
    """The series of Prometheus that tells it, such as explorer_queue_length{queue="blocks"}."""
    rule: Text | None = None
    """Name of the alert rule on that series, if several are about it."""
    capacity: Amount
    """How much of it a stress test showed to be bearable, in the unit of the alarm's threshold."""
    falls: Annotated[bool, Strict()] = False
    """True for a signal that falls as load grows, such as free memory."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ProviderQuota:
    """What a provider lets the service ask of it."""

    name: Text
    """The provider, and which of its limits."""
    requests_per_day: Requests | None = None
    """Requests in 24 hours that it allows."""
    rps: Amount | None = None
    """Requests per second that it allows."""
    calls_per_request: Amount = 1.0
    """How many of its requests one request to the service takes, on average."""

    def lacks(self, load: Projection, margin: float) -> str:
        """Say what it allows too little of for a load with a margin; empty if it allows enough."""
        factor = self.calls_per_request * margin
        allowed = (
            (self.requests_per_day, load.requests_per_day, "a day"),
            (self.rps, load.peak_rps, "a second"),
        )
        for allows, expected, per in allowed:
            if allows is not None and allows < expected * factor:
                return (
                    f"it allows {allows:,.10g} {per}, and {expected * factor:,.10g} may be needed"
                )
        return ""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        allowed = ((self.requests_per_day, "a day"), (self.rps, "a second"))
        return ", ".join(f"{allows:,.10g} {per}" for allows, per in allowed if allows is not None)


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Scaling:
    """What the service promises under load, what it watches, and what its figures must be like."""

    p95_ms: Amount | None = None
    """Milliseconds within which 95 of 100 requests must be answered."""
    error_budget: Portion | None = None
    """Part of the requests that may fail: 0.001 is one in a thousand."""
    saturation: tuple[Saturation, ...] = ()
    """Signals that say when to scale."""
    requests: Series | None = None
    """The counter of the service's requests in Prometheus, such as explorer_requests_total."""
    provider_quotas: tuple[ProviderQuota, ...] = ()
    """What providers let the service ask of them."""
    oldest_forecast_days: Days = 90
    """When the load must last have been projected."""
    oldest_test_days: Days = 90
    """When the stress test must have been."""
    tested_factor: Factor = 1.5
    """How many times the projected peak a stress test must reach."""
    quota_margin: Factor = 1.5
    """How many times the projection a provider's quota must allow."""
    quota_factor: Factor = 2.0
    """How many times the present use AWS's quota must allow where no scaling group says more."""
    alarm_share: Share = 0.8
    """Part of the tested capacity at which a saturation alarm must go off."""
    oldest_sample_minutes: Annotated[int, Strict(), Field(ge=1, le=60)] = 15
    """When a saturation signal must last have had a sample."""

    @property
    def slowest_ms(self) -> float:
        """The objective on latency; raises ``Undeclared`` if there is none."""
        if self.p95_ms is None:
            raise Undeclared("[scaling] p95_ms", "the objective on latency")
        return self.p95_ms

    @property
    def most_errors(self) -> float:
        """The budget of errors; raises ``Undeclared`` if there is none."""
        if self.error_budget is None:
            raise Undeclared("[scaling] error_budget", "the part of requests that may fail,")
        return self.error_budget


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Peers:
    """Other services, to see that none of them uses this one's endpoint."""

    reviews: tuple[Text, ...] = ()
    """Their review.json or readiness.toml, copied beside this file."""
