from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pytest_orr.ssh_keys.parts import ED25519, RSA, SK_ECDSA, SK_ED25519, Parts, blob_of
from pytest_orr.ssh_keys.weakness import PRIME, SMALL_ORDER, caution, weakness
from pytest_orr.ssh_keys.wire import string_of
from tests.signing_keys import KINDS

if TYPE_CHECKING:
    from tests.signing_keys import Keygen

HIGH_BIT = 1 << 255
SMALL = sorted({y + sign for y in (*SMALL_ORDER, PRIME, PRIME + 1) for sign in (0, HIGH_BIT)})
"""The fourteen ways to write a point of small order, as whole numbers."""
GOOD_POINT = bytes.fromhex("9ab41d788e6f9dd121e355c43893a44998c88fc2f90229e1a05fb1399e352f85")
NOT_ON_P256 = b"\x04" + bytes(63) + b"\x01"


def _ed25519(point: bytes) -> bytes:
    return blob_of(Parts(kind=ED25519, point=point))


def _rsa(bits: int, exponent: int = 65537, less: int = 1) -> bytes:
    return blob_of(Parts(kind=RSA, exponent=exponent, modulus=2**bits - less))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wrong_with_a_usual_key(kind: str, keygen: Keygen) -> None:
    assert weakness(keygen.key(kind).blob) == ""
    assert caution(keygen.key(kind).blob) == ""


def test_there_are_fourteen_encodings_of_small_order() -> None:
    assert len(SMALL) == 14


@pytest.mark.parametrize("written", SMALL)
@pytest.mark.parametrize("kind", [ED25519, SK_ED25519])
def test_a_point_of_small_order_is_weak_however_it_is_written(kind: str, written: int) -> None:
    blob = blob_of(Parts(kind=kind, point=written.to_bytes(32, "little"), application=b"ssh:"))

    assert weakness(blob) in {
        "its point has a small order: anybody can sign with it",
        "its point is not written in the one right way",
    }


def test_with_a_key_of_order_one_a_signature_that_nobody_made_verifies() -> None:
    forged = (1).to_bytes(32, "little") + bytes(32)

    Ed25519PublicKey.from_public_bytes((1).to_bytes(32, "little")).verify(forged, b"anything")
    assert weakness(_ed25519((1).to_bytes(32, "little")))


@pytest.mark.parametrize(
    ("blob", "why"),
    [
        (_ed25519(GOOD_POINT[:31]), "31 bytes instead of 32"),
        (_ed25519((2).to_bytes(32, "little")), "no point of the curve"),
        (_rsa(1024), "1024 bits, and 2048 are the least"),
        (_rsa(2047), "2047 bits, and 2048 are the least"),
        (_rsa(16385), "16385 bits, and 16384 are the most"),
        (_rsa(2048, exponent=1), "exponent"),
        (_rsa(2048, exponent=65536), "exponent"),
        (_rsa(2048, exponent=2**64 + 1), "exponent"),
        (_rsa(2048, less=2), "modulus is even"),
        (blob_of(Parts(kind="ecdsa-sha2-nistp256", point=NOT_ON_P256)), "no point of nistp256"),
        (blob_of(Parts(kind="ecdsa-sha2-nistp256", point=b"\0")), "not an uncompressed point"),
        (
            blob_of(Parts(kind=SK_ECDSA, point=b"\x02" + bytes(32), application=b"ssh:")),
            "not an uncompressed point",
        ),
        (
            string_of(b"ssh-dss") + string_of(b"\x01") * 4,
            "ssh-dss are not trusted: use ssh-ed25519",
        ),
        (string_of(b"ssh-new") + string_of(b"x"), "ssh-new are not trusted"),
        (_ed25519(GOOD_POINT) + b"\0", "behind its end"),
        (_ed25519(GOOD_POINT)[:-1], "cut short"),
        (
            string_of(b"ecdsa-sha2-nistp256") + string_of(b"nistp384") + string_of(NOT_ON_P256),
            "another curve",
        ),
        (string_of(b"ssh-ed25519-cert-v01@openssh.com"), "certificate: list the key"),
        (b"", "cut short"),
    ],
)
def test_a_weak_key_is_told_with_the_reason(blob: bytes, why: str) -> None:
    assert why in weakness(blob)
    assert caution(blob) == ""


def test_a_short_rsa_key_is_told_though_it_holds() -> None:
    assert weakness(_rsa(2048)) == ""
    assert caution(_rsa(2048)) == "it is an RSA key of 2048 bits, and 3072 are advised"
    assert caution(_rsa(3071)) != ""
    assert caution(_rsa(3072)) == ""


def test_every_good_key_is_a_point_by_our_own_arithmetic() -> None:
    seeds = (hashlib.sha256(bytes([n])).digest() for n in range(64))
    on_the_curve = [not weakness(_ed25519(seed[:31] + bytes([seed[31] & 0x7F]))) for seed in seeds]

    assert 16 < sum(on_the_curve) < 48, "every second number is the y of a point"
