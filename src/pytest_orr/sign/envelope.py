"""The file of a sign-off: a DSSE envelope, in exactly one form per content."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from .refusal import Refused
from .strict_json import canonical, read_canonical

PAYLOAD_TYPE = "application/vnd.orr.signoff.v1+json"
NAMESPACE = "orr-signoff-v1@pytest-orr"
RESULTS_TYPE = "application/vnd.orr.results.v1+json"
RESULTS_NAMESPACE = "orr-results-v1@pytest-orr"
MOST_SIGNATURES = 32
MEMBERS = frozenset({"payload", "payloadType", "signatures"})
SIGNATURE_MEMBERS = frozenset({"keyid", "sig"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature of an envelope."""

    keyid: str
    """What it says its key's fingerprint is."""
    blob: bytes
    """The signature in SSHSIG's binary form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A payload with who signed it: nothing of it is believed yet."""

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return the bytes that are signed: DSSE's pre-authentication encoding of type and payload."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def write(envelope: Envelope) -> bytes:
    """Return the file's bytes: RFC 8785, signatures sorted by keyid, then by their own bytes."""
    ordered = sorted(envelope.signatures, key=lambda one: (one.keyid, one.blob))
    return canonical(
        {
            "payload": _base64(envelope.payload),
            "payloadType": envelope.payload_type,
            "signatures": [{"keyid": one.keyid, "sig": _base64(one.blob)} for one in ordered],
        }
    )


def read(raw: bytes, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Read an envelope; raises ``Refused`` unless its bytes are those that ``write`` returns.

    ``payload_type`` is what the caller wants to read; another one is refused.
    """
    value = read_canonical(raw)
    _require_members(value, MEMBERS, "the envelope")
    found = value["payloadType"]
    if found != payload_type:
        raise Refused("envelope-type", f"it holds {ascii(found)[:80]}, not {payload_type}")
    signatures = value["signatures"]
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= MOST_SIGNATURES:
        raise Refused("signature-count", f"it must have 1 to {MOST_SIGNATURES} signatures")
    envelope = Envelope(
        payload=_decoded(value["payload"], "the payload"),
        payload_type=payload_type,
        signatures=tuple(map(_signature, signatures)),
    )
    if write(envelope) != raw:
        raise Refused("not-canonical", "its signatures are not in order, or its base64 is not")
    return envelope


def _signature(value: Any) -> Signature:
    _require_members(value, SIGNATURE_MEMBERS, "a signature")
    if not isinstance(value["keyid"], str):
        raise Refused("envelope-members", "the keyid of a signature is no text")
    return Signature(keyid=value["keyid"], blob=_decoded(value["sig"], "a signature"))


def _require_members(value: Any, members: frozenset[str], what: str) -> None:
    if not isinstance(value, dict) or value.keys() != members:
        named = ", ".join(sorted(members))
        raise Refused("envelope-members", f"{what} must have exactly the members {named}")


def _decoded(value: Any, what: str) -> bytes:
    if not isinstance(value, str):
        raise Refused("envelope-members", f"{what} is no text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("envelope-base64", f"{what} is not base64: {error}") from error


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
