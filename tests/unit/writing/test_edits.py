"""Text to text: what is meant is what is read back, and every other byte stays."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.errors import InvalidInput
from pytest_orr.writing.edits import Table, added, changed

if TYPE_CHECKING:
    from pathlib import Path

TWO = """\
# People say so.

[[attestation]]
item = "a.b.c" # the first
by   = 'ana@example.org'
evidence = [
  { kind = "link", ref = "https://a" },   # seen
]

# About the second one.
[[attestation]]
item="d.e.f"
by = "bo@example.org"
# the end
"""
HOSTILE = (
    st.text("\"'\\\n\r\t]}[{#=,é\x00\x7f\u2028\x0c ", min_size=1, max_size=12)
    | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
    | st.sampled_from(
        [
            '"""',
            "'''",
            "]]",
            "\\",
            '\n"""\n',
            "\r\n",
            "\n",
            "\x7f\x00\x1b[2J",
            '[[attestation]]\nitem = "x"',
        ]
    )
)


def first(text: str, **changes: Any) -> tuple[str, Table, dict[str, Any]]:
    """Return the text with the values of its first table, changed."""
    values = tomllib.loads(text)["attestation"][0]
    return text, Table(name="attestation", place=0), {**values, **changes}


def test_a_table_is_added_behind_what_is_there() -> None:
    text = added(TWO, "attestation", {"item": "g.h.i", "on": dt.date(2026, 1, 31), "first": True})
    assert text == TWO + '\n[[attestation]]\nitem = "g.h.i"\non = 2026-01-31\nfirst = true\n'


def test_a_table_is_the_first_of_an_empty_file() -> None:
    assert added("", "waiver", {"item": "a.b.c"}) == '[[waiver]]\nitem = "a.b.c"\n'


def test_a_file_without_a_last_line_end_stays_without_one() -> None:
    assert added("# mine", "waiver", {"item": "a"}) == '# mine\n\n[[waiver]]\nitem = "a"'


def test_the_line_ends_of_windows_stay_throughout() -> None:
    windows = TWO.replace("\n", "\r\n")
    text = added(windows, "attestation", {"item": "g.h.i", "statement": "one\ntwo"})
    assert text.startswith(windows)
    assert text.count("\r\n") == text.count("\n")
    text = changed(*first(windows, confirmed="bo@example.org", evidence=[{"ref": "x"}]))
    assert text.count("\r\n") == text.count("\n")


@pytest.mark.parametrize(
    "written",
    ["attestation = []\n[x]\ny = 1\n", 'attestation = [\n  { item = "a" }, # one\n]\n[x]\ny = 1\n'],
)
def test_a_table_joins_the_list_as_which_the_others_are_written(written: str) -> None:
    text = added(written, "attestation", {"item": "b", "evidence": [{"ref": "c"}]})
    assert tomllib.loads(text)["attestation"][-1] == {"item": "b", "evidence": [{"ref": "c"}]}
    assert text.endswith("[x]\ny = 1\n")
    assert text.count("#") == written.count("#")


def test_a_table_that_the_file_cannot_take_is_told_to_be_written_by_hand() -> None:
    with pytest.raises(InvalidInput, match="1 mistake") as refused:
        added("[a.b]\nx = 1\n", "a", {"b": "c"})
    assert '[[a]]\nb = "c"' in refused.value.diagnostics()


def test_several_pieces_of_evidence_get_a_line_each() -> None:
    values = {"evidence": [{"kind": "link", "ref": "a"}, {"kind": "link", "ref": "b"}]}
    lines = added("", "attestation", values).splitlines()
    assert lines[1:] == [
        "evidence = [",
        '  { kind = "link", ref = "a" },',
        '  { kind = "link", ref = "b" },',
        "]",
    ]


def test_a_text_of_several_lines_is_written_as_several_lines() -> None:
    text = added("", "attestation", {"statement": 'He said "no".\nThen yes.'})
    assert text == '[[attestation]]\nstatement = """\nHe said "no".\nThen yes."""\n'


def test_a_new_key_stands_where_it_would_have_been_written() -> None:
    text, table, values = first(TWO)
    values = {"item": values["item"], "confirmed": "bo@example.org", **values}
    after = changed(text, table, values).splitlines()
    assert [line for line in after if line not in TWO.splitlines()] == [
        'confirmed = "bo@example.org"'
    ]
    assert after[3:6] == [
        'item = "a.b.c" # the first',
        'confirmed = "bo@example.org"',
        "by   = 'ana@example.org'",
    ]


@pytest.mark.parametrize("ending", ["\n# Ours.\n", "", "\n"])
def test_a_new_last_key_stands_at_the_end_of_its_table(ending: str) -> None:
    text = f'[[attestation]]\nitem = "a"\nby = """\nb\nc"""{ending}'
    after = changed(*first(text, covers="unknown"))
    assert after == text.replace('c"""', 'c"""\ncovers = "unknown"')


def test_a_changed_value_keeps_the_comment_beside_it() -> None:
    after = changed(*first(TWO, item="x.y.z"))
    assert after == TWO.replace('"a.b.c"', '"x.y.z"')


def test_a_key_that_is_no_longer_meant_goes() -> None:
    text, table, values = first(TWO)
    after = changed(text, table, {key: values[key] for key in ("item", "evidence")})
    assert after == TWO.replace("by   = 'ana@example.org'\n", "")


def test_a_table_in_a_list_is_changed_in_its_line() -> None:
    text = 'attestation = [{ item = "a" }, { item = "b" }] # mine\n'
    after = changed(text, Table(name="attestation", place=1), {"item": "b", "by": "c"})
    assert after == 'attestation = [{ item = "a" }, { item = "b", by = "c"}] # mine\n'


def test_a_comment_is_never_lost_with_a_table_that_is_written_anew() -> None:
    text = '[[attestation]]\nitem = "a"\n[[attestation.evidence]]\nref = "b"\n\n# end\n'
    values: dict[str, Any] = {"item": "a", "evidence": [{"ref": "c"}]}
    with pytest.raises(InvalidInput) as refused:
        changed(text, Table(name="attestation", place=0), values)
    assert 'evidence = [{ ref = "c" }]' in refused.value.diagnostics()


@pytest.mark.parametrize("state", ["faulty", "repaired"])
def test_each_statement_of_the_example_is_changed_without_another_byte(
    checkout: Path, state: str
) -> None:
    path = checkout / "examples" / "explorer" / state / "attestations.toml"
    text = path.read_text(encoding="utf-8")
    for place, one in enumerate(tomllib.loads(text)["attestation"]):
        table = Table(name="attestation", place=place)
        dated = [{**piece, "dated": dt.date(2026, 11, 1)} for piece in one["evidence"]]
        after = changed(text, table, {**one, "evidence": dated, "covers": "unknown"})
        lines, old = after.split("\n"), text.split("\n")
        new = {line for line in lines if line not in old} - {'covers = "unknown"'}
        assert all(line.endswith((" }]", " },")) and "2026-11-01" in line for line in new)
        assert set(old) - set(lines) <= {line for line in old if "dated" in line}


def test_a_list_that_would_be_written_anew_is_left_to_people() -> None:
    one = "{ on = 2026-01-31 }"  # tomlkit drops the blank behind a date
    text = f"attestation = [{one}, {one}]\n"
    with pytest.raises(InvalidInput) as refused:
        added(text, "attestation", {"item": "b"})
    assert "write this into it by hand" in refused.value.diagnostics()


def test_evidence_in_tables_of_its_own_stays_where_another_key_is_new() -> None:
    text = '[[attestation]]\nitem = "a"\n[[attestation.evidence]]\nref = "b"\n\n# end\n'
    values: dict[str, Any] = {"item": "a", "confirmed": "c", "evidence": [{"ref": "b"}]}
    after = changed(text, Table(name="attestation", place=0), values)
    assert after == text.replace('item = "a"\n', 'item = "a"\nconfirmed = "c"\n')


@settings(max_examples=100, deadline=None)
@given(statement=HOSTILE, ref=HOSTILE, windows=st.booleans(), ended=st.booleans())
def test_whatever_text_is_added_or_changed_reads_back_equal(
    statement: str, ref: str, *, windows: bool, ended: bool
) -> None:
    text = TWO.replace("\n", "\r\n") if windows else TWO
    text = text if ended else text.rstrip("\r\n")
    values: dict[str, Any] = {"statement": statement, "evidence": [{"ref": ref}]}
    before = tomllib.loads(text)["attestation"]
    after = added(text, "attestation", values)
    assert after.startswith(text)
    assert tomllib.loads(after)["attestation"] == [*before, values]
    again = changed(after, Table(name="attestation", place=0), {**values, "item": "a"})
    assert tomllib.loads(again)["attestation"][1:] == [before[1], values]
