"""RE2's expressions as routes have them: whole texts, in bounded time, and nothing guessed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.clients.anchored_patterns import Undecidable, matches_whole


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("page", "page", True),
        ("page", "pages", False),
        ("page|warn", "warn", True),
        ("page|", "", True),
        ("^page$", "page", True),
        (".*", "anything", True),
        (".+", "", False),
        (".", "\n", False),
        ("a{2,3}", "aa", True),
        ("a{2}", "aaa", False),
        ("a{2,}", "aaaa", True),
        ("(?:ab)+?", "abab", True),
        ("(?P<name>a|b)c", "bc", True),
        ("[a-c]+", "abc", True),
        ("[^a-c]", "d", True),
        ("[]a]+", "]a", True),
        ("[a-]", "-", True),
        (r"[\d_]+", "1_2", True),
        (r"[\]\-]+", "]-", True),
        (r"[\t-\r]", "\n", True),
        (r"\d\D\w\W\s\S", "1a_- x", True),
        (r"\.\n", ".\n", True),
        (r"\d", "٣", False),
        ("(?i)Page", "PAGE", True),
        ("ü+", "üü", True),
    ],
)
def test_a_pattern_matches_whole_texts_alone(pattern: str, text: str, fits: bool) -> None:  # noqa: FBT001 a column
    assert matches_whole(pattern, text) is fits


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?s).", "sets flags inside"),
        ("a(?i)b", "sets flags inside"),
        ("[[:alpha:]]", "names a class of characters"),
        (r"\pL", r"has \\p"),
        (r"\b", r"has \\b"),
        ("a**", "repeats what is repeated already"),
        ("*a", "repeats nothing"),
        ("a{,3}", "a brace that is no count"),
        ("a{1001}", "repeats more than 1000 times"),
        ("(a", "lacks a closing bracket"),
        ("a)", "a closing bracket too many"),
        ("[a", "ends in the middle"),
        ("(" * 60 + ")" * 60, "more than 50 levels"),
    ],
)
def test_what_is_not_understood_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(Undecidable, match=why):
        matches_whole(pattern, "a")


def test_letters_beyond_ascii_are_not_folded() -> None:
    with pytest.raises(Undecidable, match="folds the case of letters beyond ASCII"):
        matches_whole("(?i)k", "\u212a")


def test_a_hostile_pattern_is_bounded() -> None:
    assert not matches_whole("(a+)+b", "a" * 200)
    with pytest.raises(Undecidable, match="takes too long"):
        matches_whole("(" + "(.*)*" * 60 + "){900}", "a" * 1000)


SMALL = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(SMALL, st.text("abc", max_size=6))
def test_where_both_mean_the_same_the_answer_is_that_of_pythons_own(
    pattern: str, text: str
) -> None:
    assert matches_whole(pattern, text) is bool(re.fullmatch(pattern, text))
