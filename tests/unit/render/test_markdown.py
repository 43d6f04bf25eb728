from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from pytest_orr.model import OWNERS, Outcome
from pytest_orr.render import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, SignOff


def headings(text: str) -> list[tuple[str, str]]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [
        (token.tag, tokens[index + 1].content)
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def test_it_reads_from_scope_to_signatures(every_outcome: SignOff) -> None:
    assert headings(markdown.render(every_outcome)) == [
        ("h1", "Launch readiness: explorer, production"),
        ("h2", "Scope"),
        ("h2", "Decision"),
        ("h2", "Conditions"),
        ("h2", "Review notes"),
        ("h2", "Exceptions"),
        ("h2", "Weaker than the organisation's limits"),
        ("h2", "Open actions"),
        ("h2", "What must be shown later"),
        ("h3", "By operate"),
        ("h2", "Notices"),
        ("h2", "Results"),
        ("h3", "Launch checklist"),
        ("h4", "Code security"),
        ("h4", "Network security"),
        ("h4", "Compute security"),
        ("h3", "Operational readiness review"),
        ("h4", "Monitoring"),
        ("h4", "Operations"),
        ("h3", "The service's own items"),
        ("h4", "Explorer"),
        ("h2", "Statements and evidence"),
        ("h2", "What this rests on"),
        ("h2", "Signatures"),
    ]


def test_the_decision_says_verdict_reason_both_scores_and_who_said_it(
    every_outcome: SignOff,
) -> None:
    text = markdown.render(every_outcome)

    assert "**NOT READY.** 1 item failed, 2 wait for a person" in text
    assert "Raw score 2 of 9; adjusted score 3 of 8" in text
    assert "A machine saw 1 pass, a person said 1; 1 waived, 1 not applicable, 1 check" in text


def test_a_waiver_shows_the_true_result_its_approver_its_end_and_its_action(
    every_outcome: SignOff,
) -> None:
    (row,) = [
        line
        for line in markdown.render(every_outcome).splitlines()
        if "approved by eve@example.org" in line
    ]

    assert "FAIL: 1 of 3 balancers spans one zone only" in row
    assert "2026-11-18 to 2026-12-02" in row
    assert "due 2026-12-01" in row


def test_signatures_have_a_line_for_each_role_of_the_policy(every_outcome: SignOff) -> None:
    end = markdown.render(every_outcome).partition("## Signatures")[2]

    for role in ("Service owner", "Security"):
        assert f"| {role} | &nbsp;" in end
    assert "Principal engineer" not in end


def test_a_clean_service_says_in_words_that_nothing_is_excepted(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    text = markdown.render(signed_off(a_review(an_item())))

    assert "No waivers: nothing is accepted that does not hold." in text
    assert "None: every item applies, every check is as published." in text
    assert "## Open actions\n\nNone." in text
    assert "No statements." in text
    assert "## Notices" not in text


def test_an_action_without_a_person_says_that_nobody_is_named(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:

    item = an_item(outcome=Outcome.FAIL, owner=OWNERS[-1])

    assert "Owner: support (nobody named in readiness.toml)" in markdown.render(
        signed_off(a_review(item))
    )
