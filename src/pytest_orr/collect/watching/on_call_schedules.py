"""Who is on call in the days after the review, level by level, and how each person is woken."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pytest_orr.clients.pagerduty_words import OnCall, Policy, Reference, Rule, Schedule
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.observation import Answer

from .paging_services import turns_ahead
from .turns import Span, holes, nobody_behind

WAKING = {"phone": "phone", "push_notification": "push"}
"""Kinds of contact that wake somebody, as people call them."""
URGENT = "high"
JUDGED = 2
"""Levels whose people share the calls."""
AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time, with the offset of the schedule's own zone, and who is on call then."""

    start: datetime
    end: datetime
    people: tuple[str, ...] = ()
    """Names."""

    @property
    def told(self) -> str:
        """The time as people write it, in the schedule's zone."""
        by = f" ({', '.join(self.people)})" if self.people else ""
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M %z}{by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTurns:
    """One level of the policy over all the days."""

    number: int
    targets: tuple[str, ...]
    zone: str
    """Of its first schedule; UTC where it has none."""
    people: tuple[str, ...]
    """Ids of those who have a turn."""
    turns: tuple[Stretch, ...]
    gaps: tuple[Stretch, ...]
    """Times in which nobody is on call."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{', '.join(self.targets)}: {len(self.turns)} turns of {len(self.people)} people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """How a person is told of an urgent incident; never where it leads."""

    contacts: tuple[str, ...]
    """Kinds of contact that may be used: ``phone``, ``push``, ``sms``, ``email`` …"""
    urgent: tuple[tuple[str, int], ...]
    """Kinds of contact that the person's rules for urgent incidents use, after how many minutes."""

    def wakes_within(self, minutes: int) -> bool:
        """Whether a rule for urgent incidents calls a telephone, or pushes to one, by then."""
        used = {kind for kind, after in self.urgent if after <= minutes}
        return bool({*WAKING.values()} & {*self.contacts} & used)

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        rules = ", ".join(f"{kind} after {after} min" for kind, after in self.urgent) or "none"
        return f"contacts: {', '.join(self.contacts) or 'none'}; rules for urgent ones: {rules}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallSchedule:
    """The turns of one escalation policy, from an instant up to another."""

    name: str
    """Of the policy."""
    since: datetime
    until: datetime
    levels: tuple[LevelTurns, ...]
    alone: tuple[Stretch, ...]
    """Times in which all of the second level are on call at the first as well."""
    people: tuple[Part[Contacts], ...]
    """Everybody with a turn at the first two levels, by name."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        names = ", ".join(person.name for person in self.people) or "nobody"
        return f"{self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}: {names}"


class OnCallSchedules:
    """Asks PagerDuty for all turns of the service's policy, its schedules and its people."""

    name = "on_call_schedules"
    source = "PagerDuty"
    operations = ("pagerduty:GET",)
    fact_type = tuple[OnCallSchedule, ...]

    def collect(self, desk: Desk) -> Answer[tuple[OnCallSchedule, ...]]:
        """Ask, and return the turns of the one policy."""
        policy = desk.pagerduty.policy(desk.pagerduty.service().policy.id)
        return Answer(value=(_schedule(desk, policy),), where=(desk.pagerduty.where,))


def _schedule(desk: Desk, policy: Policy) -> OnCallSchedule:
    days = timedelta(days=desk.profile.monitoring.on_call_days)
    since, until = desk.as_of, desk.as_of + days
    turns = turns_ahead(desk, policy.id)
    names = _Names(turns)
    read = [
        _read_level(desk, rule, [turn for turn in turns if turn.level == number], (since, until))
        for number, rule in enumerate(policy.rules, 1)
    ]
    for _, schedules in read:
        names.learn(person for schedule in schedules for person in schedule.people)
    spans = [level for level, _ in read]
    zones = [schedules[0].zone if schedules else "UTC" for _, schedules in read]
    return OnCallSchedule(
        name=policy.name,
        since=since,
        until=until,
        levels=tuple(
            _level(number, rule, spans[number - 1], _Days(since, until, zones[number - 1]), names)
            for number, rule in enumerate(policy.rules, 1)
        ),
        alone=_alone(spans, _Days(since, until, zones[-1]), names),
        people=_people(desk, {one.person for level in spans[:JUDGED] for one in level}, names),
    )


class _Names:
    """Names of people by id, as far as answers told them."""

    def __init__(self, turns: Iterable[OnCall]) -> None:
        self._known: dict[str, str] = {}
        self.learn(turn.person for turn in turns)

    def learn(self, people: Iterable[Reference]) -> None:
        """Remember what people are called."""
        self._known.update({one.id: one.name for one in people if one.name})

    def of(self, person: str) -> str:
        """Return a name, or the id of somebody without one."""
        return self._known.get(person, person)


@dataclass(frozen=True, slots=True)
class _Days:
    """From when up to when, in which zone."""

    since: datetime
    until: datetime
    zone: str

    def stretch(self, start: datetime, end: datetime, people: Iterable[str] = ()) -> Stretch:
        """Return a time within these days."""
        first, last = max(start, self.since), min(end, self.until)
        return Stretch(start=_at(first, self.zone), end=_at(last, self.zone), people=tuple(people))


def _at(instant: datetime, zone: str) -> datetime:
    """Return an instant with the offset of a zone; in UTC if this machine does not know it."""
    try:
        told = instant.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return instant.astimezone(UTC)
    # Times of one zone are compared by the clock on the wall, which shows some hours twice.
    return told.replace(tzinfo=timezone(told.utcoffset() or timedelta(0)))


def _read_level(
    desk: Desk, rule: Rule, turns: list[OnCall], days: tuple[datetime, datetime]
) -> tuple[list[Span], list[Schedule]]:
    """Return a level's turns within the days, and its schedules.

    Turns are those of the on-call listing, to which overrides are applied already. A schedule of
    the third version that the listing does not know tells its own.
    """
    asked = [one for one in rule.targets if one.kind.startswith("schedule")]
    schedules = [desk.pagerduty.schedule(one, *days) for one in asked]
    since, until = days
    told = {turn.schedule.id for turn in turns if turn.schedule}
    spans = [
        Span(person=turn.person.id, start=turn.start or since, end=turn.end or until)
        for turn in turns
    ] + [
        Span(person=shift.person, start=shift.start, end=shift.end)
        for schedule in schedules
        for shift in schedule.shifts
        if schedule.id not in told and shift.person
    ]
    return [one for one in spans if one.start < until and one.end > since], schedules


def _level(number: int, rule: Rule, spans: list[Span], days: _Days, names: _Names) -> LevelTurns:
    ordered = sorted(spans, key=lambda one: (one.start, one.end, one.person))
    return LevelTurns(
        number=number,
        targets=tuple(target.name or target.id for target in rule.targets),
        zone=days.zone,
        people=tuple(sorted({one.person for one in spans})),
        turns=tuple(days.stretch(one.start, one.end, [names.of(one.person)]) for one in ordered),
        gaps=tuple(days.stretch(*hole) for hole in holes(spans, days.since, days.until)),
    )


def _alone(spans: list[list[Span]], days: _Days, names: _Names) -> tuple[Stretch, ...]:
    if len(spans) < JUDGED:
        return ()
    return tuple(
        days.stretch(start, end, sorted(map(names.of, people)))
        for start, end, people in nobody_behind(spans[0], spans[1])
    )


def _people(desk: Desk, people: Iterable[str], names: _Names) -> tuple[Part[Contacts], ...]:
    with ThreadPoolExecutor(max_workers=AT_ONCE) as crew:
        read = crew.map(lambda one: part_of(names.of(one), lambda: _contacts(desk, one)), people)
        return tuple(sorted(read, key=lambda part: part.name))


def _contacts(desk: Desk, person: str) -> Contacts:
    contacts = desk.pagerduty.contacts(person)
    rules = desk.pagerduty.notification_rules(person)
    return Contacts(
        contacts=tuple(sorted({_kind(one.kind) for one in contacts if one.is_usable})),
        urgent=tuple(
            sorted({(_kind(one.kind), one.minutes) for one in rules if one.urgency == URGENT})
        ),
    )


def _kind(kind: str) -> str:
    return WAKING.get(kind, kind)
