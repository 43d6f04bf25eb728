"""Which questions a dashboard's panels ask in PromQL, with their variables filled in.

A part of the fact ``dashboards``: what cannot be asked here is told with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.clients.grafana_variables import Unfilled, filled, moments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_orr.clients.grafana_said import Model, Panel, Target, Variable

SPEAK_PROMQL = frozenset(
    {
        "prometheus",
        "grafana-amazonprometheus-datasource",
        "grafana-azureprometheus-datasource",
    }
)
"""Kinds of data source that are asked in PromQL."""
NO_SOURCE = frozenset({"", "default"})
OF_ANOTHER_PANEL = "-- Dashboard --"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question of a panel."""

    name: str
    """Unlike any other of the dashboard."""
    source: tuple[str, str] = ("", "")
    """Uid and kind of the data source."""
    expression: str = ""
    unasked: str = ""
    """Why it cannot be asked."""


def queries_of(
    model: Model, since: datetime, until: datetime
) -> dict[tuple[int, str], tuple[Query, ...]]:
    """Return the questions of each panel, by the panel's place and title."""
    variables = {one.name: one for one in model.variables}
    times = moments(since, until)
    return {
        (place, panel.title): tuple(_queries(f"p{place}", panel, variables, times))
        for place, panel in enumerate(model.panels)
    }


def _queries(
    name: str, panel: Panel, variables: Mapping[str, Variable], times: Mapping[str, str]
) -> list[Query]:
    if panel.is_shared:
        return [Query(name=name, unasked="it is kept in the library of panels")]
    return [
        _query(f"{name}q{number}", target, variables, times)
        for number, target in enumerate(panel.targets)
    ]


def _query(
    name: str, target: Target, variables: Mapping[str, Variable], times: Mapping[str, str]
) -> Query:
    try:
        uid, kind = filled(target.source, variables, times), _kind(target, variables)
        if why := _not_ours(uid, kind, target.expression):
            return Query(name=name, unasked=why)
        expression = filled(target.expression, variables, times)
    except Unfilled as variable:
        return Query(name=name, unasked=f"its variable {variable} has no value")
    return Query(name=name, source=(uid, kind), expression=expression)


def _kind(target: Target, variables: Mapping[str, Variable]) -> str:
    """Return the kind of a data source; one that a variable chooses is of the variable's kind."""
    if target.kind:
        return target.kind
    name = target.source.strip("${}[]").partition(":")[0]
    return variables[name].plugin if name in variables else ""


def _not_ours(uid: str, kind: str, expression: str) -> str:
    if uid == OF_ANOTHER_PANEL:
        return "it shows what another panel asks"
    if "$" in uid:
        return f"its data source {uid} is chosen by no variable of the dashboard"
    if uid in NO_SOURCE:
        return "it asks whichever data source is the default one"
    if kind not in SPEAK_PROMQL:
        return f"it asks a data source of the kind {kind or 'that it does not name'}"
    return "" if expression.strip() else "it has no query yet"
