"""YAML of others, within limits: texts, lists and tables, and nothing is made of anything."""

from __future__ import annotations

import pytest

from pytest_orr.clients.yaml_text import Tagged, yaml_in
from pytest_orr.errors import FactUnavailable

LAUGHS = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n".encode()
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_every_scalar_stays_the_text_that_was_written() -> None:
    [read] = yaml_in(b"on: yes\nat: 2026-11-20\nn: 0x10\nnone:\nnull: ~\n", "f.yml")
    assert read == {"on": "yes", "at": "2026-11-20", "n": "0x10", "none": "", "null": "~"}


def test_tags_stay_names_and_make_nothing() -> None:
    text = b"a: !!python/object/apply:os.system [x]\nb: !reference [c, d]\ne: !vault |\n  66\n"
    [read] = yaml_in(text, "f.yml")
    assert read["a"] == ["x"]
    assert read["b"] == Tagged(tag="!reference", value=["c", "d"])
    assert read["e"] == Tagged(tag="!vault", value="66\n")


def test_merged_tables_are_there_and_own_keys_win() -> None:
    [read] = yaml_in(
        b"x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], c: 3}\nw: {<<: *y}\n", "f.yml"
    )
    assert read["z"] == {"a": "1", "b": "1", "c": "3"}
    assert read["w"] == {"b": "2", "c": "2"}


def test_a_file_may_hold_several_documents_or_none() -> None:
    assert yaml_in(b"spec: 1\n---\na: &a 1\nb: *a\n", "f") == ({"spec": "1"}, {"a": "1", "b": "1"})
    assert yaml_in(b"", "f") == ()
    assert yaml_in(b"# nothing\n", "f") == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (LAUGHS, "f.yml has more than 50000 nodes, or more than 64 levels"),
        (b"[" * 100, "f.yml has more than 50000 nodes, or more than 64 levels"),
        (b"a: &a [*a]", "f.yml has an alias, a, that stands for itself or for nothing"),
        (b"a: *b", "f.yml has an alias, b, that stands for itself or for nothing"),
        (b"a: b: c", "f.yml is no YAML: mapping values are not allowed in this context in line 1"),
        (b"\xff\xfe\xfa", "f.yml is no UTF-8"),
        (b"a: \x01", "f.yml is no YAML: it holds characters that no text has"),
        (b"x" * 600_000, "f.yml is larger than 524288 bytes"),
        (b"? [a]\n: b", "f.yml has a key that is no text"),
        (b"<<: [1]", "f.yml merges what is no table"),
    ],
)
def test_what_cannot_be_read_safely_is_not_read(content: bytes, why: str) -> None:
    with pytest.raises(FactUnavailable) as refused:
        yaml_in(content, "f.yml")
    assert refused.value.cause == why


def test_levels_that_aliases_make_are_counted_too() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 315))
    with pytest.raises(FactUnavailable, match=r"has (too many levels|more than 50000 nodes)"):
        yaml_in((chain + "b: [" + "*a314, " * 150 + "]").encode(), "f.yml")
