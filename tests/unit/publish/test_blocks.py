"""Own parts of notes and issues are found again, and what people wrote around them stays."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.model import Outcome
from pytest_orr.publish import blocks
from pytest_orr.publish.blocks import (
    END,
    Told,
    issue_mark,
    item_of,
    note_mark,
    scope_of,
    state_mark,
    told_in,
    with_block,
)

SCOPE = scope_of("explorer", "production")
MARK = note_mark(SCOPE)
TOLD = Told(
    review="a" * 64,
    outcomes=(("code.audit.internal", Outcome.FAIL), ("network.dns.zone", Outcome.PASS)),
    before=(("code.audit.internal", Outcome.PASS),),
)


def packed(text: bytes, digest: str = "") -> str:
    small = zlib.compress(text)
    said = digest or hashlib.sha256(small).hexdigest()
    return f"<!-- pytest-orr state {said} {base64.b64encode(small).decode()} -->"


def test_services_and_environments_have_scopes_of_their_own() -> None:
    named = {scope_of(*one) for one in (("a", "b"), ("ab", ""), ("", "ab"), ("a", "b "))}

    assert len(named) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", scope) for scope in named)


def test_an_issue_is_about_the_item_that_its_mark_names_in_its_own_scope() -> None:
    body = f"People wrote.\n\n{issue_mark(SCOPE, 'code.audit.internal')}\n\nMore."

    assert item_of(body, SCOPE) == "code.audit.internal"
    assert item_of(body, scope_of("explorer", "staging")) == ""
    assert item_of("nothing of ours", SCOPE) == ""


def test_a_new_part_stands_before_what_people_wrote() -> None:
    assert with_block("", MARK, "text\n") == f"{MARK}\n\ntext\n\n{END}"
    assert with_block("By people.\n", MARK, "text") == f"{MARK}\n\ntext\n\n{END}\n\nBy people."


def test_a_part_is_replaced_and_all_around_it_stays() -> None:
    first = f"Above.\n\n{with_block('', MARK, 'old')}\n\nBelow."

    assert with_block(first, MARK, "new") == f"Above.\n\n{with_block('', MARK, 'new')}\n\nBelow."


def test_what_stands_behind_a_part_whose_end_was_taken_away_stays() -> None:
    assert with_block(f"{MARK}\n\nBy people.", MARK, "new").endswith(f"{END}\n\nBy people.")


def test_a_text_that_quotes_a_mark_holds_none() -> None:
    hostile = f"`{END}` `{MARK}` `{packed(b'{}')}`"
    body = with_block("", MARK, hostile, state_mark(TOLD))

    assert told_in(body) == TOLD
    assert (body.count(END), body.count(MARK)) == (1, 1)
    assert with_block(f"{body}\n\nBelow.", MARK, "new") == with_block("Below.", MARK, "new")


def test_a_body_with_line_ends_of_another_kind_is_the_same() -> None:
    body = with_block("", MARK, "two\nlines")

    assert with_block(body.replace("\n", "\r\n") + "\r\n", MARK, "two\nlines") == body


@given(st.text(), st.text("ab \n<>-!"), st.text("ab \n<>-!"))
def test_putting_a_part_in_twice_changes_nothing(text: str, around: str, other: str) -> None:
    once = with_block(around, MARK, text)

    assert with_block(once, MARK, text) == blocks.plain(once)
    assert with_block(with_block(around, MARK, other.replace("<", "")), MARK, text) == once


def test_a_note_remembers_what_it_told_and_shows_nothing_of_it() -> None:
    for told in (TOLD, Told(review="b" * 64, outcomes=(), before=None)):
        line = state_mark(told)

        assert told_in(f"# A note\n\n{line}\n") == told
        assert re.fullmatch(r"<!-- [^<>]+ -->", line)
        assert "--" not in line[4:-3]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no state at all",
        packed(b'{"review": "a", "outcomes": {}, "before": null}', "0" * 64),
        packed(b"no JSON"),
        packed(b"[]"),
        packed(b'{"review": "a", "outcomes": {"a.b.c": "splendid"}, "before": null}'),
        packed(b'{"review": "a", "outcomes": [], "before": null}'),
        packed(b'{"outcomes": {}, "before": null}'),
        packed(b" " * (blocks.LARGEST_STATE + 1) + b"{}"),
        packed(b"[" * 100_000),
        f"<!-- pytest-orr state {hashlib.sha256(b'junk').hexdigest()} anVuaw== -->",
        f"<!-- pytest-orr state {'0' * 64} a= -->",
    ],
)
def test_what_was_changed_or_cannot_be_read_is_nothing_that_was_told(line: str) -> None:
    assert told_in(line) is None


@given(st.text())
def test_no_note_makes_reading_it_fail(body: str) -> None:
    assert told_in(body) is None
