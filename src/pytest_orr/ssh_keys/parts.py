"""What a public key's bytes are made of, by its kind."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from .wire import Wire, string_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ED25519, SK_ED25519 = "ssh-ed25519", "sk-ssh-ed25519@openssh.com"
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
RSA = "ssh-rsa"
CURVES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "ecdsa-sha2-nistp256": ("nistp256", 32),
        "ecdsa-sha2-nistp384": ("nistp384", 48),
        "ecdsa-sha2-nistp521": ("nistp521", 66),
        SK_ECDSA: ("nistp256", 32),
    }
)
"""Kinds over NIST's curves: the curve's name, and the bytes of a coordinate."""
HARDWARE = frozenset({SK_ED25519, SK_ECDSA})
"""Kinds of keys that a security key holds."""
KINDS = frozenset({ED25519, SK_ED25519, RSA, *CURVES})
"""All that are trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A public key, taken apart."""

    kind: str
    point: bytes = b""
    """Of an elliptic curve: the encoded point."""
    exponent: int = 0
    modulus: int = 0
    application: bytes = b""
    """Of a security key: for what it was made, ``ssh:`` as a rule."""

    @property
    def is_hardware(self) -> bool:
        """Whether a security key holds it, and tells of each signature if somebody touched it."""
        return self.kind in HARDWARE


def parts_of(blob: bytes) -> Parts:
    """Take a key apart; raises ``ValueError`` if it is not exactly one of a known kind."""
    wire = Wire(blob)
    parts = read_parts(wire, wire.word())
    wire.end()
    return parts


def read_parts(wire: Wire, kind: str) -> Parts:
    """Read what follows a key's kind, as keys and certificates have it."""
    if kind not in KINDS:
        raise ValueError(f"keys of the kind {kind} are not trusted: use {ED25519}")
    if kind == RSA:
        exponent = wire.mpint()
        return Parts(kind=kind, exponent=exponent, modulus=wire.mpint())
    if kind in CURVES and wire.string() != CURVES[kind][0].encode():
        raise ValueError("it names another curve than its kind")
    point = wire.string()
    application = wire.string() if kind in HARDWARE else b""
    return Parts(kind=kind, point=point, application=application)


def blob_of(parts: Parts) -> bytes:
    """Return the bytes that ``parts_of`` takes apart."""
    written = string_of(parts.kind.encode())
    if parts.kind == RSA:
        return written + _mpint(parts.exponent) + _mpint(parts.modulus)
    if parts.kind in CURVES:
        written += string_of(CURVES[parts.kind][0].encode())
    written += string_of(parts.point)
    return written + string_of(parts.application) if parts.is_hardware else written


def _mpint(number: int) -> bytes:
    return string_of(number.to_bytes(number.bit_length() // 8 + 1, "big")) if number else bytes(4)
