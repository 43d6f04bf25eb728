"""The block of a subject keeps one finding and goes on."""

from __future__ import annotations

import pytest

from pytest_orr.errors import FactUnavailable, NothingFound, Unanswered
from pytest_orr.model import Finding, Outcome
from pytest_orr.record.findings import LONGEST_DETAIL, Subjects, finding_of, sentence_of


def test_a_bad_subject_does_not_hide_the_others() -> None:
    subject = Subjects()
    for number in (1, 2, 3):
        with subject(f"n{number}", saw="it"):
            assert number != 2, "two is wrong"
    assert subject.findings == (
        Finding(subject="n1", outcome=Outcome.PASS, detail="it"),
        Finding(subject="n2", outcome=Outcome.FAIL, detail="two is wrong; saw it"),
        Finding(subject="n3", outcome=Outcome.PASS, detail="it"),
    )


def test_a_subject_of_which_nothing_is_said_passes_without_detail() -> None:
    subject = Subjects()
    with subject("n1"):
        pass
    assert subject.findings == (Finding(subject="n1", outcome=Outcome.PASS),)


@pytest.mark.parametrize(
    ("error", "outcome", "detail", "remedy"),
    [
        (AssertionError("too few"), Outcome.FAIL, "too few", ""),
        (FactUnavailable("denied", "grant it"), Outcome.UNKNOWN, "denied", "grant it"),
        (NothingFound("no host found"), Outcome.UNKNOWN, "no host found", ""),
        (Unanswered("nobody", "answer"), Outcome.PENDING, "nobody", "answer"),
    ],
)
def test_each_judgement_is_a_finding(
    error: Exception, outcome: Outcome, detail: str, remedy: str
) -> None:
    expected = Finding(subject="n1", outcome=outcome, detail=detail, remedy=remedy)
    assert finding_of(error, "n1") == expected
    subject = Subjects()
    with subject("n1"):
        raise error
    assert subject.findings == (expected,)


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), DeprecationWarning("x")])
def test_what_is_no_judgement_leaves_the_block(error: BaseException) -> None:
    subject = Subjects()
    with pytest.raises(type(error)), subject("n1"):
        raise error
    assert subject.findings == ()
    assert finding_of(error, "n1") is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("", "the assertion does not hold"),
        ("  \n \n", "the assertion does not hold"),
        ("too few zones", "too few zones"),
        ("too few zones\nassert 1 >= 2", "too few zones"),
        ("assert 1 >= 2\n  +  where 1 = len(['a'])", "assert 1 >= 2 +  where 1 = len(['a'])"),
        ("x" * LONGEST_DETAIL, "x" * LONGEST_DETAIL),
        ("x" * (LONGEST_DETAIL + 1), "x" * (LONGEST_DETAIL - 1) + "…"),
    ],
)
def test_an_assertion_is_said_in_one_line(said: str, sentence: str) -> None:
    assert sentence_of(AssertionError(said)) == sentence
