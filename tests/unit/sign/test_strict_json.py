from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.sign.refusal import REFUSALS, Refused
from pytest_orr.sign.strict_json import DEEPEST, SAFE, canonical, read, read_canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_canonically_is_read_as_it_was(value: Any) -> None:
    assert read_canonical(canonical(value)) == value


@given(VALUES)
def test_any_json_of_a_value_is_read_as_the_value(value: Any) -> None:
    assert read(json.dumps(value, indent=1).encode()) == value


def _read_or_refused(raw: bytes) -> object:
    """Return the value, or the code of the refusal; anything else is a crash."""
    try:
        return ("read", read(raw))
    except Refused as refused:
        return refused.code


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_refused(raw: bytes) -> None:
    found = _read_or_refused(raw)

    assert isinstance(found, tuple) or found in REFUSALS


@given(st.text('{}[]",:0123456789.eE+-ntfrualse\\uDdF \n', max_size=60))
def test_any_text_of_jsons_own_characters_is_what_it_means_or_refused(text: str) -> None:
    found = _read_or_refused(text.encode())

    assert found in REFUSALS or found == ("read", json.loads(text))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"1 2", "not-json"),
        (b"{'a': 1}", "not-json"),
        (b"[1,]", "not-json"),
        (b'"\x01"', "not-json"),
        (b"\xff", "not-utf8"),
        (b'"\xed\xa0\x80"', "not-utf8"),
        ("[]".encode("utf-16"), "not-utf8"),
        (b"\xef\xbb\xbf[]", "byte-order-mark"),
        (b'{"a":1,"a":1}', "duplicate-member"),
        (b'{"a":1,"\\u0061":2}', "duplicate-member"),
        (b'[{"b":{"a":1,"a":1}}]', "duplicate-member"),
        (b"1.0", "not-whole"),
        (b"1e3", "not-whole"),
        (b"-0.0", "not-whole"),
        (b"NaN", "not-whole"),
        (b"[Infinity]", "not-whole"),
        (b"-Infinity", "not-whole"),
        (b"1e999", "not-whole"),
        (str(SAFE + 1).encode(), "number-too-large"),
        (str(-SAFE - 1).encode(), "number-too-large"),
        (b"9" * 100_000, "number-too-large"),
        (b'"\\ud800"', "lone-surrogate"),
        (b'{"\\udfff":1}', "lone-surrogate"),
        (b'["\\udc00\\ud800"]', "lone-surrogate"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "too-deep"),
        (b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), "too-deep"),
        (b"[" * 1_000_000 + b"]" * 1_000_000, "too-deep"),
        (b'{"a":' * 500_000, "too-deep"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[:20]!r} of {len(value)}",
)
def test_what_readers_read_differently_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read(raw)
    assert caught.value.code == code


def test_what_is_just_deep_enough_and_just_small_enough_is_read() -> None:
    deep = b"[" * DEEPEST + b"]" * DEEPEST

    assert read(deep, largest=len(deep)) == json.loads(deep)
    assert read(str(SAFE).encode()) == SAFE
    assert read(str(-SAFE).encode()) == -SAFE


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused, match="it has 3 bytes, and 2 are the most") as caught:
        read(b"[[[", largest=2)
    assert caught.value.code == "too-large"


@pytest.mark.parametrize(
    "raw", [b"[1, 2]", b'{"b":1,"a":2}', b'"\\u0061"', b"-0", b"[]\n", b'"\\/"']
)
def test_another_form_than_the_canonical_one_is_refused(raw: bytes) -> None:
    assert read(raw) is not None
    with pytest.raises(Refused) as caught:
        read_canonical(raw)
    assert caught.value.code == "not-canonical"


def test_members_are_sorted_as_rfc_8785_sorts_them() -> None:
    value: dict[str, Any] = {"\U0001f600": 1, "\ufb33": 2, "a": [True, None, "\u2028"]}

    assert canonical(value) == rfc8785.dumps(value)
    assert canonical(value) == '{"a":[true,null,"\u2028"],"\U0001f600":1,"\ufb33":2}'.encode()
