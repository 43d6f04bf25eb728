"""What the checklist asks and a review does not, and who said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.render import markdown
from pytest_orr.render.exceptions import exempted

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, SignOff


def test_exceptions_stand_by_kind_with_who_agreed_and_until_when(every_outcome: SignOff) -> None:
    found = [(one.kind, one.item, one.by, one.holds) for one in exempted(every_outcome.review)]

    assert found == [
        (
            "not applicable",
            "monitoring.account-balance.monitor",
            "eve@example.org",
            "2026-10-30",
        ),
        (
            "waived",
            "network.load-balancer.ddos",
            "eve@example.org",
            "2026-11-18 to 2026-12-02",
        ),
        ("check modified", "network.load-balancer.ddos", "", ""),
    ]


def test_a_review_that_leaves_nothing_out_has_none(
    an_item: Callable[..., Any], a_review: Callable[..., Review]
) -> None:
    assert exempted(a_review(an_item())) == ()


def test_the_signoff_document_tells_waivers_as_conditions_alone(every_outcome: SignOff) -> None:
    exceptions = markdown.render(every_outcome).partition("## Exceptions")[2].partition("## ")[0]

    assert "| not applicable |" in exceptions
    assert "| check modified |" in exceptions
    assert "whoever signs below" in exceptions
    assert "waived" not in exceptions


def test_the_signoff_document_counts_sections_before_it_tells_items(every_outcome: SignOff) -> None:
    results = markdown.render(every_outcome).partition("## Results")[2]
    counted = results.partition("### Launch checklist")[0]

    assert "| Network security | 3 | 1 PASS, 1 WAIVED, 1 FAIL |" in counted
    assert counted.count("\n| ") == 8


def test_the_signoff_document_says_how_to_mend_what_failed(every_outcome: SignOff) -> None:
    actions = markdown.render(every_outcome).partition("## Open actions")[2].partition("\n\n## ")[0]

    assert actions.count("How to mend it: Attach subnets of a second zone") == 1
