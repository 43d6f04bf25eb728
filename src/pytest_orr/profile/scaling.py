"""The part of readiness.toml that is about load: what is expected, and what was withstood."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Count, Date, Email, HttpUrl, Instant, Sha256, Text

Rate = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Projection:
    """The load that the product owner expects."""

    requests_per_day: Annotated[int, Strict(), Field(ge=1)]
    """Requests in 24 hours, at launch."""
    peak_rps: Rate
    """Requests per second in the busiest second."""
    by: Email
    """Who projected it: one of the service's people."""
    on: Date
    """When."""


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
    started: Instant
    """When the load began, with its offset from UTC."""
    ended: Instant
    """When it ended."""
    virtual_users: Count = 0
    """How many users were played, if the tool's file does not say."""
