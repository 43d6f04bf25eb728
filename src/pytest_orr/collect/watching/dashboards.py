"""The service's dashboards in Grafana: their data sources, and the age of what panels show."""

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pytest_orr.clients.grafana_said import Hit
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .panel_queries import Query, queries_of

SECTION = "[grafana]"
LOOKED_AT = timedelta(hours=1)
"""Time before the review in which panels are asked for samples."""
MOST_NAMED = 8
"""Panels without a sample that one line names."""
AT_ONCE = 4

State = Literal["answered", "refused", "unknown", "unasked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """A data source that panels ask."""

    kind: str
    """``prometheus``."""
    is_healthy: bool
    message: str
    """What it says of itself."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.kind}: {self.message or ('well' if self.is_healthy else 'ill')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPanel:
    """A panel of a dashboard."""

    title: str
    state: State
    """``answered``, ``refused`` by the data source, ``unknown`` where Grafana gave no answer,
    ``unasked`` where it is not a question in PromQL."""
    newest: datetime | None = None
    """When its newest sample of the last hour was."""
    trouble: str = ""
    """Why it has no answer."""

    def is_live(self, minutes: int, as_of: datetime) -> bool:
        """Whether its newest sample is at most so many minutes old."""
        return self.newest is not None and as_of - self.newest <= timedelta(minutes=minutes)

    @property
    def seen(self) -> str:
        """A few words about it, for a finding."""
        if self.newest:
            return f"{self.title}: {self.newest:%Y-%m-%d %H:%M:%S}"
        return f"{self.title}: {self.trouble or 'no sample of the last hour'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardFact:
    """A dashboard of the service."""

    title: str
    folder: str
    sources: tuple[Part[DataSource], ...]
    """By uid: all that its panels ask in PromQL."""
    panels: tuple[DashboardPanel, ...]

    def live(self, minutes: int, as_of: datetime) -> tuple[DashboardPanel, ...]:
        """Return the panels whose newest sample is at most so many minutes old.

        Where there is none, and no panel can be asked or Grafana did not answer for one, nobody
        knows: ``FactUnavailable``.
        """
        found = tuple(panel for panel in self.panels if panel.is_live(minutes, as_of))
        if not found:
            self._refuse_the_unknown()
        return found

    @property
    def seen(self) -> str:
        """One line about it, for a finding: how many panels, the newest sample, all that lack."""
        shown = [panel.newest for panel in self.panels if panel.newest]
        without = [panel.seen for panel in self.panels if not panel.newest]
        if len(without) > MOST_NAMED:
            without[MOST_NAMED:] = [f"{len(without) - MOST_NAMED} more without a sample"]
        newest = f"newest sample {max(shown):%Y-%m-%d %H:%M:%S}" if shown else "no sample"
        told = f"{len(shown)} of {len(self.panels)} panels show something, {newest}"
        return "; ".join([told, *without])

    def _refuse_the_unknown(self) -> None:
        unknown = [panel for panel in self.panels if panel.state == "unknown"]
        if unknown:
            raise FactUnavailable(
                f"Grafana does not tell what {unknown[0].title} shows: {unknown[0].trouble}",
                "run again, or give the token the role Viewer, which may query data sources",
            )
        if all(panel.state == "unasked" for panel in self.panels):
            why = self.panels[0].seen if self.panels else "it has none"
            raise FactUnavailable(
                f"no panel of {self.title} can be asked here: {why}",
                "give the dashboard a panel that asks Prometheus by name or by a variable",
            )


class Dashboards:
    """Asks Grafana for the dashboards with the service's tag, or in its folder."""

    name = "dashboards"
    source = "Grafana"
    operations = ("grafana:GET", "grafana:POST")
    fact_type = tuple[Part[DashboardFact], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[DashboardFact], ...]]:
        """Ask, and return the dashboards, each read by itself."""
        hits = [one for one in desk.grafana.dashboards() if _is_own(desk, one)]
        with ThreadPoolExecutor(max_workers=AT_ONCE) as crew:
            read = crew.map(lambda one: part_of(one.title, lambda: _dashboard(desk, one)), hits)
            return Answer(value=tuple(read), where=(desk.grafana.where,))


def _is_own(desk: Desk, hit: Hit) -> bool:
    declared = desk.profile.grafana
    if declared is None:
        raise Undeclared(SECTION, "where the service's dashboards are")
    tag = declared.tag or ("" if declared.folder else desk.profile.service.name)
    in_folder = declared.folder is None or declared.folder == hit.folder
    return in_folder and (not tag or tag in hit.tags)


def _dashboard(desk: Desk, hit: Hit) -> DashboardFact:
    since = desk.as_of - LOOKED_AT
    queries = queries_of(desk.grafana.model(hit.uid), since, desk.as_of)
    asked = [query for panel in queries.values() for query in panel if not query.unasked]
    answers = _answers(desk, asked, since)
    return DashboardFact(
        title=hit.title,
        folder=hit.folder,
        sources=tuple(
            part_of(uid, lambda uid=uid, kind=kind: _source(desk, uid, kind))  # type: ignore[misc] # mypy infers no lambda with defaults
            for uid, kind in sorted({query.source for query in asked})
        ),
        panels=tuple(_panel(title, panel, answers) for (_, title), panel in queries.items()),
    )


def _source(desk: Desk, uid: str, kind: str) -> DataSource:
    health = desk.grafana.health(uid, kind)
    return DataSource(kind=kind, is_healthy=health.is_ok, message=health.message)


def _answers(desk: Desk, asked: list[Query], since: datetime) -> dict[str, DashboardPanel]:
    """Ask all queries of one data source at once; return what each was told by its name."""
    by_source: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for query in asked:
        by_source[query.source][query.name] = query.expression
    told: dict[str, DashboardPanel] = {}
    for source, expressions in by_source.items():
        try:
            results = desk.grafana.results(source, expressions, since, desk.as_of)
        except FactUnavailable as error:
            told |= {one: _told("unknown", trouble=error.cause) for one in expressions}
            continue
        for one in expressions:
            result = results.get(one)
            if result is None:
                told[one] = _told("unknown", trouble="Grafana left its answer out")
            elif result.error:
                told[one] = _told("refused", trouble=result.error)
            else:
                told[one] = _told("answered", newest=result.newest)
    return told


def _told(state: State, *, trouble: str = "", newest: datetime | None = None) -> DashboardPanel:
    return DashboardPanel(title="", state=state, trouble=trouble, newest=newest)


def _panel(
    title: str, queries: tuple[Query, ...], answers: Mapping[str, DashboardPanel]
) -> DashboardPanel:
    """Return a panel as good as its best query, with the trouble of its worst."""
    told = [
        _told("unasked", trouble=query.unasked) if query.unasked else answers[query.name]
        for query in queries
    ]
    newest = max((one.newest for one in told if one.newest), default=None)
    states = {one.state for one in told}
    state: State = "unasked"
    for worse in ("answered", "refused", "unknown"):
        state = worse if worse in states else state
    trouble = next((one.trouble for one in told if one.trouble), "")
    return DashboardPanel(title=title, state=state, newest=newest, trouble=trouble)
