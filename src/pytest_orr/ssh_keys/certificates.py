"""Certificates of OpenSSH: an authority says that a key is a person's, by a name and for a time.

They are read here and not by ``cryptography``, which forgets for what a security key was made and
takes SHA-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .parts import blob_of, parts_of, read_parts
from .public_keys import CERTIFICATE, PublicKey, of_blob
from .verification import verify
from .weakness import weakness
from .wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterable

OF_A_USER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What an authority says of a key, its signature verified."""

    key: PublicKey
    """The key itself, as a plain one."""
    authority: bytes
    """The bytes of the authority's key."""
    principals: tuple[str, ...]
    """The names it holds for: at least one."""
    valid_after: int
    """Seconds since 1970, the first at which it holds."""
    valid_before: int
    """Seconds since 1970, the first at which it holds no more."""
    serial: int
    key_id: str

    def is_valid_at(self, seconds: float) -> bool:
        """Tell whether it holds at a time, in seconds since 1970."""
        return self.valid_after <= seconds < self.valid_before


def read(blob: bytes) -> Certificate:
    """Read a user's certificate and verify its authority's signature.

    Raises ``ValueError`` with the reason for a host's certificate, one without principals, one with
    critical options, one by a weak key, and one that its authority did not sign.
    """
    wire = Wire(blob)
    kind = wire.word()
    if not kind.endswith(CERTIFICATE):
        raise ValueError("it is no certificate")
    wire.string()  # the nonce
    key = of_blob(blob_of(read_parts(wire, _plain_kind(kind))))
    serial, of_whom, key_id = wire.uint64(), wire.uint32(), wire.string()
    principals = tuple(map(_name, wire.strings()))
    after, before = wire.uint64(), wire.uint64()
    critical = wire.string()
    wire.strings()  # extensions, which say what a login may do
    wire.string()  # reserved
    authority = wire.string()
    signed = blob[: wire.place]
    signature = wire.string()
    wire.end()
    for wrong, why in _objections(of_whom, principals, critical):
        if wrong:
            raise ValueError(why)
    _verify_authority(authority, signature, signed)
    return Certificate(
        key=key,
        authority=authority,
        principals=principals,
        valid_after=after,
        valid_before=before,
        serial=serial,
        key_id=key_id.decode(errors="replace"),
    )


def _plain_kind(kind: str) -> str:
    """Return the kind of the key inside; a security key's has its suffix in another place."""
    name = kind.removesuffix(CERTIFICATE)
    return f"{name}@openssh.com" if name.startswith("sk-") else name


def _name(written: bytes) -> str:
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("it names a principal that is not UTF-8") from error


def _objections(
    of_whom: int, principals: tuple[str, ...], critical: bytes
) -> Iterable[tuple[bool, str]]:
    return (
        (of_whom != OF_A_USER, "it is not a user's certificate"),
        (not principals, "it names no principal"),
        (bool(critical), "it has critical options, which nobody here understands"),
    )


def _verify_authority(authority: bytes, signature: bytes, signed: bytes) -> None:
    if weak := weakness(authority):
        raise ValueError(f"the key of its authority must not be trusted: {weak}")
    try:
        verify(parts_of(authority), signature, signed, touch=False)
    except ValueError as error:
        raise ValueError(f"the signature of its authority does not hold: {error}") from error
