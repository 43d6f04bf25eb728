"""What changed around the items: verdict, head, reviewers' notes, weakened values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_orr.changes import Difference, Entry, Movement, changes_between
from pytest_orr.model import AwsCaller, Release, VerdictWord
from tests.reviews import a_note, a_review, a_run, a_weakening, an_item

ANSWERED = {"answer": "Shown.", "answered_by": "ana@example.org", "answered_on": "2026-11-17"}
SETTLED = {"settled": True, "waits_for": "", "reason": "", "accepted_by": "eve@example.org"}
READY, FAILED = a_review(an_item("a.b.c")), a_review(an_item("a.b.c", "fail"))


def test_both_verdicts_are_judged_again_and_compared() -> None:
    changes = changes_between(READY, FAILED)

    assert changes.verdict is Movement.WORSE
    assert changes_between(FAILED, READY).verdict is Movement.BETTER
    assert changes_between(READY, READY).verdict is Movement.SAME
    assert (changes.before.verdict.word, changes.after.verdict.word) == (
        VerdictWord.READY,
        VerdictWord.NOT_READY,
    )
    assert (changes.before.verdict.raw.met, changes.after.verdict.raw.met) == (1, 0)


def test_the_head_tells_what_the_reviews_are_about() -> None:
    later = replace(
        READY,
        service="bridge",
        phase="operate",
        selection="-k one",
        release=Release(commit="0" * 40, first=True),
        run=a_run("2026-11-21T00:00:00Z", suite="6" * 64),
        provenance=replace(
            READY.provenance,
            policy_sha256="7" * 64,
            facts_sha256="8" * 64,
            accounts=("123456789012",),
            callers=(AwsCaller(account="1", arn="arn", width="wide", why="it may"),),
        ),
    )
    changes = changes_between(READY, later)

    assert {one.name: (one.before, one.after) for one in changes.head} == {
        "service": ("explorer", "bridge"),
        "phase": ("launch", "operate"),
        "selection": ("", "-k one"),
        "release commit": (READY.release.commit, "0" * 40),
        "release first": ("no", "yes"),
        "suite": ("5" * 64, "6" * 64),
        "policy.toml": ("", "7" * 64),
        "accounts": ("", "123456789012"),
        "credentials": ("", "1 arn wide it may"),
    }
    assert changes.anything


def test_another_release_is_told_and_is_no_change_of_readiness() -> None:
    changes = changes_between(READY, replace(READY, release=Release(commit="0" * 40)))

    assert changes.head == (
        Difference(name="release commit", before=READY.release.commit, after="0" * 40),
    )
    assert not changes.anything


@pytest.mark.parametrize(
    ("was", "now", "movement", "state"),
    [
        (None, {}, Movement.NEW, "condition, waits for platform: nobody has answered"),
        ({}, None, Movement.GONE, ""),
        ({}, {**ANSWERED, **SETTLED}, Movement.BETTER, "condition, settled"),
        (
            {**ANSWERED, **SETTLED},
            {},
            Movement.WORSE,
            "condition, waits for platform: nobody has answered",
        ),
        (
            {},
            {**ANSWERED, "waits_for": "reviewer", "reason": "not accepted"},
            Movement.SAME,
            "condition, waits for reviewer: not accepted",
        ),
        (
            {"kind": "question"},
            {"kind": "question", **ANSWERED, **SETTLED},
            Movement.BETTER,
            "question, settled",
        ),
    ],
)
def test_a_note_that_does_not_stand_as_it_did_is_told(
    was: dict[str, str] | None, now: dict[str, str] | None, movement: Movement, state: str
) -> None:
    sides = [replace(READY, notes=() if one is None else (a_note(**one),)) for one in (was, now)]
    [entry] = changes_between(*sides).notes

    assert (entry.movement, entry.state, entry.text) == (movement, state, "Show the second zone.")
    assert entry.blocks is state.startswith("condition, waits")


def test_a_note_that_stands_as_it_did_is_not_told() -> None:
    review = replace(READY, notes=(a_note(), a_note()))

    assert changes_between(review, review).notes == ()
    once = changes_between(review, replace(READY, notes=(a_note(),)))
    assert [one.movement for one in once.notes] == [Movement.GONE]


def test_values_that_were_weakened_are_told_when_they_come_change_and_go() -> None:
    was = replace(READY, weakenings=(a_weakening(key="a"), a_weakening(key="b")))
    now = replace(READY, weakenings=(a_weakening(key="b", value="30"), a_weakening(key="c")))

    assert changes_between(was, now).weakenings == (
        Entry(
            name="a",
            text="The old scraper is replaced in January.",
            movement=Movement.GONE,
            state="",
        ),
        Entry(
            name="c",
            text="The old scraper is replaced in January.",
            movement=Movement.NEW,
            state="20 instead of 10, until 2027-01-31",
        ),
        Entry(
            name="b",
            text="The old scraper is replaced in January.",
            movement=Movement.SAME,
            state="30 instead of 10, until 2027-01-31",
        ),
    )


def test_in_which_line_a_weakened_value_stands_changes_nothing() -> None:
    was = replace(READY, weakenings=(a_weakening(),))
    now = replace(READY, weakenings=(a_weakening(where="readiness/readiness.toml:99"),))

    assert changes_between(was, now).weakenings == ()
