"""Attacks on the bytes: what is not strict JSON, not canonical, or not an envelope."""

from __future__ import annotations

import json
from typing import Any

from tests.vectors.attack import Recipe, attack, recipe
from tests.vectors.draft import Draft, Plain, canonical

IN_TOTO = "application/vnd.in-toto+json"


@attack("not-json")
def empty_file(_: Draft) -> bytes:
    """Nothing at all."""
    return b""


@attack("envelope-members")
def null(_: Draft) -> bytes:
    """JSON, but no object."""
    return b"null"


@attack("envelope-members")
def number(_: Draft) -> bytes:
    """A number in place of an envelope."""
    return b"1"


@attack("envelope-members")
def array(_: Draft) -> bytes:
    """A list in place of an envelope."""
    return b"[]"


@attack("not-json")
def cut_in_half(draft: Draft) -> bytes:
    """A file that was not written to its end."""
    raw = canonical(draft.envelope())
    return raw[: len(raw) // 2]


@attack("byte-order-mark")
def byte_order_mark(draft: Draft) -> bytes:
    """A byte order mark before a good envelope."""
    return b"\xef\xbb\xbf" + canonical(draft.envelope())


@attack("not-utf8")
def not_utf_8(draft: Draft) -> bytes:
    """A byte that no UTF-8 text has."""
    return canonical(draft.envelope()).replace(b'"payload"', b'"\xffpayload"', 1)


@attack("too-large")
def hundred_megabytes(draft: Draft) -> Recipe:
    """A good envelope before a hundred megabytes of spaces."""
    return [(canonical(draft.envelope()).decode(), 1), (" ", 100_000_000)]


@attack("too-large")
def nine_megabytes(draft: Draft) -> Recipe:
    """A statement with a reason that nobody can read, signed by three people."""
    draft.predicate["waivers"][0]["true_reason"] = "a" * 6_600_000
    while True:
        raw = canonical(draft.envelope()).decode()
        if "YWFh" in raw:  # three letters begin where four characters of base64 do
            return recipe(raw, "YWFh", 2_199_990)
        draft.predicate["run_id"] += "x"


@attack("too-deep")
def deep_envelope(_: Draft) -> Recipe:
    """A hundred thousand lists in each other."""
    return [("[", 100_000), ("]", 100_000)]


@attack("too-deep")
def deep_payload(draft: Draft) -> Plain:
    """Three signatures over lists in each other, deeper than anything that is read."""
    return draft.envelope(b"[" * 200 + b"]" * 200)


@attack("not-canonical")
def whitespace(draft: Draft) -> bytes:
    """A good envelope, written for people to read."""
    return json.dumps(draft.envelope(), indent=1, sort_keys=True).encode()


@attack("not-canonical")
def line_end(draft: Draft) -> bytes:
    """A good envelope with a line end that an editor added."""
    return canonical(draft.envelope()) + b"\n"


@attack("not-json")
def second_envelope_behind(draft: Draft) -> bytes:
    """Two good envelopes in one file."""
    return canonical(draft.envelope()) * 2


@attack("lone-surrogate")
def lone_surrogate(draft: Draft) -> Plain:
    """Half a character in the payload, which no UTF-8 text can hold."""
    return draft.envelope(draft.payload().replace(b"explorer", b"explorer\\ud800"))


@attack("not-json")
def payload_empty(draft: Draft) -> Plain:
    """Three signatures over nothing."""
    return draft.envelope(b"")


@attack("unknown-statement")
def payload_array(draft: Draft) -> Plain:
    """Three signatures over an empty list."""
    return draft.envelope(b"[]")


@attack("not-canonical")
def payload_with_whitespace(draft: Draft) -> Plain:
    """Three signatures over a statement that was written for people to read."""
    said = json.loads(draft.payload())
    return draft.envelope(json.dumps(said, indent=1, sort_keys=True).encode())


@attack("duplicate-member")
def duplicate_member_of_payload(draft: Draft) -> Plain:
    """A statement with two verdicts, of which readers see the first or the last."""
    raw = draft.payload()
    return draft.envelope(raw.replace(b'"verdict":', b'"verdict":"not_ready","verdict":'))


@attack("not-whole")
def float_in_payload(draft: Draft) -> Plain:
    """A sequence number with a fraction, which other readers round."""
    return _with_number(draft, b"%d.0")


@attack("not-whole")
def exponent_in_payload(draft: Draft) -> Plain:
    """A sequence number beyond what a float can hold."""
    return _with_number(draft, b"1e999")


@attack("not-whole")
def not_a_number_in_payload(draft: Draft) -> Plain:
    """A sequence number that is greater than none, and less than none."""
    return _with_number(draft, b"NaN")


@attack("number-too-large")
def big_integer_in_payload(draft: Draft) -> Plain:
    """A sequence number that other readers take for another."""
    return _with_number(draft, b"9007199254740993")


def _with_number(draft: Draft, number: bytes) -> Plain:
    seq: Any = draft.predicate["seq"]
    raw = draft.payload()
    text = number % seq if b"%" in number else number
    return draft.envelope(raw.replace(b'"seq":%d' % seq, b'"seq":' + text))
