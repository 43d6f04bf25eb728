"""What a board shows across services: sections, items open in several, what ends when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pytest_orr.board import Board, Cell, OpenItem, Read, board_of, glance_of
from pytest_orr.model import Ending, Outcome
from tests.reviews import a_review, an_item

if TYPE_CHECKING:
    from pytest_orr.model import Review


def board(*reviews: Review) -> Board:
    read = [Read(source=one.service, glance=glance_of(one)) for one in reviews]
    return board_of(read, as_of=date(2026, 11, 27))


def test_sections_stand_in_the_checklists_order_and_services_own_ones_are_one() -> None:
    one = a_review(an_item("network.a.b"), an_item("code.a.b"), an_item("explorer.a.b"))
    other = a_review(an_item("monitoring.a.b"), an_item("bridge.a.b"), service="bridge")
    shown = board(one, other)

    assert shown.sections == (
        ("code", "Code"),
        ("network", "Network"),
        ("monitoring", "Monitoring"),
        ("own", "The service's own"),
    )
    assert [len(standing.cells) for standing in shown.standings] == [4, 4]


def test_a_cell_has_the_worst_outcome_of_what_counts() -> None:
    review = a_review(
        an_item("code.a.a", "unknown"),
        an_item("code.a.b", "fail"),
        an_item("code.a.c", "fail"),
        an_item("network.a.a"),
        an_item("network.a.b", "fail", gated=False),
        an_item("monitoring.a.a", "fail", gated=False),
    )
    [standing] = board(review).standings

    assert standing.cells == (
        Cell(section="code", worst=Outcome.FAIL, number=2, of=3),
        Cell(section="network", worst=Outcome.PASS, number=1, of=1),
        Cell(section="monitoring", worst=None, number=0, of=0),
    )


def test_items_that_several_services_have_open_are_told_those_of_most_first() -> None:
    shown = board(
        a_review(an_item("a.a.a", "fail"), an_item("a.a.b", "fail"), service="one"),
        a_review(an_item("a.a.a", "unknown"), an_item("a.a.b", "pending"), service="two"),
        a_review(an_item("a.a.b", "fail"), an_item("a.a.c", "fail"), service="three"),
        a_review(an_item("a.a.a", "fail", gated=False), an_item("a.a.c", "waived"), service="four"),
    )

    assert shown.open_items == (
        OpenItem(
            id="a.a.b",
            title="Every backend stands behind a balancer.",
            counts=((Outcome.FAIL, 2), (Outcome.PENDING, 1)),
            services=("one (production)", "three (production)", "two (production)"),
        ),
        OpenItem(
            id="a.a.a",
            title="Every backend stands behind a balancer.",
            counts=((Outcome.FAIL, 1), (Outcome.UNKNOWN, 1)),
            services=("one (production)", "two (production)"),
        ),
    )


def test_what_ends_is_told_of_all_services_soonest_first() -> None:
    def ending(until: str) -> Ending:
        return Ending(
            kind="drill", item="a.a.a", what="the drill", until=until, days_left=0, owner="service"
        )

    shown = board(
        a_review(an_item("a.a.a"), service="one", endings=(ending("2026-12-20"),)),
        a_review(
            an_item("a.a.a"),
            service="two",
            endings=(ending("2026-12-24"), ending("2026-11-25")),
        ),
    )

    assert [(one.service, one.ending.days_left) for one in shown.endings] == [
        ("two", -2),
        ("one", 23),
        ("two", 27),
    ]
