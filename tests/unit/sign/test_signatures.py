from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orr.sign.envelope import NAMESPACE
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.signatures import check
from pytest_orr.sign.sshsig import Blob, parse
from pytest_orr.ssh_keys.parts import ED25519, RSA, Parts, blob_of
from pytest_orr.ssh_keys.wire import string_of

if TYPE_CHECKING:
    from tests.signing_keys import Keygen

ANYBODYS = blob_of(Parts(kind=ED25519, point=(1).to_bytes(32, "little")))
FORGED = string_of(ED25519.encode()) + string_of((1).to_bytes(32, "little") + bytes(32))


def _code(blob: Blob, *, touch: bool = True) -> str:
    with pytest.raises(Refused) as caught:
        check(blob, namespace=NAMESPACE, message=b"message", touch=touch)
    return caught.value.code


def test_a_signature_by_a_key_that_signs_everything_is_refused() -> None:
    blob = Blob(public_key=ANYBODYS, namespace=NAMESPACE, hash="sha512", signature=FORGED)

    assert _code(blob) == "key-weak"


def test_a_signature_by_a_short_rsa_key_is_refused(keygen: Keygen) -> None:
    keygen.key("rsa-1024", "-t", "rsa", "-b", "1024")

    assert _code(parse(keygen.signed("rsa-1024", b"message", NAMESPACE))) == "key-weak"


def test_a_certificate_is_no_key_unless_somebody_opened_it(keygen: Keygen) -> None:
    key = keygen.key("ed25519")
    certificate = keygen.certificate("ed25519", "authority", "-n", "ana")
    blob = parse(keygen.signed("ed25519-cert.pub", b"message", NAMESPACE))

    assert blob.public_key == certificate.blob
    assert _code(blob) == "key-weak"
    check(blob, namespace=NAMESPACE, message=b"message", touch=True, key=key.blob)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        string_of(ED25519.encode()),
        string_of(ED25519.encode()) + string_of(b""),
        string_of(ED25519.encode()) + string_of(bytes(63)),
        string_of(b"rsa-sha2-256") + string_of(bytes(64)),
    ],
)
def test_what_is_no_signature_of_its_keys_kind_is_refused(signature: bytes, keygen: Keygen) -> None:
    key = keygen.key("ed25519").blob
    blob = Blob(public_key=key, namespace=NAMESPACE, hash="sha512", signature=signature)

    assert _code(blob) in {"signature-form", "signature-invalid"}


@pytest.mark.parametrize("made", [b"", bytes(255), b"\xff" * 256, b"\xff" * 300])
def test_what_is_no_number_below_the_modulus_is_refused(made: bytes) -> None:
    key = blob_of(Parts(kind=RSA, exponent=65537, modulus=2**2048 - 1))
    signature = string_of(b"rsa-sha2-512") + string_of(made)
    blob = Blob(public_key=key, namespace=NAMESPACE, hash="sha512", signature=signature)

    assert _code(blob) == "signature-invalid"


@pytest.mark.parametrize("place", [0, -1])
def test_a_number_of_an_ecdsa_signature_must_be_in_range(place: int, keygen: Keygen) -> None:
    keygen.key("ecdsa-256")
    good = parse(keygen.signed("ecdsa-256", b"message", NAMESPACE))
    check(good, namespace=NAMESPACE, message=b"message", touch=True)
    pair = [string_of(b""), string_of(b"\x01")][:: -1 if place else 1]
    made = string_of(b"ecdsa-sha2-nistp256") + string_of(b"".join(pair))

    assert _code(replace(good, signature=made)) == "signature-invalid"
