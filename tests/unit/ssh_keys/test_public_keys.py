from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.ssh_keys.parts import blob_of, parts_of
from pytest_orr.ssh_keys.public_keys import PublicKey, read_line
from tests.signing_keys import KINDS

if TYPE_CHECKING:
    from tests.signing_keys import Keygen

LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq0HXiOb53RIeNVxDiTpEmYyI/C+QIp4aBfsTmeNS+F"


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_has_the_fingerprint_that_ssh_keygen_prints(kind: str, keygen: Keygen) -> None:
    key = keygen.key(kind)

    said = keygen.run("-l", "-f", f"{kind}.pub").decode().split()

    assert said[1] == key.fingerprint
    assert key.comment == kind
    assert not key.is_certificate


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_taken_apart_and_put_together_again(kind: str, keygen: Keygen) -> None:
    blob = keygen.key(kind).blob

    assert blob_of(parts_of(blob)) == blob


def test_the_line_of_a_key_is_the_line_that_was_read() -> None:
    assert read_line(f"{LINE} ana at work\n").line == f"{LINE} ana at work"
    assert read_line(LINE).line == LINE


def test_a_certificate_is_known_as_one(keygen: Keygen) -> None:
    assert keygen.certificate("ed25519", "authority", "-n", "ana").is_certificate


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "not as a .pub file has it"),
        ("ssh-ed25519", "not as a .pub file has it"),
        ('from="*" ssh-ed25519 AAAA', "not as a .pub file has it"),
        (f"{LINE}\n{LINE}", "more than one line"),
        ("ssh-ed25519 AAAA!", "not base64"),
        ("ssh-ed25519 =", "not base64"),
        (LINE[:-1], "not base64"),
        ("ssh-ed25519 AAAA", "cut short"),
        (LINE.replace("ssh-ed25519", "ssh-rsa"), "of another kind"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz", "private key: remove it"),
    ],
)
def test_what_is_no_line_of_a_public_key_is_refused(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        read_line(line)
    assert "b3BlbnNz" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_key_or_is_refused(text: str) -> None:
    try:
        found = read_line(text)
    except ValueError:
        return
    assert isinstance(found, PublicKey)
