"""The plan of later phases and the calendar of a running service, in every document."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import Undeclared
from pytest_orr.model import Ending, Finding, Outcome, SignOff
from pytest_orr.render import coming, html, markdown, review_json, terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review

GOLDEN = Path(__file__).parents[2] / "golden"
HOSTILE = "<script>alert(1)</script>|`x`\n# not a heading\x1b[2J"


@pytest.fixture
def planned(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> SignOff:
    """A plan review: one item counts, four are a preview."""
    remedy = Undeclared("[[hosts]]", "its hosts").remedy
    blind = Finding(subject="hosts", outcome=Outcome.UNKNOWN, remedy=remedy)
    shared = {"gated": False, "phase": "launch"}
    return signed_off(
        a_review(
            an_item(phase="plan"),
            an_item(id="network.a.fails", outcome=Outcome.FAIL, gated=False, position=3),
            an_item(id="network.a.passes", gated=False, position=2, severity="minor"),
            an_item(
                id="operations.a.hosts",
                outcome=Outcome.UNKNOWN,
                findings=(blind,),
                remedy=remedy,
                owner="security",
                **shared,
            ),
            an_item(
                id="operations.a.restart",
                outcome=Outcome.PENDING,
                manual=True,
                evidence_kind="drill",
                owner="support",
                facts_asked=(),
                **shared,
            ),
            phase="plan",
        )
    )


@pytest.fixture
def operated(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> SignOff:
    """A review of a running service, with something of every kind that ends."""
    days = {
        "statement": -2,
        "action": 0,
        "waiver": 1,
        "drill": 31,
        "document": 75,
        "not_applicable": 120,
        "weakening": 130,
    }
    item = "network.load-balancer.elb"
    endings = tuple(
        Ending(
            kind=kind,
            item="" if kind == "weakening" else item,
            what=f"what of the {kind}",
            until=f"2026-12-{place + 1:02}",
            days_left=left,
            owner="ana@example.org" if kind == "action" else "platform",
        )
        for place, (kind, left) in enumerate(days.items())
    )
    return signed_off(a_review(an_item(), phase="operate", endings=endings))


def lines(signoff: SignOff) -> list[str]:
    summary = terminal.summary(signoff, verbose=False, report_path="readiness.html")
    return [line.text for line in summary]


@pytest.mark.parametrize("phase", ["plan", "operate"])
def test_a_phase_reads_as_it_did(phase: str, planned: SignOff, operated: SignOff) -> None:
    signoff = {"plan": planned, "operate": operated}[phase]
    path = GOLDEN / f"{phase}.md"
    text = "\n\n".join((*lines(signoff), *coming.in_markdown(signoff.review))) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())

    assert text.encode() == path.read_bytes(), "if this is wanted, run again with UPDATE_GOLDEN=1"


def test_the_terminal_takes_one_line_for_each_later_phase(planned: SignOff) -> None:
    assert lines(planned)[:2] == [
        "due by build: 2 items (platform 2); now 1 PASS, 1 FAIL",
        (
            "due by launch: 2 items (security 1, support 1); now 1 PENDING, 1 UNKNOWN;"
            " to declare: [[hosts]]"
        ),
    ]


def test_the_terminal_takes_two_lines_for_what_ends(operated: SignOff) -> None:
    first, second, *_ = lines(operated)
    assert first == (
        "to look at again: passed 1, next 30 days 2, next 60 days 1, next 90 days 1,"
        " after 90 days 2; first network.load-balancer.elb: what of the statement, until"
        " 2026-12-01 (2 days ago, platform)"
    )
    assert second == (
        "1 open action of waivers, first network.load-balancer.elb: what of the action, until"
        " 2026-12-02 (today, ana@example.org)"
    )


def test_a_preview_fails_nothing_and_is_shown_as_failing(planned: SignOff) -> None:
    text = markdown.render(planned)

    assert planned.verdict.exit_code == 0
    assert "| `network.a.fails` | Every backend stands" in text
    assert "| FAIL (preview) |" in text


def test_the_page_holds_the_plan_whole_without_a_script(planned: SignOff) -> None:
    page = html.render(planned)
    plan = page.partition('aria-labelledby="coming"')[2].partition("</section>")[0]

    for due in (
        "network.a.fails",
        "network.a.passes",
        "operations.a.hosts",
        "operations.a.restart",
    ):
        assert f'<a href="#{due}">{due}</a>' in plan
    assert "support: nobody named in readiness.toml" in plan
    assert "drill (the record of a drill: who, when, how long, what happened)" in plan
    assert "[[hosts]]" in plan
    assert "<script" not in plan


def test_the_page_holds_the_calendar_soonest_first_and_the_open_actions(operated: SignOff) -> None:
    page = html.render(operated)
    dates = page.partition('aria-labelledby="re-review"')[2].partition("</section>")[0]
    places = [dates.index(f"what of the {one.kind}") for one in operated.review.endings]

    assert places == sorted(places)
    assert [dates.count(title) for title in ("Passed.", "Next 30 days.", "After 90 days.")] == [
        1
    ] * 3
    assert dates.index("Open actions of waivers") > places[-1]
    assert "weakening: what of the weakening</td><td>the service</td>" in dates
    assert 'href="#"' not in page


def test_what_is_about_no_single_item_is_told_without_one(operated: SignOff) -> None:
    review = replace(operated.review, endings=operated.review.endings[-1:])
    assert lines(replace(operated, review=review))[0] == (
        "to look at again: after 90 days 1; first what of the weakening, until 2026-12-07"
        " (in 130 days, platform)"
    )


def test_another_phase_shows_no_calendar(operated: SignOff) -> None:
    launch = replace(operated, review=replace(operated.review, phase="launch"))

    assert coming.RE_REVIEW not in html.render(launch) + markdown.render(launch)
    assert coming.plain_endings(launch.review) == coming.plain_endings(operated.review)


def test_review_json_holds_both_and_is_read_back(planned: SignOff, operated: SignOff) -> None:
    plan = json.loads(review_json.render(planned))["later"]
    assert [(one["phase"], [share["owner"] for share in one["owners"]]) for one in plan] == [
        ("build", ["platform"]),
        ("launch", ["security", "support"]),
    ]
    assert plan[1]["owners"][0]["items"] == [
        {
            "id": "operations.a.hosts",
            "outcome": "unknown",
            "evidence_kind": "",
            "facts": ["load_balancers"],
            "sections": ["[[hosts]]"],
        }
    ]
    for signoff in (planned, operated):
        assert review_json.read(review_json.render(signoff)) == signoff.review


def test_what_ends_enters_documents_escaped(operated: SignOff) -> None:
    first, *rest = operated.review.endings
    hostile = replace(first, what=HOSTILE, owner=HOSTILE)
    review = replace(operated.review, endings=(hostile, *rest))
    signoff = replace(operated, review=review)

    assert "<script>alert" not in html.render(signoff)
    assert "# not a heading" not in markdown.render(signoff).splitlines()
    assert not [text for text in lines(signoff) if "\x1b" in text or "\n" in text]
