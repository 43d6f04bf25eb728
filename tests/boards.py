"""Boards of services for whoever renders one or looks at one."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from pytest_orr.board import Board, Read, board_of, glance_of
from pytest_orr.model import Ending, ItemResult, Release, Review
from tests.reviews import a_review, a_run, a_waiver, an_item

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = date(2026, 11, 27)
AREAS = {
    "code": ("Code security", 9),
    "network": ("Network security", 8),
    "compute": ("Compute security", 8),
    "scalability": ("Scalability", 8),
    "deployment": ("Deployment", 8),
    "cicd": ("CI/CD", 8),
    "monitoring": ("Monitoring", 13),
    "operations": ("Operations", 14),
}
"""The checklist's areas by title and number of items: 76."""


def read(review: Review, source: str = "review.json", page: str = "") -> Read:
    return Read(source=source, glance=glance_of(review), page=page)


def a_board() -> Board:
    """Every verdict, doubt and outcome at least once."""
    items = (
        an_item("code.audit.seen", section_title="Code security"),
        an_item("network.balancer.zones", "fail", severity="blocker", reason="one zone only"),
        an_item("monitoring.alarm.route", "pending", owner="product"),
        an_item("operations.restart.backend", "attested"),
        an_item("compute.host.patched", "unknown", reason="the jump host did not answer"),
        an_item("deployment.plan.agreed", "not_applicable"),
        an_item("scalability.load.tested", "missing"),
        an_item("cicd.pipeline.green", gated=False),
        an_item("explorer.index.lag", "waived", waiver=a_waiver()),
    )
    good = an_item("code.audit.seen", section_title="Code security")
    ends = Ending(
        kind="waiver",
        item="explorer.index.lag",
        what="the waiver of every finding",
        until="2026-12-02",
        days_left=12,
        owner="platform",
    )
    earlier = a_review(good, items[2], run=a_run("2026-11-01T09:30:00Z"))
    newest = a_review(*items, endings=(ends,))
    ready = {"service": "faucet", "release": Release(commit="0123456789abcdef")}
    return board_of(
        [
            read(earlier, "old/review.json"),
            read(newest, "new/review.json", page="new/readiness.html"),
            read(a_review(good, items[8], service="bridge", endings=(ends,))),
            read(a_review(good, items[4], service="wallet", phase="build")),
            read(a_review(good, items[6], service="staking")),
            read(a_review(good, run=a_run("2026-10-01T09:30:00Z"), **ready)),
            Read(source="broken/review.json", why="no review of pytest-orr: not readable as JSON"),
        ],
        as_of=TODAY,
    )


def a_fleet(services: int, *, reviews: int = 1) -> Iterator[Review]:
    """Yield reviews of many services, each some weeks apart, with 76 items and mixed outcomes."""
    for number in range(services):
        for turn in range(reviews):
            yield _of_fleet(number, turn, reviews)


def _of_fleet(number: int, turn: int, reviews: int) -> Review:
    chance = Random(f"{number} {turn}")  # noqa: S311 test data
    share = 0 if number % 5 == 0 else (reviews - turn) * (number % 4)
    items = [
        _item_of_fleet(chance, f"{area}.group.item-{index:02}", title, share)
        for area, (title, count) in AREAS.items()
        for index in range(count)
    ]
    day = date(2026, 11, 20) - timedelta(days=7 * (reviews - 1 - turn) + number % 41)
    ending = Ending(
        kind="waiver",
        item="network.group.item-01",
        what="the waiver of every finding",
        until=(day + timedelta(days=20 + number % 50)).isoformat(),
        days_left=20 + number % 50,
        owner="platform",
    )
    return a_review(
        *items,
        service=f"service-{number:03}",
        environment="production" if number % 3 else "staging",
        run=a_run(f"{day}T09:30:00Z", id=f"run-{number}-{turn}"),
        release=Release(commit=f"{number:020x}{turn:020x}"),
        endings=(ending,),
    )


def _item_of_fleet(chance: Random, item_id: str, title: str, share: int) -> ItemResult:
    bad = chance.choice(("fail", "unknown", "pending", "waived"))
    outcome = bad if chance.randrange(40) < share else "pass"
    return an_item(
        item_id,
        outcome,
        severity=chance.choice(("blocker", "major", "minor")),
        section_title=title,
        owner=chance.choice(("service", "platform", "security")),
        reason=f"what was seen of {item_id} in one line",
        waiver=a_waiver() if outcome == "waived" else None,
    )
