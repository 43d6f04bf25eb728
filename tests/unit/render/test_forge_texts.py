"""Notes and issues say what a review says, and no text of the world makes a forge do anything."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from pytest_orr.model import Condition, Finding, Notice, Outcome
from pytest_orr.render import forge_issue, forge_note
from pytest_orr.render.forge_text import LONGEST_TITLE, cut, inert, title

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, SignOff

ACTING = (
    "@everyone @group/team (@bob) _@bob",
    "#123 group/project#6 owner/repo#7 !45 group/project!4 &7 $8 %9 ^5 ~label *iteration:3",
    '~"a label" %"a milestone" !"x"',
    "GH-12 gh OPS-12 ABC_D-7",
    "[vulnerability:5] [feature_flag:6] [contact:a@b.c] [issue:7]",
    "/close\n/assign @bob\r\n/approve",
    "3f2a9c1d5b7e8f60a1b2c3d4e5f60718293a4b5c and 3f2a9c1d",
    "<!-- pytest-orr end --> <!-- pytest-orr state 00 00 -->",
    "<img src=x onerror=alert(1)> ![x](https://evil.example/x.png) https://evil.example",
    "::error::x\n##[error]x",
    "- [ ] task\n# title\n```\ncode",
)
ACTED_ON = (
    r"(?<![A-Za-z0-9])@\w",
    r"[#!$%&~^]\w",
    r'[~%!]"',
    r"\*iteration:",
    r"\bGH-\d|\b[A-Z][A-Z0-9_]+-\d",
    r"\[[a-z_]+:",
    r"(?m)^\s*/\w",
    r"\b(?=[0-9]*[a-f])[0-9a-f]{7,40}\b",
    r"(?m)^(::|##\[)",
    r"https?://\w|www\.\w",
)
"""What GitLab or GitHub looks for in a text once its Markdown is shown."""


def shown(text: str) -> str:
    """Return the text that stands outside code in a rendered page, with each block on a line."""
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    html = re.sub(r"(?s)<!--.*?-->|<code>.*?</code>", " ", html)
    return unescape(re.sub(r"<[^>]+>", "\n", html))


@pytest.mark.parametrize("text", ACTING)
def test_no_sign_that_a_forge_acts_on_is_left_of_a_foreign_text(text: str) -> None:
    told = shown(f"By people: {inert(text)}")

    assert [pattern for pattern in ACTED_ON if re.search(pattern, told)] == []
    assert inert(text).count("\n") == 0


def test_the_signs_are_there_before_so_that_their_absence_means_something() -> None:
    plain = "\n".join(ACTING)

    assert [pattern for pattern in ACTED_ON if not re.search(pattern, plain)] == []


def test_a_harmless_text_stays_as_it_is() -> None:
    text = (
        "3 balancers in eu-west-1 of 123456789012 are as they should be, as ana@example.org says."
    )

    assert inert(text) == text


@pytest.mark.parametrize("text", ACTING)
def test_a_title_is_one_line_on_which_no_forge_acts(text: str) -> None:
    told = title(f"By people: {text}")

    assert "\n" not in told
    assert not re.search(r"[@#!$%&~^]\w|\bGH-\d|\b[A-Z][A-Z0-9_]+-\d|\[[a-z_]+:", told)
    assert len(title(text * 50)) == LONGEST_TITLE


def test_a_text_is_cut_between_lines_and_says_where_the_rest_is() -> None:
    text = "\n".join(f"{number} ä" for number in range(1000))

    told = cut(text, 1000, "the report")

    assert len(told.encode()) <= 1000
    assert told.endswith("\n\n_Cut here: the whole is in the report._\n")
    assert text.startswith(told.partition("\n\n_Cut")[0])
    assert cut("short", 5, "the report") == "short"


def every_text(signoff: SignOff) -> str:
    review = signoff.review
    issues = (forge_issue.issue_text(item, review) for item in review.items)
    before = tuple((item.spec.id, Outcome.PASS) for item in review.items)
    notes = (
        forge_note.note(signoff, None),
        forge_note.note(signoff, (*before, ("z", Outcome.FAIL))),
    )
    return "\n\n".join((*issues, *notes))


@pytest.mark.parametrize("text", ACTING)
def test_whatever_a_review_says_no_note_and_no_issue_makes_a_forge_act(
    said_everywhere: Callable[[str], SignOff], text: str
) -> None:
    told = every_text(said_everywhere(text))

    assert [pattern for pattern in ACTED_ON if re.search(pattern, shown(told))] == []
    assert not re.search(r"(?m)^\s*(/\w|::|##\[)", told)


def test_hostile_texts_add_no_element_to_what_is_shown(
    said_everywhere: Callable[[str], SignOff],
) -> None:
    def elements(text: str) -> list[str]:
        html = MarkdownIt("gfm-like", {"linkify": False}).render(every_text(said_everywhere(text)))
        return re.findall(r"</?[a-z][^ >]*", html)

    harmless = elements("text")
    assert all(elements(text) == harmless for text in ACTING)


def test_an_issue_tells_outcome_owner_reason_and_what_to_do(
    an_item: Any, a_review: Callable[..., Review]
) -> None:
    findings = (
        Finding(subject="eu-west-1a", outcome=Outcome.PASS),
        Finding(subject="eu-west-1b", outcome=Outcome.FAIL, detail="no target"),
    )
    item = an_item(outcome=Outcome.FAIL, reason="one zone", remedy="add one", findings=findings)

    told = forge_issue.issue_text(item, a_review(item))

    assert "**FAIL**: Every backend stands behind a balancer" in told
    assert "- Owner: platform (ana@example.org)" in told
    assert "- Why this outcome: One zone." in told
    assert "- What to do now: Add one." in told
    assert "- **FAIL** `eu-west-1b`: no target" in told
    assert "eu-west-1a" not in told
    assert "`orr explain network.load-balancer.elb`" in told
    assert "Due" not in told
    assert forge_issue.due_day(item) == ""


def test_a_waived_item_keeps_its_issue_until_the_waiver_or_its_work_is_due(
    an_item: Any, a_review: Callable[..., Review], a_waiver: Any
) -> None:
    work = Condition(what="a second zone", owner="ana@example.org", due="2026-12-01")
    waiver = a_waiver(expires="2026-12-04", conditions=(work,))
    item = an_item(outcome=Outcome.WAIVED, waiver=waiver)

    assert forge_issue.is_open(item)
    assert forge_issue.due_day(item) == "2026-12-01"
    told = forge_issue.issue_text(item, a_review(item))
    assert "- Due: 2026-12-01" in told
    assert "Waived until 2026-12-04: " in told
    assert "- To do until 2026-12-01: a second zone, by ana@example.org" in told


def test_an_item_that_does_not_count_in_the_phase_has_no_open_issue(an_item: Any) -> None:
    assert not forge_issue.is_open(an_item(outcome=Outcome.FAIL, gated=False))
    assert not forge_issue.is_open(an_item(outcome=Outcome.PASS))
    assert not forge_issue.is_open(an_item(outcome=Outcome.NOT_APPLICABLE))


def test_an_unanswered_item_asks_its_question(an_item: Any, a_review: Any) -> None:
    item = an_item(outcome=Outcome.PENDING)

    assert "- Question: Which balancer fronts" in forge_issue.issue_text(item, a_review(item))


def test_many_findings_are_counted_and_not_all_told(an_item: Any, a_review: Any) -> None:
    findings = tuple(Finding(subject=str(n), outcome=Outcome.FAIL) for n in range(60))
    item = an_item(outcome=Outcome.FAIL, findings=findings)

    told = forge_issue.issue_text(item, a_review(item))

    assert told.count("- **FAIL**") == forge_issue.SHOWN_FINDINGS
    assert "- and 10 more findings: see the readiness report" in told


def test_a_long_issue_stays_below_what_github_takes(an_item: Any, a_review: Any) -> None:
    item = an_item(outcome=Outcome.FAIL, why="x", fix="y " * 50_000)

    assert len(forge_issue.issue_text(item, a_review(item)).encode()) <= forge_issue.LARGEST


def test_the_text_of_an_issue_says_nothing_of_a_single_run(
    every_outcome: SignOff,
) -> None:
    review = every_outcome.review

    for item in review.items:
        told = forge_issue.issue_text(item, review)
        assert review.run.id not in told
        assert review.run.as_of not in told
        assert review.release.commit not in told


def test_a_note_tells_verdict_scores_and_the_next_actions(every_outcome: SignOff) -> None:
    told = forge_note.note(every_outcome, None)

    assert told.startswith("### Launch readiness of explorer, production\n\n**NOT READY.** ")
    assert f"adjusted score {every_outcome.verdict.adjusted.met} of" in told
    assert "This is the first review that is told here." in told
    assert "#### What to do next\n\n1. Blocker, FAIL: " in told


def test_a_note_tells_what_got_worse_new_better_and_gone_in_this_order(
    an_item: Any, a_review: Any, signed_off: Any
) -> None:
    review = a_review(
        an_item(id="a.a.a", outcome=Outcome.PASS),
        an_item(id="b.b.b", outcome=Outcome.FAIL, reason="it broke"),
        an_item(id="c.c.c", aliases=("c.c.old",)),
        an_item(id="d.d.d"),
        an_item(id="e.e.e", gated=False),
    )
    before = (
        ("a.a.a", Outcome.PENDING),
        ("b.b.b", Outcome.PASS),
        ("c.c.old", Outcome.PASS),
        ("e.e.e", Outcome.FAIL),
        ("z.z.z", Outcome.UNKNOWN),
    )

    told = forge_note.note(signed_off(review), before)

    changed = [line for line in told.splitlines() if line.startswith("- ")]
    assert changed == [
        "- worse: `b.b.b` is **FAIL**, was PASS: it broke",
        "- new: `d.d.d` is **PASS**: 3 balancers seen, all as they should be",
        "- better: `a.a.a` is **PASS**, was PENDING: 3 balancers seen, all as they should be",
        "- gone: `z.z.z`, which was UNKNOWN",
    ]


def test_a_note_says_that_nothing_changed_and_counts_many_changes(
    an_item: Any, a_review: Any, signed_off: Any
) -> None:
    items = [an_item(id=f"a.a.n{number:02}") for number in range(50)]
    signoff = signed_off(a_review(*items))

    same = forge_note.note(signoff, forge_note.outcomes_of(signoff.review))
    assert "Every item has the outcome that it had." in same
    assert "What to do next" not in same
    assert "- and 10 more" in forge_note.note(signoff, ())


def test_many_actions_are_counted_and_not_all_told(
    an_item: Any, a_review: Any, signed_off: Any
) -> None:
    items = [
        an_item(id=f"a.a.n{n:02}", outcome=Outcome.UNKNOWN, remedy=f"do {n}") for n in range(20)
    ]

    told = forge_note.note(signed_off(a_review(*items)), None)

    assert told.count("\n1. ") == forge_note.SHOWN_ACTIONS
    assert "5 more actions in the readiness report." in told


def test_a_doubt_about_everything_stands_first(a_review: Any, signed_off: Any) -> None:
    notice = Notice(kind="clock", item="", text="clocks differ by 300 s")

    told = forge_note.note(signed_off(a_review(notices=(notice,))), None)

    assert told.splitlines()[2] == "**Mind this:** Clocks differ by 300 s."


def test_the_summary_of_a_run_holds_the_sign_off_document_as_far_as_it_fits(
    every_outcome: SignOff,
) -> None:
    whole = forge_note.summary(every_outcome, None)
    assert "## Signatures" in whole
    assert whole.endswith("\n\n</details>\n")

    small = forge_note.summary(every_outcome, None, largest=6000)
    assert len(small.encode()) <= 6000
    assert small.endswith("_Cut here: the whole is in signoff.md._\n\n\n</details>\n")
