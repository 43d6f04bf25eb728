"""Reviewers' notes and waivers' promises in the verdict: by table, and as laws."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.consent import standing_of
from pytest_orr.judge import decide
from pytest_orr.model import (
    Condition,
    ItemResult,
    ItemSpec,
    Outcome,
    Person,
    Provenance,
    Release,
    Review,
    ReviewNote,
    RunBlock,
    VerdictWord,
    WaiverUsed,
)
from pytest_orr.profile.load import load
from pytest_orr.profile.notes import Note
from pytest_orr.profile.notes_standing import review_notes
from pytest_orr.suite import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written
    from tests.conftest import Repository

LAW = settings(derandomize=True, deadline=None, max_examples=150)
WORST_FIRST = list(VerdictWord)
SPEC = ItemSpec(
    id="demo.a.one",
    position=1,
    part="service",
    section="demo",
    section_title="Demo",
    title="It holds.",
    stated="",
    severity="major",
    phase="launch",
    owner="platform",
    why="",
    fix="",
    question="",
    evidence_kind="link",
    valid_for=90,
    class_as_built="automatic",
    stamp="local",
    file="test_demo.py",
    function="test_one",
)
PEOPLE = (
    Person(email="ana@example.org", name="Ana", roles=("service", "platform")),
    Person(email="bo@example.org", name="Bo", roles=("security", "principal-engineer")),
    Person(email="eve@example.org", name="Eve", roles=("approver",)),
)
WAITS = {
    "settled": True,
    "waits_for": "",
    "reason": "",
}


def note(**changes: Any) -> ReviewNote:
    values: dict[str, Any] = {
        "item": "demo.a.one",
        "kind": "condition",
        "text": "Show it.",
        "by": "eve@example.org",
        "on": "2026-11-16",
        "settled": False,
        "waits_for": "platform",
        "reason": "nobody has answered",
    }
    return ReviewNote(**{**values, **changes})


def review(
    *notes: ReviewNote, outcome: Outcome = Outcome.PASS, waiver: WaiverUsed | None = None
) -> Review:
    item = ItemResult(spec=SPEC, outcome=outcome, gated=True, reason="", remedy="", waiver=waiver)
    nothing: dict[str, Any] = {
        f"{one}_sha256": "" for one in ("profile", "attestations", "waivers", "policy")
    }
    return Review(
        service="demo",
        environment="production",
        release=Release(commit="0123456"),
        phase="launch",
        run=RunBlock(id="1", started="s", as_of="a", tool="t", suite="0" * 64),
        provenance=Provenance(**nothing, facts_sha256=""),
        people=PEOPLE,
        items=(item,),
        notes=notes,
    )


def waiver(*conditions: Condition) -> WaiverUsed:
    return WaiverUsed(
        reason="accepted",
        requester="ana@example.org",
        approver="eve@example.org",
        granted="2026-11-10",
        expires="2026-12-10",
        resource="",
        action="",
        true_outcome=Outcome.FAIL,
        true_reason="",
        conditions=conditions,
    )


@pytest.mark.parametrize(
    ("notes", "word", "reason"),
    [
        ((note(),), "not_ready", "1 condition of a reviewer is unanswered"),
        ((note(), note()), "not_ready", "2 conditions of reviewers are unanswered"),
        (
            (note(waits_for="reviewer"),),
            "not_ready",
            "1 condition of a reviewer is answered, and not accepted",
        ),
        ((note(kind="question"),), "ready", "1 item passed by machine, 0 attested by people,"),
        ((note(**WAITS),), "ready", "1 item passed by machine, 0 attested by people,"),
        ((note(kind="something new"),), "not_ready", "1 condition of a reviewer is unanswered"),
    ],
)
def test_a_condition_that_is_not_settled_keeps_it_from_being_ready(
    notes: tuple[ReviewNote, ...], word: str, reason: str
) -> None:
    verdict = decide(review(*notes))
    assert verdict.word.value == word
    assert verdict.reason.startswith(reason)
    assert (verdict.exit_code == 0) == (word == "ready")


@pytest.mark.parametrize(
    ("one", "owner", "people", "severity"),
    [
        (note(), "platform", ("ana@example.org",), "major"),
        (
            note(waits_for="reviewer", answered_by="bo@example.org"),
            "reviewer",
            ("eve@example.org",),
            "major",
        ),
        (note(item=""), "platform", ("ana@example.org", "bo@example.org"), "blocker"),
        (
            note(item="", waits_for="service", by="bo@example.org"),
            "service",
            ("ana@example.org",),
            "blocker",
        ),
        (note(kind="question"), "platform", ("ana@example.org",), "minor"),
        (note(waits_for="support"), "support", (), "major"),
    ],
)
def test_it_waits_for_those_who_may_act(
    one: ReviewNote, owner: str, people: tuple[str, ...], severity: str
) -> None:
    [action] = decide(review(one)).actions
    assert (action.owner, action.people, action.severity) == (owner, people, severity)
    assert (action.note, action.items) == (one.kind, (one.item,) if one.item else ())
    assert "review-notes.toml" in action.what


def test_a_long_note_is_cut_in_the_actions() -> None:
    [action] = decide(review(note(text="x" * 500))).actions
    assert len(action.what) == 160
    assert action.what.endswith("…")


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((), "0 not applicable, 1 waived"),
        (("2026-12-01",), "1 waived; on condition that it, by ana@example.org, until 2026-12-01"),
        (
            ("2026-12-01", "2026-12-02"),
            "until 2026-12-01; it, by ana@example.org, until 2026-12-02",
        ),
        (
            ("2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"),
            "it, by ana@example.org, until 2026-12-02; and 2 more",
        ),
    ],
)
def test_what_waivers_promise_is_the_condition_of_the_verdict(
    days: tuple[str, ...], told: str
) -> None:
    promised = waiver(*(Condition(what="it", owner="ana@example.org", due=day) for day in days))
    verdict = decide(review(outcome=Outcome.WAIVED, waiver=promised))
    assert verdict.word is VerdictWord.READY_WITH_WAIVERS
    assert verdict.reason.endswith(told)


EMAILS = st.sampled_from([one.email for one in PEOPLE])
DAY = dt.date(2026, 11, 16)


@st.composite
def notes(draw: st.DrawFn) -> Note:
    answered, accepted = draw(st.booleans()), draw(st.booleans())
    return Note(
        item=draw(st.sampled_from(["demo.a.one", None])),
        kind=draw(st.sampled_from(["question", "condition"])),
        text="Show it.",
        by=draw(st.sampled_from(["bo@example.org", "eve@example.org"])),
        on=DAY,
        answer="Yes." if answered else None,
        answered_by=draw(EMAILS) if answered else None,
        answered_on=DAY if answered else None,
        accepted_by=draw(EMAILS) if answered and accepted else None,
    )


@pytest.fixture
def loaded(small: Callable[..., Repository], item: Callable[..., str]) -> Written:
    """What a small repository's people wrote, to which a law adds its notes."""
    repository = small(item("demo.a.one", "assert numbers", asks="numbers"))
    path = repository.suite / "readiness.toml"
    text = path.read_text(encoding="utf-8").replace('["security"]', str(list(PEOPLE[1].roles)))
    path.write_text(text.replace("'", '"'), encoding="utf-8")
    items = read(repository.suite, fact_names=["numbers"]).items
    return load(path, items=items, as_of=dt.date(2026, 11, 20))


def test_a_note_more_or_an_answer_less_never_makes_a_verdict_better(loaded: Written) -> None:
    def rank(several: list[Note], outcome: Outcome) -> int:
        judged = review_notes(replace(loaded, notes=tuple(several)), (SPEC,))
        return WORST_FIRST.index(decide(review(*judged, outcome=outcome)).word)

    @LAW
    @given(st.lists(notes(), max_size=3), notes(), st.sampled_from(Outcome))
    def law(several: list[Note], another: Note, outcome: Outcome) -> None:
        before = rank(several, outcome)
        assert rank([*several, another], outcome) <= before
        for place, one in enumerate(several):
            rest = [*several[:place], *several[place + 1 :]]
            silent = replace(one, answer=None, answered_by=None, answered_on=None, accepted_by=None)
            assert rank([*rest, silent], outcome) <= before
            assert rank([*rest, replace(one, accepted_by=None)], outcome) <= before

    law()


def test_a_condition_is_never_settled_by_one_person_alone(loaded: Written) -> None:
    @LAW
    @given(notes())
    def law(one: Note) -> None:
        [judged] = review_notes(replace(loaded, notes=(one,)), (SPEC,))
        if judged.settled:
            assert one.answered_by != one.by
            assert one.kind == "question" or one.accepted_by not in {None, one.answered_by}

    law()


@pytest.mark.parametrize("reason", ["no-such-component", "other-provider"])
def test_a_component_declared_never_takes_an_item_out(
    small: Callable[..., Repository], item: Callable[..., str], reason: str
) -> None:
    repository = small(item("demo.a.one", "assert numbers", asks="numbers"))
    path = repository.suite / "readiness.toml"
    items = read(repository.suite, fact_names=["numbers"]).items
    before = path.read_text(encoding="utf-8")
    agreed = 'approver = "eve@example.org"\non = 2026-11-01\n'
    for rests_on, also in (("hosts", '[[hosts]]\nnames = ["a"]\n'), ("keys", KEY)):
        declared = (
            f'\n[[not_applicable]]\nitem = "demo.a.one"\nreason = "{reason}"\ntext = "None."\n'
            f'rests_on = "{rests_on}"\n'
        )
        outs = []
        for text in (declared + agreed, declared, declared + agreed + also, declared + also):
            path.write_text(before + text, encoding="utf-8")
            written = load(path, items=items, as_of=dt.date(2026, 11, 20))
            standing = standing_of(items[0], written, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
            outs.append((standing.not_applicable is not None, bool(standing.proposed)))
        assert outs == [(True, False), (False, True), (False, True), (False, True)]


KEY = '[[keys]]\nalias = "alias/explorer"\n'
