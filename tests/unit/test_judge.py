"""The verdict: by table, and as laws that hold for whatever review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.judge import ANSWER, EXIT_CODES, OPEN, decide
from pytest_orr.model import (
    SEVERITIES,
    Finding,
    ItemResult,
    ItemSpec,
    Outcome,
    Person,
    Provenance,
    Release,
    Review,
    RunBlock,
    Score,
    VerdictWord,
)

if TYPE_CHECKING:
    from random import Random

LADDER = (
    Outcome.PASS,
    Outcome.ATTESTED,
    Outcome.WAIVED,
    Outcome.UNKNOWN,
    Outcome.MISSING,
    Outcome.PENDING,
    Outcome.FAIL,
)
"""Best first; not applicable is no step on it: it takes an item out."""
WORST_FIRST = list(VerdictWord)
READY = {VerdictWord.READY, VerdictWord.READY_WITH_WAIVERS}
LAW = settings(derandomize=True, deadline=None, max_examples=200)

OUTCOMES = st.sampled_from(list(Outcome))
PAIRS = st.lists(st.tuples(OUTCOMES, st.booleans()), max_size=12)


def spec(number: int, **changes: Any) -> ItemSpec:
    values: dict[str, Any] = {
        "id": f"demo.a.n{number:02}",
        "position": number,
        "part": "service",
        "section": "demo",
        "section_title": "Demo",
        "title": "It holds.",
        "stated": "it",
        "severity": "major",
        "phase": "launch",
        "owner": "service",
        "why": "Because.",
        "fix": "Do it.",
        "question": "Who says so?",
        "evidence_kind": "link",
        "valid_for": 90,
        "class_as_built": "automatic",
        "stamp": "local",
        "file": "test_demo.py",
        "function": f"test_n{number}",
    }
    return ItemSpec(**{**values, **changes})


def item(
    number: int,
    outcome: Outcome,
    *,
    gated: bool = True,
    reason: str = "a reason",
    remedy: str = "a remedy",
    **changes: Any,
) -> ItemResult:
    return ItemResult(
        spec=spec(number, **changes), outcome=outcome, gated=gated, reason=reason, remedy=remedy
    )


def review(*items: ItemResult, selection: str = "", people: tuple[Person, ...] = ()) -> Review:
    return Review(
        service="demo",
        environment="production",
        release=Release(commit="0123456"),
        phase="launch",
        run=RunBlock(id="1", started="s", as_of="a", tool="t", suite="0" * 64),
        provenance=Provenance(
            profile_sha256="",
            attestations_sha256="",
            waivers_sha256="",
            policy_sha256="",
            facts_sha256="",
        ),
        people=people,
        items=items,
        selection=selection,
    )


def of(*outcomes: Outcome, selection: str = "") -> Review:
    return review(
        *(item(number, outcome) for number, outcome in enumerate(outcomes)), selection=selection
    )


def made(pairs: list[tuple[Outcome, bool]]) -> list[ItemResult]:
    return [item(n, outcome, gated=gated) for n, (outcome, gated) in enumerate(pairs)]


P, A, W, N = Outcome.PASS, Outcome.ATTESTED, Outcome.WAIVED, Outcome.NOT_APPLICABLE
U, M, D, F = Outcome.UNKNOWN, Outcome.MISSING, Outcome.PENDING, Outcome.FAIL


@pytest.mark.parametrize(
    ("outcomes", "word", "exit_code"),
    [
        ((P,), "ready", 0),
        ((A,), "ready", 0),
        ((P, A, N), "ready", 0),
        ((P, W), "ready_with_waivers", 0),
        ((W,), "ready_with_waivers", 0),
        ((P, U), "unverified", 20),
        ((W, U), "unverified", 20),
        ((N, N), "unverified", 20),
        ((), "unverified", 20),
        ((P, M), "partial", 21),
        ((P, M, U), "partial", 21),
        ((P, D), "not_ready", 1),
        ((P, F), "not_ready", 1),
        ((P, D, M, U, W, N, A), "not_ready", 1),
    ],
)
def test_the_worst_outcome_decides_the_verdict_and_its_exit_code(
    outcomes: tuple[Outcome, ...], word: str, exit_code: int
) -> None:
    verdict = decide(of(*outcomes))
    assert (verdict.word.value, verdict.exit_code) == (word, exit_code)


def test_every_verdict_word_has_an_exit_code() -> None:
    assert {word.value: code for word, code in EXIT_CODES.items()} == {
        "not_ready": 1,
        "partial": 21,
        "unverified": 20,
        "ready_with_waivers": 0,
        "ready": 0,
    }


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ((P, P, A, N), "2 items passed by machine, 1 attested by people, 1 not applicable"),
        (
            (P, W),
            "1 item passed by machine, 0 attested by people, 0 not applicable, 1 waived",
        ),
        ((F, P), "1 item failed"),
        (
            (F, F, D, U, M),
            "2 items failed, 1 waits for a person, 1 could not be checked, 1 gave no result",
        ),
        ((U, M), "1 item could not be checked, 1 gave no result"),
        ((N,), "nothing was checked"),
    ],
)
def test_the_reason_counts_what_led_to_the_verdict(
    outcomes: tuple[Outcome, ...], reason: str
) -> None:
    assert decide(of(*outcomes)).reason == reason


@pytest.mark.parametrize(("blockers", "tail"), [(1, "1 blocker"), (2, "2 blockers")])
def test_the_reason_tells_how_many_blockers_are_open(blockers: int, tail: str) -> None:
    items = [item(n, F, severity="blocker") for n in range(blockers)]
    passed = item(8, P, severity="blocker")
    reason = decide(review(*items, item(9, F), passed)).reason
    assert reason == f"{blockers + 1} items failed; {tail} among them"


def test_a_selection_is_never_more_than_partial() -> None:
    verdict = decide(of(P, P, selection="-k elb"))
    assert (verdict.word, verdict.exit_code) == (VerdictWord.PARTIAL, 21)
    assert verdict.reason == "not the whole suite was run (-k elb)"


def test_a_selection_with_a_failure_is_not_ready() -> None:
    verdict = decide(of(P, F, selection="-k elb"))
    assert verdict.word is VerdictWord.NOT_READY
    assert verdict.reason == "1 item failed, not the whole suite was run (-k elb)"


def test_scores_stand_side_by_side_as_two_integers_each() -> None:
    verdict = decide(of(P, P, A, W, N, U, M, D, F))
    assert verdict.raw == Score(met=3, of=9)
    assert verdict.adjusted == Score(met=4, of=8)


def test_counts_name_every_outcome_in_its_order() -> None:
    verdict = decide(of(P, P, F))
    assert [outcome for outcome, _ in verdict.counts] == list(Outcome)
    assert dict(verdict.counts)[P] == 2
    assert dict(verdict.counts)[M] == 0


@LAW
@given(PAIRS, st.data())
def test_a_worse_outcome_never_makes_a_better_verdict(
    pairs: list[tuple[Outcome, bool]], data: st.DataObject
) -> None:
    stepped = [(n, outcome) for n, (outcome, _) in enumerate(pairs) if outcome in LADDER]
    if not stepped:
        return
    number, outcome = data.draw(st.sampled_from(stepped))
    worse = data.draw(st.sampled_from(LADDER[LADDER.index(outcome) :]))
    before = decide(review(*made(pairs)))
    pairs[number] = (worse, pairs[number][1])
    after = decide(review(*made(pairs)))
    assert WORST_FIRST.index(after.word) <= WORST_FIRST.index(before.word)
    assert after.raw.met <= before.raw.met


@LAW
@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing(
    pairs: list[tuple[Outcome, bool]], random: Random
) -> None:
    items = made(pairs)
    before = decide(review(*items))
    random.shuffle(items)
    assert decide(review(*items)) == before


@LAW
@given(PAIRS)
def test_scores_are_consistent(pairs: list[tuple[Outcome, bool]]) -> None:
    verdict = decide(review(*made(pairs)))
    assert 0 <= verdict.raw.met <= verdict.adjusted.met <= verdict.adjusted.of <= verdict.raw.of
    assert sum(count for _, count in verdict.counts) == verdict.raw.of


@LAW
@given(PAIRS, st.sampled_from(["", "-k x"]))
def test_ready_means_that_something_was_checked_and_nothing_is_open(
    pairs: list[tuple[Outcome, bool]], selection: str
) -> None:
    verdict = decide(review(*made(pairs), selection=selection))
    gated = {outcome for outcome, is_gated in pairs if is_gated}
    whole = not gated & set(OPEN) and bool(gated & {P, A, W}) and not selection
    assert (verdict.word in READY) == whole
    assert (verdict.exit_code == 0) == whole
    assert (verdict.word is VerdictWord.READY) == (whole and W not in gated)
    assert bool(verdict.actions) == bool(gated & set(OPEN))


@LAW
@given(PAIRS, st.lists(OUTCOMES, max_size=6))
def test_a_preview_changes_nothing_of_the_verdict(
    pairs: list[tuple[Outcome, bool]], previews: list[Outcome]
) -> None:
    items = made(pairs)
    more = [item(50 + n, outcome, gated=False) for n, outcome in enumerate(previews)]
    assert decide(review(*items, *more)) == decide(review(*items))


def test_items_with_one_remedy_are_one_action() -> None:
    items = [
        item(1, U, remedy="allow ec2:DescribeVpcs"),
        item(2, U, remedy="allow ec2:DescribeVpcs", severity="blocker"),
        item(3, U, remedy="allow another"),
        item(4, U, remedy="allow ec2:DescribeVpcs", owner="platform"),
    ]
    actions = decide(review(*items)).actions
    assert [(a.what, a.owner, a.items) for a in actions] == [
        ("allow ec2:DescribeVpcs", "service", ("demo.a.n01", "demo.a.n02")),
        ("allow another", "service", ("demo.a.n03",)),
        ("allow ec2:DescribeVpcs", "platform", ("demo.a.n04",)),
    ]
    assert [a.severity for a in actions] == ["blocker", "major", "major"]


def test_questions_of_one_owner_are_one_action_whatever_their_remedies() -> None:
    items = [
        item(1, D, remedy="one"),
        item(2, D, remedy="two"),
        item(3, D, remedy="three", owner="product"),
    ]
    actions = decide(review(*items)).actions
    assert [(a.what, a.owner, a.items) for a in actions] == [
        (ANSWER, "service", ("demo.a.n01", "demo.a.n02")),
        (ANSWER, "product", ("demo.a.n03",)),
    ]


@pytest.mark.parametrize(
    ("outcome", "reason", "remedy", "what"),
    [
        (F, "it is closed", "open it", "it is closed"),
        (U, "it was denied", "grant it", "grant it"),
        (U, "it was denied", "", "it was denied"),
        (M, "no result", "run it again", "run it again"),
        (F, "x" * 160, "", "x" * 160),
        (F, "x" * 161, "", "x" * 159 + "…"),
    ],
)
def test_an_action_says_what_failed_or_how_to_find_out(
    outcome: Outcome, reason: str, remedy: str, what: str
) -> None:
    [action] = decide(review(item(1, outcome, reason=reason, remedy=remedy))).actions
    assert action.what == what


def test_an_action_tells_what_failed_before_where() -> None:
    found = (
        Finding(subject="sg-1", outcome=P, detail="it is closed"),
        Finding(subject="sg-2", outcome=F, detail="it is open"),
        Finding(subject="sg-3", outcome=F, detail="it is open, too"),
    )
    judged = replace(item(1, F), findings=found)
    [action] = decide(review(judged)).actions
    assert action.what == "it is open — sg-2 (and 1 more)"


def test_an_action_names_everybody_with_the_role() -> None:
    people = (
        Person(email="eve@example.org", name="Eve", roles=("service",)),
        Person(email="bo@example.org", name="Bo", roles=("security",)),
        Person(email="ana@example.org", name="Ana", roles=("service", "platform")),
    )
    actions = decide(review(item(1, F), item(2, F, owner="support"), people=people)).actions
    assert {a.owner: a.people for a in actions} == {
        "service": ("ana@example.org", "eve@example.org"),
        "support": (),
    }


def test_actions_are_sorted_by_severity_then_outcome_then_size_then_words() -> None:
    items = [
        item(1, F, reason="minor fail", severity="minor"),
        item(2, M, remedy="missing"),
        item(3, U, remedy="unknown"),
        item(4, D),
        item(5, F, reason="b small"),
        item(6, F, reason="a small"),
        item(7, F, reason="c large"),
        item(8, F, reason="c large"),
        item(9, M, remedy="blocker", severity="blocker"),
        item(10, F, reason="b small", owner="platform"),
    ]
    actions = decide(review(*items)).actions
    assert [(a.what, a.owner) for a in actions] == [
        ("blocker", "service"),
        ("c large", "service"),
        ("a small", "service"),
        ("b small", "platform"),
        ("b small", "service"),
        (ANSWER, "service"),
        ("unknown", "service"),
        ("missing", "service"),
        ("minor fail", "service"),
    ]


@LAW
@given(PAIRS)
def test_every_open_item_is_in_exactly_one_action(pairs: list[tuple[Outcome, bool]]) -> None:
    actions = decide(review(*made(pairs))).actions
    listed = [item_id for action in actions for item_id in action.items]
    opened = [r.spec.id for r in made(pairs) if r.gated and r.outcome in OPEN]
    assert sorted(listed) == sorted(opened)
    assert [SEVERITIES.index(a.severity) for a in actions] == sorted(
        SEVERITIES.index(a.severity) for a in actions
    )
