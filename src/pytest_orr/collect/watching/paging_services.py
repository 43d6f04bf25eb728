"""The service at PagerDuty: whom it calls, what comes into it, and whether pages were answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.clients.pagerduty_words import (
    OnCall,
    Policy,
)
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.observation import Answer

from .answered_pages import Pages, Source, read_pages, read_sources
from .paging_rules import PagingRules, read_paging_rules

OPEN = frozenset({"active", "warning", "critical"})
"""Statuses in which a service makes incidents of alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of the escalation policy."""

    number: int
    minutes: int
    """Until the next is called."""
    targets: tuple[str, ...]
    """Names of people and schedules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledNow:
    """Who is on call at the instant of the review."""

    people: tuple[tuple[str, ...], ...]
    """Names, level by level."""

    @property
    def empty_levels(self) -> tuple[int, ...]:
        """Levels at which nobody is."""
        return tuple(level for level, names in enumerate(self.people, 1) if not names)

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return ", then ".join(", ".join(names) or "nobody" for names in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagingService:
    """A service of PagerDuty."""

    id: str
    name: str
    status: str
    urgency: str
    policy: str
    levels: tuple[Level, ...]
    sources: tuple[Source, ...]
    source: str
    """Name or vendor of the integration that the profile says the sender of alerts uses."""
    called_now: Part[CalledNow]
    pages: Part[Pages]
    rules: Part[PagingRules]

    @property
    def is_open(self) -> bool:
        """Whether alerts become incidents: it is neither disabled nor in maintenance."""
        return self.status in OPEN

    @property
    def wakes(self) -> bool:
        """Whether an incident of highest severity is urgent at every hour."""
        return "low" not in self.urgency.split("/")

    @property
    def has_source(self) -> bool:
        """Whether an integration is there for the sender of alerts."""
        return any(source.is_of(self.source) for source in self.sources)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        names = ", ".join(f"{one.name} ({one.kind})" for one in self.sources) or "none"
        return (
            f"{self.status}, urgency {self.urgency}, {len(self.levels)} levels in {self.policy}, "
            f"integrations: {names}"
        )


class PagingServices:
    """Asks PagerDuty for the declared service, its policy, its incidents and who is on call."""

    name = "paging_services"
    source = "PagerDuty, Prometheus and Alertmanager"
    operations = ("pagerduty:GET", "prometheus:GET", "alertmanager:GET")
    fact_type = tuple[PagingService, ...]

    def collect(self, desk: Desk) -> Answer[tuple[PagingService, ...]]:
        """Ask, and return the one service."""
        service = desk.pagerduty.service()
        policy = desk.pagerduty.policy(service.policy.id)
        sources = read_sources(desk, service)
        declared = desk.profile.pagerduty
        read = PagingService(
            id=service.id,
            name=service.name,
            status=service.status,
            urgency=service.urgency,
            policy=policy.name,
            levels=levels_of(policy),
            sources=sources,
            source=declared.integration if declared else "",
            called_now=part_of("who is on call now", lambda: _called_now(desk, policy)),
            rules=part_of("alert rules", lambda: read_paging_rules(desk)),
            pages=part_of("incidents", lambda: read_pages(desk, sources)),
        )
        return Answer(value=(read,), where=(desk.pagerduty.where,))


def levels_of(policy: Policy) -> tuple[Level, ...]:
    """Return the levels of a policy in the order in which they are called."""
    return tuple(
        Level(
            number=number,
            minutes=rule.minutes,
            targets=tuple(target.name or target.id for target in rule.targets),
        )
        for number, rule in enumerate(policy.rules, 1)
    )


def turns_ahead(desk: Desk, policy: str) -> tuple[OnCall, ...]:
    """Return all turns of the days that the profile asks about, from the review's instant on."""
    days = timedelta(days=desk.profile.monitoring.on_call_days)
    return desk.pagerduty.on_calls(policy, desk.as_of, desk.as_of + days)


def _called_now(desk: Desk, policy: Policy) -> CalledNow:
    turns = [turn for turn in turns_ahead(desk, policy.id) if _covers(turn, desk.as_of)]
    return CalledNow(
        people=tuple(
            tuple(sorted({one.person.name or one.person.id for one in turns if one.level == level}))
            for level, _ in enumerate(policy.rules, 1)
        )
    )


def _covers(turn: OnCall, at: datetime) -> bool:
    return (turn.start is None or turn.start <= at) and (turn.end is None or turn.end > at)
