from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import SSHCertificate, load_ssh_public_identity
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.ssh_keys.certificates import read
from pytest_orr.ssh_keys.parts import SK_ED25519, Parts, blob_of
from pytest_orr.ssh_keys.wire import Wire, string_of
from tests.signing_keys import KINDS

if TYPE_CHECKING:
    from tests.signing_keys import Keygen

FOREVER = 2**64 - 1


@pytest.mark.parametrize("authority", ["ed25519", "ecdsa-384", "rsa-3072"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_says_what_ssh_keygen_and_cryptography_read_in_it(
    kind: str, authority: str, keygen: Keygen
) -> None:
    options = ("-n", "ana,ana@example.org", "-V", "20260101Z:20270101Z", "-z", "7")
    written = keygen.certificate(kind, authority, *options)

    found = read(written.blob)

    other = load_ssh_public_identity(written.line.encode())
    assert isinstance(other, SSHCertificate)
    other.verify_cert_signature()
    assert found.key.blob == keygen.key(kind).blob
    assert found.authority == keygen.key(authority).blob
    assert found.principals == ("ana", "ana@example.org")
    assert (found.valid_after, found.valid_before) == (other.valid_after, other.valid_before)
    assert (found.serial, found.key_id) == (7, f"of {kind}")


def test_a_certificate_holds_from_its_first_second_to_before_its_last(keygen: Keygen) -> None:
    options = ("-n", "ana", "-V", "20260101000000Z:20260101000010Z")
    found = read(keygen.certificate("ed25519", "authority", *options).blob)
    start = 1767225600

    assert [found.is_valid_at(start + n) for n in (-1, 0, 9, 10)] == [False, True, True, False]


def test_a_certificate_without_an_end_holds_forever(keygen: Keygen) -> None:
    found = read(keygen.certificate("ed25519", "authority", "-n", "ana").blob)

    assert found.valid_before == FOREVER
    assert found.is_valid_at(4e12)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("-h", "-n", "host.example.org"), "not a user's certificate"),
        ((), "names no principal"),
        (("-n", "ana", "-O", "force-command=true"), "critical options"),
    ],
)
def test_a_certificate_that_says_something_else_is_refused(
    options: tuple[str, ...], why: str, keygen: Keygen
) -> None:
    with pytest.raises(ValueError, match=why):
        read(keygen.certificate("ed25519", "authority", *options).blob)


def test_a_certificate_by_a_weak_authority_is_refused(keygen: Keygen) -> None:
    keygen.key("short", "-t", "rsa", "-b", "1024")

    with pytest.raises(ValueError, match="its authority must not be trusted: it is an RSA key"):
        read(keygen.certificate("ed25519", "short", "-n", "ana").blob)


def test_a_certificate_that_was_changed_is_refused_wherever_it_was(keygen: Keygen) -> None:
    blob = keygen.certificate("ed25519", "authority", "-n", "ana").blob
    assert read(blob).principals == ("ana",)

    taken = []
    for place in range(len(blob)):
        changed = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        try:
            read(changed)
        except ValueError:
            continue
        taken.append(place)
    assert taken == []


def test_a_signature_by_sha1_is_refused(keygen: Keygen) -> None:
    keygen.key("old", "-t", "rsa", "-b", "2048")
    written = keygen.certificate("ed25519", "old", "-t", "ssh-rsa", "-n", "ana")

    with pytest.raises(ValueError, match="does not hold: it is made by ssh-rsa"):
        read(written.blob)


def test_a_plain_key_is_no_certificate(keygen: Keygen) -> None:
    with pytest.raises(ValueError, match="it is no certificate"):
        read(keygen.key("ed25519").blob)


def test_a_principal_that_is_not_text_is_refused(keygen: Keygen) -> None:
    blob = keygen.certificate("ed25519", "authority", "-n", "ana").blob

    with pytest.raises(ValueError, match="not UTF-8"):
        read(blob.replace(string_of(b"ana"), string_of(b"\xff\xff\xff")))


def test_the_key_in_a_security_keys_certificate_keeps_what_it_was_made_for() -> None:
    key = blob_of(Parts(kind=SK_ED25519, point=bytes(32), application=b"ssh:"))
    rest = key[len(string_of(SK_ED25519.encode())) :]
    kind = string_of(b"sk-ssh-ed25519-cert-v01@openssh.com")

    with pytest.raises(ValueError, match="cut short"):
        read(kind + string_of(b"nonce") + rest)
    assert Wire(rest).string() == bytes(32)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^it \w+"):
        read(string_of(b"ssh-ed25519-cert-v01@openssh.com") + content)
