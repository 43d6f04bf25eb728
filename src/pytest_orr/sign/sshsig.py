"""A signature as ``ssh-keygen -Y sign`` makes it: OpenSSH's SSHSIG, binary and armoured."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from pytest_orr.ssh_keys.wire import Wire, string_of

from .refusal import Refused

MAGIC = b"SSHSIG"
VERSION = 1
HASHES = ("sha512", "sha256")
FIRST, LAST = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
LINE = 70
"""Characters of an armoured line, as ssh-keygen writes it."""
LARGEST = 64 * 1024
"""Bytes of a signature, binary or armoured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """What a signature says of itself: nothing of it is verified yet."""

    public_key: bytes
    """The signer's key, or a certificate of it."""
    namespace: str
    """What the signature is for."""
    hash: str
    """By what the message was hashed: sha512 or sha256."""
    signature: bytes
    """The signature over ``signed_data`` in SSH's binary form."""


def parse(raw: bytes) -> Blob:
    """Take a signature apart; raises ``Refused`` for anything but exactly one of version 1."""
    if len(raw) > LARGEST:
        raise Refused("signature-form", f"a signature has more than {LARGEST} bytes")
    try:
        blob, reserved = _parts(raw)
    except ValueError as error:
        raise Refused("signature-form", f"a signature is malformed: {error}") from error
    # OpenSSH ignores it; here, what nobody understands is not believed
    if reserved:
        raise Refused("signature-form", "a signature uses what is reserved for later versions")
    if not blob.namespace:
        raise Refused("signature-form", "a signature is for no namespace")
    if blob.hash not in HASHES:
        raise Refused("signature-hash", f"a signature hashes by {blob.hash}")
    return blob


def _parts(raw: bytes) -> tuple[Blob, bytes]:
    wire = Wire(raw)
    if wire.take(len(MAGIC)) != MAGIC:
        raise ValueError(f"it does not begin with {MAGIC.decode()}")
    if (version := wire.uint32()) != VERSION:
        raise ValueError(f"it is of version {version}, not {VERSION}")
    public_key, namespace = wire.string(), wire.string().decode("utf-8")
    reserved, hashed, signature = wire.string(), wire.word(), wire.string()
    wire.end()
    blob = Blob(public_key=public_key, namespace=namespace, hash=hashed, signature=signature)
    return blob, reserved


def binary(blob: Blob) -> bytes:
    """Return the bytes that ``parse`` takes apart."""
    parts = (blob.public_key, blob.namespace.encode(), b"", blob.hash.encode(), blob.signature)
    return MAGIC + VERSION.to_bytes(4, "big") + b"".join(map(string_of, parts))


def signed_data(namespace: str, hash: str, message: bytes) -> bytes:  # noqa: A002 SSHSIG's own word
    """Return the bytes that the key signs, for a message in a namespace."""
    digest = hashlib.new(hash, message).digest()
    parts = (namespace.encode(), b"", hash.encode(), digest)
    return MAGIC + b"".join(map(string_of, parts))


def armoured(raw: bytes) -> str:
    """Return a binary signature as the block of text that ssh-keygen writes."""
    text = base64.b64encode(raw).decode()
    lines = (text[start : start + LINE] for start in range(0, len(text), LINE))
    return "\n".join((FIRST, *lines, LAST, ""))


def unarmoured(text: str) -> bytes:
    """Return the binary signature of one block; raises ``Refused`` if anything is beside it."""
    lines = text.split("\n")
    if len(text) > LARGEST or lines[0] != FIRST or lines[-2:] != [LAST, ""]:
        raise Refused("signature-armour", f"it is not one block from {FIRST} to {LAST}")
    try:
        raw = base64.b64decode("".join(lines[1:-2]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("signature-armour", "the block does not hold base64 alone") from error
    if armoured(raw) != text:
        raise Refused("signature-armour", "the block is not as ssh-keygen writes it")
    return raw
