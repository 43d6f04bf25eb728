"""Every course that an item's body may take has its outcome."""

from __future__ import annotations

import warnings
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr import at_least_one, both_ways
from pytest_orr.errors import FactUnavailable, NothingFound, Unanswered
from pytest_orr.model import FactSeen, Finding, NotApplicable, Outcome
from pytest_orr.observation import Caveat, Observed, Unobserved
from pytest_orr.record.attestation import Attestation
from pytest_orr.record.body import Standing, record_item
from pytest_orr.record.findings import Subjects
from pytest_orr.record.folding import SAW_NOTHING, Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec, StatementUsed, WaiverUsed
    from pytest_orr.record.values import ItemRecord

FIX = "Do the right thing."
ASSERTS = "let the item assert on facts; not applicable is declared in readiness.toml"
NUMBERS = Observed(name="numbers", value=(1, 2), source="the numbers")
DENIED = Unobserved(name="denied", cause="it was denied", remedy="grant it", source="the numbers")
UNSEEN = Finding(
    subject="denied", outcome=Outcome.UNKNOWN, detail="it was denied", remedy="grant it"
)


@pytest.fixture
def run(a_spec: Callable[..., ItemSpec]) -> Callable[..., ItemRecord]:
    """Run a function as the body of an item, handed what its parameters name."""

    def call(
        body: Callable[..., object],
        *,
        statement: StatementUsed | None = None,
        spec: ItemSpec | None = None,
        standing: dict[str, Any] | None = None,
        would_cover: bool = False,
        **handed: object,
    ) -> ItemRecord:
        attestation = Attestation(
            statement, reason="nobody has answered", remedy="answer", would_cover=would_cover
        )
        known = {"subject": Subjects(), "attestation": attestation, **handed}
        names = body.__code__.co_varnames[: body.__code__.co_argcount]
        item: Any = SimpleNamespace(
            obj=body, nodeid="test_demo.py::test_one", funcargs={n: known[n] for n in names}
        )
        stands = Standing(attestation=attestation, **(standing or {}))
        return record_item(item, spec or a_spec(), stands, {"numbers": "d" * 64})

    return call


def asserting(message: str) -> None:
    raise AssertionError(message)


def test_a_body_that_holds_passes_with_one_finding_per_fact(
    run: Callable[..., ItemRecord],
) -> None:
    def body(numbers: tuple[int, ...]) -> None:
        assert numbers == (1, 2)

    record = run(body, numbers=NUMBERS)
    assert (record.id, record.node) == ("demo.a.one", "test_demo.py::test_one")
    assert (record.outcome, record.remedy) == (Outcome.PASS, "")
    assert record.findings == (
        Finding(subject="numbers", outcome=Outcome.PASS, detail="the numbers"),
    )
    assert record.facts == (
        FactSeen(name="numbers", source="the numbers", digest="d" * 64, observed=True),
    )


def test_a_fact_names_each_operation_once_in_order(run: Callable[..., ItemRecord]) -> None:
    def body(numbers: tuple[int, ...]) -> None:
        assert numbers

    asked = replace(NUMBERS, operations=("b:Two", "a:One", "b:Two"))
    assert run(body, numbers=asked).facts[0].operations == ("a:One", "b:Two")


def test_findings_of_subjects_stand_in_place_of_those_of_facts(
    run: Callable[..., ItemRecord],
) -> None:
    def body(numbers: tuple[int, ...], subject: Subjects) -> None:
        for number in numbers:
            with subject(f"n{number}"):
                assert number == 1, "not one"

    record = run(body, numbers=NUMBERS)
    assert [(f.subject, f.outcome.value) for f in record.findings] == [
        ("n1", "pass"),
        ("n2", "fail"),
    ]
    assert (record.outcome, record.reason, record.remedy) == (Outcome.FAIL, "n2: not one", FIX)


def test_facts_are_kept_in_the_order_of_their_names(run: Callable[..., ItemRecord]) -> None:
    def body(zeros: tuple[int, ...], numbers: tuple[int, ...]) -> None:
        assert zeros
        assert numbers

    zeros = Observed(name="zeros", value=(0,), source="the zeros")
    record = run(body, numbers=NUMBERS, zeros=zeros)
    assert [(fact.name, fact.digest) for fact in record.facts] == [
        ("numbers", "d" * 64),
        ("zeros", ""),
    ]


def test_a_body_that_saw_nothing_is_unknown(run: Callable[..., ItemRecord]) -> None:
    record = run(lambda: None)
    assert record.outcome is Outcome.UNKNOWN
    assert record.reason == f"the item: {SAW_NOTHING}"


@pytest.mark.parametrize(
    ("error", "outcome", "reason", "remedy"),
    [
        (AssertionError("too few"), "fail", "the item: too few", FIX),
        (AssertionError(), "fail", "the item: the assertion does not hold", FIX),
        (NothingFound("no host found"), "unknown", "the item: no host found", FIX),
        (FactUnavailable("denied", "grant it"), "unknown", "the item: denied", "grant it"),
        (Unanswered("nobody", "answer"), "pending", "the item: nobody", "answer"),
        (pytest.fail.Exception("by hand"), "fail", "the item: by hand", FIX),
        (
            pytest.skip.Exception("not today"),
            "unknown",
            "the item: the item skipped itself: not today",
            ASSERTS,
        ),
        (
            pytest.xfail.Exception("known"),
            "unknown",
            "the item: the item expected itself to fail: known",
            ASSERTS,
        ),
    ],
)
def test_each_ending_has_its_outcome(
    run: Callable[..., ItemRecord], error: BaseException, outcome: str, reason: str, remedy: str
) -> None:
    def body(numbers: tuple[int, ...]) -> None:
        assert numbers
        raise error

    record = run(body, numbers=NUMBERS)
    assert (record.outcome.value, record.reason, record.remedy) == (outcome, reason, remedy)
    assert record.traceback == ""


def test_a_body_that_returns_a_value_is_unknown(run: Callable[..., ItemRecord]) -> None:
    record = run(lambda numbers: numbers == (2, 1), numbers=NUMBERS)
    assert record.outcome is Outcome.UNKNOWN
    assert record.reason == "the item: the item returned bool instead of asserting"
    assert record.remedy == ASSERTS


def test_an_early_end_stands_beside_what_was_found_before(
    run: Callable[..., ItemRecord],
) -> None:
    def body(subject: Subjects) -> None:
        with subject("n1"):
            pass
        asserting("it ends")

    record = run(body)
    assert [(f.subject, f.outcome.value) for f in record.findings] == [
        ("n1", "pass"),
        ("the item", "fail"),
    ]


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(0), KeyboardInterrupt()])
def test_what_is_no_judgement_propagates(
    run: Callable[..., ItemRecord], error: BaseException
) -> None:
    def body() -> None:
        raise error

    with pytest.raises(type(error)):
        run(body)


def test_a_warning_is_an_error(run: Callable[..., ItemRecord]) -> None:
    def body() -> None:
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(DeprecationWarning, match="old"):
            run(body)


def test_without_any_fact_the_body_does_not_run(run: Callable[..., ItemRecord]) -> None:
    def body(denied: object) -> None:
        raise ValueError(denied)

    record = run(body, denied=DENIED)
    assert record.findings == (UNSEEN,)
    assert (record.outcome, record.remedy) == (Outcome.UNKNOWN, "grant it")


def test_what_was_seen_is_judged_beside_a_fact_that_could_not_be_had(
    run: Callable[..., ItemRecord],
) -> None:
    def body(denied: Any, numbers: tuple[int, ...], subject: Subjects) -> None:
        for one in at_least_one(denied.found, "thing"):
            with subject(str(one)):
                raise ValueError(one)
        for number in numbers:
            with subject(f"n{number}"):
                assert number == 1, "not one"

    record = run(body, denied=DENIED, numbers=NUMBERS)
    assert [(f.subject, f.outcome.value) for f in record.findings] == [
        ("denied", "unknown"),
        ("n1", "pass"),
        ("n2", "fail"),
    ]
    assert (record.outcome, record.reason) == (Outcome.FAIL, "n2: not one")
    assert [(fact.name, fact.observed) for fact in record.facts] == [
        ("denied", False),
        ("numbers", True),
    ]


USES = {
    "truth": bool,
    "length": len,
    "iteration": lambda unseen: [*unseen],
    "a part": lambda unseen: not unseen.part.of_it,
    "membership": lambda unseen: 1 in unseen,
    "equality": lambda unseen: unseen == 1,
    "order": lambda unseen: unseen > 1,
    "a method": lambda unseen: unseen.opens_everything(1),
    "a set": lambda unseen: {unseen},
    "text": lambda unseen: f"{unseen}",
    "an index": lambda unseen: unseen[0],
    "both ways": lambda unseen: [*both_ways(unseen, ["a"])],
    "a difference": lambda unseen: unseen - 1,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_nothing_can_be_said_of_a_fact_that_could_not_be_had(
    run: Callable[..., ItemRecord], use: Callable[[Any], object]
) -> None:
    def body(denied: Any, numbers: tuple[int, ...], subject: Subjects) -> None:
        with subject("the thing"):
            assert use(denied) or not use(denied)
        with subject("numbers"):
            assert numbers

    record = run(body, denied=DENIED, numbers=NUMBERS)
    assert [(f.subject, f.outcome.value, f.detail) for f in record.findings] == [
        ("denied", "unknown", "it was denied"),
        ("the thing", "unknown", "it was denied"),
        ("numbers", "pass", ""),
    ]


def test_a_statement_stands_for_the_unseen_once_all_that_was_seen_was_judged(
    run: Callable[..., ItemRecord], a_statement: Callable[..., StatementUsed]
) -> None:
    def judged(denied: Any, numbers: tuple[int, ...]) -> None:
        at_least_one(denied)
        assert numbers

    def cut_short(denied: Any, numbers: tuple[int, ...]) -> None:
        assert denied
        assert not numbers

    covering = a_statement(covers="unknown")
    facts = {"denied": DENIED, "numbers": NUMBERS}
    assert run(judged, statement=covering, **facts).outcome is Outcome.ATTESTED
    record = run(cut_short, statement=covering, **facts)
    assert (record.outcome, record.findings) == (Outcome.UNKNOWN, (UNSEEN,))


def test_every_fact_that_could_not_be_had_is_a_finding(run: Callable[..., ItemRecord]) -> None:
    other = Unobserved(name="other", cause="no route", remedy="open it", source="a host")

    def body(denied: object, other: object) -> None:
        raise ValueError(denied, other)

    record = run(body, denied=DENIED, other=other)
    assert [f.detail for f in record.findings] == ["it was denied", "no route"]


def test_nobodys_word_stands_for_nothing_found_beside_a_fact_that_was_not_judged(
    run: Callable[..., ItemRecord], a_statement: Callable[..., StatementUsed]
) -> None:
    def body(numbers: tuple[int, ...], zeros: tuple[int, ...], subject: Subjects) -> None:
        for number in at_least_one(numbers):
            with subject(f"n{number}"):
                assert number
        for zero in zeros:
            with subject(f"z{zero}"):
                assert zero, "it fails"

    nothing: Observed[tuple[int, ...]] = Observed(name="numbers", value=(), source="the numbers")
    zeros = Observed(name="zeros", value=(0,), source="the zeros")
    statement = a_statement(covers="unknown")
    assert run(body, statement=statement, numbers=nothing, zeros=zeros).outcome is Outcome.UNKNOWN

    def alone(numbers: tuple[int, ...]) -> None:
        at_least_one(numbers)

    assert run(alone, statement=statement, numbers=nothing).outcome is Outcome.ATTESTED


def test_what_a_collector_could_not_see_beside_its_fact_is_unknown(
    run: Callable[..., ItemRecord],
) -> None:
    caveat = Caveat(subject="eu-west-1", cause="denied there", remedy="grant it there")
    partial = Observed(name="numbers", value=(1,), source="the numbers", caveats=(caveat,))

    def body(numbers: tuple[int, ...]) -> None:
        assert numbers

    record = run(body, numbers=partial)
    assert [(f.subject, f.outcome.value, f.detail, f.remedy) for f in record.findings] == [
        ("numbers", "pass", "the numbers", ""),
        ("eu-west-1", "unknown", "denied there", "grant it there"),
    ]
    assert record.outcome is Outcome.UNKNOWN


def test_a_statement_that_was_read_attests(
    run: Callable[..., ItemRecord], a_statement: Callable[..., StatementUsed]
) -> None:
    def body(attestation: Attestation) -> None:
        assert attestation.evidence

    record = run(body, statement=a_statement())
    assert record.outcome is Outcome.ATTESTED
    assert record.findings == (
        Finding(
            subject="statement by ana@example.org",
            outcome=Outcome.ATTESTED,
            detail="Restarted in 4 min.",
        ),
    )
    assert record.attestation == a_statement()


def test_facts_and_a_statement_together_attest(
    run: Callable[..., ItemRecord], a_statement: Callable[..., StatementUsed]
) -> None:
    def body(numbers: tuple[int, ...], attestation: Attestation) -> None:
        assert numbers
        assert attestation.evidence

    record = run(body, numbers=NUMBERS, statement=a_statement())
    assert [f.outcome.value for f in record.findings] == ["pass", "attested"]
    assert record.outcome is Outcome.ATTESTED


def test_a_statement_that_was_not_read_attests_nothing(
    run: Callable[..., ItemRecord], a_statement: Callable[..., StatementUsed]
) -> None:
    def body(numbers: tuple[int, ...]) -> None:
        assert numbers

    record = run(body, numbers=NUMBERS, statement=a_statement())
    assert record.outcome is Outcome.PASS


def test_an_assertion_after_the_statement_beats_it(
    run: Callable[..., ItemRecord], a_statement: Callable[..., StatementUsed]
) -> None:
    def body(attestation: Attestation) -> None:
        assert attestation.evidence
        asserting("it is not so")

    record = run(body, statement=a_statement())
    assert [f.outcome.value for f in record.findings] == ["fail"]


def test_without_a_statement_the_question_is_pending(run: Callable[..., ItemRecord]) -> None:
    def body(attestation: Attestation) -> None:
        assert attestation.evidence

    record = run(body)
    assert (record.outcome, record.reason) == (Outcome.PENDING, "the item: nobody has answered")
    assert record.remedy == "answer"
    assert record.attestation is None


def test_a_manual_item_waits_for_its_statement_even_if_its_body_reads_none(
    run: Callable[..., ItemRecord],
    a_spec: Callable[..., ItemSpec],
    a_statement: Callable[..., StatementUsed],
) -> None:
    def body(numbers: tuple[int, ...]) -> None:
        assert numbers

    manual = a_spec(manual=True)
    record = run(body, spec=manual, numbers=NUMBERS)
    assert (record.outcome, record.remedy) == (Outcome.PENDING, "answer")
    assert run(body, spec=manual, numbers=NUMBERS, statement=a_statement()).outcome is Outcome.PASS
    assert run(body, spec=a_spec(), numbers=NUMBERS).outcome is Outcome.PASS


def test_why_nobodys_word_stands_for_a_blind_spot_is_told_beside_it(
    run: Callable[..., ItemRecord], a_spec: Callable[..., ItemSpec]
) -> None:
    def body(denied: Any, numbers: tuple[int, ...]) -> None:
        at_least_one(denied)
        assert numbers

    facts = {"denied": DENIED, "numbers": NUMBERS}
    why = Finding(
        subject="the statement",
        outcome=Outcome.PENDING,
        detail="nobody has answered",
        remedy="answer",
    )
    record = run(body, would_cover=True, **facts)
    assert (record.outcome, record.findings) == (Outcome.UNKNOWN, (UNSEEN, why))
    assert run(body, **facts).findings == (UNSEEN,)
    assert run(body, would_cover=True, numbers=NUMBERS, denied=NUMBERS).outcome is Outcome.PASS
    manual = run(body, would_cover=True, spec=a_spec(manual=True), **facts)
    assert manual.findings == (UNSEEN,)


def test_a_manual_item_that_saw_nothing_is_unknown(
    run: Callable[..., ItemRecord], a_spec: Callable[..., ItemSpec]
) -> None:
    assert run(lambda: None, spec=a_spec(manual=True)).outcome is Outcome.UNKNOWN


def test_a_waiver_covers_what_the_body_found(
    run: Callable[..., ItemRecord], a_waiver: WaiverUsed
) -> None:
    permission = Permission(resource=None, shown=a_waiver)
    record = run(lambda: asserting("too few"), standing={"permissions": (permission,)})
    assert record.outcome is Outcome.WAIVED
    assert record.waiver is not None
    assert record.waiver.true_reason == "the item: too few"


@pytest.mark.parametrize("ending", [pytest.skip, pytest.xfail])
def test_a_waiver_does_not_cover_an_item_that_left_by_itself(
    run: Callable[..., ItemRecord], a_waiver: WaiverUsed, ending: Callable[[str], object]
) -> None:
    permission = Permission(resource=None, shown=a_waiver)
    record = run(lambda: ending("later"), standing={"permissions": (permission,)})
    assert record.outcome is Outcome.UNKNOWN


def test_an_item_that_does_not_apply_is_not_run(run: Callable[..., ItemRecord]) -> None:
    declared = NotApplicable(
        reason="no-such-component",
        text="It has no contracts.",
        approver="eve@example.org",
        on="2026-11-01",
    )
    record = run(lambda: asserting("never run"), standing={"not_applicable": declared})
    assert (record.outcome, record.reason) == (Outcome.NOT_APPLICABLE, "It has no contracts.")
    assert record.not_applicable == declared
    assert record.findings == ()


def test_a_declaration_that_nobody_approved_is_unknown_beside_what_was_found(
    run: Callable[..., ItemRecord],
) -> None:
    def body(numbers: tuple[int, ...]) -> None:
        assert numbers

    record = run(body, numbers=NUMBERS, standing={"proposed": "not applicable is refused: role"})
    assert record.outcome is Outcome.UNKNOWN
    assert [(f.subject, f.outcome.value) for f in record.findings] == [
        ("not applicable", "unknown"),
        ("numbers", "pass"),
    ]
    assert record.reason == "not applicable: not applicable is refused: role"
