from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pytest_orr.ssh_keys.parts import ED25519, RSA, SK_ECDSA, SK_ED25519, Parts
from pytest_orr.ssh_keys.verification import DoesNotHold, NotTouched, verify
from pytest_orr.ssh_keys.wire import string_of

MESSAGE = b"what is signed"
TOUCHED, UNTOUCHED, VERIFIED = b"\x01", b"\x00", b"\x05"
COUNTER = bytes(3) + b"\x2a"


def _mpint(number: int) -> bytes:
    return string_of(number.to_bytes(number.bit_length() // 8 + 1, "big"))


@pytest.fixture(scope="module")
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def p256_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _of_token(
    key: ed25519.Ed25519PrivateKey, flags: bytes, application: bytes = b"ssh:"
) -> tuple[Parts, bytes]:
    """Sign as a security key does."""
    data = hashlib.sha256(application).digest() + flags + COUNTER + hashlib.sha256(MESSAGE).digest()
    point = key.public_key().public_bytes_raw()
    parts = Parts(kind=SK_ED25519, point=point, application=application)
    return parts, string_of(SK_ED25519.encode()) + string_of(key.sign(data)) + flags + COUNTER


@pytest.mark.parametrize("flags", [TOUCHED, VERIFIED])
def test_a_security_key_that_was_touched_holds(
    flags: bytes, ed25519_key: ed25519.Ed25519PrivateKey
) -> None:
    parts, signature = _of_token(ed25519_key, flags)

    verify(parts, signature, MESSAGE, touch=True)
    with pytest.raises(DoesNotHold):
        verify(parts, signature, MESSAGE + b"!", touch=True)


def test_a_security_key_that_nobody_touched_holds_only_if_nobody_asks_for_it(
    ed25519_key: ed25519.Ed25519PrivateKey,
) -> None:
    parts, signature = _of_token(ed25519_key, UNTOUCHED)

    verify(parts, signature, MESSAGE, touch=False)
    with pytest.raises(NotTouched):
        verify(parts, signature, MESSAGE, touch=True)


def test_a_touch_is_part_of_what_was_signed(ed25519_key: ed25519.Ed25519PrivateKey) -> None:
    parts, signature = _of_token(ed25519_key, UNTOUCHED)
    claimed = signature[: -len(COUNTER) - 1] + TOUCHED + COUNTER

    with pytest.raises(DoesNotHold):
        verify(parts, claimed, MESSAGE, touch=True)


def test_a_security_keys_application_is_part_of_what_was_signed(
    ed25519_key: ed25519.Ed25519PrivateKey,
) -> None:
    _, signature = _of_token(ed25519_key, TOUCHED, application=b"example.org")
    parts, _ = _of_token(ed25519_key, TOUCHED)

    with pytest.raises(DoesNotHold):
        verify(parts, signature, MESSAGE, touch=True)


def test_a_security_key_over_a_nist_curve_holds(p256_key: ec.EllipticCurvePrivateKey) -> None:
    data = hashlib.sha256(b"ssh:").digest() + TOUCHED + COUNTER + hashlib.sha256(MESSAGE).digest()
    r, s = decode_dss_signature(p256_key.sign(data, ec.ECDSA(hashes.SHA256())))
    point = p256_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    parts = Parts(kind=SK_ECDSA, point=point, application=b"ssh:")
    made = string_of(SK_ECDSA.encode()) + string_of(_mpint(r) + _mpint(s)) + TOUCHED + COUNTER

    verify(parts, made, MESSAGE, touch=True)
    with pytest.raises(DoesNotHold):
        verify(parts, made, b"", touch=True)


@pytest.mark.parametrize(
    ("algorithm", "hashed"),
    [("rsa-sha2-256", hashes.SHA256()), ("rsa-sha2-512", hashes.SHA512())],
)
def test_rsa_holds_by_sha2(
    algorithm: str, hashed: hashes.HashAlgorithm, rsa_key: rsa.RSAPrivateKey
) -> None:
    numbers = rsa_key.public_key().public_numbers()
    parts = Parts(kind=RSA, exponent=numbers.e, modulus=numbers.n)
    made = rsa_key.sign(MESSAGE, padding.PKCS1v15(), hashed)

    verify(parts, string_of(algorithm.encode()) + string_of(made), MESSAGE, touch=True)
    with pytest.raises(ValueError, match="made by ssh-rsa, which is not trusted"):
        verify(parts, string_of(b"ssh-rsa") + string_of(made), MESSAGE, touch=True)


def test_a_signature_that_was_changed_is_refused(ed25519_key: ed25519.Ed25519PrivateKey) -> None:
    parts = Parts(kind=ED25519, point=ed25519_key.public_key().public_bytes_raw())
    by, signature = string_of(ED25519.encode()), string_of(ed25519_key.sign(MESSAGE))
    made = by + signature
    verify(parts, made, MESSAGE, touch=True)

    for changed, why in (
        (made + b"\0", "behind its end"),
        (made[:-1], "cut short"),
        (string_of(b"ssh-rsa") + signature, "made by ssh-rsa, not by ssh-ed25519"),
        (made[:-1] + bytes([made[-1] ^ 1]), "not made by this key"),
    ):
        with pytest.raises(ValueError, match=why):
            verify(parts, changed, MESSAGE, touch=True)
