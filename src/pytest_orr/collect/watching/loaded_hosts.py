"""Reads how busy hosts outside of AWS were during a stress test: the fact ``loaded_hosts``.

What node_exporter measured is asked of Prometheus; of EC2 instances CloudWatch tells the same
(``sized_instances``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pytest_orr.collect.instances import own_machines
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of, unread
from pytest_orr.collect.sized_instances import UNTESTED, loaded_elsewhere
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer
from pytest_orr.profile.schema import StressTest

from .counters import ENOUGH, number
from .scrape_targets import ScrapeTarget, ScrapeTargets
from .selectors import narrowed

MINUTE = 60
AGAIN = "let Prometheus scrape its node_exporter, keep its series for longer, and test again"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLoad:
    """How much of a host was in use between beginning and end of a stress test, in percent."""

    start: datetime
    end: datetime
    """Aware."""
    cpu: float
    """The level within which 95 of 100 minutes stay."""
    memory: float
    """The highest."""
    disk: float
    """The highest, of the root file system."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        span = f"{self.start:%Y-%m-%d %H:%M} to {self.end:%H:%M} UTC"
        return f"{span}: CPU {self.cpu:.0f}, memory {self.memory:.0f}, disk {self.disk:.0f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedHosts:
    """Did hosts outside of AWS have enough left while they were tested?"""

    name: str = "loaded_hosts"
    source: str = "Prometheus"
    operations: tuple[str, ...] = ("prometheus:GET",)
    fact_type: Any = tuple[Part[HostLoad], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[HostLoad], ...]]:
        """Read every backend host during every stress test; a profile with ``[aws]`` has none."""
        hosts = [one.name for one in own_machines(desk.profile) if one.group.role == "backend"]
        if desk.profile.aws is not None or not hosts:
            return Answer(value=())
        if not desk.profile.stress_tests:
            return Answer(value=tuple(unread(f"{one}: stress test", UNTESTED) for one in hosts))
        nodes = {one.host: one for one in ScrapeTargets().collect(desk).value if one.host}
        parts = tuple(
            part_of(f"{host}: {test.file}", partial(_load, desk, test, nodes.get(host)))
            for host in hosts
            for test in desk.profile.stress_tests
        )
        return Answer(value=parts, where=(desk.prometheus.where,))


def _load(desk: Desk, test: StressTest, node: ScrapeTarget | None) -> HostLoad:
    if elsewhere := loaded_elsewhere(desk, test):
        raise elsewhere
    if node is None:
        raise FactUnavailable("it is no node target of Prometheus", AGAIN)
    own = {"instance": node.instance, "job": node.job}
    idle = narrowed('node_cpu_seconds_total{mode="idle"}', own)
    free, all_ = (narrowed(f"node_memory_{one}_bytes", own) for one in ("MemAvailable", "MemTotal"))
    left, size = (
        narrowed(f'node_filesystem_{one}_bytes{{mountpoint="/"}}', own) for one in ("avail", "size")
    )
    _require_all(desk, test, all_)
    most = "max_over_time"
    return HostLoad(
        start=test.started.astimezone(UTC),
        end=test.ended.astimezone(UTC),
        cpu=_level(desk, test, "quantile_over_time(0.95, ", f"avg(rate({idle}[2m]))"),
        memory=_level(desk, test, f"{most}(", f"min({free}) / max({all_})"),
        disk=_level(desk, test, f"{most}(", f"min({left} / {size})"),
    )


def _require_all(desk: Desk, test: StressTest, series: str) -> None:
    seconds = _seconds(test)
    asked = f"count_over_time((count({series}))[{seconds}s:{MINUTE}s])"
    known = (number(desk.prometheus.query(asked, at=test.ended)) or 0) * MINUTE / seconds
    if known < ENOUGH:
        raise FactUnavailable(f"Prometheus knows {min(known, 1):.0%} of that time", AGAIN)


def _level(desk: Desk, test: StressTest, over: str, unused: str) -> float:
    """Return a level of what is used, by the part that is not."""
    asked = f"{over}(100 * (1 - {unused}))[{_seconds(test)}s:{MINUTE}s])"
    found = number(desk.prometheus.query(asked, at=test.ended))
    if found is None:
        raise FactUnavailable(f"Prometheus has no samples of {unused}", AGAIN)
    return found


def _seconds(test: StressTest) -> int:
    return max(int((test.ended - test.started).total_seconds()), MINUTE)
