"""Reads the probes of a blackbox exporter from Prometheus, for ``availability_probes``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_orr.collect.parts import parts_by_id
from pytest_orr.errors import FactUnavailable

from .alert_rules import AlertRules
from .bound_rules import BoundRules, bound_rules
from .probes import Asserted, History, Probe, asserted_by
from .selectors import narrowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.prometheus_said import Sample, Target
    from pytest_orr.collect.interface import Desk

SUCCESS = "probe_success"
STATUS = "probe_http_status_code"
UNTIL = "probe_ssl_earliest_cert_expiry"
EVERY_MINUTES, MINUTES_A_DAY = 5, 1440
"""How finely it is told whether a probe had looked: what Prometheus looks back by itself."""
AGAIN = "run again when it has looked for some time"
PORTS = {"http": 80, "https": 443}
Key = tuple[tuple[str, str], ...]


def read_probes(desk: Desk) -> tuple[tuple[frozenset[str], Probe], ...]:
    """Return the service's probes, each with the places that it looks at, by name.

    Whom they wake, how they went and what they assert are parts of their own. Raises
    ``FactUnavailable`` when Prometheus does not tell of probes at all.
    """
    declared = desk.profile.prometheus
    runs = [
        one
        for one in desk.prometheus.sampled(_own(desk, SUCCESS), at=desk.as_of)
        if declared is None or one.labels.get("job") in declared.probe_jobs
    ]
    targets = {_key(one.labels): one for one in desk.prometheus.targets()}
    by_id = {str(place): one for place, one in enumerate(runs)}
    found = _Readings(desk, by_id, {one: targets.get(_key(by_id[one].labels)) for one in by_id})
    read = ((found.places(one), found.probe(one)) for one in by_id)
    return tuple(sorted(read, key=lambda pair: pair[1].name))


def place_of(url: str) -> str:
    """Return a URL without user, query and default port; empty if it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return ""
    if parts.scheme not in PORTS or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}{parts.path or '/'}"


class _Readings:
    """What is known of the probes, by an id that is theirs here alone."""

    def __init__(
        self, desk: Desk, runs: Mapping[str, Sample], targets: Mapping[str, Target | None]
    ) -> None:
        self._desk, self._runs, self._targets = desk, runs, targets
        names = {one: _name(run) for one, run in runs.items()}
        self._statuses = self._values_of(_own(desk, STATUS))
        self._until = self._values_of(_own(desk, UNTIL))
        self._histories = parts_by_id(names, self._read_histories)
        self._alerts = parts_by_id(names, self._read_alerts)
        self._asserted = parts_by_id(names, self._read_asserted)

    def places(self, one: str) -> frozenset[str]:
        """Return what a probe looks at: its label ``instance``, and what Prometheus asks for."""
        target = self._targets[one]
        named = {self._runs[one].labels.get("instance", ""), target.probed if target else ""}
        return frozenset(map(place_of, named)) - {""}

    def probe(self, one: str) -> Probe:
        """Return a probe."""
        run, target = self._runs[one], self._targets[one]
        status, until = self._statuses.get(_key(run.labels)), self._until.get(_key(run.labels))
        return Probe(
            name=_name(run),
            module=target.module if target else "",
            passed=run.value == 1,
            ran=run.at,
            status=int(status) if status else None,
            until=datetime.fromtimestamp(until, UTC) if until else None,
            history=self._histories[one],
            alerts=self._alerts[one],
            asserted=self._asserted[one],
        )

    def _read_histories(self) -> dict[str, History | FactUnavailable]:
        days = self._desk.profile.monitoring.availability_days
        selector = _own(self._desk, SUCCESS)
        passed = self._values_of(f"avg_over_time({selector}[{days}d])")
        counted = self._values_of(f"count_over_time({selector}[{days}d:{EVERY_MINUTES}m])")
        found: dict[str, History | FactUnavailable] = {}
        for one, run in self._runs.items():
            key = _key(run.labels)
            found[one] = FactUnavailable(f"Prometheus has no history of {_name(run)}", AGAIN)
            if key in passed and key in counted:
                measured = counted[key] * EVERY_MINUTES / (days * MINUTES_A_DAY)
                found[one] = History(days=days, passed=passed[key], measured=measured)
        return found

    def _values_of(self, expression: str) -> dict[Key, float]:
        told = self._desk.prometheus.query(expression, at=self._desk.as_of)
        return {_key(one.labels): one.value for one in told}

    def _read_alerts(self) -> dict[str, BoundRules]:
        rules = AlertRules().collect(self._desk).value
        return {one: bound_rules(rules, SUCCESS, run.labels) for one, run in self._runs.items()}

    def _read_asserted(self) -> dict[str, Asserted | FactUnavailable]:
        modules = self._desk.blackbox.modules
        named = {one: target.module if target else "" for one, target in self._targets.items()}
        return {one: asserted_by(name, modules) for one, name in named.items()}


def _own(desk: Desk, series: str) -> str:
    declared = desk.profile.prometheus
    return narrowed(series, declared.series) if declared else series


def _name(run: Sample) -> str:
    return " ".join(run.labels.get(key, "") for key in ("job", "instance")).strip()


def _key(labels: Mapping[str, str]) -> Key:
    return tuple(sorted((key, one) for key, one in labels.items() if key != "__name__"))
