"""Prometheus' HTTP API, version 1: what it scrapes, which rules it has, what its series say.

``desk.prometheus``. An answer that Prometheus itself calls incomplete, by a warning, is none.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from pytest_orr.errors import FactUnavailable, Undeclared

from .hostile_json import Unreadable
from .prometheus_said import Sample, instant_in, rules_of, samples_of, target_of
from .proxied_api import LONGEST_TOLD, Named, ProxiedApi
from .yaml_text import yaml_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.profile.monitoring import Prometheus as Declared

    from .clocks import Clocks
    from .hostile_json import At
    from .prometheus_said import AlertRule, Target

T = TypeVar("T")

NAMED = Named(whose="Prometheus", section="[prometheus]")
LOOKED_BACK = "1d:1m"
"""How far back a series that ended is looked for, and how exactly its end is told."""


class Prometheus:
    """The Prometheus that the profile declares, or what speaks its API.

    Every method raises ``FactUnavailable`` with cause and remedy; answers are kept for the run.
    """

    def __init__(
        self,
        declared: Declared | None,
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
        clocks: Clocks | None = None,
    ) -> None:
        if declared is None:
            raise Undeclared("[prometheus]", "the Prometheus that scrapes the service")
        self._series = declared.series
        self._api = ProxiedApi(
            declared, folder, NAMED, environment=environment, pause=pause, clocks=clocks
        )

    @property
    def where(self) -> str:
        """Host and port that are asked."""
        return self._api.place

    def close(self) -> None:
        """End all connections."""
        self._api.close()

    def own(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels are the service's, by [prometheus] series; all are without it."""
        return all(labels.get(key) == value for key, value in self._series.items())

    def query(self, expression: str, *, at: datetime) -> tuple[Sample, ...]:
        """Return what an expression is at an instant (GET /api/v1/query).

        The samples bear the instant of the question. Stale series are left out by Prometheus.
        """
        return self._samples("query", query=expression, time=_written(at))

    def sampled(self, selector: str, *, at: datetime) -> tuple[Sample, ...]:
        """Return the newest sample of each series of one name, with its own instant.

        A series that ended within the last day is told with its last sample, so that what is
        stale shows. Source: GET /api/v1/query, twice.
        """
        values = self.query(f"{selector} or last_over_time({selector}[1d])", at=at)
        scraped = self.query(
            f"timestamp({selector}) or max_over_time(timestamp({selector})[{LOOKED_BACK}])", at=at
        )
        instants = {_key(one.labels): instant_in(one.value) for one in scraped}
        return tuple(
            Sample(labels=one.labels, at=instant, value=one.value)
            for one in values
            if (instant := instants.get(_key(one.labels)))
        )

    def targets(self) -> tuple[Target, ...]:
        """Return everything that is scraped, of whomever (GET /api/v1/targets)."""
        return self._read("targets", _targets, state="active")

    def rules(self) -> tuple[AlertRule, ...]:
        """Return every rule that fires alerts, of whomever (GET /api/v1/rules)."""
        return self._read("rules", _rules, type="alert")

    def alertmanagers(self) -> tuple[str, ...]:
        """Return the URLs to which alerts are sent (GET /api/v1/alertmanagers)."""
        return self._read("alertmanagers", _receiving)

    def external_labels(self) -> Mapping[str, str]:
        """Return the labels that each alert gets on its way (GET /api/v1/status/config)."""
        return self._read("status/config", _external)

    def _samples(self, what: str, **query: str) -> tuple[Sample, ...]:
        return self._read(what, lambda data: tuple(samples_of(data)), **query)

    def _read(self, what: str, read: Callable[[At], T], **query: str) -> T:
        path = f"/api/v1/{what}"
        said = self._api.json(path, **query)
        try:
            if said["status"].needed() != "success":
                raise _refused(said, query.get("query", path))
            warnings = [one.text() for one in said["warnings"].each()]
            if warnings:
                raise _in_part(path, warnings)
            return read(said["data"])
        except Unreadable as error:
            raise self._api.strange(path, error) from error


def _targets(data: At) -> tuple[Target, ...]:
    return tuple(target_of(one) for one in data["activeTargets"].each())


def _rules(data: At) -> tuple[AlertRule, ...]:
    return tuple(rule for group in data["groups"].each() for rule in rules_of(group))


def _receiving(data: At) -> tuple[str, ...]:
    return tuple(sorted(one["url"].needed() for one in data["activeAlertmanagers"].each()))


def _external(data: At) -> Mapping[str, str]:
    written = data["yaml"].value
    if not isinstance(written, str):
        raise data["yaml"].wrong("text")
    for document in yaml_in(written.encode("utf-8", "replace"), "Prometheus' configuration"):
        said = document.get("global") if isinstance(document, dict) else None
        labels = said.get("external_labels") if isinstance(said, dict) else None
        if isinstance(labels, dict):
            return {str(key): str(value) for key, value in labels.items()}
    return {}


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, one) for key, one in labels.items() if key != "__name__"))


def _written(at: datetime) -> str:
    return f"{at.timestamp():.3f}"


def _refused(said: At, asked: str) -> FactUnavailable:
    error = said["error"].text()[:LONGEST_TOLD]
    return FactUnavailable(
        f"Prometheus does not answer {asked[:LONGEST_TOLD]}: {error or 'it does not say why'}",
        "try the expression in Prometheus itself, and correct what readiness.toml says of it",
    )


def _in_part(path: str, warnings: list[str]) -> FactUnavailable:
    return FactUnavailable(
        f"Prometheus warns that its answer to GET {path} is not whole: "
        f"{'; '.join(warnings)[:LONGEST_TOLD]}",
        "mend what Prometheus warns of (a remote store that is down, say) and run again",
    )
