from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr import judge
from pytest_orr.model import OWNERS, Finding, Outcome, SignOff
from pytest_orr.render import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review

PATH = "readiness-report/readiness.html"


def said(signoff: SignOff, *, verbose: bool = False) -> list[str]:
    return [line.text for line in terminal.summary(signoff, verbose=verbose, report_path=PATH)]


def test_it_groups_by_remedy_then_says_what_failed_then_the_verdict(
    every_outcome: SignOff,
) -> None:
    *first, failed, weaker, notice, later, caller, verdict, report = said(every_outcome)
    asked, unseen, lost, *notes = first
    assert weaker == (
        "monitoring.freshest_minutes is 20, weaker than 10 of Platform of Example:"
        " pat@example.org approved it from 2026-11-18 to 2027-01-31"
    )

    assert [note.partition(" of ")[0] for note in notes] == [
        "accept what was done about the condition",
        "answer the condition",
        "answer the question",
    ]
    assert notes[1].endswith("(network.load-balancer.elb; platform: ana@example.org)")
    assert asked.startswith("2 items PENDING: answer in attestations.toml")
    assert asked.endswith("(security: bo@example.org)")
    assert unseen.startswith(
        "UNKNOWN blocker compute.image.lts-patched: the jump host did not answer within 10 s; open"
        " port 22 of jump.example.org to this runner"
    )
    assert lost.startswith(
        "MISSING major monitoring.dashboard.grafana: in the suite, but it gave no result; run the"
        " whole suite: pytest readiness/ (platform: ana@"
    )
    assert failed.startswith("FAIL blocker network.backend.security-groups: sg-0f3a opens port 22")
    assert notice.startswith("1 notice in the page, first: the waiver of network.load-balancer")
    assert later == "due by operate: 1 item (product 1); now 1 UNKNOWN"
    assert caller == (
        "AWS 123456789012: arn:aws:iam::123456789012:user/ana, credentials: wider than needed"
        " (it may s3:DeleteBucket)"
    )
    assert verdict.startswith("NOT READY: 1 item failed, 2 wait for a person")
    assert verdict.endswith("(raw 2 of 9, adjusted 3 of 8)")
    assert report == f"report: {PATH}"


def test_a_fresh_scaffold_takes_five_lines(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    asked = [
        an_item(id=f"code.group.item-{i}", owner=OWNERS[i % 5], outcome=Outcome.PENDING)
        for i in range(50)
    ]
    unseen = [
        an_item(
            id=f"network.group.item-{i}",
            outcome=Outcome.UNKNOWN,
            remedy=f"write [{'aws' if i % 2 else 'endpoints'}] into readiness.toml",
        )
        for i in range(26)
    ]
    lines = said(signed_off(a_review(*asked, *unseen)))

    assert lines[0].startswith("50 items PENDING: answer in attestations.toml")
    assert all(f"{owner} 10" in lines[0] for owner in OWNERS)
    assert len(lines) == 5
    assert lines[-1] == f"report: {PATH}"


def needing(an_item: Callable[..., Any], number: int, *sections: str) -> list[Any]:
    """Items of two owners that wait for sections of readiness.toml."""
    remedies = [f"declare something under {one} in readiness.toml" for one in sections]
    findings = tuple(
        Finding(subject="seen", outcome=Outcome.UNKNOWN, detail="", remedy=remedy)
        for remedy in remedies
    )
    return [
        an_item(
            id=f"network.{sections[0].strip('[]')}.item-{len(sections)}-{i}",
            owner=("service", "platform")[i % 2],
            outcome=Outcome.UNKNOWN,
            remedy=remedies[0],
            findings=findings,
        )
        for i in range(number)
    ]


def test_the_first_line_names_the_setting_for_which_most_items_wait(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    asked = an_item(id="code.group.item", severity="blocker", outcome=Outcome.PENDING)
    waiting = [
        *needing(an_item, 3, "[forge]"),
        *needing(an_item, 2, "[[hosts]]", "[aws]"),
        *needing(an_item, 2, "[aws]"),
    ]
    first, second, *_ = said(signed_off(a_review(asked, *waiting)))
    assert first == (
        "7 items UNKNOWN: fill in readiness.toml, first [aws]: 4 items wait for it; then [forge] 3,"
        " [[hosts]] 2 (service 4, platform 3: ana@example.org)"
    )
    assert second.startswith("PENDING blocker code.group.item: ")
    assert "; answer in attestations.toml" in second


@pytest.mark.parametrize(
    ("reason", "said_of_it"),
    [
        ("run it again", "run it again"),
        ("it is late", "it is late; run it again"),
        ("late" * 50, f"{'late' * 24}lat…; run it again"),
    ],
)
def test_a_single_item_is_named_with_why_it_waits_and_what_to_do(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
    reason: str,
    said_of_it: str,
) -> None:
    late = an_item(
        id="code.group.item", outcome=Outcome.UNKNOWN, reason=reason, remedy="run it again"
    )
    first, *_ = said(signed_off(a_review(late)))
    assert first == f"UNKNOWN blocker code.group.item: {said_of_it} (platform: ana@example.org)"


def test_settings_for_which_few_items_wait_are_counted(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    names = [f"[{letter * 3}]" for letter in "abcdefghi"]
    waiting = [one for name in names for one in needing(an_item, 1, name)]
    first, *_ = said(signed_off(a_review(*waiting)))
    assert first == (
        "9 items UNKNOWN: fill in readiness.toml, first [aaa]: 1 item waits for it; then [bbb] 1,"
        " [ccc] 1, [ddd] 1, [eee] 1, [fff] 1, [ggg] 1, and 2 other sections"
        " (service: ana@example.org)"
    )


def test_many_failures_and_groups_are_cut_with_their_number(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    failed = [an_item(id=f"code.group.item-{i:02}", outcome=Outcome.FAIL) for i in range(13)]
    unseen = [
        an_item(id=f"network.group.item-{i:02}", outcome=Outcome.UNKNOWN, remedy=f"remedy {i:02}")
        for i in range(11)
    ]
    lines = said(signed_off(a_review(*failed, *unseen)))

    assert "… and 3 more in the page" in lines
    assert "… and 3 items more in the page" in lines
    assert len([line for line in lines if line.startswith("FAIL")]) == 10


def test_the_worst_failure_comes_first(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    minor = an_item(id="code.a.minor", severity="minor", outcome=Outcome.FAIL)
    blocker = an_item(id="code.b.blocker", severity="blocker", outcome=Outcome.FAIL)
    lines = said(signed_off(a_review(minor, blocker)))

    assert [line.split()[1] for line in lines if line.startswith("FAIL")] == ["blocker", "minor"]


def test_verbose_shows_every_item_with_its_findings(every_outcome: SignOff) -> None:
    lines = said(every_outcome, verbose=True)

    assert (
        "    FAIL sg-0f3a bastion: tcp 22 from 0.0.0.0/0 and ::/0, attached to eni-0b7d;"
        " Name the jump host's group as the source." in lines
    )
    for item in every_outcome.review.items:
        assert any(item.spec.id in line for line in lines)


def test_a_ready_service_is_told_so_in_green(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    lines = terminal.summary(signed_off(a_review(an_item())), verbose=False, report_path=PATH)

    assert [line.style for line in lines] == ["green", ""]
    assert lines[0].text.startswith("READY: 1 item passed by machine")


def test_a_line_is_one_line_and_not_a_megabyte(
    an_item: Callable[..., Any], a_review: Callable[..., Review]
) -> None:
    item = an_item(outcome=Outcome.FAIL, reason="a\nb\x1b]0;title\x07" + "x" * 1_000_000)
    review = a_review(item)
    lines = said(SignOff(review=review, verdict=judge.decide(review)))

    assert all("\n" not in line and "\x1b" not in line for line in lines)
    assert max(map(len, lines)) < 1_500


def test_a_preview_item_that_fails_is_not_called_a_failure(
    every_outcome: SignOff, signed_off: Callable[[Review], SignOff]
) -> None:
    items = tuple(dataclasses.replace(item, gated=False) for item in every_outcome.review.items)
    lines = said(signed_off(dataclasses.replace(every_outcome.review, items=items)))

    assert not any(line.startswith("FAIL") for line in lines)
