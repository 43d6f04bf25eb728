from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.ssh_keys.wire import LARGEST, Wire, string_of

if TYPE_CHECKING:
    from collections.abc import Callable


def test_values_are_read_one_after_the_other_to_the_end() -> None:
    written = b"\x07" + bytes(3) + b"\x09" + bytes(7) + b"\x0b" + string_of(b"ab") + string_of(b"c")
    wire = Wire(written)

    assert (wire.byte(), wire.uint32(), wire.uint64()) == (7, 9, 11)
    assert (wire.string(), wire.word()) == (b"ab", "c")
    assert wire.is_at_end
    wire.end()


def test_strings_within_a_string_are_read_whole() -> None:
    assert Wire(string_of(string_of(b"a") + string_of(b""))).strings() == (b"a", b"")
    assert Wire(string_of(b"")).strings() == ()


@pytest.mark.parametrize(("number", "written"), [(0, b""), (1, b"\x01"), (128, b"\x00\x80")])
def test_a_number_has_one_form(number: int, written: bytes) -> None:
    assert Wire(string_of(written)).mpint() == number


@pytest.mark.parametrize(
    ("read", "written", "why"),
    [
        (Wire.uint32, b"\0\0\0", "cut short"),
        (Wire.string, b"\0\0\0\x02a", "cut short"),
        (Wire.string, (LARGEST + 1).to_bytes(4, "big"), "more than 65536 bytes"),
        (Wire.word, string_of(b"a b"), "other than plain characters"),
        (Wire.word, string_of(b"\xff"), "other than plain characters"),
        (Wire.mpint, string_of(b"\x80"), "negative"),
        (Wire.mpint, string_of(b"\0"), "needless zeros"),
        (Wire.mpint, string_of(b"\0\x7f"), "needless zeros"),
        (Wire.strings, string_of(b"\0\0\0\x09"), "cut short"),
        (Wire.end, b"x", "behind its end"),
    ],
)
def test_what_is_malformed_is_refused_with_the_reason(
    read: Callable[[Wire], object], written: bytes, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        read(Wire(written))


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_what_is_written_is_read_again(parts: list[bytes]) -> None:
    assert Wire(string_of(b"".join(map(string_of, parts)))).strings() == tuple(parts)
