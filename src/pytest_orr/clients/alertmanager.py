"""Alertmanager's HTTP API, version 2: who is told of an alert, by the configuration that it runs.

``desk.alertmanager``. Of receivers nothing is kept but their names and kinds; keys and addresses
are not.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_orr.errors import FactUnavailable, Undeclared

from .alertmanager_matchers import Matcher
from .alertmanager_routes import Route, Routing, routing_in
from .anchored_patterns import Undecidable
from .hostile_json import Unreadable
from .memo import Memo
from .prometheus_said import instant_of
from .proxied_api import Named, ProxiedApi
from .yaml_text import yaml_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.profile.monitoring import Alertmanager as Declared

    from .clocks import Clocks
    from .hostile_json import At

T = TypeVar("T")

NAMED = Named(whose="Alertmanager", section="[alertmanager]")
WAKING = "pagerduty"
WEEK = 7 * 24
"""Hours."""
QUARTER = timedelta(minutes=15)
STATUS, SILENCES = "/api/v2/status", "/api/v2/silences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who is told of an alert."""

    name: str
    kinds: tuple[str, ...]
    """How: ``pagerduty``, ``email``, ``webhook`` …; none of a receiver that drops what it gets."""
    wakes: bool
    """Whether a person is woken: by PagerDuty, or because [alertmanager] waking names it."""
    muted_hours: int = 0
    """In how many of the 168 hours of a week its route says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence that is in force: nobody is told of the alerts that it matches."""

    id: str
    by: str
    until: datetime | None
    """Aware, UTC."""
    matchers: tuple[Matcher, ...]

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Tell whether an alert with these labels is silent."""
        return all(matcher.matches(labels) for matcher in self.matchers)


class Alertmanager:
    """The Alertmanager that the profile declares; methods raise ``FactUnavailable``."""

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
            raise Undeclared("[alertmanager]", "the Alertmanager that Prometheus sends alerts to")
        self._waking = frozenset(declared.waking)
        self._api = ProxiedApi(
            declared, folder, NAMED, environment=environment, pause=pause, clocks=clocks
        )
        self._memo = Memo()

    @property
    def where(self) -> str:
        """Host and port that are asked."""
        return self._api.place

    def close(self) -> None:
        """End all connections."""
        self._api.close()

    def receivers_of(
        self, labels: Mapping[str, str], *, at: datetime | None = None
    ) -> tuple[Receiver, ...]:
        """Return who is told of an alert with exactly these labels (GET /api/v2/status).

        ``at`` is the instant from which a week is looked at for hours in which a route is muted.
        """
        return _decided(lambda: self._receivers(labels, at))

    def deciding_labels(self) -> frozenset[str]:
        """Return the names of labels on which it depends who is told."""
        return _decided(self._routing().root.names)

    def silences(self) -> tuple[Silence, ...]:
        """Return the silences that are in force now (GET /api/v2/silences)."""
        return self._memo.once(SILENCES, self._silences)

    def silenced_by(self, labels: Mapping[str, str]) -> tuple[Silence, ...]:
        """Return the silences by which nobody is told of an alert with these labels."""
        found = self.silences()
        return _decided(lambda: tuple(one for one in found if one.covers(labels)))

    def _receivers(self, labels: Mapping[str, str], at: datetime | None) -> tuple[Receiver, ...]:
        routing = self._routing()
        return tuple(self._receiver(routing, route, at) for route in routing.root.reached(labels))

    def _receiver(self, routing: Routing, route: Route, at: datetime | None) -> Receiver:
        kinds = routing.kinds[route.receiver]
        return Receiver(
            name=route.receiver,
            kinds=kinds,
            wakes=WAKING in kinds or route.receiver in self._waking,
            muted_hours=_muted_hours(routing, route, at) if at else 0,
        )

    def _routing(self) -> Routing:
        return self._memo.once(STATUS, self._read_routing)

    def _read_routing(self) -> Routing:
        self._api.ready()
        said = self._said(STATUS)
        try:
            written = said["config"]["original"].value
        except Unreadable as error:
            raise self._api.strange(STATUS, error) from error
        if not isinstance(written, str):
            raise self._api.strange(STATUS, "tells no configuration")
        return _decided(lambda: routing_in(_document(written)))

    def _silences(self) -> tuple[Silence, ...]:
        try:
            return tuple(
                _silence(one)
                for one in self._said(SILENCES).each()
                if one["status"]["state"].text() == "active"
            )
        except Unreadable as error:
            raise self._api.strange(SILENCES, error) from error

    def _said(self, path: str) -> At:
        return self._api.json(path)


def _decided(decide: Callable[[], T]) -> T:
    try:
        return decide()
    except Undecidable as error:
        raise FactUnavailable(
            f"nobody can tell here whom Alertmanager tells: {error}",
            "ask `amtool config routes test` by hand, or write the route in simpler words",
        ) from None


def _document(written: str) -> Any:
    try:
        documents = yaml_in(written.encode("utf-8", "replace"), "Alertmanager's configuration")
    except FactUnavailable as error:
        raise Undecidable(error.cause) from None
    return documents[0] if documents else None


def _silence(said: At) -> Silence:
    return Silence(
        id=said["id"].needed(),
        by=said["createdBy"].text(),
        until=instant_of(said["endsAt"]),
        matchers=tuple(_matchers(said)),
    )


def _matchers(said: At) -> Iterator[Matcher]:
    for one in said["matchers"].each():
        yield Matcher(
            name=one["name"].needed(),
            value=one["value"].text(),
            is_regex=one["isRegex"].flag() is True,
            is_equal=one["isEqual"].flag() is not False,
        )


def _muted_hours(routing: Routing, route: Route, at: datetime) -> int:
    """Return in how many hours of the week from an instant on a route says nothing, rounded up."""
    if not route.muted and not route.active:
        return 0
    quarters = (at + QUARTER * one for one in range(WEEK * 4))
    return math.ceil(sum(_is_muted(routing, route, one) for one in quarters) / 4)


def _is_muted(routing: Routing, route: Route, instant: datetime) -> bool:
    def inside(names: tuple[str, ...]) -> bool:
        for name in names:
            if name not in routing.hours:
                raise Undecidable(f"a route names the interval {name[:80]!r}, which there is not")
        return any(one.holds(instant) for name in names for one in routing.hours[name])

    return inside(route.muted) or (bool(route.active) and not inside(route.active))
