"""Why a public key must not be trusted: a key that "verifies" everything, or that can be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parts import CURVES, ED25519, RSA, SK_ED25519, parts_of
from .public_keys import CERTIFICATE
from .wire import Wire

if TYPE_CHECKING:
    from .parts import Parts

PRIME = 2**255 - 19
"""Of Curve25519."""
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
OF_ORDER_8 = int("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16)
SMALL_ORDER = frozenset({0, 1, PRIME - 1, OF_ORDER_8, PRIME - OF_ORDER_8})
"""The y of the points whose order divides 8: for them, signatures can be made without a key."""
LEAST_BITS, ADVISED_BITS, MOST_BITS = 2048, 3072, 16384
"""Of an RSA modulus; OpenSSH takes no larger one."""
MOST_EXPONENT_BITS = 64


def weakness(blob: bytes) -> str:
    """Return why a key must not be trusted, from its bytes; empty for a strong one."""
    try:
        kind = Wire(blob).word()
        if kind.endswith(CERTIFICATE):
            return "it is a certificate: list the key of its authority under `authorities`"
        return _of_parts(parts_of(blob))
    except ValueError as error:
        return str(error)


def caution(blob: bytes) -> str:
    """Return what should be better about a strong key; empty if nothing."""
    if weakness(blob):
        return ""
    parts = parts_of(blob)
    bits = parts.modulus.bit_length()
    if parts.kind == RSA and bits < ADVISED_BITS:
        return f"it is an RSA key of {bits} bits, and {ADVISED_BITS} are advised"
    return ""


def _of_parts(parts: Parts) -> str:
    if parts.kind in {ED25519, SK_ED25519}:
        return _of_ed25519(parts.point)
    if parts.kind == RSA:
        return _of_rsa(parts.exponent, parts.modulus)
    return _of_nist_curve(parts)


def _of_ed25519(point: bytes) -> str:
    if len(point) != 32:
        return f"it has {len(point)} bytes instead of 32"
    y = int.from_bytes(point, "little") % 2**255
    if y >= PRIME:
        return "its point is not written in the one right way"
    if y in SMALL_ORDER:
        return "its point has a small order: anybody can sign with it"
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    if pow(square, (PRIME - 1) // 2, PRIME) != 1:
        return "it is no point of the curve"
    return ""


def _of_rsa(exponent: int, modulus: int) -> str:
    bits = modulus.bit_length()
    if bits < LEAST_BITS:
        return f"it is an RSA key of {bits} bits, and {LEAST_BITS} are the least"
    if bits > MOST_BITS:
        return f"it is an RSA key of {bits} bits, and {MOST_BITS} are the most"
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > MOST_EXPONENT_BITS:
        return "its RSA exponent is not an odd number from 3 to 64 bits"
    if modulus % 2 == 0:
        return "its RSA modulus is even"
    return ""


def _of_nist_curve(parts: Parts) -> str:
    from .verification import curve_key  # noqa: PLC0415 a plain start of pytest needs no crypto

    name, size = CURVES[parts.kind]
    if len(parts.point) != 1 + 2 * size or parts.point[0] != 4:
        return f"it is not an uncompressed point of {name}"
    try:
        curve_key(parts)
    except ValueError:
        return f"it is no point of {name}"
    return ""
