"""Does a signature in SSH's binary form hold? For keys and certificates alike."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .parts import CURVES, RSA
from .wire import Wire

if TYPE_CHECKING:
    from .parts import Parts

TOUCHED = 0x01
"""Flag of a security key: somebody was there."""


class NotTouched(ValueError):
    """A security key signed although nobody touched it."""


class DoesNotHold(ValueError):
    """The signature is not this key's over these bytes."""


def verify(parts: Parts, signature: bytes, signed: bytes, *, touch: bool) -> None:
    """Verify a signature in SSH's form by a key that ``weakness`` has nothing against.

    ``touch`` asks of keys on hardware that somebody touched it. Raises ``DoesNotHold``,
    ``NotTouched``, or another ``ValueError`` for what is malformed or of another algorithm.
    """
    wire = Wire(signature)
    algorithm = wire.word()
    made = wire.string()
    if parts.is_hardware:
        flags, counter = wire.take(1), wire.take(4)
        application, digest = _sha256(parts.application), _sha256(signed)
        signed = application + flags + counter + digest
        if touch and not flags[0] & TOUCHED:
            raise NotTouched("nobody touched the security key")
    wire.end()
    try:
        _verify(parts, algorithm, made, signed)
    except InvalidSignature as error:
        raise DoesNotHold("it was not made by this key over these bytes") from error


def _verify(parts: Parts, algorithm: str, made: bytes, signed: bytes) -> None:
    if parts.kind == RSA:
        hashed = {"rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}.get(algorithm)
        if hashed is None:
            raise ValueError(f"it is made by {algorithm}, which is not trusted")
        key = rsa.RSAPublicNumbers(parts.exponent, parts.modulus).public_key()
        key.verify(made, signed, padding.PKCS1v15(), hashed)
    elif algorithm != parts.kind:
        raise ValueError(f"it is made by {algorithm}, not by {parts.kind}")
    elif parts.kind in CURVES:
        pair = Wire(made)
        both = encode_dss_signature(pair.mpint(), pair.mpint())
        pair.end()
        curve_key(parts).verify(both, signed, ec.ECDSA(_hash_of(parts)))
    else:
        ed25519.Ed25519PublicKey.from_public_bytes(parts.point).verify(made, signed)


def curve_key(parts: Parts) -> ec.EllipticCurvePublicKey:
    """Return the key of a point; raises ``ValueError`` if the curve has no such point."""
    curves = {"nistp256": ec.SECP256R1(), "nistp384": ec.SECP384R1(), "nistp521": ec.SECP521R1()}
    curve = curves[CURVES[parts.kind][0]]
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, parts.point)


def _hash_of(parts: Parts) -> hashes.HashAlgorithm:
    name, _ = CURVES[parts.kind]
    by_curve = {"nistp256": hashes.SHA256(), "nistp384": hashes.SHA384()}
    return by_curve.get(name, hashes.SHA512())


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
