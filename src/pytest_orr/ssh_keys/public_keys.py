"""A public key as people paste it: the line of a ``.pub`` file, read into its bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from .wire import Wire

CERTIFICATE = "-cert-v01@openssh.com"
"""How the kind of a certificate ends."""
KIND = re.compile(r"[a-z0-9@.-]{1,64}")
PRIVATE = "PRIVATE KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key, or a certificate, by its bytes."""

    kind: str
    """Its type, such as ``ssh-ed25519``."""
    blob: bytes
    """Everything that makes it this key; in its line in base64."""
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it (of a certificate: not of the key in it)."""
        return fingerprint_of(self.blob)

    @property
    def is_certificate(self) -> bool:
        """Whether this is a certificate and not a plain key."""
        return self.kind.endswith(CERTIFICATE)

    @property
    def line(self) -> str:
        """The line that ``read_line`` reads."""
        written = f"{self.kind} {base64.b64encode(self.blob).decode()}"
        return f"{written} {self.comment}" if self.comment else written


def fingerprint_of(blob: bytes) -> str:
    """Return the SHA-256 fingerprint of a key's bytes."""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode()
    return f"SHA256:{digest.rstrip('=')}"


def of_blob(blob: bytes, comment: str = "") -> PublicKey:
    """Return the key of some bytes; raises ``ValueError`` if they do not begin with a kind."""
    return PublicKey(kind=Wire(blob).word(), blob=blob, comment=comment)


def read_line(text: str) -> PublicKey:
    """Read ``kind base64 [comment]``; raises ``ValueError`` with the reason, without the text.

    What follows the kind is judged by ``weakness``.
    """
    if PRIVATE in text:
        raise ValueError("it is a private key: remove it, and make a new one")
    if "\n" in text.strip() or "\r" in text.strip():
        raise ValueError("it has more than one line")
    parts = text.split(maxsplit=2)
    if len(parts) < 2 or not KIND.fullmatch(parts[0]):
        raise ValueError("it is not as a .pub file has it: kind, key in base64, comment")
    blob = _decoded(parts[1])
    key = of_blob(blob, " ".join(parts[2:]).strip())
    if key.kind != parts[0]:
        raise ValueError("its bytes are of another kind than the one before them")
    return key


def _decoded(written: str) -> bytes:
    """Decode base64 that is written in the one usual way."""
    try:
        blob = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        blob = b""
    if not blob or base64.b64encode(blob).decode() != written:
        raise ValueError("its second word is not base64")
    return blob
