"""Who signed, to which roles are filled: distinct people, by the rules of the policy."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.sign.roles import filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LAW = settings(deadline=None, derandomize=True, max_examples=150)

NEED = {"service": 1, "principal-engineer": 1, "security": 1}
S, P, X = "service", "principal-engineer", "security"
THREE = {"ana": {S}, "ben": {P}, "cara": {X}}

TABLE = {
    "three people, three roles": (THREE, NEED, (), {"ana": S, "ben": P, "cara": X}),
    "nobody signed": ({}, NEED, (), None),
    "two of three": ({"ana": {S}, "ben": {P}}, NEED, (), None),
    "two of one role, none of another": ({"ana": {S}, "ben": {P}, "otto": {S}}, NEED, (), None),
    "one person with every role": ({"max": {S, P, X}}, NEED, (), None),
    "two people with every role": ({"max": {S, P, X}, "ana": {S, P, X}}, NEED, (), None),
    "whoever has two roles leaves the right one": (
        {"ana": {S, X}, "ben": {P}, "cara": {S}},
        NEED,
        (),
        {"ana": X, "ben": P, "cara": S},
    ),
    "a chain of people who must move": (
        {"ana": {S, P}, "ben": {P, X}, "cara": {S}},
        NEED,
        (),
        {"ana": P, "ben": X, "cara": S},
    ),
    "more people than roles": (
        {**THREE, "dan": {S, X}},
        NEED,
        (),
        {"ana": S, "ben": P, "cara": X},
    ),
    "two people in one role": ({"ana": {S}, "otto": {S}}, {S: 2}, (), {"ana": S, "otto": S}),
    "one person where a role needs two": ({"ana": {S}, "ben": {P}}, {S: 2}, (), None),
    "a role that nobody was asked for": (
        {"ana": {"product"}, "ben": {P}, "cara": {X}},
        NEED,
        (),
        None,
    ),
    "one e-mail in two spellings": ({"ana": {S}, "ANA": {P}, "cara": {X}}, NEED, (), None),
    "the author fills the role service": (THREE, NEED, ("ana",), {"ana": S, "ben": P, "cara": X}),
    "the author fills no other role": (THREE, NEED, ("ben",), None),
    "the author's e-mail in capitals": (THREE, NEED, ("CARA",), None),
    "the author has another role beside": (
        {"ana": {S, X}, "ben": {P}, "cara": {S}},
        NEED,
        ("ana",),
        None,
    ),
    "one role is needed, and two have signed": (
        {"ana": {S}, "ben": {P}},
        {S: 1},
        (),
        {"ana": S},
    ),
    "one role is needed, and one has signed": ({"ana": {S}}, {S: 1}, (), None),
    "one role is needed, and one has signed in two spellings": (
        {"ana": {S}, "Ana": {S}},
        {S: 1},
        (),
        None,
    ),
    "no role is needed": (THREE, {}, (), None),
}


@pytest.mark.parametrize("row", TABLE)
def test_roles_are_filled_by_distinct_people_or_not_at_all(row: str) -> None:
    people, need, authors, wanted = TABLE[row]
    assert filled(people, need.items(), authors, solo=False) == wanted


def test_one_person_alone_fills_a_role_only_where_the_policy_says_solo() -> None:
    assert filled({"ana": {S}}, [(S, 1)], (), solo=True) == {"ana": S}
    assert filled({"ana": {S, P}}, [(S, 1), (P, 1)], (), solo=True) is None


def test_an_e_mail_comes_back_as_it_was_written() -> None:
    assert filled({"Ana@x": {S}, "ben@x": {P}}, [(S, 1)], (), solo=False) == {"Ana@x": S}


NAMES, WORDS = "abcde", (S, P, X)


def by_trying(
    people: Mapping[str, frozenset[str]], places: Sequence[str], authors: frozenset[str]
) -> bool:
    able = {name: roles & {S} if name in authors else roles for name, roles in people.items()}
    tries = permutations(able, len(places)) if len(places) <= len(able) else ()
    return any(
        all(role in able[name] for name, role in zip(order, places, strict=True)) for order in tries
    )


@LAW
@given(
    people=st.dictionaries(st.sampled_from(NAMES), st.frozensets(st.sampled_from(WORDS))),
    need=st.dictionaries(st.sampled_from(WORDS), st.integers(1, 2), min_size=1),
    authors=st.frozensets(st.sampled_from(NAMES), max_size=2),
)
def test_they_are_filled_exactly_where_trying_everything_fills_them(
    people: dict[str, frozenset[str]], need: dict[str, int], authors: frozenset[str]
) -> None:
    places = [role for role, count in need.items() for _ in range(count)]
    found = filled(people, need.items(), authors, solo=True)
    assert (found is not None) == by_trying(people, places, authors)
    if found is not None:
        assert sorted(found.values()) == sorted(places)
        assert all(role in people[name] for name, role in found.items())
        assert all(found[name] == S for name in authors & found.keys())
