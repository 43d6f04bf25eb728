"""One sign-off before it is written: what is said, who signs it, what the caller expects of it."""

from __future__ import annotations

import base64
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import rfc8785
import tomlkit

from tests.vectors.keys import keyid, line, sshsig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.vectors.keys import Key

Plain = dict[str, Any]

PAYLOAD_TYPE = "application/vnd.orr.signoff.v1+json"
NAMESPACE = "orr-signoff-v1@pytest-orr"
RESULTS_TYPE = "application/vnd.orr.results.v1+json"
RESULTS_NAMESPACE = "orr-results-v1@pytest-orr"


def canonical(value: Any) -> bytes:
    """Return the bytes of RFC 8785."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """Return SHA-256 over the canonical bytes of a value."""
    return sha256(canonical(value)).hexdigest()


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return DSSE's pre-authentication encoding: what is signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass
class Draft:
    """A good sign-off, and whatever an attack changes of it before it is written."""

    keys: Mapping[str, Key]
    said: Plain
    """The statement: everything of it, with digests that ``payload`` fills in."""
    expected: Plain
    policy: Plain
    by: list[str]
    """Names of the keys that sign, in any order."""
    kept: dict[str, str] = field(default_factory=dict)
    """Digests that ``payload`` must not fill in: ``results``, ``policy``."""
    kind: str = "approval"
    """What it is read as: ``approval``, ``veto`` or ``results``."""
    roles: dict[str, str] = field(default_factory=dict)
    """Of a good one: who fills which role; empty stands for Ana, Ben and Cara."""
    beside: str = ""
    """Of results: SHA-256 of the payload that people have signed, if any have."""
    veto: Plain | None = None
    """An envelope that lies beside it."""

    @property
    def predicate(self) -> Plain:
        return self.said["predicate"]  # type: ignore[no-any-return]  # the statement is foreign JSON

    def result(self, item: str) -> Plain:
        """Return what is said of an item."""
        return next(one for one in self.predicate["results"] if one["id"] == item)

    def person(self, name: str) -> Plain:
        """Return the policy's entry of a person."""
        return next(
            one
            for one in self.policy["signoff"]["approvers"]
            if one["email"] == f"{name}@example.org"
        )

    def give(self, name: str, key: Key, **more: bool) -> None:
        """Give somebody another key, in the policy and in hand."""
        self.person(name)["keys"] = [{"key": line(key, "vector"), **more}]
        self.keys = {**self.keys, name: key}

    def policy_text(self) -> str:
        """Return ``policy.toml`` as its verifier reads it."""
        return tomlkit.dumps(self.policy)

    def policy_sha256(self) -> str:
        """Return the digest by which a statement binds the policy."""
        return sha256(self.policy_text().encode()).hexdigest()

    def payload(self) -> bytes:
        """Return what is signed: the statement with the digests of its parts."""
        said = deepcopy(self.said)
        predicate = said["predicate"]
        results = self.kept.get("results", digest(predicate["results"]))
        predicate["policy_sha256"] = self.kept.get("policy", self.policy_sha256())
        for subject in said["subject"]:
            if subject["name"] == "results":
                subject["digest"] = {"sha256": results}
        return canonical(said)

    def signature(
        self,
        name: str,
        payload: bytes | None = None,
        *,
        payload_type: str = PAYLOAD_TYPE,
        namespace: str = NAMESPACE,
        **how: Any,
    ) -> Plain:
        """Return the envelope's entry of one key."""
        key = self.keys[name]
        message = pae(self.payload() if payload is None else payload, payload_type)
        blob = sshsig(key, message, namespace, **how)
        return entry(key, blob)

    def signatures(self, payload: bytes | None = None, **how: Any) -> list[Plain]:
        """Return the entries of all who sign."""
        payload = self.payload() if payload is None else payload
        return [self.signature(name, payload, **how) for name in self.by]

    def envelope(self, payload: bytes | None = None, **how: Any) -> Plain:
        """Return the envelope as a value, signatures in order."""
        payload = self.payload() if payload is None else payload
        return envelope(payload, self.signatures(payload, **how), how.get("payload_type"))


def entry(key: Key, blob: bytes) -> Plain:
    """Return a signature as the envelope holds it."""
    return {"keyid": keyid(key), "sig": base64.b64encode(blob).decode()}


def envelope(payload: bytes, signatures: list[Plain], payload_type: str | None = None) -> Plain:
    """Return an envelope whose signatures stand in order."""
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type or PAYLOAD_TYPE,
        "signatures": sorted(signatures, key=lambda one: (one["keyid"], one["sig"])),
    }
