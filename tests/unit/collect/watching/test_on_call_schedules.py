"""Who is on call: turns of both kinds of schedule, their gaps, who stands behind, who is woken."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.clients.pagerduty import PagerDuty
from pytest_orr.collect.watching.on_call_schedules import OnCallSchedule, OnCallSchedules
from pytest_orr.collect.watching.turns import Span, holes, nobody_behind
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Monitoring
from pytest_orr.profile.monitoring import PagerDuty as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
UNTIL = AS_OF + dt.timedelta(days=28)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def paging() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.pagerduty import PagerDutyServer  # noqa: PLC0415 after the path is set

    server = PagerDutyServer()
    yield server
    server.close()


@pytest.fixture
def rota(paging: Any) -> Iterator[Callable[..., OnCallSchedule]]:
    def read(*faults: str, as_of: dt.datetime = AS_OF) -> OnCallSchedule:
        paging.faults = frozenset(faults)
        declared = Declared(
            token=FromEnvironment(env="KEY"), service="PEXPLR1", url=FromEnvironment(env="URL")
        )
        environment = {"KEY": "pagerduty-of-nobody", "URL": paging.url}
        pagerduty = PagerDuty(declared, Path(), environment=environment)
        profile = SimpleNamespace(pagerduty=declared, monitoring=Monitoring())
        desk: Any = SimpleNamespace(profile=profile, as_of=as_of, pagerduty=pagerduty)
        [found] = OnCallSchedules().collect(desk).value
        return found

    yield read
    paging.faults = frozenset()
    paging.mend()


def tell(paging: Any, path: str, told: Any) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    paging.spoil(path, lambda *_: json_answer(told))


def turn(level: int, person: str, start: str | None, end: str | None) -> dict[str, Any]:
    user = {"id": person, "type": "user_reference", "summary": person.title()}
    schedule = {"id": f"PSCHED{level}", "type": "schedule_reference"}
    times = {"start": start, "end": end}
    return {"escalation_level": level, "user": user, "schedule": schedule, **times}


def test_a_sound_rota_has_no_gap_and_always_somebody_else_behind(
    rota: Callable[..., OnCallSchedule],
) -> None:
    found = rota()

    assert (found.name, found.since, found.until) == ("Explorer", AS_OF, UNTIL)
    assert [len(level.turns) for level in found.levels] == [5, 5]
    assert not any(level.gaps for level in found.levels)
    assert not found.alone
    assert [one.name for one in found.people] == ["Ana Ito", "Bo Lindqvist", "Finn Berg"]
    assert all(one.reading.wakes_within(0) for one in found.people)
    assert found.levels[0].seen == "Explorer primary: 5 turns of 3 people"


def test_a_gap_is_told_in_the_schedules_own_time(rota: Callable[..., OnCallSchedule]) -> None:
    first, second = rota("gap-next-week").levels

    assert [one.told for one in first.gaps] == ["2026-11-29 19:00 to 2026-11-30 09:00 +0100"]
    assert first.gaps[0].start == dt.datetime(2026, 11, 29, 18, tzinfo=dt.UTC)
    assert second.gaps == ()


def test_one_person_on_both_levels_is_told(rota: Callable[..., OnCallSchedule]) -> None:
    [stretch] = rota("same-person").alone

    assert stretch.told == "2026-11-23 09:00 to 2026-11-30 09:00 +0100 (Ana Ito)"


def test_two_people_are_two(rota: Callable[..., OnCallSchedule]) -> None:
    found = rota("two-people")

    assert [one.name for one in found.people] == ["Ana Ito", "Bo Lindqvist"]
    assert found.seen == "2026-11-20 to 2026-12-18: Ana Ito, Bo Lindqvist"


def test_one_level_has_nobody_behind_and_is_told_as_one(
    rota: Callable[..., OnCallSchedule],
) -> None:
    found = rota("one-level")

    assert (len(found.levels), found.alone) == (1, ())


@pytest.mark.parametrize(
    ("fault", "name", "seen"),
    [
        ("email-only", "Finn Berg", "contacts: email; rules for urgent ones: email after 0 min"),
        (
            "quiet-rules",
            "Bo Lindqvist",
            "contacts: email, phone, push; rules for urgent ones: email after 0 min",
        ),
    ],
)
def test_whoever_is_told_by_mail_alone_is_not_woken(
    rota: Callable[..., OnCallSchedule], fault: str, name: str, seen: str
) -> None:
    people = {one.name: one for one in rota(fault).people}

    assert people[name].seen == seen
    assert [one.name for one in people.values() if not one.reading.wakes_within(15)] == [name]


def test_a_call_that_comes_late_wakes_late(
    rota: Callable[..., OnCallSchedule], paging: Any
) -> None:
    rule = {
        "urgency": "high",
        "start_delay_in_minutes": 30,
        "contact_method": {"id": "C", "type": "phone_contact_method_reference"},
    }
    tell(paging, "notification_rules", {"notification_rules": [rule]})

    finn = rota().people[2].reading

    assert (finn.wakes_within(29), finn.wakes_within(30)) == (False, True)
    assert finn.seen.endswith("phone after 30 min")


def test_contacts_of_one_that_are_denied_hide_no_others(
    rota: Callable[..., OnCallSchedule],
) -> None:
    ana, bo, finn = rota("contacts-denied").people

    assert ana.reading.wakes_within(15)
    assert finn.reading.wakes_within(15)
    with pytest.raises(FactUnavailable, match="contact_methods"):
        _ = bo.reading


def test_turns_without_an_end_cover_everything(
    rota: Callable[..., OnCallSchedule], paging: Any
) -> None:
    rows = [turn(1, "ana", None, None), turn(2, "bo", "2026-01-01T00:00:00Z", None)]
    tell(paging, "oncalls", {"oncalls": rows, "more": False})
    tell(paging, "/schedules", {"schedule": {"id": "P", "time_zone": "Nowhere/Else"}})
    tell(paging, "users", {"contact_methods": [], "notification_rules": []})

    first, second = rota().levels

    assert not first.gaps + second.gaps
    assert first.turns[0].start == AS_OF
    assert second.turns[0].end.utcoffset() == dt.timedelta(0)


def test_overlapping_turns_and_overrides_are_one_cover(
    rota: Callable[..., OnCallSchedule], paging: Any
) -> None:
    rows = [
        turn(1, "ana", "2026-11-01T09:00:00+01:00", "2026-12-01T09:00:00+01:00"),
        turn(1, "bo", "2026-11-25T00:00:00+01:00", "2026-11-26T00:00:00+01:00"),
        turn(1, "bo", "2026-12-01T03:00:00-05:00", "2027-01-01T00:00:00-05:00"),
        turn(2, "bo", "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ]
    tell(paging, "oncalls", {"oncalls": rows, "more": False})
    tell(paging, "users", {"contact_methods": [], "notification_rules": []})

    found = rota()

    assert not found.levels[0].gaps
    assert [one.told for one in found.alone] == [
        "2026-11-25 00:00 to 2026-11-26 00:00 +0100 (Bo)",
        "2026-12-01 09:00 to 2026-12-18 01:00 +0100 (Bo)",
    ]


def test_a_gap_in_the_hour_that_comes_twice_is_an_hour(
    rota: Callable[..., OnCallSchedule], paging: Any
) -> None:
    rows = [
        turn(1, "ana", "2026-10-01T00:00:00+02:00", "2026-10-25T02:30:00+02:00"),
        turn(1, "bo", "2026-10-25T02:30:00+01:00", "2026-12-31T00:00:00+01:00"),
        turn(2, "finn", None, None),
    ]
    tell(paging, "oncalls", {"oncalls": rows, "more": False})
    tell(paging, "users", {"contact_methods": [], "notification_rules": []})

    [gap] = rota(as_of=dt.datetime(2026, 10, 20, tzinfo=dt.UTC)).levels[0].gaps

    assert gap.end - gap.start == HOUR
    assert f"{gap.start:%H:%M %z} {gap.end:%H:%M %z}" == "02:30 +0200 02:30 +0100"


def test_a_schedule_of_the_third_version_speaks_for_itself_where_the_listing_is_silent(
    rota: Callable[..., OnCallSchedule], paging: Any
) -> None:
    rows = [turn(1, "PANAITO", None, None)]
    tell(paging, "oncalls", {"oncalls": rows, "more": False})

    second = rota().levels[1]

    assert len(second.turns) == 5
    assert not second.gaps
    assert [one.people for one in second.turns[:2]] == [("Ana Ito",), ("Bo Lindqvist",)]


def test_a_shift_that_is_meant_to_be_empty_covers_nothing(
    rota: Callable[..., OnCallSchedule], paging: Any
) -> None:
    shift = {
        "start_time": "2026-11-01T00:00:00Z",
        "end_time": "2027-01-01T00:00:00Z",
        "member": {"type": "empty_member"},
    }
    final = {"computed_shift_assignments": [shift]}
    told = {"schedule": {"id": "PSCHED2", "time_zone": "UTC", "final_schedule": final}}
    tell(paging, "oncalls", {"oncalls": [turn(1, "PANAITO", None, None)], "more": False})
    tell(paging, "v3", told)

    [gap] = rota().levels[1].gaps

    assert (gap.start, gap.end) == (AS_OF, UNTIL)


def test_a_schedule_that_is_denied_makes_nothing_known(
    rota: Callable[..., OnCallSchedule], paging: Any
) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    paging.spoil("v3", lambda *_: json_answer(None, 403))

    with pytest.raises(FactUnavailable, match=r"lacks schedules\.read"):
        rota()


HOURS = st.integers(min_value=-4, max_value=30)
SPANS = st.lists(
    st.builds(
        lambda person, start, length: Span(
            person=person, start=AS_OF + start * HOUR, end=AS_OF + (start + length) * HOUR
        ),
        st.sampled_from("abc"),
        HOURS,
        st.integers(min_value=0, max_value=12),
    ),
    max_size=8,
)


def on_call(spans: list[Span], at: dt.datetime) -> set[str]:
    return {one.person for one in spans if one.start <= at < one.end}


@given(first=SPANS, second=SPANS)
def test_each_hour_is_told_as_it_is(first: list[Span], second: list[Span]) -> None:
    gaps = holes(first, AS_OF, AS_OF + 24 * HOUR)
    alone = nobody_behind(first, second)
    for hour in range(24):
        at = AS_OF + hour * HOUR
        before, behind = on_call(first, at), on_call(second, at)
        assert any(start <= at < end for start, end in gaps) is not bool(before)
        told = any(start <= at < end for start, end, _ in alone)
        assert told is (bool(behind) and behind <= before)
    assert all(start < end for start, end in gaps)
