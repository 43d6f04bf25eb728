"""Compares what the canary served with what the release before did: the fact ``canary_traffic``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_orr.collect.delivery.release_canaries import environment_of, read_release_canary
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.forge import Canary

from .counters import Counted, count

REMEDY = "send the canary a share of the traffic for as long as [delivery.canary] hours says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What one release was asked in a time, and how often it failed."""

    requests: Counted
    errors: Counted

    @property
    def ratio(self) -> float:
        """Part of the requests that failed; ``FactUnavailable`` where that is not known."""
        requests = self.requests.whole()
        return self.errors.whole() / requests if requests else 0.0

    @property
    def seen(self) -> str:
        """A few words for a finding."""
        return f"{self.requests.seen}, {self.errors.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryTraffic:
    """What the canary served before everybody had the release, and the baseline meanwhile."""

    start: datetime
    end: datetime
    """Aware: the longest time that the release ran there before production had it."""
    canary: Served
    baseline: Served | None = None
    """What the release before served; none at a first launch."""

    @property
    def was_used(self) -> bool:
        """Whether anybody asked it; ``FactUnavailable`` where that is not known."""
        return self.canary.requests.whole() > 0

    def is_as_good(self, factor: float) -> bool:
        """Tell whether no larger part of its requests failed than ``factor`` times the baseline's.

        Before a first launch there is nothing to compare it with.
        """
        if self.baseline is None:
            return True
        if not self.baseline.requests.whole():
            raise FactUnavailable(
                f"the release before served nothing: {self.baseline.requests.seen}",
                "correct baseline under [delivery.canary], or say in a statement what it served",
            )
        return self.canary.ratio <= self.baseline.ratio * factor

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        time = f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"
        if self.baseline is None:
            return f"{time}: {self.canary.seen}; no release before it"
        own, other = self.canary.requests.amount or 0, self.baseline.requests.amount or 0
        share = f", {own / (own + other):.1%} of the requests" if own else ""
        return f"{time}: {self.canary.seen}{share}; beside it {self.baseline.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryTraffics:
    """Did the canary serve somebody, with no more errors than the release before?"""

    name: str = "canary_traffic"
    source: str = "Prometheus, forge"
    operations: tuple[str, ...] = ("forge:deployments", "prometheus:GET")
    fact_type: Any = tuple[Part[CanaryTraffic], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[CanaryTraffic], ...]]:
        """Ask the forge when the release ran in the canary, and Prometheus what came meanwhile."""
        declared = desk.profile.delivery.canary
        if declared.requests is None or declared.errors is None:
            raise Undeclared("[delivery.canary] requests", "the counter of requests, and errors,")
        part = part_of(f"traffic of {environment_of(desk)}", lambda: _traffic(desk, declared))
        return Answer(value=(part,), where=("[prometheus]", "[forge]"))


def _traffic(desk: Desk, declared: Canary) -> CanaryTraffic:
    canary = read_release_canary(desk)
    if not canary.has_run:
        raise FactUnavailable("the release never ran there, so nothing was served", REMEDY)
    start, end = canary.stay_before_all(desk.as_of)
    if end <= start:
        raise FactUnavailable("production had the release before the canary did", REMEDY)
    is_first = desk.profile.release.first
    baseline = None if is_first else _served(desk, declared, declared.baseline, start, end)
    own = _served(desk, declared, declared.canary, start, end)
    return CanaryTraffic(start=start, end=end, canary=own, baseline=baseline)


def _served(desk: Desk, declared: Canary, labels: dict[str, str], *time: datetime) -> Served:
    requests, errors = (
        count(desk, series or "", time[0], time[1], labels)
        for series in (declared.requests, declared.errors)
    )
    return Served(requests=requests, errors=errors)
