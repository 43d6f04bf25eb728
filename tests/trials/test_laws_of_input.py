"""Laws over all that people write and the world shows: what is worse makes nothing better.

Each law is shown to be able to fail, too: a product that cheats is caught.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from pytest_orr import consent, judge
from pytest_orr.model import Finding, Outcome, ReviewNote, VerdictWord
from pytest_orr.profile import attesting, overlay, overlay_rules, standing
from pytest_orr.profile.standing import Force, Standing
from pytest_orr.record import body, folding
from tests.trials.input_cases import (
    FACTS,
    NOT_APPLICABLE_FLAWS,
    NOTES,
    SETTLED,
    STATEMENT_FLAWS,
    SUBJECTS,
    WAIVER_FLAWS,
    Case,
    Declined,
    Item,
    Judged,
    Said,
    Seen,
    Waived,
    judged,
)
from tests.trials.overlay_cases import (
    APPROVAL_FLAWS,
    ASKS,
    AUTHORSHIP,
    NO_WAIVER,
    SHORTER,
    Over,
    flawed_overs,
    laid,
    sound_overs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.trial

SEED = 20261127
LAW = settings(deadline=None, database=None)
WORST_FIRST = list(VerdictWord)
MET = frozenset({Outcome.PASS, Outcome.ATTESTED})
KINDLY = {Outcome.PASS: 3, Outcome.ATTESTED: 3, Outcome.NOT_APPLICABLE: 2, Outcome.WAIVED: 1}
"""How kind an outcome is; all others let nobody launch."""


def flawed(flaws: tuple[str, ...]) -> list[frozenset[str]]:
    """Return no flaw, each flaw, and each two of them."""
    two = [frozenset(pair) for pair in combinations(flaws, 2)]
    return [frozenset(), *(frozenset({flaw}) for flaw in flaws), *two]


SAYINGS = [
    None,
    *(
        Said(covers=covers, flaws=flaws)
        for flaws in flawed(STATEMENT_FLAWS)
        for covers in ("unknown", "question")
    ),
]
WAIVERS = [
    Waived(resource=resource, flaws=flaws)
    for flaws in flawed(WAIVER_FLAWS)
    for resource in (None, *SUBJECTS)
]
DECLINED = [
    None,
    Declined(),
    *(Declined(flaws=flaws) for flaws in flawed(NOT_APPLICABLE_FLAWS)[1:]),
]
FACT: list[tuple[bool, ...] | None] = [(True,), None, (), (False,), (True, True), (True, False)]


def often(values: list[Any], *firsts: int) -> st.SearchStrategy[Any]:
    """Draw one of the first so many of a list as often as one of all."""
    return st.one_of(
        *(st.sampled_from(values[:first]) for first in firsts), st.sampled_from(values)
    )


SAYS = often(SAYINGS, 3, 3 + 2 * len(STATEMENT_FLAWS))
WAIVES = often(WAIVERS, 3, 3 + 3 * len(WAIVER_FLAWS))
DECLINES = often(DECLINED, 1, 1)
SEES = st.sampled_from(FACT)
UNWAIVABLE = st.sampled_from([False, False, False, True])
NOTED = often([(), *(((kind, 1),) for kind in NOTES)], 1, 4)
SOUND_OVERS = sound_overs()
OVERLAID = often([None, *SOUND_OVERS, *flawed_overs()], 1, 1, 1 + len(SOUND_OVERS))


def with_item(case: Case, place: int, item: Item) -> Case:
    return replace(case, items=(*case.items[:place], item, *case.items[place + 1 :]))


GOOD = tuple(Item(seen=Seen(facts=tuple((True,) for _ in facts)), said=Said()) for facts in FACTS)
"""Nothing is wrong with any of these, so that whatever differs decides the verdict."""


@st.composite
def items(draw: st.DrawFn, place: int) -> Item:
    """Draw what is known and said about one item."""
    return Item(
        seen=Seen(facts=tuple(draw(SEES) for _ in FACTS[place])),
        said=draw(SAYS),
        waivers=tuple(draw(WAIVES) for _ in range(draw(st.integers(0, 2)))),
        declined=draw(DECLINES),
        is_unwaivable=draw(UNWAIVABLE),
    )


@st.composite
def nearly_sound(draw: st.DrawFn) -> Case:
    """Draw one item, an overlay, and what reviewers noted; all else is as it should be."""
    place = draw(st.integers(0, len(FACTS) - 1))
    sound = Case(items=GOOD, notes=draw(NOTED), over=draw(OVERLAID))
    return with_item(sound, place, draw(items(place)))


@st.composite
def whole(draw: st.DrawFn) -> Case:
    """Draw every item, an overlay, and what reviewers noted."""
    drawn = tuple(draw(items(place)) for place in range(len(FACTS)))
    return Case(items=drawn, notes=draw(NOTED), over=draw(OVERLAID))


CASES = st.one_of(nearly_sound(), whole())
STEP = st.integers(0, 255)


def worse_people(case: Case) -> Iterator[tuple[str, Case]]:
    """Yield every single step by which people say less, or less soundly."""
    for place, item in enumerate(case.items):
        for name, other in worse_item(item):
            yield name, with_item(case, place, other)
    for note in NOTES:
        if note not in SETTLED:
            yield f"a note is {note}", replace(case, notes=(*case.notes, (note, 0)))
    for name, over in stricter(case.over or Over()):
        yield name, replace(case, over=over)
    for days in (1, 45, 400):
        yield f"{days} days pass", replace(case, later_days=case.later_days + days)


def stricter(over: Over) -> Iterator[tuple[str, Over]]:
    """Yield every single step by which an organisation asks more, or lets less be bent."""
    for ask in ASKS:
        yield f"the organisation asks for {ask}", replace(over, asks=over.asks | {ask})
    for flaw in APPROVAL_FLAWS if over.bends else ():
        yield f"the weakening is {flaw}", replace(over, flaws=over.flaws | {flaw})


def worse_item(item: Item) -> Iterator[tuple[str, Item]]:
    """Yield every single step by which less is said about an item."""
    if item.said:
        yield "the statement is dropped", replace(item, said=None)
        if item.said.covers == "unknown":
            said = replace(item.said, covers="question")
            yield "the statement covers its question alone", replace(item, said=said)
        for flaw in STATEMENT_FLAWS:
            said = replace(item.said, flaws=item.said.flaws | {flaw})
            yield f"the statement is {flaw}", replace(item, said=said)
    yield "the policy lets nobody waive it", replace(item, is_unwaivable=True)
    for number, waiver in enumerate(item.waivers):
        others = item.waivers[:number] + item.waivers[number + 1 :]
        yield "a waiver is dropped", replace(item, waivers=others)
        for flaw in WAIVER_FLAWS:
            spoilt = replace(waiver, flaws=waiver.flaws | {flaw})
            yield f"a waiver is {flaw}", replace(item, waivers=(*others, spoilt))
    if item.declined:
        for flaw in NOT_APPLICABLE_FLAWS:
            spoilt_one = replace(item.declined, flaws=item.declined.flaws | {flaw})
            yield f"a not-applicable is {flaw}", replace(item, declined=spoilt_one)


def worse_world(case: Case) -> Iterator[tuple[str, Case]]:
    """Yield every single step by which the world shows less, or shows a fault.

    Where a sound statement stands for what cannot be seen, less to be seen is what it is for.
    """
    for place, item in enumerate(case.items):
        for number, fact in enumerate(item.seen.facts):
            for name, other in worse_fact(fact, number, answered=stands_for_unseen(case, item)):
                facts = (*item.seen.facts[:number], other, *item.seen.facts[number + 1 :])
                yield name, with_item(case, place, replace(item, seen=Seen(facts=facts)))


def worse_fact(
    fact: tuple[bool, ...] | None, number: int, *, answered: bool
) -> Iterator[tuple[str, tuple[bool, ...] | None]]:
    """Yield how one fact may show less; of the first nothing to be found is unknown."""
    if fact:
        yield "a fault shows", (False, *fact[1:])
    if fact is not None and not answered:
        yield "a fact could not be had", None
    if fact and number == 0 and not answered:
        yield "nothing is found", ()


def stands(case: Case, item: Item) -> bool:
    """Tell whether a statement is sound, and enough is known of its author."""
    is_sound = item.said is not None and not item.said.flaws
    return is_sound and not (case.over and case.over.asks_for(AUTHORSHIP))


def stands_for_unseen(case: Case, item: Item) -> bool:
    """Tell whether a sound statement says that it stands for what could not be seen."""
    return stands(case, item) and item.said is not None and item.said.covers == "unknown"


def people_who_say_less_get_no_better_verdict(case: Case, before: Judged, step: int) -> None:
    steps = list(worse_people(case))
    name, worse = steps[step % len(steps)]
    after = judged(worse)
    assert rank(after) <= rank(before), name
    assert_no_kinder(before, after, name)


def rank(one: Judged) -> int:
    """Return how good a verdict is; none at all is worst."""
    return WORST_FIRST.index(one.verdict.word) if one.verdict else -1


def a_world_that_shows_less_or_a_fault_lets_nobody_launch_more(
    case: Case, before: Judged, step: int
) -> None:
    steps = [*worse_world(case), ("nothing changes", case)]
    name, worse = steps[step % len(steps)]
    after = judged(worse)
    assert before.exit_code == 0 or after.exit_code != 0, name
    assert_no_kinder(before, after, name)


def nothing_that_people_write_makes_an_unobserved_blocker_pass(
    case: Case, before: Judged, _: int
) -> None:
    for item, result in zip(case.items, before.items, strict=bool(before.verdict)):
        if is_declined(item):
            assert result.outcome is Outcome.NOT_APPLICABLE
        elif None in item.seen.facts:
            assert result.outcome is not Outcome.PASS
            assert stands_for_unseen(case, item) or result.outcome not in KINDLY, result.reason
        elif not item.seen.facts:
            assert stands(case, item) or result.outcome not in MET, result.reason


def a_fault_that_was_seen_is_answered_by_a_waiver_alone(case: Case, before: Judged, _: int) -> None:
    for item, result in zip(case.items, before.items, strict=bool(before.verdict)):
        faulty = any(fact and not all(fact) for fact in item.seen.facts)
        if faulty and not is_declined(item):
            assert result.outcome not in MET, result.reason
            waived = any(not waiver.flaws for waiver in usable(case, item))
            assert waived or result.outcome not in KINDLY, result.reason


def ready_means_that_each_item_holds_or_was_soundly_consented_to(
    case: Case, before: Judged, _: int
) -> None:
    if before.exit_code == 0:
        assert all(kind in SETTLED for kind, _ in case.notes)
        assert not (case.over and case.over.flaws)
        for item in case.items:
            good = all(fact is not None and all(fact) for fact in item.seen.facts)
            waived = any(not waiver.flaws for waiver in usable(case, item))
            consented = stands(case, item) or is_declined(item) or waived
            assert (good and item.seen.facts) or consented


def is_declined(item: Item) -> bool:
    """Tell whether it was soundly agreed that an item does not apply."""
    return item.declined is not None and not item.declined.flaws


def usable(case: Case, item: Item) -> tuple[Waived, ...]:
    """Return the waivers that the service's policy and its organisation let anybody have."""
    asks = case.over.asks_for if case.over else (lambda _: False)
    none = item.is_unwaivable or asks(NO_WAIVER) or asks(SHORTER)
    return () if none else item.waivers


def assert_no_kinder(before: Judged, after: Judged, name: str) -> None:
    """Let no item have a kinder outcome, and no more items be met; refused files let nothing."""
    if not after.verdict:
        return
    assert before.verdict, name
    assert after.verdict.raw.met <= before.verdict.raw.met, name
    for one, other in zip(before.items, after.items, strict=True):
        kinder = KINDLY.get(other.outcome, 0) > KINDLY.get(one.outcome, 0)
        assert not kinder, f"{name}: {one.outcome} became {other.outcome}"


LAWS = (
    people_who_say_less_get_no_better_verdict,
    a_world_that_shows_less_or_a_fault_lets_nobody_launch_more,
    nothing_that_people_write_makes_an_unobserved_blocker_pass,
    a_fault_that_was_seen_is_answered_by_a_waiver_alone,
    ready_means_that_each_item_holds_or_was_soundly_consented_to,
)


def test_all_laws_hold_of_every_case(trials: Any) -> None:
    @seed(SEED)
    @settings(LAW, max_examples=trials.many(2_000, 20_000))
    @given(CASES, STEP)
    def hold(case: Case, step: int) -> None:
        before = judged(case)
        for law in LAWS:
            law(case, before, step)

    hold()
    for law in LAWS:
        said = law.__name__.replace("_", " ")
        trials.saw(f"law: {said}", seed=SEED, text="20,000 cases, none against it")


def with_a_waiver_over_what_nobody_saw(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(folding, "_matches", lambda _, finding: finding.outcome not in MET)


def with_statements_that_answer_faults(cheat: pytest.MonkeyPatch) -> None:
    def attested(finding: Finding, _: object) -> Finding:
        return replace(finding, outcome=Outcome.ATTESTED)

    cheat.setattr(folding, "_attested", attested)


def with_statements_that_stand_for_all_that_nobody_saw(cheat: pytest.MonkeyPatch) -> None:
    fold = folding.fold

    def kinder(findings: Any, *, statement: Any = None, **others: Any) -> Any:
        covering = replace(statement, covers="unknown") if statement else None
        return fold(findings, statement=covering, **others)

    cheat.setattr(body, "fold", kinder)


def with_days_that_never_pass(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(standing, "has_passed", lambda *_: False)


def with_statements_by_anybody(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(standing, "against_people", lambda *_: ())


def with_evidence_that_nobody_compares(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(standing, "_against_evidence", lambda *_: ())


def with_waivers_that_anybody_approves(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(standing, "_against_approval", lambda *_: ())


def with_a_policy_that_nobody_reads(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(standing, "_against_policy", lambda *_: ())


def with_proposals_that_count(cheat: pytest.MonkeyPatch) -> None:
    in_force = Standing(force=Force.IN_FORCE)
    cheat.setattr(consent, "not_applicable_standing", lambda *_, **__: in_force)


def with_things_that_contradict_nothing(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(standing, "against_basis", lambda *_: ())


def with_notes_that_block_nothing(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(ReviewNote, "blocks", property(lambda _: False))


def with_a_verdict_that_forgives_what_is_unknown(cheat: pytest.MonkeyPatch) -> None:
    word = judge._word

    def kinder(counts: dict[Outcome, int], **others: Any) -> VerdictWord:
        return word({**counts, Outcome.UNKNOWN: 0}, **others)

    cheat.setattr(judge, "_word", kinder)


def with_bodies_that_may_end_before_all_was_judged(cheat: pytest.MonkeyPatch) -> None:
    fold = folding.fold
    cheat.setattr(body, "fold", lambda *of, **others: fold(*of, **{**others, "sealed": ()}))


def with_people_who_are_asked_only_if_two_signed(cheat: pytest.MonkeyPatch) -> None:
    asked = attesting.against_people

    def kinder(spec: Any, statement: Any, written: Any) -> Any:
        return asked(spec, statement, written) if statement.confirmed else ()

    cheat.setattr(standing, "against_people", kinder)


def with_an_organisation_that_nobody_reads(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(overlay, "layered", lambda own, *_: own)


def with_weakenings_that_nobody_approved(cheat: pytest.MonkeyPatch) -> None:
    cheat.setattr(overlay_rules, "wrong_approvals", lambda *_: ())


def one_item(place: int, *, over: Over | None = None, **changes: Any) -> Case:
    """Return a case in which everything is as it should be, but for one item."""
    return with_item(Case(items=GOOD, over=over), place, replace(GOOD[place], **changes))


def asking(*asks: str, bends: str = "", flaw: str = "") -> Over:
    some = [frozenset({one} - {""}) for one in (bends, flaw)]
    return Over(asks=frozenset(asks), bends=some[0], flaws=some[1])


def saying(*flaws: str, covers: str = "question") -> Said:
    return Said(covers=covers, flaws=frozenset(flaws))


def waived(*flaws: str) -> tuple[Waived, ...]:
    return (Waived(flaws=frozenset(flaws)),)


def declined(*flaws: str) -> Declined:
    return Declined(flaws=frozenset(flaws))


ANSWERED = a_fault_that_was_seen_is_answered_by_a_waiver_alone
CONSENTED = ready_means_that_each_item_holds_or_was_soundly_consented_to
PASSED = nothing_that_people_write_makes_an_unobserved_blocker_pass
LESS = people_who_say_less_get_no_better_verdict
FAULTY = a_world_that_shows_less_or_a_fault_lets_nobody_launch_more
MACHINE, BOTH, PERSON = range(len(FACTS))
UNSEEN, FAULT = Seen(facts=(None, (True,))), Seen(facts=((False,), (True,)))
PART_UNSEEN, NOTHING = Seen(facts=((), (False,))), Seen(facts=((False,),))
CHEATS = (
    (with_a_waiver_over_what_nobody_saw, PASSED, one_item(MACHINE, seen=UNSEEN, waivers=waived())),
    (
        with_statements_that_answer_faults,
        ANSWERED,
        one_item(MACHINE, seen=FAULT, said=saying(covers="unknown")),
    ),
    (
        with_statements_that_stand_for_all_that_nobody_saw,
        PASSED,
        one_item(MACHINE, seen=UNSEEN),
    ),
    (with_days_that_never_pass, CONSENTED, one_item(PERSON, said=saying("expired"))),
    (
        with_statements_by_anybody,
        CONSENTED,
        one_item(PERSON, said=saying("stated by a stranger")),
    ),
    (
        with_evidence_that_nobody_compares,
        CONSENTED,
        one_item(PERSON, said=saying("its digest differs")),
    ),
    (
        with_waivers_that_anybody_approves,
        ANSWERED,
        one_item(BOTH, seen=NOTHING, waivers=waived("approved by a stranger")),
    ),
    (
        with_a_policy_that_nobody_reads,
        ANSWERED,
        one_item(BOTH, seen=NOTHING, waivers=waived(), is_unwaivable=True),
    ),
    (
        with_proposals_that_count,
        CONSENTED,
        one_item(PERSON, said=None, declined=declined("only proposed")),
    ),
    (
        with_things_that_contradict_nothing,
        CONSENTED,
        one_item(PERSON, said=None, declined=declined("its thing is declared")),
    ),
    (
        with_notes_that_block_nothing,
        CONSENTED,
        Case(items=GOOD, notes=(("unanswered", MACHINE),)),
    ),
    (with_a_verdict_that_forgives_what_is_unknown, FAULTY, one_item(BOTH, seen=NOTHING)),
    (
        with_bodies_that_may_end_before_all_was_judged,
        ANSWERED,
        one_item(MACHINE, seen=PART_UNSEEN, said=saying(covers="unknown")),
    ),
    (
        with_an_organisation_that_nobody_reads,
        PASSED,
        one_item(PERSON, over=asking(AUTHORSHIP)),
    ),
    (
        with_weakenings_that_nobody_approved,
        PASSED,
        one_item(
            MACHINE,
            seen=UNSEEN,
            said=saying(covers="unknown"),
            over=asking(AUTHORSHIP, bends=AUTHORSHIP, flaw="expired"),
        ),
    ),
    (
        with_people_who_are_asked_only_if_two_signed,
        LESS,
        one_item(PERSON, said=saying("stated by a stranger")),
    ),
)
EVERY_STEP = range(160)


@pytest.mark.parametrize(
    ("cheats", "law", "case"), CHEATS, ids=[cheats.__name__ for cheats, *_ in CHEATS]
)
def test_a_product_that_cheats_breaks_a_law(
    cheats: Callable[[pytest.MonkeyPatch], None],
    law: Callable[[Case, Judged, int], None],
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hold(law, case)

    cheats(monkeypatch)
    laid.cache_clear()
    with pytest.raises(AssertionError):
        hold(law, case)
    laid.cache_clear()


def hold(law: Callable[[Case, Judged, int], None], case: Case) -> None:
    """Hold a law against one case, by every single step from it."""
    for step in EVERY_STEP if law in {LESS, FAULTY} else range(1):
        law(case, judged(case), step)


def test_every_law_is_broken_by_some_product_that_cheats() -> None:
    assert {law for _, law, _ in CHEATS} == set(LAWS)


@pytest.mark.parametrize("flaw", STATEMENT_FLAWS)
def test_each_flaw_of_a_statement_takes_its_force(flaw: str) -> None:
    assert judged(Case(items=GOOD)).exit_code == 0
    assert judged(one_item(PERSON, said=saying(flaw))).exit_code != 0


@pytest.mark.parametrize("flaw", WAIVER_FLAWS)
def test_each_flaw_of_a_waiver_takes_its_force(flaw: str) -> None:
    assert judged(one_item(BOTH, seen=NOTHING, waivers=waived())).exit_code == 0
    spoilt = one_item(BOTH, seen=NOTHING, waivers=waived(flaw))
    assert judged(spoilt).exit_code != 0


@pytest.mark.parametrize("flaw", NOT_APPLICABLE_FLAWS)
def test_each_flaw_of_a_not_applicable_takes_its_force(flaw: str) -> None:
    assert judged(one_item(BOTH, seen=NOTHING, declined=declined())).exit_code == 0
    spoilt = one_item(BOTH, seen=NOTHING, declined=declined(flaw))
    assert judged(spoilt).exit_code != 0


@pytest.mark.parametrize("kind", NOTES)
def test_a_note_keeps_from_launching_unless_it_is_settled(kind: str) -> None:
    exit_code = judged(Case(items=GOOD, notes=((kind, MACHINE),))).exit_code
    assert (exit_code == 0) == (kind in SETTLED)


WAIVED = {"seen": NOTHING, "waivers": waived()}
STATED = {"said": saying()}


@pytest.mark.parametrize(
    ("ask", "place", "said"),
    [(NO_WAIVER, BOTH, WAIVED), (SHORTER, BOTH, WAIVED), (AUTHORSHIP, PERSON, STATED)],
)
def test_what_an_organisation_asks_for_takes_force_from_what_counts_without_it(
    ask: str, place: int, said: dict[str, Any]
) -> None:
    assert judged(one_item(place, **said, over=Over())).exit_code == 0
    assert judged(one_item(place, **said, over=asking(ask))).exit_code == 1


@pytest.mark.parametrize(
    ("ask", "place", "said"), [(SHORTER, BOTH, WAIVED), (AUTHORSHIP, PERSON, STATED)]
)
@pytest.mark.parametrize("flaw", APPROVAL_FLAWS)
def test_each_flaw_of_an_approval_refuses_what_a_sound_one_lets_count(
    flaw: str, ask: str, place: int, said: dict[str, Any]
) -> None:
    assert judged(one_item(place, **said, over=asking(ask, bends=ask))).exit_code == 0
    assert judged(one_item(place, **said, over=asking(ask, bends=ask, flaw=flaw))).exit_code == 22
