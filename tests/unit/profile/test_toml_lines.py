from __future__ import annotations

import re
import tomllib
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.profile.toml_lines import KeyPath, find_key_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DrawFn

KEY_FORMS = ("{}", '"{} . = #"', "'{} [x]'", '"{}\\"\\u0041"')
SCALARS = (
    "{}",
    '"{} # no comment, no = key, no ] end"',
    "'{} \\'",
    '"{} \\" \\\\"',
    '"""{}\n[k0k]\nk0k = 1\n"" \\""" """',
    '""""{}\\\\"""""',
    "'''{}\n[[k0k]]\n# ''k0k'''''",
    "2026-11-02 10:00:{}",
    "[]",
    "{{}}",
)


class _Writer:
    """Draws a TOML document in which every key and every list entry has its own number."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw
        self.numbers = count(1)
        self.text = ""

    def key(self) -> str:
        form = self.draw(st.sampled_from(KEY_FORMS))
        return form.format(f"k{next(self.numbers)}k")

    def value(self, depth: int = 0) -> str:
        kind = self.draw(st.sampled_from(("scalar", "scalar", "list", "inline")))
        if depth == 2 or kind == "scalar":
            return self.draw(st.sampled_from(SCALARS)).format(next(self.numbers) % 50 + 10)
        size = self.draw(st.integers(0, 3))
        if kind == "inline":
            pairs = (f"{self.key()} = {self.value(depth + 1)}" for _ in range(size))
            return f"{{ {', '.join(pairs)} }}"
        gap = self.draw(st.sampled_from(("", " ", "\n", " # ], k0k\n\n")))
        entries = [f"{gap}{self.entry(depth)}{gap}" for _ in range(size)]
        trailing = self.draw(st.sampled_from(("", ",", ",\n"))) if entries else ""
        return f"[{','.join(entries)}{trailing}]"

    def entry(self, depth: int) -> str:
        if self.draw(st.booleans()):
            return str(next(self.numbers) + 10_000)
        return self.value(depth + 1)

    def pairs(self) -> None:
        for _ in range(self.draw(st.integers(0, 2))):
            dots = self.draw(st.integers(0, 2))
            key = " . ".join(self.key() for _ in range(dots + 1))
            self.text += f"{key} = {self.value()}{self.draw(st.sampled_from(('', ' # x', ' ')))}\n"

    def table(self, around: tuple[str, ...], depth: int) -> None:
        self.pairs()
        for _ in range(self.draw(st.integers(0, 2)) if depth < 3 else 0):
            path = (*around, *(self.key() for _ in range(self.draw(st.integers(1, 2)))))
            left, right = self.draw(st.sampled_from((("[", "]"), ("[[", "]]"))))
            for _ in range(self.draw(st.integers(1, 3)) if left == "[[" else 1):
                self.text += f"{left} {' . '.join(path)} {right} # k0k\n\n"
                self.table(path, depth + 1)


@st.composite
def documents(draw: DrawFn) -> str:
    writer = _Writer(draw)
    writer.table((), 0)
    return writer.text.replace("\n", draw(st.sampled_from(("\n", "\r\n"))))


def _paths(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield every path of a document with what must stand in its line."""
    if path and isinstance(path[-1], str):
        numbered = re.match(r"k\d+k", path[-1])
        assert numbered
        yield path, numbered.group()
    elif isinstance(value, int):
        yield path, str(value)
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(inner, (*path, step))


@given(documents())
def test_the_line_found_for_a_key_holds_that_key(text: str) -> None:
    key_lines = find_key_lines(text)
    lines = text.replace("\r\n", "\n").split("\n")
    for path, held in _paths(tomllib.loads(text)):
        assert path in key_lines.lines
        assert held in lines[key_lines.line_of(path) - 1]


def test_an_entry_of_a_list_of_tables_stands_at_its_own_header() -> None:
    found = find_key_lines("[[a]]\nb = 1\n[[a]]\n[a.c]\nd = [\n1,\n2]\n[[a]]\n")
    assert found.line_of(("a",)) == 1
    assert found.line_of(("a", 1)) == 3
    assert found.line_of(("a", 1, "c", "d", 1)) == 7
    assert found.line_of(("a", 2)) == 8


def test_a_table_named_after_its_inner_one_stands_at_its_own_header() -> None:
    assert find_key_lines("[a.b]\n[a]\n").line_of(("a",)) == 2


def test_a_key_that_is_not_there_stands_at_the_nearest_table_around_it() -> None:
    found = find_key_lines("x = 1\n\n[a]\nb = { c = 1 }\n")
    assert found.line_of(("a", "b", "missing", 3)) == 4
    assert found.line_of(("a", "missing")) == 3
    assert found.line_of(("missing",)) == 1


@pytest.mark.parametrize("text", ["= 1", "a = [1 }", "a = [1"])
def test_a_text_that_is_not_toml_ends_the_search(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        find_key_lines(text)
