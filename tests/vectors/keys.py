"""Keys of people who exist for one run of ``make``, and what they sign: written from
OpenSSH's PROTOCOL, PROTOCOL.sshsig and PROTOCOL.u2f, and from nothing of the product.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass, field
from hashlib import new as new_hash
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHCertificateBuilder,
    SSHCertificateType,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TOUCHED = 1
APPLICATION = b"ssh:"
RSA_HASHES: Mapping[bytes, type[SHA1 | SHA256 | SHA512]] = {
    b"ssh-rsa": SHA1,
    b"rsa-sha2-256": SHA256,
    b"rsa-sha2-512": SHA512,
}
IDENTITY = bytes([1]) + bytes(31)
"""The neutral point as an Ed25519 key: one signature of it is good for every message."""


class Key(Protocol):
    """Whatever signs."""

    @property
    def blob(self) -> bytes:
        """The public half in SSH's wire format."""

    def signed(self, data: bytes) -> bytes:
        """Return SSH's signature over exactly these bytes."""


def string(value: bytes) -> bytes:
    """Return SSH's ``string``."""
    return struct.pack(">I", len(value)) + value


def mpint(value: int) -> bytes:
    """Return SSH's ``mpint`` of a number that is not negative."""
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sshsig(
    key: Key,
    message: bytes,
    namespace: str,
    *,
    version: int = 1,
    reserved: bytes = b"",
    digest: str = "sha512",
) -> bytes:
    """Return the blob that ``ssh-keygen -Y sign`` puts into its armour."""
    inner = string(namespace.encode()) + string(reserved) + string(digest.encode())
    hashed = new_hash(digest, message).digest()
    signature = key.signed(b"SSHSIG" + inner + string(hashed))
    head = b"SSHSIG" + struct.pack(">I", version)
    return head + string(key.blob) + inner + string(signature)


def fingerprint(blob: bytes) -> str:
    """Return what ``ssh-keygen -l`` calls a key."""
    return "SHA256:" + base64.b64encode(sha256(blob).digest()).decode().rstrip("=")


def keyid(key: Key) -> str:
    """Return the fingerprint by which an envelope names a key, certified or not."""
    return fingerprint(key.holder.blob if isinstance(key, Certified) else key.blob)


def line(key: Key, comment: str) -> str:
    """Return the key as a line of ``authorized_keys``."""
    kind = key.blob[4 : 4 + struct.unpack(">I", key.blob[:4])[0]].decode()
    return f"{kind} {base64.b64encode(key.blob).decode()} {comment}"


@dataclass(frozen=True)
class Ed25519:
    """The kind that most people have."""

    private: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)

    @property
    def blob(self) -> bytes:
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return string(b"ssh-ed25519") + string(raw)

    def signed(self, data: bytes) -> bytes:
        return string(b"ssh-ed25519") + string(self.private.sign(data))


@dataclass(frozen=True)
class SmallOrder:
    """A key for which nobody needs a private half."""

    blob: bytes = string(b"ssh-ed25519") + string(IDENTITY)

    def signed(self, data: bytes) -> bytes:  # noqa: ARG002 that is what is wrong with it
        return string(b"ssh-ed25519") + string(IDENTITY + bytes(32))


@dataclass(frozen=True)
class Ecdsa:
    """NIST P-256."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def blob(self) -> bytes:
        return string(b"ecdsa-sha2-nistp256") + string(b"nistp256") + string(self.point)

    def signed(self, data: bytes) -> bytes:
        return string(b"ecdsa-sha2-nistp256") + string(self.numbers(data))

    def numbers(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(SHA256())))
        return mpint(r) + mpint(s)


@dataclass(frozen=True)
class Rsa:
    """RSA of any size, signing by any of the three algorithms that SSH knows."""

    private: rsa.RSAPrivateKey
    algorithm: bytes = b"rsa-sha2-512"

    @classmethod
    def of(cls, bits: int) -> Rsa:
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=bits))

    @property
    def blob(self) -> bytes:
        numbers = self.private.public_key().public_numbers()
        return string(b"ssh-rsa") + mpint(numbers.e) + mpint(numbers.n)

    def signed(self, data: bytes) -> bytes:
        hashed = RSA_HASHES[self.algorithm]()
        signature = self.private.sign(data, padding.PKCS1v15(), hashed)
        return string(self.algorithm) + string(signature)


@dataclass(frozen=True)
class Token:
    """A FIDO token in software: it signs as one does, and says whether it was touched."""

    inner: Ed25519 | Ecdsa = field(default_factory=Ed25519)
    flags: int = TOUCHED
    counter: int = 7
    application: bytes = APPLICATION

    @property
    def kind(self) -> bytes:
        if isinstance(self.inner, Ed25519):
            return b"sk-ssh-ed25519@openssh.com"
        return b"sk-ecdsa-sha2-nistp256@openssh.com"

    @property
    def blob(self) -> bytes:
        _, _, public = self.inner.blob.partition(b"ed25519" if self._edwards else b"-nistp256")
        return string(self.kind) + public + string(self.application)

    @property
    def _edwards(self) -> bool:
        return isinstance(self.inner, Ed25519)

    def signed(self, data: bytes) -> bytes:
        said = struct.pack(">BI", self.flags, self.counter)
        over = sha256(self.application).digest() + said + sha256(data).digest()
        if isinstance(self.inner, Ed25519):
            return string(self.kind) + string(self.inner.private.sign(over)) + said
        return string(self.kind) + string(self.inner.numbers(over)) + said


@dataclass(frozen=True)
class Certified:
    """A key with a certificate in front of it, as an authority issues them."""

    holder: Ed25519 | SmallOrder
    certificate: bytes

    @property
    def blob(self) -> bytes:
        return self.certificate

    def signed(self, data: bytes) -> bytes:
        return self.holder.signed(data)


def certified(
    holder: Ed25519 | SmallOrder,
    authority: Ed25519,
    principals: tuple[str, ...],
    *,
    since: datetime,
    until: datetime,
    host: bool = False,
    options: dict[str, str] | None = None,
) -> Certified:
    """Have ``authority`` certify ``holder``; no principals means that it is good for everybody."""
    kind = SSHCertificateType.HOST if host else SSHCertificateType.USER
    named = [name.encode() for name in principals]
    builder = (
        SSHCertificateBuilder()
        .public_key(ed25519.Ed25519PublicKey.from_public_bytes(holder.blob[-32:]))
        .serial(1)
        .type(kind)
        .key_id(b"vector")
        .valid_after(since.timestamp())
        .valid_before(until.timestamp())
    )
    builder = (
        builder.valid_principals(named) if named else builder.valid_for_all_principals()  # type: ignore[no-untyped-call]  # it is theirs
    )
    for name, value in (options or {}).items():
        builder = builder.add_critical_option(name.encode(), value.encode())
    public = builder.sign(authority.private).public_bytes()
    return Certified(holder, base64.b64decode(public.split()[1]))
