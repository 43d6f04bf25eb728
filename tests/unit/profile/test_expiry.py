"""The last day on which each thing holds: a day of UTC, whole, whatever clock is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.scans.report import ScanFinding
from pytest_orr.endings import endings_of
from pytest_orr.plan import parse_instant
from pytest_orr.profile.days import day_of, days_left, has_passed, is_after, last_day
from pytest_orr.profile.documents import document_of
from pytest_orr.profile.drill_form import DrillRecord
from pytest_orr.profile.drill_records import Drill
from pytest_orr.profile.evidence_files import EvidenceFile
from pytest_orr.profile.overlay import lay_under
from pytest_orr.profile.overlay_approvals import wrong_approvals
from pytest_orr.profile.overlay_values import weaker_values
from pytest_orr.profile.scans import Accepted
from pytest_orr.profile.schema import (
    EvidenceRef,
    NotApplicable,
    PlannedAction,
    Statement,
    Waiver,
)
from pytest_orr.profile.standing import statement_standing, waiver_standing
from pytest_orr.reading import days_left as days_left_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

VALID = 90
ORGANISATION = """\
name = "Org"
[[people]]
email = "pat@example.org"
name = "Pat"
roles = ["approver"]
[monitoring]
freshest_minutes = 10
"""
WEAKENING = f"""\
[extends]
path = "org.toml"
sha256 = "{"0" * 64}"
commit = "{"1" * 40}"
[monitoring]
freshest_minutes = 20
[[weakenings]]
key = "monitoring.freshest_minutes"
value = 20
reason = "r"
approver = "pat@example.org"
on = {{on}}
until = {{until}}
"""
LAST_DAYS = {
    "a leap day": date(2028, 2, 29),
    "the last of February": date(2027, 2, 28),
    "the end of a year": date(2026, 12, 31),
    "the end of a month": date(2027, 4, 30),
    "the first of a month": date(2027, 3, 1),
    "the day on which summer time begins": date(2026, 3, 29),
    "the day on which summer time ends": date(2026, 10, 25),
}
JUDGED = {
    "that day": ("{last}", True),
    "its first moment": ("{last}T00:00:00Z", True),
    "its last second": ("{last}T23:59:59Z", True),
    "its last second, without an offset": ("{last}T23:59:59", True),
    "its last second, on the clocks of Kiritimati": ("{next}T13:59:59+14:00", True),
    "its last second, on the clocks of Baker Island": ("{last}T11:59:59-12:00", True),
    "its last second, in the summer of Berlin": ("{next}T01:59:59+02:00", True),
    "the next day": ("{next}", False),
    "the first moment of the next day": ("{next}T00:00:00Z", False),
    "that moment, on the clocks of Kiritimati": ("{next}T14:00:00+14:00", False),
    "that moment, on the clocks of Baker Island": ("{last}T12:00:00-12:00", False),
    "that moment, in the winter of Berlin": ("{next}T01:00:00+01:00", False),
}


def named(evidence: EvidenceRef, item: ItemSpec, *, on: date, until: date) -> Statement:
    return Statement(
        item=item.id,
        statement="It is so.",
        by="ana@example.org",
        confirmed="eve@example.org",
        on=on,
        until=until,
        evidence=(evidence,),
    )


def a_link(kind: Any, dated: date) -> EvidenceRef:
    return EvidenceRef(kind=kind, ref="https://wiki.example.org/x", dated=dated)


def a_statement(last: date, as_of: date, spec: ItemSpec, written: Written) -> bool:
    on = last - timedelta(days=30)
    said = named(a_link(spec.evidence_kind, on), spec, on=on, until=last)
    return statement_standing(spec, said, written=written, as_of=as_of).in_force


def a_drill(last: date, as_of: date, spec: ItemSpec, written: Written) -> bool:
    """Hold for 90 days after its own day of UTC, in which it is already the next one there."""
    rehearsed = replace(spec, evidence_kind="drill")
    day = last - timedelta(days=VALID)
    started = datetime.combine(day, time(23), UTC).astimezone(timezone(timedelta(hours=14)))
    drill = a_drill_of(spec, started)
    evidence = EvidenceRef(kind="drill", ref=drill.ref, sha256=drill.sha256, dated=day)
    said = named(evidence, rehearsed, on=day + timedelta(days=1), until=last + timedelta(days=1))
    written = replace(written, drills=(drill,), evidence_files=(file_of(drill),))
    return statement_standing(rehearsed, said, written=written, as_of=as_of).in_force


def a_drill_of(spec: ItemSpec, started: datetime) -> Drill:
    record = DrillRecord(
        items=(spec.id,),
        by="eve@example.org",
        author="bo@example.org",
        environment="production",
        release="4f2a9c1d0e",
        started=started,
        minutes=4,
        succeeded=True,
        happened="It was restarted.",
        lost="nothing",
    )
    return Drill(ref="drills/one.toml", sha256="1" * 64, record=record)


def file_of(drill: Drill) -> EvidenceFile:
    return EvidenceFile(ref=drill.ref, sha256=drill.sha256)


def a_waiver(last: date, as_of: date, spec: ItemSpec, written: Written) -> bool:
    return waiver_standing(spec, granted(spec, last), written=written, as_of=as_of).in_force


def an_action(last: date, as_of: date, spec: ItemSpec, written: Written) -> bool:
    promised = PlannedAction(what="mend it", owner="ana@example.org", due=last)
    waiver = replace(granted(spec, last + timedelta(days=3)), action=promised)
    return waiver_standing(spec, waiver, written=written, as_of=as_of).in_force


def granted(spec: ItemSpec, expires: date) -> Waiver:
    return Waiver(
        item=spec.id,
        reason="accepted",
        requester="ana@example.org",
        approver="eve@example.org",
        granted=expires - timedelta(days=10),
        expires=expires,
    )


def evidence_for_a_new_statement(last: date, as_of: date, spec: ItemSpec, written: Written) -> bool:
    """Hold for a statement that is made on the day itself, for as many days as the item allows."""
    dated = last - timedelta(days=spec.valid_for)
    said = named(a_link(spec.evidence_kind, dated), spec, on=as_of, until=as_of)
    return statement_standing(spec, said, written=written, as_of=as_of).in_force


def a_not_applicable(last: date, as_of: date, spec: ItemSpec, written: Written) -> bool:
    """Need no second look yet: as long as an answer to the item would hold."""
    declared = NotApplicable(
        item=spec.id,
        reason="no-such-component",
        text="There is none.",
        approver="eve@example.org",
        on=last - timedelta(days=spec.valid_for),
    )
    written = replace(written, profile=replace(written.profile, not_applicable=(declared,)))
    moment = datetime.combine(as_of, time(23, 59, 59), UTC)
    [ending] = endings_of(written, [spec], moment, Path("none.json"))
    assert ending.until == last.isoformat()
    return ending.days_left >= 0


def a_weakening(last: date, as_of: date, _: ItemSpec, __: Written) -> bool:
    approved = WEAKENING.format(on=last - timedelta(days=100), until=last)
    documents = {
        name: document_of(f"{name}.toml", text.encode())
        for name, text in (("readiness", approved), ("policy", ""))
    }
    overlay = lay_under(documents, Path(), pinned=lambda *_: ORGANISATION.encode())
    found = {one.key: one for one in weaker_values(overlay, {})}
    assert [*found] == ["monitoring.freshest_minutes"]
    refused = [str(one) for one in wrong_approvals(overlay, as_of, found)]
    assert all(f"`weakenings.until` is {last}: it has expired" in one for one in refused)
    return not refused


def an_accepted_finding(last: date, as_of: date, _: ItemSpec, __: Written) -> bool:
    """Take the last second of the day, as facts are judged by an instant."""
    entry = Accepted(about="code", id="R1", reason="ours", by="bo@example.org", until=last)
    found = ScanFinding(rule="r", id="R1", severity="high")
    moment = datetime.combine(as_of, time(23, 59, 59), UTC)
    return found.acceptance([entry], moment) is not None


THINGS: tuple[Callable[[date, date, ItemSpec, Written], bool], ...] = (
    a_statement,
    a_drill,
    a_waiver,
    an_action,
    evidence_for_a_new_statement,
    a_not_applicable,
    a_weakening,
    an_accepted_finding,
)


@pytest.mark.parametrize("when", JUDGED)
@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.__name__)
def test_it_holds_on_its_last_day_of_utc_and_not_on_the_next(
    when: str, thing: Callable[..., bool], item: ItemSpec, loaded: Callable[..., Written]
) -> None:
    written = loaded()
    text, holds = JUDGED[when]
    for name, last in LAST_DAYS.items():
        following = last + timedelta(days=1)
        as_of = day_of(parse_instant(text.format(last=last, next=following)))
        assert thing(last, as_of, item, written) is holds, name


@pytest.mark.parametrize(
    ("since", "days", "last"),
    [
        (date(2027, 1, 31), 30, date(2027, 3, 2)),
        (date(2028, 1, 31), 30, date(2028, 3, 1)),
        (date(2028, 2, 29), 365, date(2029, 2, 28)),
        (date(2028, 2, 29), 366, date(2029, 3, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 90, date(2027, 2, 28)),
        (date(9999, 12, 1), 31, date.max),
    ],
)
def test_days_are_counted_on_the_calendar_through_short_months(
    since: date, days: int, last: date
) -> None:
    assert last_day(since, days) == last
    assert not has_passed(last, last)
    assert days_left(last, last) == 0


@pytest.mark.parametrize(
    ("on", "latest"),
    [
        (date(2027, 1, 31), date(2027, 5, 1)),
        (date(2027, 12, 31), date(2028, 3, 30)),
        (date(2028, 2, 29), date(2028, 5, 29)),
    ],
)
def test_a_statement_may_end_on_the_last_of_the_days_that_its_item_allows(
    on: date, latest: date, item: ItemSpec, loaded: Callable[..., Written]
) -> None:
    written = loaded()
    said = named(a_link("capture", on), item, on=on, until=latest)
    assert statement_standing(item, said, written=written, as_of=latest).in_force
    longer = replace(said, until=latest + timedelta(days=1))
    refused = statement_standing(item, longer, written=written, as_of=on)
    assert f"set `until` to {latest} or earlier" in refused.remedy


@pytest.mark.parametrize(
    ("instant", "place"),
    [
        ("2026-11-20T23:59:59Z", "on it or before"),
        ("2026-11-21T13:59:59+14:00", "on it or before"),
        ("2026-11-21T14:00:00+14:00", "behind it"),
        ("2026-11-20T11:59:59-12:00", "on it or before"),
        ("2026-11-20T12:00:00-12:00", "behind it"),
        ("0001-01-01T00:00:00+14:00", "on it or before"),
        ("9999-12-31T23:59:59-12:00", "behind it"),
    ],
)
def test_an_instant_lies_behind_a_day_by_its_own_day_of_utc(instant: str, place: str) -> None:
    behind = is_after(datetime.fromisoformat(instant), date(2026, 11, 20))
    assert behind is (place == "behind it")


@pytest.mark.parametrize(
    ("until", "left"),
    [
        ("2026-12-20T12:00:00Z", 30),
        ("2026-12-20T11:59:59Z", 29),
        ("2026-12-21T02:00:00+14:00", 30),
        ("2026-11-20T11:59:59Z", -1),
    ],
)
def test_a_certificate_has_whole_days_left_from_instant_to_instant(until: str, left: int) -> None:
    as_of = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert days_left_until(datetime.fromisoformat(until), as_of) == left


def test_a_drill_may_be_dated_as_its_own_clock_or_as_utc_says_and_is_told_the_latter(
    item: ItemSpec, loaded: Callable[..., Written]
) -> None:
    last, refused = date(2027, 2, 28), "set `dated` to 2026-11-30"
    rehearsed = replace(item, evidence_kind="drill")
    drill = a_drill_of(item, datetime(2026, 12, 1, 1, tzinfo=timezone(timedelta(hours=14))))
    written = replace(loaded(), drills=(drill,), evidence_files=(file_of(drill),))
    for dated, holds in ((date(2026, 11, 30), True), (date(2026, 12, 1), True), (last, False)):
        evidence = EvidenceRef(kind="drill", ref=drill.ref, sha256=drill.sha256, dated=dated)
        said = named(evidence, rehearsed, on=date(2026, 12, 1), until=last)
        judged = statement_standing(rehearsed, said, written=written, as_of=last)
        assert judged.in_force is holds
        assert (refused in judged.remedy) is not holds
