from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.sign.envelope import NAMESPACE
from pytest_orr.sign.refusal import REFUSALS, Refused
from pytest_orr.sign.signatures import check
from pytest_orr.sign.sshsig import (
    FIRST,
    LARGEST,
    LAST,
    Blob,
    armoured,
    binary,
    parse,
    signed_data,
    unarmoured,
)
from pytest_orr.ssh_keys.public_keys import read_line
from pytest_orr.ssh_keys.wire import string_of
from tests.signing_keys import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.signing_keys import Keygen

VECTORS = Path(__file__).parent / "openssh"
TRUSTED = ("ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "rsa")
BLOB = Blob(public_key=b"key", namespace=NAMESPACE, hash="sha512", signature=b"signature")
TEXT = armoured(binary(BLOB))
BLOBS = st.builds(
    Blob,
    public_key=st.binary(max_size=50),
    namespace=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    hash=st.sampled_from(["sha256", "sha512"]),
    signature=st.binary(max_size=50),
)


def _code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def _vector(name: str) -> tuple[Blob, str, bytes]:
    blob = parse(unarmoured((VECTORS / f"{name}.sig").read_text(encoding="utf-8")))
    namespace = (VECTORS / "namespace").read_text(encoding="utf-8")
    return blob, namespace, (VECTORS / "signed-data").read_bytes()


@pytest.mark.parametrize("name", TRUSTED)
def test_a_vector_of_openssh_holds(name: str) -> None:
    blob, namespace, message = _vector(name)
    key = read_line((VECTORS / f"{name}.pub").read_text(encoding="utf-8"))

    check(blob, namespace=namespace, message=message, touch=True)
    assert blob.public_key == key.blob


@pytest.mark.parametrize("name", TRUSTED)
def test_a_vector_of_openssh_holds_for_nothing_else(name: str) -> None:
    blob, namespace, message = _vector(name)
    others = [one for one in TRUSTED if one != name]

    def checked(one: Blob, namespace: str, message: bytes) -> Callable[[], None]:
        return lambda: check(one, namespace=namespace, message=message, touch=True)

    assert _code(checked(blob, namespace, message + b"\n")) == "signature-invalid"
    assert _code(checked(blob, "git", message)) == "signature-namespace"
    renamed = replace(blob, namespace="git")
    assert _code(checked(renamed, "git", message)) == "signature-invalid"
    rehashed = replace(blob, hash="sha256")
    assert _code(checked(rehashed, namespace, message)) == "signature-invalid"
    for other in others:
        taken = replace(blob, public_key=_vector(other)[0].public_key)
        assert _code(checked(taken, namespace, message)) in {"signature-invalid", "signature-form"}


@pytest.mark.parametrize(
    ("name", "code"), [("ecdsa_sk_webauthn", "signature-form"), ("mldsa44-ed25519", "key-weak")]
)
def test_a_vector_of_a_kind_that_is_not_trusted_is_refused(name: str, code: str) -> None:
    blob, namespace, message = _vector(name)

    assert _code(lambda: check(blob, namespace=namespace, message=message, touch=False)) == code


@pytest.mark.parametrize("kind", KINDS)
def test_what_ssh_keygen_signs_holds_and_is_written_as_it_was(kind: str, keygen: Keygen) -> None:
    keygen.key(kind)
    words = ("-q", "-Y", "sign", "-f", kind, "-n", NAMESPACE)
    said = keygen.run(*words, given=b"message").decode()
    raw = unarmoured(said)

    check(parse(raw), namespace=NAMESPACE, message=b"message", touch=True)
    assert armoured(raw) == said
    assert binary(parse(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "signature-form"),
        (b"SSHSIX", "signature-form"),
        (binary(BLOB)[:-1], "signature-form"),
        (binary(BLOB) + b"\0", "signature-form"),
        (binary(BLOB).replace(b"\0\0\0\x01", b"\0\0\0\x02", 1), "signature-form"),
        (binary(replace(BLOB, namespace="")), "signature-form"),
        (binary(replace(BLOB, hash="sha1")), "signature-hash"),
        (binary(replace(BLOB, hash="sha 512")), "signature-form"),
        (
            binary(BLOB).replace(
                string_of(b"") + string_of(b"sha512"), string_of(b"x") + string_of(b"sha512")
            ),
            "signature-form",
        ),
        (binary(BLOB).replace(NAMESPACE.encode(), b"\xff" * len(NAMESPACE)), "signature-form"),
        (binary(BLOB) + bytes(LARGEST), "signature-form"),
    ],
)
def test_what_is_no_signature_of_version_1_is_refused(raw: bytes, code: str) -> None:
    assert _code(lambda: parse(raw)) == code


@given(BLOBS)
def test_a_signature_is_parsed_as_it_was_written(blob: Blob) -> None:
    assert parse(binary(blob)) == blob
    assert unarmoured(armoured(binary(blob))) == binary(blob)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_are_a_signature_or_refused(junk: bytes, place: int) -> None:
    good = binary(BLOB)
    for raw in (junk, b"SSHSIG\0\0\0\x01" + junk, good[:place] + junk + good[place:]):
        try:
            found = binary(parse(raw))
        except Refused as refused:
            found = refused.code.encode()
        assert found == raw or found.decode() in REFUSALS


@pytest.mark.parametrize(
    "text",
    [
        f"{TEXT}junk\n",
        f"junk\n{TEXT}",
        f"{TEXT}{TEXT}",
        TEXT.replace("\n", " "),
        TEXT.replace("\n", "\r\n"),
        TEXT.rstrip("\n"),
        f"{TEXT}\n",
        TEXT.replace(FIRST, FIRST.lower()),
        TEXT.replace(LAST, ""),
        TEXT.replace("U1NI", "U1N\nI"),
        TEXT.replace("U1NI", "U1N!"),
        TEXT.replace("U1NI", "ü1NI"),
        TEXT[:60],
        f"{FIRST}\n{LAST}\n",
        "",
        "\n" * LARGEST + TEXT,
    ],
)
def test_a_block_with_anything_beside_it_is_refused(text: str) -> None:
    assert unarmoured(TEXT) == binary(BLOB)

    assert _code(lambda: parse(unarmoured(text))) in {"signature-armour", "signature-form"}


def test_what_is_signed_names_namespace_and_hash() -> None:
    assert signed_data("ns", "sha256", b"").startswith(
        b"SSHSIG\0\0\0\x02ns\0\0\0\0\0\0\0\x06sha256"
    )
    assert signed_data("ns", "sha256", b"") != signed_data("ns", "sha512", b"")
