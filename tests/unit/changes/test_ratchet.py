"""What a gate does not let pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_orr.changes import RATCHETS, changes_between, incomparable, tripped
from pytest_orr.model import Release
from tests.reviews import a_note, a_review, a_weakening, an_item, seen

ONE = an_item("a.b.c", "fail", findings=seen(x="fail"))
WAS = a_review(ONE)
SETTLED = {"settled": True, "waits_for": "", "reason": ""}


def trips(now: Any, was: Any = WAS) -> dict[str, tuple[str, ...]]:
    changes = changes_between(was, now)
    return {on: tripped(changes, on) for on in RATCHETS}


def test_nothing_trips_on_what_is_as_it_was_but_for_the_release() -> None:
    assert trips(replace(WAS, release=Release(commit="0" * 40))) == dict.fromkeys(RATCHETS, ())


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (a_review(), ("a.b.c is gone",)),
        (
            a_review(an_item("a.b.c", "fail", gated=False, findings=ONE.findings)),
            ("a.b.c no longer counts",),
        ),
    ],
)
def test_what_left_the_list_is_worse(now: Any, said: tuple[str, ...]) -> None:
    assert trips(now) == dict.fromkeys(RATCHETS, said)


def test_a_worse_item_and_verdict_trip_every_ratchet() -> None:
    said = ("the verdict is worse: ready → not_ready", "a.b.c is worse: pass → fail")

    assert trips(a_review(an_item("a.b.c", "fail")), a_review(an_item("a.b.c"))) == dict.fromkeys(
        RATCHETS, said
    )


def test_a_note_that_blocks_again_is_worse() -> None:
    was, now = (replace(WAS, notes=(a_note(**one),)) for one in (SETTLED, {}))

    assert trips(now, was)["worse"] == (
        "a note of network.load-balancer.elb blocks again: Show the second zone.",
    )


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (a_review(ONE, an_item("a.b.d", "unknown")), "a.b.d is new: unknown"),
        (
            a_review(an_item("a.b.c", "fail", findings=seen(x="fail", y="fail:open"))),
            "a.b.c: y is fail: open",
        ),
        (
            a_review(an_item("a.b.c", "unknown", findings=seen(x="pass", y="unknown:denied"))),
            "a.b.c: y is unknown: denied",
        ),
        (
            replace(WAS, notes=(a_note(item=""),)),
            "a note of the whole review is new: Show the second zone.",
        ),
        (
            replace(WAS, weakenings=(a_weakening(),)),
            (
                "monitoring.freshest_minutes is weaker than the organisation's:"
                " 20 instead of 10, until 2027-01-31"
            ),
        ),
    ],
)
def test_something_open_that_was_not_there_trips_all_but_worse(now: Any, said: str) -> None:
    assert trips(now) == {"worse": (), "new": (said,), "any": (said,)}


@pytest.mark.parametrize(
    "now",
    [
        a_review(an_item("a.b.c", "pass", findings=seen(x="pass"))),
        a_review(ONE, an_item("a.b.d", "pass", findings=seen(z="pass"))),
        replace(WAS, notes=(a_note(kind="question"),)),
        replace(WAS, provenance=replace(WAS.provenance, policy_sha256="9" * 64)),
        replace(WAS, weakenings=(a_weakening(value="30"),)),
    ],
)
def test_any_other_change_trips_any_alone(now: Any) -> None:
    was = replace(WAS, weakenings=(a_weakening(),)) if now.weakenings else WAS

    assert trips(now, was) == {"worse": (), "new": (), "any": ("something changed",)}


def test_reviews_of_different_things_are_no_measure_for_each_other() -> None:
    other = replace(WAS, service="bridge", environment="staging", phase="plan")

    assert incomparable(changes_between(WAS, WAS)) == ()
    assert incomparable(changes_between(replace(WAS, selection="-k a"), other)) == (
        "service 'explorer' and 'bridge'",
        "environment 'production' and 'staging'",
        "phase 'launch' and 'plan'",
        "the earlier one is of a selection (-k a)",
    )
