"""JSON that means one thing to every reader: I-JSON (RFC 7493), written as RFC 8785 has it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from .refusal import Refused

LARGEST = 8 * 1024 * 1024
"""Bytes that are read at most."""
DEEPEST = 64
"""Objects and lists inside each other."""
SAFE = 2**53 - 1
"""The largest whole number that every reader of JSON reads alike."""
MOST_DIGITS = 17


def read(raw: bytes, *, largest: int = LARGEST) -> Any:
    """Return the value that some bytes mean; raises ``Refused`` where readers may differ.

    That is for names twice, numbers that are not whole or beyond ``SAFE``, lone surrogates, nesting
    beyond ``DEEPEST``, a byte order mark, and whatever is not UTF-8 or not JSON.
    """
    if len(raw) > largest:
        raise Refused("too-large", f"it has {len(raw)} bytes, and {largest} are the most")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Refused("byte-order-mark", "it begins with a byte order mark")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not-utf8", f"byte {error.start} is not UTF-8") from error
    value = _parsed(text)
    _check(value, 1)
    return value


def canonical(value: Any) -> bytes:
    """Return the bytes that RFC 8785 gives a value that ``read`` could have returned."""
    import rfc8785  # noqa: PLC0415 most runs sign and verify nothing

    return rfc8785.dumps(value)


def read_canonical(raw: bytes, *, largest: int = LARGEST) -> Any:
    """Return what ``read`` returns of bytes that are in RFC 8785's form, and refuse all others."""
    value = read(raw, largest=largest)
    if canonical(value) != raw:
        raise Refused("not-canonical", "it is not in the form of RFC 8785, byte for byte")
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_not_whole,
            parse_constant=_not_whole,
        )
    except RecursionError as error:
        raise Refused("too-deep", f"it is nested more than {DEEPEST} levels deep") from error
    except ValueError as error:
        raise Refused("not-json", f"it is not JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused("duplicate-member", f"it has the member {twice!a} twice in one object")
    return found


def _whole(written: str) -> int:
    # Python itself refuses to read thousands of digits, as they cost time
    number = int(written) if len(written) <= MOST_DIGITS else SAFE + 1
    if abs(number) > SAFE:
        raise Refused("number-too-large", f"it has a number beyond {SAFE}")
    return number


def _not_whole(written: str) -> NoReturn:
    raise Refused("not-whole", f"it has the number {written[:40]!a}, which is not whole")


def _check(value: Any, depth: int) -> None:
    match value:
        case str():
            _check_text(value)
        case dict() | list() if depth > DEEPEST:
            raise Refused("too-deep", f"it is nested more than {DEEPEST} levels deep")
        case dict():
            for name, member in value.items():
                _check_text(name)
                _check(member, depth + 1)
        case list():
            for member in value:
                _check(member, depth + 1)


def _check_text(text: str) -> None:
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused("lone-surrogate", f"it has a lone surrogate: {text[:40]!a}")
