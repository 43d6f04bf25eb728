"""Expressions of Prometheus: at which number a rule goes off, and which series it is about."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.collect.watching.promql import LONGEST, pieces_of
from pytest_orr.collect.watching.selectors import is_selector, name_of, narrowed, series_in
from pytest_orr.collect.watching.thresholds import MIRRORED, read_threshold, threshold_of
from pytest_orr.errors import FactUnavailable

NAMES = st.from_regex(r"[a-z_]{1,6}_total", fullmatch=True)
LABELS = st.dictionaries(
    st.from_regex(r"[a-z]{2,6}_x", fullmatch=True), st.text(max_size=12), max_size=3
)
SELECTORS = st.builds(narrowed, NAMES, LABELS)
VECTORS = st.one_of(
    SELECTORS,
    SELECTORS.map("sum by (track) (rate({0}[5m]))".format),
    SELECTORS.map("max_over_time({0}[1h:1m] offset 1d)".format),
    st.tuples(SELECTORS, SELECTORS).map(lambda two: f"{two[0]} / on (job) group_left {two[1]}"),
    SELECTORS.map("({0} > 3)".format).map("count({0})".format),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(VECTORS, st.sampled_from(sorted(MIRRORED)), NUMBERS, st.integers(0, 3))
def test_a_comparison_with_a_number_is_read_as_it_was_written(
    vector: str, comparison: str, number: float, brackets: int
) -> None:
    turned = f"{number!r} {MIRRORED[comparison]} {vector}"
    for written in (f"{vector} {comparison} {number!r}", turned):
        found = threshold_of("(" * brackets + written + " )" * brackets + " # too much")
        assert found is not None
        assert (found.of, found.comparison, found.value) == (vector, comparison, number)
        assert (found.rises, found.falls) == (">" in comparison, "<" in comparison)


@given(VECTORS, VECTORS, NUMBERS, st.sampled_from(["and", "or", "unless", "AND on (job)"]))
def test_what_joins_comparisons_goes_off_at_no_one_number(
    one: str, other: str, number: float, word: str
) -> None:
    assert threshold_of(f"{one} > {number!r} {word} {other}") is None
    assert threshold_of(f"{one} > {other}") is None
    assert threshold_of(one) is None


@given(st.text(alphabet="ab_01.e5m(){}[]<>=!~+-*/,\"'`#\n \\", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = threshold_of(text)
    assert found is None or (math.isfinite(found.value) and found.of in text)
    try:
        assert all(one in text for one in series_in(text))
    except ValueError:
        assert found is None


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("connections > 0.8 * 50", 40.0),
        ("free < 10 * 1024 * 1024", 10485760.0),
        ("a / 50 >= 80 / 100", 0.8),
        ("a > (5)", 5.0),
        ("a > -(3)", None),
        ("a > 0x28", 40.0),
        ("a > - 2 * 3", -6.0),
        ("a > +3", 3.0),
        ("a > bool 5", None),
        ("5 < bool a", None),
        ("a > 5 > 3", None),
        ("a > 5 + 3", None),
        ("a > 5 / 0", None),
        ("a > 1e308 * 10", None),
        ("a > 0x" + "f" * 400, None),
        ("5 > 3", None),
        ("a >", None),
        ("> 5", None),
        ("a > 5m", None),
        ("a > Inf", None),
        ("", None),
        ("(", None),
        ("a > 5)", None),
        ("a ? 5", None),
        ("a > 5" + " " * LONGEST, None),
    ],
)
def test_numbers_may_be_products_and_nothing_else(expression: str, value: float | None) -> None:
    found = threshold_of(expression)
    assert (found.value if found else None) == value


def test_what_is_no_threshold_is_named() -> None:
    with pytest.raises(FactUnavailable, match="'absent\\(up\\)' is no comparison of one"):
        read_threshold("absent(up)")
    assert read_threshold("a <= 2.5").seen == "<= 2.5"


@given(SELECTORS, SELECTORS)
def test_the_series_of_an_expression_are_its_selectors(one: str, other: str) -> None:
    written = (
        f"sum by (job, le) (rate({one}[5m:1m])) / ignoring(code) group_left() avg({other}) without"
        f" (x) > 0.2 and on () {one} offset 5m unless absent({other}) # {one} spare_total"
    )
    assert series_in(written) == tuple(dict.fromkeys((one, other)))
    assert is_selector(one)
    assert not is_selector(f"{one} > 1")
    assert not is_selector("{")


@given(NAMES, LABELS, LABELS)
def test_narrowing_adds_what_is_not_named_yet(
    name: str, first: dict[str, str], more: dict[str, str]
) -> None:
    narrow = narrowed(narrowed(name, first), more)
    assert name_of(narrow) == name
    named = [one.text for one in pieces_of(narrow) if one.kind == "name"][1:]
    assert sorted(named) == sorted({*first, *more})
    assert narrowed(narrow, more) == narrow


def test_a_selector_without_a_name_and_with_a_trailing_comma_is_narrowed() -> None:
    assert narrowed('{__name__="a",}', {"job": "b"}) == '{__name__="a",job="b"}'
    assert narrowed("a {}", {}) == "a"
    assert name_of('{__name__="a"}') == ""
