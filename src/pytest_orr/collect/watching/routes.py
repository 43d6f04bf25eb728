"""Finds out whom an alert rule tells, whatever labels its series add; for ``alert_rules``.

An alert has the labels of its rule, those that Prometheus adds on the way, and those of the series
that it is about. Routes may decide by any of them, so a rule is followed with the labels of each
series that its expression asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

from .selectors import series_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.alertmanager import Receiver, Silence
    from pytest_orr.clients.prometheus_said import AlertRule
    from pytest_orr.collect.interface import Desk

DROPPING = re.compile(
    r"\b(sum|min|max|avg|group|stddev|stdvar|count|count_values|quantile|absent|absent_over_time"
    r"|vector|on)\b"
)
"""Words after which an alert may lack labels that its series have."""
MOST_SETS = 2000
T = TypeVar("T")
Labels = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who is told of a rule's alerts, whatever series they are about."""

    receivers: tuple[Receiver, ...]
    silences: tuple[Silence, ...]
    """Those in force over any of its alerts."""
    is_silent: bool
    """Whether they are over all of its alerts."""


def reached_by(desk: Desk, rule: AlertRule) -> Reach:
    """Return who is told of a rule's alerts, and which silences are over them now.

    Raises ``FactUnavailable`` if it depends on labels that nobody can foretell.
    """
    _require_the_same(desk)
    sets, unknown = _sets(desk, rule)
    told = [desk.alertmanager.receivers_of(one, at=desk.as_of) for one in sets]
    if len({_wakes(one) for one in told}) > 1:
        raise FactUnavailable(
            f"it depends on the series' {' and '.join(unknown)} whether {rule.name} wakes somebody",
            "put the labels by which Alertmanager's routes decide on the rule itself",
        )
    silences = [desk.alertmanager.silenced_by(labels) for labels in sets]
    return Reach(
        receivers=_each_once(one for several in told for one in several),
        silences=_each_once(one for several in silences for one in several),
        is_silent=all(silences),
    )


def _require_the_same(desk: Desk) -> None:
    """Refuse to follow routes of an Alertmanager that Prometheus sends nothing to."""
    declared = desk.profile.alertmanager
    sent = [urlsplit(one).netloc.rpartition("@")[2] for one in desk.prometheus.alertmanagers()]
    own = {desk.alertmanager.where, *(declared.known_as if declared else ())}
    if not own & {*sent}:
        to = f"sends alerts to {', '.join(sent)}" if sent else "sends alerts to nobody"
        raise FactUnavailable(
            f"Prometheus {to}, and not to {desk.alertmanager.where}",
            "let Prometheus send alerts to the Alertmanager of [alertmanager], or write the host "
            "and port that it is sent to under [alertmanager] known_as",
        )


def _sets(desk: Desk, rule: AlertRule) -> tuple[list[Labels], list[str]]:
    """Return the labels that alerts of a rule may have, and which of them its series bring.

    Labels by which neither a route nor a silence decides are left out.
    """
    said = {"alertname": rule.name, **rule.labels}
    known = {key: one for key, one in said.items() if "{{" not in one}
    if _deciding(desk) - known.keys():
        added = desk.prometheus.external_labels().items()
        known |= {key: one for key, one in added if key not in said}
    unknown = sorted(_deciding(desk) - known.keys())
    if not unknown:
        return [known], unknown
    found = [dict(one) for one in _of_series(desk, rule, unknown)]
    if not found or DROPPING.search(rule.expression):
        found.append({})
    if len(found) > MOST_SETS:
        raise FactUnavailable(
            f"the series of {rule.name} have more than {MOST_SETS} different labels",
            "put the labels by which Alertmanager's routes decide on the rule itself",
        )
    return [one | known for one in found], unknown


def _deciding(desk: Desk) -> frozenset[str]:
    """Return the labels by which routes and silences decide."""
    silences = desk.alertmanager.silences()
    of_silences = (matcher.name for silence in silences for matcher in silence.matchers)
    return desk.alertmanager.deciding_labels().union(of_silences)


def _of_series(desk: Desk, rule: AlertRule, names: list[str]) -> list[Mapping[str, str]]:
    try:
        selectors = series_in(rule.expression)
    except ValueError as error:
        raise FactUnavailable(
            f"the expression of {rule.name} is not understood: {error}",
            "update pytest-orr, or write the expression in simpler words",
        ) from None
    by = ", ".join(names)
    asked = (f"count by ({by}) ({one})" for one in selectors)
    return [one.labels for each in asked for one in desk.prometheus.query(each, at=desk.as_of)]


def _wakes(receivers: Iterable[Receiver]) -> bool:
    return any(one.wakes and not one.muted_hours for one in receivers)


def _each_once(things: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(things))
