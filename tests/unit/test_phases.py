"""A review to what comes due later, owner by owner, and to the calendar of what ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import Undeclared
from pytest_orr.model import (
    Ending,
    Finding,
    ItemResult,
    ItemSpec,
    Outcome,
    Person,
    Provenance,
    Release,
    Review,
    RunBlock,
)
from pytest_orr.phases import calendar, later, open_actions

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC: dict[str, Any] = {
    "part": "service",
    "section": "demo",
    "section_title": "Demo",
    "title": "It holds.",
    "stated": "it",
    "severity": "major",
    "owner": "service",
    "why": "Because.",
    "fix": "Do it.",
    "question": "Who says so?",
    "evidence_kind": "link",
    "valid_for": 90,
    "class_as_built": "automatic",
    "stamp": "local",
    "file": "test_demo.py",
    "function": "test_one",
}


@pytest.fixture
def preview() -> Callable[..., ItemResult]:
    """Make an item that does not count yet; whatever is named differs."""

    def make(name: str, phase: str, *, position: int = 1, **changes: Any) -> ItemResult:
        result = {key: changes.pop(key) for key in ("remedy", "findings") if key in changes}
        outcome = changes.pop("outcome", Outcome.PASS)
        gated = changes.pop("gated", False)
        values = {**SPEC, **changes, "id": f"demo.a.{name}", "phase": phase, "position": position}
        return ItemResult(
            spec=ItemSpec(**values),
            outcome=outcome,
            gated=gated,
            reason="because",
            **{"remedy": "", **result},
        )

    return make


@pytest.fixture
def review() -> Callable[..., Review]:
    """Make a review of some items."""

    def make(*items: ItemResult, **changes: Any) -> Review:
        files = ("profile", "attestations", "waivers", "policy", "facts")
        nothing: dict[str, Any] = {f"{name}_sha256": "" for name in files}
        values: dict[str, Any] = {
            "service": "demo",
            "environment": "production",
            "release": Release(commit="0123456"),
            "phase": "plan",
            "run": RunBlock(id="1", started="s", as_of="a", tool="t", suite="0"),
            "provenance": Provenance(**nothing),
            "people": (
                Person(email="bo@example.org", name="Bo", roles=("security",)),
                Person(email="ana@example.org", name="Ana", roles=("service", "platform")),
                Person(email="cy@example.org", name="Cy", roles=("service",)),
            ),
        }
        return Review(**{**values, "items": items, **changes})

    return make


def ending(days: int, kind: str = "statement", what: str = "one") -> Ending:
    until = f"day {days}"
    return Ending(
        kind=kind, item="demo.a.one", what=what, until=until, days_left=days, owner="service"
    )


def test_each_later_phase_is_told_in_order_owner_by_owner_with_its_people(
    preview: Callable[..., ItemResult], review: Callable[..., Review]
) -> None:
    plan = later(
        review(
            preview("now", "plan", gated=True),
            preview("c", "launch", owner="product"),
            preview("b", "build", owner="security"),
            preview("a", "build"),
        )
    )

    assert [(one.phase, [share.owner for share in one.shares]) for one in plan] == [
        ("build", ["service", "security"]),
        ("launch", ["product"]),
    ]
    assert [share.people for share in plan[0].shares] == [
        ("ana@example.org", "cy@example.org"),
        ("bo@example.org",),
    ]
    assert plan[1].shares[0].people == ()
    assert [due.item.spec.id for one in plan for due in one.dues] == [
        "demo.a.a",
        "demo.a.b",
        "demo.a.c",
    ]


def test_the_most_severe_comes_first_then_the_order_of_the_checklist(
    preview: Callable[..., ItemResult], review: Callable[..., Review]
) -> None:
    items = (
        preview("minor", "build", severity="minor", position=1),
        preview("third", "build", position=3),
        preview("second", "build", position=2),
        preview("blocker", "build", severity="blocker", position=9),
    )
    (build,) = later(review(*items))

    named = [due.item.spec.id.rpartition(".")[2] for due in build.dues]
    assert named == ["blocker", "second", "third", "minor"]


def test_a_person_is_asked_for_evidence_only_where_one_decides(
    preview: Callable[..., ItemResult], review: Callable[..., Review]
) -> None:
    items = (
        preview("machine", "build", position=1, facts=("hosts",)),
        preview("person", "build", position=2, manual=True, evidence_kind="drill"),
    )
    (build,) = later(review(*items))

    assert [(due.asks, due.reads) for due in build.dues] == [("", ("hosts",)), ("drill", ())]


def test_what_is_still_to_be_declared_is_read_from_remedies_and_told_once(
    preview: Callable[..., ItemResult], review: Callable[..., Review]
) -> None:
    hosts = Undeclared("[[hosts]]", "its hosts").remedy
    aws = Undeclared("[aws]", "where it runs").remedy
    finding = Finding(subject="x", outcome=Outcome.UNKNOWN, remedy=aws)
    items = (
        preview("a", "build", position=1, remedy=hosts, findings=(finding,)),
        preview("b", "build", position=2, remedy=aws),
        preview("c", "build", position=3, remedy="repair it"),
    )
    (build,) = later(review(*items))

    assert [due.sections for due in build.dues] == [("[[hosts]]", "[aws]"), ("[aws]",), ()]
    assert build.sections == ("[[hosts]]", "[aws]")


def test_what_a_preview_shows_already_is_kept_as_it_is(
    preview: Callable[..., ItemResult], review: Callable[..., Review]
) -> None:
    (build,) = later(review(preview("a", "build", outcome=Outcome.FAIL)))

    assert build.dues[0].item.outcome is Outcome.FAIL


def test_nothing_is_later_once_every_item_counts(
    preview: Callable[..., ItemResult], review: Callable[..., Review]
) -> None:
    assert later(review(preview("a", "launch", gated=True), phase="launch")) == ()


def test_a_calendar_tells_windows_apart_at_their_last_days(
    review: Callable[..., Review],
) -> None:
    days = (91, 90, 61, 60, 31, 30, 0, -1)
    windows = calendar(review(phase="operate", endings=tuple(map(ending, days))))

    assert [(one.title, [end.days_left for end in one.endings]) for one in windows] == [
        ("passed", [-1]),
        ("next 30 days", [0, 30]),
        ("next 60 days", [31, 60]),
        ("next 90 days", [61, 90]),
        ("after 90 days", [91]),
    ]


@pytest.mark.parametrize("phase", ["plan", "build", "launch"])
def test_only_a_service_in_operation_has_a_calendar(
    phase: str, review: Callable[..., Review]
) -> None:
    found = review(phase=phase, endings=(ending(1), ending(2, "action")))

    assert (calendar(found), open_actions(found)) == ((), ())


def test_open_actions_are_those_of_waivers_soonest_first(review: Callable[..., Review]) -> None:
    found = review(
        phase="operate",
        endings=(ending(9, "action", "b"), ending(3), ending(2, "action", "a"), ending(1)),
    )

    assert [one.what for one in open_actions(found)] == ["a", "b"]


def test_the_order_in_which_endings_stand_changes_nothing(
    review: Callable[..., Review],
) -> None:
    endings = tuple(ending(days, what=what) for days in (5, 40) for what in ("a", "b"))
    forwards = review(phase="operate", endings=endings)

    assert calendar(forwards) == calendar(replace(forwards, endings=endings[::-1]))
