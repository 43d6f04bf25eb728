from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.render import escape

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_a_visible_line_holds_no_control_and_no_hidden_character(text: str) -> None:
    shown = escape.visible(text)

    assert escape.CONTROLS.search(shown) is None
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(sign) for sign in shown} & {"LRO", "RLO", "RLI", "PDF"}


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert escape.visible(text) == text
    assert escape.visible_lines(text) == text
    assert escape.well_formed(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb", r"a\x0ab"),
        ("\x9b0m", r"\x9b0m"),
        ("user\u202etxt.exe", r"user\u202etxt.exe"),
        ("\U000e0041", r"\U000e0041"),
        ("\udcff", r"\udcff"),
        ("Zoë, 東京", "Zoë, 東京"),
    ],
)
def test_a_hidden_character_is_shown_by_its_number(text: str, shown: str) -> None:
    assert escape.visible(text) == shown


def test_a_block_keeps_its_line_ends_and_tabs() -> None:
    assert escape.visible_lines("a\n\tb\r\x1b") == "a\n\tb\\x0d\\x1b"


@pytest.mark.usefixtures("untraced")
@given(st.recursive(ANY_TEXT | st.integers(), lambda inner: st.dictionaries(ANY_TEXT, inner)))
def test_escaped_json_is_pure_and_reads_back_as_the_same_value(value: object) -> None:
    text = escape.json_source(json.dumps(value, ensure_ascii=False))

    assert escape.CONTROLS.search(text) is None
    assert json.loads(text) == value


@given(ANY_TEXT)
def test_markdown_text_is_one_line_without_bare_markup(text: str) -> None:
    line = escape.markdown(text)

    assert "\n" not in line
    for sign in "<>[]()|`*_":
        assert sign not in line.replace(f"\\{sign}", "")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ask @bob", "ask @&#8203;bob"),
        ("ana@example.org", "ana@example.org"),
        ("é@bob", "é@&#8203;bob"),
        ("see #12", r"see \#&#8203;12"),
        ("group/project!7", "group/project!&#8203;7"),
        ("AT&T", "AT&amp;&#8203;T"),
        ("https://example.org", "https:&#8203;//example.org"),
        ("www.example.org", "www.&#8203;example.org"),
        ("- a list", r"\- a list"),
        ("1. a list", "&#8203;1. a list"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_breaks_what_a_forge_would_turn_into_something(text: str, written: str) -> None:
    assert escape.markdown(text) == written


@given(ANY_TEXT)
def test_a_code_span_cannot_be_left(text: str) -> None:
    span = escape.markdown_code(text)

    assert span == "" or (span[0] == span[-1] == "`" and "`" not in span[1:-1])
    assert "\n" not in span
