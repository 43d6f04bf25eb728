"""Finds the alert rules that a series sets off, and says in words why none wakes anybody."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.clients.anchored_patterns import matches_whole
from pytest_orr.collect.watching.alert_rules import AlertRuleFact
from pytest_orr.collect.watching.gaps import least_gap
from pytest_orr.collect.watching.promql import pieces_of
from pytest_orr.collect.watching.selectors import name_of, series_in
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.monitoring import Monitoring

SETS = frozenset({"=", "!=", "=~", "!~"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRules:
    """The alert rules that a series sets off, and those of which nobody here can tell."""

    rules: tuple[AlertRuleFact, ...] = ()
    unclear: tuple[str, ...] = ()
    """Names of rules whose selector is not understood here."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        words = [f"{one.name} tells {one.receivers.seen}" for one in self.rules]
        return "; ".join([*words, *(f"{name} is unclear" for name in self.unclear)]) or "no alert"

    def gap(self, limits: Monitoring, as_of: datetime) -> str:
        """Return in words why nobody is woken; empty if somebody is.

        Raises ``FactUnavailable`` when that hangs on something that is not known.
        """
        found = least_gap(
            self.rules, lambda rule: _silence(rule, limits, as_of), "no alert rule is bound to it"
        )
        if found and self.unclear:
            raise FactUnavailable(
                f"whether alert rule {self.unclear[0]} is about it is not known",
                "write plain matchers into the rule's expression",
            )
        return found


def bound_rules(
    rules: Iterable[AlertRuleFact], series: str, labels: Mapping[str, str]
) -> BoundRules:
    """Return the rules that ask for a series with such labels, or for what is recorded of it.

    ``series`` is the name of a metric; a recording rule's name holds it between colons.
    """
    bound, unclear = [], []
    for rule in rules:
        try:
            if any(_selects(one, series, labels) for one in series_in(rule.expression)):
                bound.append(rule)
        except ValueError:  # no expression, or a pattern that is not understood
            unclear.append(rule.name)
    return BoundRules(rules=tuple(bound), unclear=tuple(unclear))


def _silence(rule: AlertRuleFact, limits: Monitoring, as_of: datetime) -> str:
    if not rule.is_evaluated or rule.evaluated is None:
        return f"{rule.name} is not evaluated: {rule.error or rule.health}"
    if as_of - rule.evaluated > timedelta(minutes=limits.freshest_minutes):
        raise FactUnavailable(
            f"{rule.name} was last evaluated {rule.evaluated:%Y-%m-%d %H:%M}",
            "see why Prometheus evaluates it no longer, and run again",
        )
    return "" if rule.wakes_somebody else f"{rule.name} wakes nobody: {rule.receivers.seen}"


def _selects(selector: str, series: str, labels: Mapping[str, str]) -> bool:
    matchers = tuple(_matchers(selector))
    named = name_of(selector)
    names = [value for name, _, value in matchers if name == "__name__"] or [named]
    if not any(series in name.split(":") for name in names):
        return False
    return all(
        _matches(sign, value, labels.get(name, ""))
        for name, sign, value in matchers
        if name != "__name__"
    )


def _matches(sign: str, wanted: str, value: str) -> bool:
    found = matches_whole(wanted, value) if "~" in sign else value == wanted
    return found != sign.startswith("!")


def _matchers(selector: str) -> Iterator[tuple[str, str, str]]:
    pieces = pieces_of(selector)
    for name, sign, value in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if sign.text in SETS and value.kind == "string":
            yield name.text, sign.text, _text(value.text)


def _text(written: str) -> str:
    if written.startswith("`"):
        return written[1:-1]
    if written.startswith("'"):
        inner = written[1:-1].replace("\\'", "'").replace('"', '\\"')
        written = f'"{inner}"'
    return str(json.loads(written, strict=False))
