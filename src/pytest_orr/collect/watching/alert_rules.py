"""Reads the service's alert rules and whom each of them tells: the fact ``alert_rules``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_orr.clients.alertmanager import Receiver, Silence
from pytest_orr.clients.prometheus_said import AlertRule
from pytest_orr.collect.interface import Desk

# The variable too: by it alone a fact that is read back finds what its parts are.
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.observation import Answer

from .routes import reached_by
from .selectors import name_of, series_in

RUNBOOK = "runbook_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Who is told when a rule fires."""

    receivers: tuple[Receiver, ...]
    silences: tuple[str, ...] = ()
    """Silences in force over any of its alerts: by whom and until when."""
    is_silent: bool = False
    """Whether nobody is told now, because silences are over all of its alerts."""

    @property
    def wakes_somebody(self) -> bool:
        """Whether a person is woken at any hour: no interval mutes the receiver, and no silence."""
        return not self.is_silent and any(
            one.wakes and not one.muted_hours for one in self.receivers
        )

    @property
    def seen(self) -> str:
        """One line for a finding."""
        told = ", ".join(_told(one) for one in self.receivers) or "nobody"
        silenced = "silenced" if self.is_silent else "silenced in part"
        return f"{told}; {silenced}: {', '.join(self.silences)}" if self.silences else told


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRuleFact:
    """One rule of the service that fires alerts."""

    name: str
    group: str
    expression: str
    labels: Mapping[str, str]
    runbook_url: str
    """Annotation ``runbook_url``, as the rule has it; empty if it has none."""
    health: str
    """Of the last evaluation: ``ok``, ``err`` or ``unknown``."""
    state: str
    """``inactive``, ``pending`` or ``firing``."""
    evaluated: datetime | None
    """Aware; none if it never was."""
    lasts: float
    """Seconds for which it must hold before it fires."""
    error: str
    receivers: Part[Reached]
    """Read by itself: Alertmanager may be silent while Prometheus answers."""

    @property
    def wakes_somebody(self) -> bool:
        """Whether a person is woken by it; raises ``FactUnavailable`` if nobody can tell."""
        return self.receivers.reading.wakes_somebody

    @property
    def is_evaluated(self) -> bool:
        """Whether Prometheus evaluates it without an error."""
        return self.health == "ok" and self.evaluated is not None

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series that its expression asks for, each once."""
        try:
            named = (name_of(one) for one in series_in(self.expression))
            return tuple(dict.fromkeys(one for one in named if one))
        except ValueError:
            return ()

    def is_about(self, what: str) -> bool:
        """Tell whether its expression asks for a series of a name, or has a text in it."""
        return what in self.series or what in self.expression

    @property
    def seen(self) -> str:
        """One line for a finding."""
        health = self.state if self.health == "ok" else f"{self.health}: {self.error}"
        return f"{self.expression} ({health}), tells {self.receivers.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """Which alert rules does the service have, and whom do they tell?"""

    name: str = "alert_rules"
    source: str = "Prometheus and Alertmanager"
    operations: tuple[str, ...] = ("prometheus:GET", "alertmanager:GET")
    fact_type: Any = tuple[AlertRuleFact, ...]

    def collect(self, desk: Desk) -> Answer[tuple[AlertRuleFact, ...]]:
        """Read all rules, and of each by itself whom it tells."""
        facts = tuple(_fact(desk, one) for one in own_rules(desk))
        return Answer(value=facts, where=(desk.prometheus.where,))


def own_rules(desk: Desk) -> tuple[AlertRule, ...]:
    """Return the service's rules that fire alerts, by group and name."""
    rules = [one for one in desk.prometheus.rules() if _is_own(desk, one)]
    return tuple(sorted(rules, key=lambda one: (one.group, one.name)))


def _fact(desk: Desk, rule: AlertRule) -> AlertRuleFact:
    return AlertRuleFact(
        name=rule.name,
        group=rule.group,
        expression=rule.expression,
        labels=dict(rule.labels),
        runbook_url=rule.annotations.get(RUNBOOK, ""),
        health=rule.health,
        state=rule.state,
        evaluated=rule.evaluated,
        lasts=rule.lasts,
        error=rule.error,
        receivers=part_of(rule.name, lambda: _reached(desk, rule)),
    )


def _is_own(desk: Desk, rule: AlertRule) -> bool:
    """Tell whether a rule is the service's: by its labels, or by what its expression asks for."""
    if desk.prometheus.own(rule.labels):
        return True
    assert desk.profile.prometheus is not None
    wanted = desk.profile.prometheus.series.items()
    return all(
        rule.labels.get(key) == value or f'{key}="{value}"' in rule.expression
        for key, value in wanted
    )


def _reached(desk: Desk, rule: AlertRule) -> Reached:
    reach = reached_by(desk, rule)
    return Reached(
        receivers=reach.receivers,
        silences=tuple(_silenced(one) for one in reach.silences),
        is_silent=reach.is_silent,
    )


def _silenced(silence: Silence) -> str:
    until = f" until {silence.until:%Y-%m-%d %H:%M}" if silence.until else ""
    return f"by {silence.by or silence.id}{until}"


def _told(receiver: Receiver) -> str:
    by = f" by {', '.join(receiver.kinds)}" if receiver.kinds else " by nothing"
    muted = f", muted in {receiver.muted_hours} hours of a week" if receiver.muted_hours else ""
    return f"{receiver.name}{by}{muted}"
