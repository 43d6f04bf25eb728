from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.sign.envelope import (
    MOST_SIGNATURES,
    PAYLOAD_TYPE,
    RESULTS_TYPE,
    Envelope,
    Signature,
    pae,
    read,
    write,
)
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.strict_json import canonical

SIGNATURES = st.builds(Signature, keyid=st.text("abcXYZ:+/", max_size=5), blob=st.binary())
GOOD: dict[str, Any] = {
    "payload": "e30=",
    "payloadType": PAYLOAD_TYPE,
    "signatures": [{"keyid": "SHA256:a", "sig": "AAAA"}, {"keyid": "SHA256:b", "sig": "AAAA"}],
}


def _code(raw: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read(raw)
    return caught.value.code


def test_what_is_signed_is_type_and_payload_as_dsse_has_it() -> None:
    assert pae(b"hello world", "http://example.com/HelloWorld") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae(b"") == b"DSSEv1 %d %b 0 " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode())


@given(st.binary(), st.lists(SIGNATURES, min_size=1, max_size=4))
def test_what_is_written_is_read_again_whatever_the_order(
    payload: bytes, signatures: list[Signature]
) -> None:
    envelope = Envelope(payload=payload, payload_type=PAYLOAD_TYPE, signatures=tuple(signatures))
    turned = Envelope(
        payload=payload, payload_type=PAYLOAD_TYPE, signatures=tuple(signatures[::-1])
    )

    assert write(envelope) == write(turned)
    assert write(read(write(envelope))) == write(envelope)
    assert read(write(envelope)).payload == payload
    assert {*read(write(envelope)).signatures} == {*signatures}


@given(st.recursive(st.none() | st.integers() | st.text("aA="), st.lists, max_leaves=5))
def test_any_value_in_any_place_is_refused_cleanly(value: Any) -> None:
    for member in GOOD:
        with pytest.raises(Refused):
            read(json.dumps({**GOOD, member: value}).encode())


def test_the_good_one_is_read_by_its_type_alone() -> None:
    assert read(canonical(GOOD)).signatures[1] == Signature(keyid="SHA256:b", blob=bytes(3))
    with pytest.raises(Refused, match="not application/vnd") as caught:
        read(canonical(GOOD), RESULTS_TYPE)
    assert caught.value.code == "envelope-type"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"payloadType": "application/vnd.in-toto+json"}, "envelope-type"),
        ({"payloadType": 7}, "envelope-type"),
        ({"extra": 1}, "envelope-members"),
        ({"payload": 7}, "envelope-members"),
        ({"payload": "e30"}, "envelope-base64"),
        ({"payload": "e3\n0="}, "envelope-base64"),
        ({"payload": "é"}, "envelope-base64"),
        ({"payload": "e31="}, "not-canonical"),
        ({"payload": "e30=\n"}, "envelope-base64"),
        ({"payload": "--__"}, "envelope-base64"),
        ({"signatures": []}, "signature-count"),
        ({"signatures": {}}, "signature-count"),
        ({"signatures": [GOOD["signatures"][0]] * (MOST_SIGNATURES + 1)}, "signature-count"),
        ({"signatures": GOOD["signatures"][::-1]}, "not-canonical"),
        ({"signatures": [{"keyid": "a"}]}, "envelope-members"),
        ({"signatures": [{"keyid": "a", "sig": "", "x": 1}]}, "envelope-members"),
        ({"signatures": [{"keyid": 1, "sig": ""}]}, "envelope-members"),
        ({"signatures": [{"keyid": "a", "sig": 1}]}, "envelope-members"),
        ({"signatures": [{"keyid": "a", "sig": "A"}]}, "envelope-base64"),
        ({"signatures": ["a"]}, "envelope-members"),
    ],
)
def test_an_envelope_that_is_not_exactly_right_is_refused(
    change: dict[str, Any], code: str
) -> None:
    assert _code(canonical({**GOOD, **change})) == code


@pytest.mark.parametrize("value", [None, 1, "x", [], [GOOD], {}])
def test_what_is_no_envelope_is_refused(value: Any) -> None:
    assert _code(canonical(value)) == "envelope-members"


def test_every_member_is_needed() -> None:
    for member in GOOD:
        assert _code(canonical({k: v for k, v in GOOD.items() if k != member})) == (
            "envelope-members"
        )


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(GOOD).encode(),
        canonical(GOOD) + b"\n",
        json.dumps(GOOD, indent=2, sort_keys=True).encode(),
        json.dumps(dict(reversed(GOOD.items())), separators=(",", ":")).encode(),
    ],
)
def test_the_same_content_in_another_form_is_refused(raw: bytes) -> None:
    assert _code(raw) == "not-canonical"


def test_base64_is_the_usual_alphabet_with_padding() -> None:
    payload = bytes(range(0xF8, 0x100))
    envelope = Envelope(
        payload=payload,
        payload_type=PAYLOAD_TYPE,
        signatures=(Signature(keyid="a", blob=b"\xff"),),
    )

    assert json.loads(write(envelope))["payload"] == base64.b64encode(payload).decode()
