"""What else was seen of an item's subjects."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.changes import FindingChange, Movement
from pytest_orr.changes.findings import finding_changes
from pytest_orr.changes.values import OPEN
from pytest_orr.model import Finding, Outcome
from tests.reviews import seen

FINDINGS = st.lists(
    st.builds(
        Finding,
        subject=st.sampled_from("abc"),
        outcome=st.sampled_from(Outcome),
        detail=st.sampled_from(("", "x")),
    ),
    max_size=6,
)


def told(changes: tuple[FindingChange, ...]) -> list[tuple[str, Movement]]:
    return [(one.subject, one.movement) for one in changes]


def test_subjects_come_go_and_get_better_or_worse() -> None:
    was = seen(gone="pass", better="fail", worse="pass", same="fail")
    now = seen(better="pass", worse="unknown", same="fail", new="pass", opened="fail")

    assert told(finding_changes(was, now)) == [
        ("worse", Movement.WORSE),
        ("opened", Movement.NEW),
        ("gone", Movement.GONE),
        ("new", Movement.NEW),
        ("better", Movement.BETTER),
    ]


def test_what_is_still_open_is_told_if_something_else_is_wrong_with_it() -> None:
    was, now = seen(a="fail:22 open", b="pass:4 healthy"), seen(a="fail:80 open", b="pass:3")
    [change] = finding_changes(was, now)

    assert (change.subject, change.movement) == ("a", Movement.SAME)
    assert change.detail == "80 open"
    assert not change.opened


def test_two_findings_of_one_subject_are_told_apart_by_their_turn() -> None:
    one, two = seen(a="pass")[0], seen(a="fail")[0]

    assert told(finding_changes((one, two), (one, one))) == [("a", Movement.BETTER)]
    assert told(finding_changes((one,), (one, two))) == [("a", Movement.NEW)]
    assert told(finding_changes((one, two), (one,))) == [("a", Movement.GONE)]


@given(FINDINGS)
def test_nothing_changes_from_findings_to_themselves(findings: list[Finding]) -> None:
    assert finding_changes(findings, findings) == ()


@given(FINDINGS, FINDINGS)
def test_what_came_one_way_goes_the_other(one: list[Finding], other: list[Finding]) -> None:
    turned = {
        Movement.NEW: Movement.GONE,
        Movement.GONE: Movement.NEW,
        Movement.WORSE: Movement.BETTER,
        Movement.BETTER: Movement.WORSE,
        Movement.SAME: Movement.SAME,
    }
    there = sorted((f.subject, turned[f.movement]) for f in finding_changes(one, other))
    back = sorted((f.subject, f.movement) for f in finding_changes(other, one))

    assert there == back


@given(FINDINGS, FINDINGS)
def test_more_open_findings_than_before_are_never_told_as_nothing(
    one: list[Finding], other: list[Finding]
) -> None:
    more = sum(f.outcome in OPEN for f in other) > sum(f.outcome in OPEN for f in one)

    assert not more or any(change.opened for change in finding_changes(one, other))
