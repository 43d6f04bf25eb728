"""Each service on a board: its newest review, where it stands in the list, and what is doubtful."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.board import Board, Read, Standing, board_of, glance_of
from pytest_orr.board.trend import moved
from pytest_orr.changes import Movement, changes_between
from pytest_orr.errors import InvalidInput
from pytest_orr.model import Ending, Outcome, Release, VerdictWord
from tests.boards import a_fleet
from tests.reviews import a_review, a_run, an_item

if TYPE_CHECKING:
    from pytest_orr.model import ItemResult, Review

TODAY = date(2026, 11, 27)
GOOD, BAD = an_item("network.a.b"), an_item("network.a.b", "fail", reason="down")


def on(day: str, *items: ItemResult, **changes: Any) -> Review:
    run = a_run(f"2026-{day}T09:30:00Z")
    return a_review(*(items or (GOOD,)), run=run, **changes)


def board(*reviews: Review, unread: tuple[str, ...] = ()) -> Board:
    read = [
        Read(source=f"{at}/review.json", glance=glance_of(one)) for at, one in enumerate(reviews)
    ]
    broken = [Read(source=name, why="no JSON") for name in unread]
    return board_of([*read, *broken], as_of=TODAY)


def only(*reviews: Review) -> Standing:
    [standing] = board(*reviews).standings
    return standing


def ending(until: str, kind: str = "waiver", item: str = "network.a.b") -> Ending:
    return Ending(
        kind=kind, item=item, what="the waiver", until=until, days_left=9, owner="service"
    )


def test_a_service_is_shown_by_its_newest_review_in_whatever_order_files_come() -> None:
    reviews = on("11-06"), on("11-20", BAD), on("11-13")
    one = only(*reviews)

    assert (one.verdict.word, one.day, one.age) == (VerdictWord.NOT_READY, "2026-11-20", 7)
    assert one.sources == ("0/review.json", "2/review.json", "1/review.json")
    assert [point.day for point in one.trend] == ["2026-11-06", "2026-11-13", "2026-11-20"]
    assert one == only(reviews[0], reviews[1], reviews[2])


def test_environments_of_a_service_are_told_apart() -> None:
    both = board(on("11-20"), on("11-20", environment="staging")).standings

    assert [(one.service, one.environment) for one in both] == [
        ("explorer", "production"),
        ("explorer", "staging"),
    ]


def test_a_review_that_is_named_twice_counts_once() -> None:
    one = only(on("11-20"), on("11-20"))

    assert (one.sources, len(one.trend)) == (("0/review.json",), 1)


def test_who_acts_next_and_how_many_blockers_are_open() -> None:
    one = only(on("11-20", BAD, an_item("code.a.b", "unknown", severity="blocker")))

    assert one.blockers == 1
    assert one.action is not None
    assert (one.action.owner, one.action.people) == ("platform", ("ana@example.org",))
    assert only(on("11-20")).action is None


def test_what_moved_since_the_review_before() -> None:
    was = on("11-13", BAD, an_item("code.a.gone"), an_item("code.a.same"))
    now = on("11-20", GOOD, an_item("code.a.same", "fail"))

    assert (only(was, now).worse, only(was, now).better) == (2, 1)
    assert (only(now).worse, only(now).better) == (0, 0)


ITEMS = st.dictionaries(
    st.sampled_from(("a.a.a", "a.a.b", "a.a.c")), st.tuples(st.sampled_from(Outcome), st.booleans())
)


@given(ITEMS, ITEMS)
def test_what_moved_is_what_a_comparison_says(
    was: dict[str, tuple[Outcome, bool]], now: dict[str, tuple[Outcome, bool]]
) -> None:
    sides = [
        a_review(*(an_item(name, word, gated=gated) for name, (word, gated) in side.items()))
        for side in (was, now)
    ]
    changes = changes_between(*sides)
    lost = len(changes.moved(Movement.WORSE)) + len(changes.moved(Movement.GONE))

    assert moved(*map(glance_of, sides)) == (lost, len(changes.moved(Movement.BETTER)))


def test_a_renamed_item_is_neither_gone_nor_new() -> None:
    was, now = (
        on("11-13", an_item("a.b.old")),
        on("11-20", an_item("a.b.new", aliases=("a.b.old",))),
    )

    assert (only(was, now).worse, only(was, now).better) == (0, 0)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [("10-28", []), ("10-27", ["old"]), ("11-27", []), ("11-28", ["future"])],
)
def test_a_review_is_in_doubt_after_thirty_days_or_if_it_is_still_to_come(
    day: str, kinds: list[str]
) -> None:
    one = only(on(day))

    assert [mark.kind for mark in one.marks] == kinds
    assert one.age >= 0


def test_a_review_of_another_commit_than_the_services_newest_is_in_doubt() -> None:
    older = on("11-13")
    newer = on("11-20", environment="staging", release=Release(commit="0" * 40))
    marks = {one.environment: one.marks for one in board(older, newer).standings}

    assert [mark.text for mark in marks["production"]] == [
        "staging was reviewed on 2026-11-20 with 000000000000"
    ]
    assert marks["staging"] == ()


@pytest.mark.parametrize(
    ("until", "kind", "doubts"),
    [
        ("2026-11-26", "waiver", ["lapsed"]),
        ("2026-11-26", "statement", ["lapsed"]),
        ("2026-11-27", "waiver", []),
        ("2026-11-19", "waiver", []),
        ("2026-11-26", "action", []),
    ],
)
def test_a_review_is_in_doubt_once_something_has_ended_on_which_it_rested(
    until: str, kind: str, doubts: list[str]
) -> None:
    one = only(on("11-20", endings=(ending(until, kind),)))

    assert [mark.kind for mark in one.marks] == doubts
    assert [one.until for one in one.endings] == [until]


def test_what_has_ended_is_told_with_its_item_or_without_one() -> None:
    ends = ending("2026-11-25"), ending("2026-11-26", "weakening", "")
    one = only(on("11-20", endings=ends))
    assert one.marks[0].text == "the waiver (network.a.b) has ended since, and 1 more"
    one = only(on("11-20", endings=ends[1:]))
    assert one.marks[0].text == "the waiver has ended since"


def test_days_left_are_counted_from_the_boards_day() -> None:
    days = ("2026-12-28", "2026-12-27", "2026-11-30")
    one = only(on("11-20", endings=tuple(map(ending, days))))

    assert [(end.until, end.days_left) for end in one.endings] == [
        ("2026-11-30", 3),
        ("2026-12-27", 30),
    ]


def test_services_stand_worst_first_and_a_doubtful_good_one_beside_what_is_unverified() -> None:
    blocker = an_item("code.a.b", "fail", severity="blocker")
    shown = board(
        on("11-20", service="ready"),
        on("10-01", service="ready-and-old"),
        on("11-20", BAD, service="not-ready"),
        on("11-20", BAD, GOOD_ONE, service="not-ready-nearer"),
        on("11-20", blocker, service="blocked"),
        on("11-20", an_item("code.a.b", "unknown"), service="unverified"),
        on("11-20", an_item("code.a.b", "missing"), service="partial"),
        on("11-20", GOOD, an_item("code.a.b", "waived"), service="waived"),
    )

    assert [one.service for one in shown.standings] == [
        "blocked",
        "not-ready",
        "not-ready-nearer",
        "partial",
        "ready-and-old",
        "unverified",
        "waived",
        "ready",
    ]


GOOD_ONE = an_item("code.a.b")


def test_only_the_newest_twelve_reviews_are_a_trend() -> None:
    one = only(*(on(f"11-{day:02}") for day in range(1, 21)))

    assert [point.day[-2:] for point in one.trend] == [f"{day:02}" for day in range(9, 21)]
    assert len(one.sources) == 20


@pytest.mark.parametrize("where", ["run", "ending"])
def test_a_day_that_no_calendar_has_makes_no_review(where: str) -> None:
    strange = a_review(GOOD, run=a_run("2026-99-99T00:00:00Z"))
    review = strange if where == "run" else on("11-20", endings=(ending("2026-02-31"),))

    with pytest.raises(InvalidInput) as caught:
        glance_of(review)

    assert caught.value.mistakes[0].endswith("is no day")


def test_files_that_hold_no_review_of_a_service_are_told_with_their_reason() -> None:
    selected = on("11-20", selection="-k one")
    shown = board(selected, unread=("z.json", "a.json"))

    assert [(one.source, one.why) for one in shown.unread] == [
        ("0/review.json", "of a selection of items (-k one), not of a service"),
        ("a.json", "no JSON"),
        ("z.json", "no JSON"),
    ]
    assert shown.standings == ()
    assert shown.counts() == ()


def test_every_file_is_accounted_for() -> None:
    shown = board(*a_fleet(20, reviews=3), unread=("broken",))
    sources = [one for standing in shown.standings for one in standing.sources]

    assert len(sources) == 60
    assert len(shown.standings) == sum(number for _, number, _ in shown.counts()) == 20
    words = [word for word, _, _ in shown.counts()]
    assert all(list(VerdictWord).index(a) < list(VerdictWord).index(b) for a, b in pairwise(words))
