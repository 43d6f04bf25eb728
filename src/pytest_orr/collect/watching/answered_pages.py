"""Which pages the service raised of late, by which integration, and who acknowledged them when.

A part of the fact ``paging_services``.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.clients.pagerduty_words import Incident, Reference, Service
from pytest_orr.collect.interface import Desk

MOST_INCIDENTS = 25
"""Newest incidents whose log is read."""
AT_ONCE = 4
PERSON = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An integration of the service."""

    id: str
    name: str
    kind: str
    vendor: str

    def is_of(self, wanted: str) -> bool:
        """Whether it goes by this name, or is made for this tool."""
        return wanted.casefold() in {self.name.casefold(), self.vendor.casefold()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An incident of the service, as its log tells it."""

    incident: str
    """Id."""
    raised: datetime
    source: Source | None
    """The integration that raised it; none if a person did, or an integration that is gone."""
    acknowledged: datetime | None
    """By a person; none if nobody did."""
    by: str
    """Who did."""

    @property
    def minutes(self) -> float | None:
        """How long it took."""
        if self.acknowledged is None:
            return None
        return (self.acknowledged - self.raised) / timedelta(minutes=1)

    def was_answered(self, *, within: int, source: str) -> bool:
        """Whether the integration raised it and a person acknowledged it in so many minutes."""
        came = self.source is not None and self.source.is_of(source)
        return came and self.minutes is not None and self.minutes <= within

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        came = self.source.name if self.source else "no integration"
        told = f"{self.incident} of {self.raised:%Y-%m-%d} by {came}"
        if self.minutes is None:
            return f"{told}, acknowledged by nobody"
        return f"{told}, acknowledged by {self.by} after {self.minutes:.0f} minutes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The newest incidents of the days that the profile asks about."""

    since: datetime
    count: int
    """Of all incidents of these days."""
    newest: tuple[Page, ...] = ()
    """The newest of them, newest first."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding: the last that was acknowledged, or the last."""
        told = f"{self.count} incidents since {self.since:%Y-%m-%d}"
        answered = [page for page in self.newest if page.acknowledged]
        return "; ".join([told, *(page.seen for page in (answered or [*self.newest])[:1])])

    def answered(self, *, within: int, source: str) -> bool:
        """Whether one of them came from this source and was acknowledged in time."""
        return any(page.was_answered(within=within, source=source) for page in self.newest)


def read_sources(desk: Desk, service: Service) -> tuple[Source, ...]:
    """Read the integrations of a service."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as crew:
        read = crew.map(desk.pagerduty.integration, [one.id for one in service.integrations])
        return tuple(
            Source(id=one.id, name=one.name, kind=one.kind, vendor=one.vendor) for one in read
        )


def read_pages(desk: Desk, sources: tuple[Source, ...]) -> Pages:
    """Read the newest incidents of the days that the profile asks about, each with its log."""
    since = desk.as_of - timedelta(days=desk.profile.monitoring.newest_page_days)
    incidents = sorted(
        desk.pagerduty.incidents(since, desk.as_of), key=lambda one: one.created, reverse=True
    )
    with ThreadPoolExecutor(max_workers=AT_ONCE) as crew:
        read = crew.map(lambda one: _page(desk, sources, one), incidents[:MOST_INCIDENTS])
        return Pages(since=since, count=len(incidents), newest=tuple(read))


def _page(desk: Desk, sources: tuple[Source, ...], incident: Incident) -> Page:
    log = sorted(desk.pagerduty.log_entries(incident.id), key=lambda entry: entry.at)
    raised = next((entry for entry in log if entry.kind == "trigger"), None)
    answers = [
        (entry.at, entry.agent)
        for entry in log
        if entry.kind == "acknowledge" and entry.agent and entry.agent.kind == PERSON
    ]
    at, agent = answers[0] if answers else (None, None)
    return Page(
        incident=incident.id,
        raised=raised.at if raised else incident.created,
        source=_raised_by(sources, raised.agent if raised else None),
        acknowledged=at,
        by=(agent.name or agent.id) if agent else "",
    )


def _raised_by(sources: tuple[Source, ...], agent: Reference | None) -> Source | None:
    return next((one for one in sources if agent and one.id == agent.id), None)
