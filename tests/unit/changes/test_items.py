"""What became of each item between two reviews."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from pytest_orr.changes import Changes, Difference, ItemChange, Movement, changes_between
from pytest_orr.changes.differences import said
from pytest_orr.changes.values import BEST_FIRST
from pytest_orr.model import Outcome
from tests.reviews import a_review, a_run, a_statement, a_waiver, an_item, not_applicable, seen

ID = "network.load-balancer.elb"


def between(before: Any, after: Any) -> Changes:
    return changes_between(a_review(*before), a_review(*after))


def of_one(before: Any, after: Any) -> ItemChange:
    [change] = between([before], [after]).items
    return change


def test_every_outcome_has_its_place_from_best_to_worst() -> None:
    assert sorted(BEST_FIRST) == sorted(Outcome)


@pytest.mark.parametrize(("was", "now"), [p for p in product(Outcome, repeat=2) if p[0] != p[1]])
def test_an_item_is_worse_or_better_by_the_place_of_its_outcome(was: Outcome, now: Outcome) -> None:
    change = of_one(an_item(ID, was), an_item(ID, now))
    worse = BEST_FIRST.index(now) > BEST_FIRST.index(was)

    assert change.movement is (Movement.WORSE if worse else Movement.BETTER)
    assert (change.before, change.after) == (was, now)


@pytest.mark.parametrize("outcome", Outcome)
def test_an_item_that_is_as_it_was_is_no_change(outcome: Outcome) -> None:
    item = an_item(ID, outcome, findings=seen(a="pass", b="fail"))
    changes = between([item], [item])

    assert (changes.items, changes.alike, changes.anything) == ((), 1, False)


def test_an_item_may_be_new_or_gone() -> None:
    changes = between([an_item("a.b.c")], [an_item("d.e.f", "fail", reason="down")])

    assert [(one.spec.id, one.movement, one.before, one.after) for one in changes.items] == [
        ("a.b.c", Movement.GONE, Outcome.PASS, None),
        ("d.e.f", Movement.NEW, None, Outcome.FAIL),
    ]
    assert [one.opened for one in changes.items] == [False, True]
    assert changes.moved(Movement.NEW)[0].reason == "down"


def test_an_item_is_found_by_the_id_that_it_had() -> None:
    change = of_one(an_item("a.b.old"), an_item("a.b.new", aliases=("a.b.old",)))

    assert (change.spec.id, change.was, change.movement) == ("a.b.new", "a.b.old", Movement.SAME)
    assert change.check == ()


def test_an_item_that_no_longer_counts_is_worse_whatever_became_of_it() -> None:
    change = of_one(an_item(ID, "fail"), an_item(ID, "pass", gated=False, phase="operate"))

    assert (change.movement, change.counts) == (Movement.WORSE, (True, False))
    assert [one.name for one in change.check] == ["counts", "phase"]


def test_why_an_item_is_good_may_read_otherwise_each_day() -> None:
    was, now = an_item(ID, reason="ends in 80 days"), an_item(ID, reason="ends in 79 days")

    assert between([was], [now]).items == ()


def test_an_item_that_is_open_for_another_reason_is_told() -> None:
    change = of_one(an_item(ID, "unknown", reason="denied"), an_item(ID, "unknown", reason="gone"))

    assert (change.movement, change.earlier_reason, change.reason) == (
        Movement.SAME,
        "denied",
        "gone",
    )


def test_what_is_newly_waived_and_newly_not_applicable_is_told_beside() -> None:
    changes = between(
        [an_item("a.b.c", "fail"), an_item("a.b.d", "pass"), an_item("a.b.e", "waived")],
        [
            an_item("a.b.c", "waived", waiver=a_waiver()),
            an_item("a.b.d", "not_applicable", not_applicable=not_applicable()),
            an_item("a.b.e", "waived"),
        ],
    )

    assert [one.spec.id for one in changes.newly_waived] == ["a.b.c"]
    assert [one.spec.id for one in changes.newly_not_applicable] == ["a.b.d"]
    assert [one.movement for one in changes.items] == [Movement.WORSE, Movement.BETTER]


def test_words_that_came_and_went_are_told_by_what_binds_them() -> None:
    came = of_one(an_item(ID, "pending"), an_item(ID, "attested", attestation=a_statement()))
    went = of_one(an_item(ID, "waived", waiver=a_waiver()), an_item(ID, "fail"))

    assert came.words == (
        Difference(
            name="statement",
            before="",
            after="ana@example.org, 2027-01-31, 2026-11-02, Restarted from the runbook in 4 min.",
        ),
    )
    assert went.words == (
        Difference(
            name="waiver",
            before="eve@example.org, 2026-12-02, The second zone comes with the new subnets.",
            after="",
        ),
    )


def test_words_that_changed_are_told_field_by_field() -> None:
    was = an_item(ID, "waived", waiver=a_waiver(), attestation=a_statement())
    now = an_item(
        ID,
        "waived",
        waiver=a_waiver(expires="2026-12-30"),
        attestation=a_statement(corroborated=("seen",), brought="committed", by="bo@example.org"),
    )
    changes = between([was], [now])

    assert changes.items[0].words == (
        Difference(name="statement: by", before="ana@example.org", after="bo@example.org"),
        Difference(name="waiver: expires", before="2026-12-02", after="2026-12-30"),
    )
    assert changes.changed_words == changes.items
    assert changes.changed_checks == ()


@pytest.mark.parametrize(
    ("name", "value", "label", "before", "after"),
    [
        ("severity", "minor", "severity", "major", "minor"),
        ("phase", "build", "phase", "launch", "build"),
        ("valid_for", 30, "validity in days", "90", "30"),
        ("facts", ("hosts", "load_balancers"), "facts asked", "load_balancers", "hosts, "),
        ("question", "Who?", "question", "Which balancer fronts the backend?", "Who?"),
        ("stamp", "modified", "stamp", "baseline", "modified"),
        ("manual", True, "manual", "no", "yes"),
        ("evidence_kind", "log", "evidence", "capture", "log"),
        ("void", "commit", "void by", "", "commit"),
        ("class_as_built", "partly", "decided by", "automatic", "partly"),
    ],
)
def test_a_changed_check_is_told_field_by_field(
    name: str, value: Any, label: str, before: str, after: str
) -> None:
    changes = between([an_item(ID)], [an_item(ID, **{name: value})])
    [difference] = changes.items[0].check

    assert (difference.name, difference.before) == (label, before)
    assert difference.after.startswith(after)
    assert changes.changed_checks == changes.items


@pytest.mark.parametrize("name", ["position", "file", "function", "section_title"])
def test_where_an_item_stands_changes_nothing_of_it(name: str) -> None:
    place: dict[str, Any] = {name: 9 if name == "position" else "elsewhere"}

    assert between([an_item(ID)], [an_item(ID, **place)]).items == ()


def test_items_are_told_worst_first_then_by_severity_and_id() -> None:
    ids = ("a.a.better", "a.a.blocker", "a.a.gone", "a.a.major", "a.a.same")
    was = [an_item(one, "pending") for one in ids]
    was[1] = replace(was[1], spec=replace(was[1].spec, severity="blocker"))
    now = [
        an_item("a.a.better"),
        an_item("a.a.blocker", "fail", severity="blocker"),
        an_item("a.a.major", "fail"),
        an_item("a.a.new"),
        an_item("a.a.same", "pending", reason="again"),
    ]

    assert [one.spec.id for one in between(was, now).items] == [
        "a.a.blocker",
        "a.a.major",
        "a.a.gone",
        "a.a.new",
        "a.a.better",
        "a.a.same",
    ]


def test_another_run_alone_changes_nothing() -> None:
    was = a_review(an_item(ID))
    now = replace(
        was,
        run=a_run("2026-11-27T09:30:00Z"),
        provenance=replace(was.provenance, facts_sha256="9" * 64, finished="2026-11-21T09:30:00Z"),
    )
    changes = changes_between(was, now)

    assert not changes.anything
    assert (changes.before.run.as_of[:10], changes.after.run.as_of[:10]) == (
        "2026-11-20",
        "2026-11-27",
    )


def test_values_are_told_in_one_line() -> None:
    assert [said(value) for value in (None, True, 3, ("a", "b"), Outcome.FAIL)] == [
        "",
        "yes",
        "3",
        "a, b",
        "fail",
    ]
