"""Writes a dashboard's variables into its queries, as Grafana does before it sends them.

What depends on step and range, such as ``$__rate_interval``, Grafana's own back end writes into a
query for Prometheus, with the data source's interval; that is left as it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .grafana_said import Variable

VARIABLE = re.compile(
    r"\$(?P<bare>\w+)"
    r"|\[\[(?P<old>\w+?)(?::(?P<old_form>\w+))?\]\]"
    r"|\$\{(?P<name>\w+)(?:\.[^:}]+)?(?::(?P<form>[^}]+))?\}"
)
ALL = "$__all"
AUTO = "$__auto_interval"
SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")
"""What means something else in a pattern."""


class Unfilled(Exception):
    """A query has a variable without a value; the text names it."""


def moments(since: datetime, until: datetime) -> dict[str, str]:
    """Return what ``$__from`` and ``$__to`` stand for: milliseconds since 1970."""
    return {
        "__from": str(int(since.timestamp() * 1000)),
        "__to": str(int(until.timestamp() * 1000)),
    }


def filled(text: str, variables: Mapping[str, Variable], moments_: Mapping[str, str]) -> str:
    """Return a text with each variable's value in its place.

    A name that is no variable stays, as ``$1`` of ``label_replace`` must. ``Unfilled`` if one has
    no value.
    """

    def value(found: re.Match[str]) -> str:
        name = found["bare"] or found["old"] or found["name"]
        if name in moments_:
            return moments_[name]
        if name not in variables:
            return found[0]
        return _written(variables[name], found["form"] or found["old_form"] or "")

    return VARIABLE.sub(value, text)


def _written(variable: Variable, form: str) -> str:
    values = variable.values
    if not values:
        raise Unfilled(variable.name)
    if values[0].startswith(AUTO):
        return "$__interval"
    if ALL in values:
        if variable.all_value or not variable.options:
            return variable.all_value or ".*"
        values = tuple(one for one in variable.options if one != ALL)
    return _formed(values, form, is_many=variable.is_many)


def _formed(values: tuple[str, ...], form: str, *, is_many: bool) -> str:
    if form in {"raw", "csv"}:
        return ",".join(values)
    if form == "pipe":
        return "|".join(values)
    if form == "regex" or is_many:
        escaped = [_escaped(one) for one in values]
        return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"
    return values[0].replace("\\", "\\\\").replace('"', '\\"')


def _escaped(value: str) -> str:
    """Return a value as a pattern within a text of PromQL, whose backslashes are doubled."""
    return SPECIAL.sub(lambda found: f"\\\\{found[0]}", value)
