"""Reviews that people have signed off, with keys that are made from their names."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pytest_orr.judge import decide
from pytest_orr.model import (
    Need,
    Provenance,
    Release,
    RunBlock,
    Signing,
    SignOff,
)
from pytest_orr.model import NotApplicable as Exemption
from pytest_orr.profile.signoff import Approver, ListedKey, Runner, SignoffRules
from pytest_orr.render import statement
from pytest_orr.sign import envelope, sshsig
from pytest_orr.sign.envelope import NAMESPACE, PAYLOAD_TYPE, Envelope, Signature
from pytest_orr.sign.expected import Expected
from pytest_orr.sign.strict_json import canonical
from pytest_orr.ssh_keys.public_keys import fingerprint_of
from pytest_orr.ssh_keys.wire import string_of
from tests.reviews import a_review, a_statement, a_waiver, an_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemResult, Review

ROLES: dict[str, tuple[Any, ...]] = {
    "ana": ("service",),
    "ben": ("principal-engineer",),
    "cara": ("security",),
    "dan": ("security", "service"),
}
ALL = ("ana", "ben", "cara")
"""Who together fill every role."""
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMMIT = "3f2a9c1d5b7e8f60a1b2c3d4e5f60718293a4b5c"
IMAGE = f"registry.example.org/explorer@sha256:{'a' * 64}"
ED25519 = b"ssh-ed25519"
POLICY = "9" * 64
WAIVED, ATTESTED, EXEMPTED = "network.a.waived", "operations.a.attested", "network.a.exempted"


def key_of(name: str) -> Ed25519PrivateKey:
    """Return the private key of somebody."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def public_of(name: str) -> bytes:
    """Return the public key of somebody in SSH's binary form."""
    return string_of(ED25519) + string_of(key_of(name).public_key().public_bytes_raw())


def listed(name: str, **how: Any) -> ListedKey:
    """Return somebody's key as policy.toml lists it."""
    return ListedKey(key=f"ssh-ed25519 {b64encode(public_of(name)).decode()} {name}", **how)


def email(name: str) -> str:
    """Return somebody's e-mail."""
    return f"{name}@example.org"


def some_rules(**changes: Any) -> SignoffRules:
    """Return the rules by which Ana, Ben and Cara may sign off, or Dan for one of them."""
    people = tuple(
        Approver(email=email(name), roles=roles, keys=(listed(name),))
        for name, roles in ROLES.items()
    )
    runners = (Runner(name="ci", keys=(listed("ci"),)),)
    return SignoffRules(**{"approvers": people, "runners": runners, **changes})


def passed() -> ItemResult:
    """Return an item that a machine found good."""
    return an_item("code.a.passed")


def waived(**changes: Any) -> ItemResult:
    """Return an item that is waived."""
    return an_item(WAIVED, "waived", waiver=a_waiver(**changes))


def attested(**changes: Any) -> ItemResult:
    """Return an item that a person has attested."""
    return an_item(ATTESTED, "attested", attestation=a_statement(**changes))


def exempted(approver: str = "eve@example.org") -> ItemResult:
    """Return an item that does not concern the service."""
    why = Exemption(reason="not-public", text="inside", approver=approver, on="2026-11-01")
    return an_item(EXEMPTED, "not_applicable", not_applicable=why)


def reviewed(*items: ItemResult, **changes: Any) -> Review:
    """Return a review of a whole run on the day before ``AT``; of every good outcome by default."""
    seen = items or (passed(), attested(), exempted(), waived())
    run = RunBlock(
        id="run-1",
        started="2026-11-22T09:00:00Z",
        as_of="2026-11-22T09:00:00Z",
        tool="pytest-orr 0.1.0",
        suite="5" * 64,
    )
    needed = (Need(role="service", people=1),)
    provenance = Provenance(
        profile_sha256="1" * 64,
        waivers_sha256="2" * 64,
        attestations_sha256="",
        policy_sha256=POLICY,
        facts_sha256="4" * 64,
        accounts=("123456789012",),
        regions=("eu-west-1",),
        checklist_version="0.1.0",
        tool_sha256="8" * 64,
        finished="2026-11-22T09:30:00Z",
        authors=("max@example.org",),
        signing=Signing(need=needed, max_days=14, solo=False),
    )
    values: dict[str, Any] = {
        "release": Release(commit=COMMIT, images=(IMAGE,)),
        "run": run,
        "provenance": provenance,
    }
    return a_review(*seen, **{**values, **changes})


def payload_of(
    review: Review | None = None, change: Callable[[dict[str, Any]], object] = bool
) -> bytes:
    """Return the statement of a review as bytes; ``change`` is made of its predicate before."""
    review = reviewed() if review is None else review
    signoff = SignOff(review=review, verdict=decide(review))
    text = statement.render(signoff, report_sha256="e" * 64, journal_sha256="f" * 64)
    plain = json.loads(text)
    change(plain["predicate"])
    return canonical(plain)


def signature_of(
    name: str, payload: bytes, payload_type: str = PAYLOAD_TYPE, namespace: str = NAMESPACE
) -> Signature:
    """Return somebody's signature over a payload."""
    message = envelope.pae(payload, payload_type)
    data = sshsig.signed_data(namespace, "sha512", message)
    blob = sshsig.Blob(
        public_key=public_of(name),
        namespace=namespace,
        hash="sha512",
        signature=string_of(ED25519) + string_of(key_of(name).sign(data)),
    )
    return Signature(keyid=fingerprint(name), blob=sshsig.binary(blob))


def signed(payload: bytes, *names: str) -> bytes:
    """Return the file of a sign-off that some people have signed; all three by default."""
    signatures = tuple(signature_of(name, payload) for name in names or ALL)
    return envelope.write(
        Envelope(payload=payload, payload_type=PAYLOAD_TYPE, signatures=signatures)
    )


def expecting(review: Review | None = None, **changes: Any) -> Expected:
    """Return what the verifier of a review's release demands."""
    review = reviewed() if review is None else review
    values: dict[str, Any] = {
        "service": review.service,
        "environment": review.environment,
        "accounts": ("123456789012",),
        "regions": ("eu-west-1",),
        "commit": COMMIT,
        "images": (IMAGE,),
        "checklist_version": "0.1.0",
        "checklist_sha256": "5" * 64,
        "items": {item.spec.id: item.spec.phase for item in review.items},
        "rules": some_rules(),
        "policy_sha256": POLICY,
        "longest_waiver": {item.spec.id: 14 for item in review.items},
        "may_approve": ("eve@example.org",),
        "at": AT,
    }
    return Expected(**{**values, **changes})


def changed_run(review: Review, **changes: Any) -> Review:
    """Return the same review of a run that differs."""
    return replace(review, run=replace(review.run, **changes))


def fingerprint(name: str) -> str:
    """Return the fingerprint of somebody's key."""
    return fingerprint_of(public_of(name))
