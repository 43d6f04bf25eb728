"""Finds out whom an alert rule tells, whatever labels its series add; for ``alert_rules``.

An alert has the labels of its rule, those that Prometheus adds on the way, and those of the series
that it is about. Routes may decide by any of them, so a rule is followed with the labels of each
series that its expression asks for.
"""

from __future__ import annotations

import re
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
MOST_SETS = 500
T = TypeVar("T")
Labels = dict[str, str]


def reached_by(desk: Desk, rule: AlertRule) -> tuple[tuple[Receiver, ...], tuple[Silence, ...]]:
    """Return who is told of a rule's alerts, and which silences are over them now.

    Raises ``FactUnavailable`` if it depends on labels that nobody can foretell.
    """
    _require_the_same(desk)
    known = _known(desk, rule)
    unknown = desk.alertmanager.deciding_labels() - known.keys()
    sets = _sets(desk, rule, known, sorted(unknown))
    told = [desk.alertmanager.receivers_of(one, at=desk.as_of) for one in sets]
    if len({_wakes(one) for one in told}) > 1:
        raise FactUnavailable(
            f"it depends on the series' {' and '.join(sorted(unknown))} whether "
            f"{rule.name} wakes somebody",
            "put the labels by which Alertmanager's routes decide on the rule itself",
        )
    silences = [one for labels in sets for one in desk.alertmanager.silenced_by(labels)]
    return _each_once(one for several in told for one in several), _each_once(silences)


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


def _known(desk: Desk, rule: AlertRule) -> Labels:
    said = {"alertname": rule.name, **rule.labels}
    plain = {key: one for key, one in said.items() if "{{" not in one}
    added = desk.prometheus.external_labels().items()
    return plain | {key: one for key, one in added if key not in said}


def _sets(desk: Desk, rule: AlertRule, known: Labels, unknown: list[str]) -> list[Labels]:
    """Return the labels that alerts of a rule may have, as far as routes decide by them."""
    if not unknown:
        return [known]
    found = [dict(one) for one in _of_series(desk, rule, unknown)]
    if not found or DROPPING.search(rule.expression):
        found.append({})
    if len(found) > MOST_SETS:
        raise FactUnavailable(
            f"the series of {rule.name} have more than {MOST_SETS} different labels",
            "put the labels by which Alertmanager's routes decide on the rule itself",
        )
    return [one | known for one in found]


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
