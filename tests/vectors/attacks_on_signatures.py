"""Attacks on single signatures: over other bytes, for another purpose, or malformed."""

from __future__ import annotations

from tests.vectors.attack import Recipe, attack, recipe
from tests.vectors.draft import NAMESPACE, Draft, Plain, canonical, entry, envelope, pae
from tests.vectors.keys import (
    sshsig,
    string,
)


@attack("signature-invalid")
def junk_beside_three(draft: Draft) -> Plain:
    """Beside three good signatures stands one that does not verify."""
    made = draft.envelope()
    spoiled = draft.signature("dan", draft.payload() + b" ")
    return {**made, "signatures": _sorted([*made["signatures"], spoiled])}


@attack("key-relabelled")
def keyid_relabelled(draft: Draft) -> Plain:
    """An outsider's signature under the name of a listed key."""
    made = draft.envelope()
    theirs = draft.signature("mallory")["sig"]
    last = {"keyid": made["signatures"][2]["keyid"], "sig": theirs}
    return {**made, "signatures": [*made["signatures"][:2], last]}


@attack("key-relabelled")
def keyids_swapped(draft: Draft) -> Plain:
    """Two good signatures, each under the other's name."""
    made = draft.envelope()
    first, second, third = made["signatures"]
    swapped = [{**first, "sig": second["sig"]}, {**second, "sig": first["sig"]}, third]
    return {**made, "signatures": swapped}


@attack("key-relabelled")
def keyid_empty(draft: Draft) -> Plain:
    """A good signature that does not say by which key."""
    made = draft.envelope()
    nameless = {**made["signatures"][0], "keyid": ""}
    return {**made, "signatures": _sorted([nameless, *made["signatures"][1:]])}


@attack("key-repeated")
def signature_repeated(draft: Draft) -> Plain:
    """The same signature twice."""
    made = draft.envelope()
    return {**made, "signatures": _sorted([*made["signatures"], made["signatures"][0]])}


@attack("key-repeated")
def one_key_signs_twice(draft: Draft) -> Plain:
    """Two different signatures of one key: by SHA-256 and by SHA-512."""
    draft.by = ["ana", "ben"]
    made = draft.envelope()
    again = draft.signature("ana", digest="sha256")
    return {**made, "signatures": _sorted([*made["signatures"], again])}


@attack("signature-invalid")
def signature_of_another_signoff(draft: Draft) -> Plain:
    """Two signatures under this sign-off, one from another of the same service."""
    payload = draft.payload()
    mine = [draft.signature(name, payload) for name in ("ana", "ben")]
    draft.predicate["run_id"] = "another-run"
    return envelope(payload, [*mine, draft.signature("cara")])


@attack("signature-namespace")
def git_signature(draft: Draft) -> Plain:
    """A signature that its owner gave to git, over the same bytes."""
    return _third(draft, draft.signature("cara", namespace="git"))


@attack("signature-namespace")
def results_signature(draft: Draft) -> Plain:
    """A signature that its owner gave to results, over the same bytes."""
    return _third(draft, draft.signature("cara", namespace="orr-results-v1@pytest-orr"))


@attack("signature-form")
def empty_namespace(draft: Draft) -> Plain:
    """A signature that says of nothing what it is for."""
    return _third(draft, draft.signature("cara", namespace=""))


@attack("signature-invalid")
def payload_signed_bare(draft: Draft) -> Plain:
    """A signature over the payload alone, without its type."""
    blob = sshsig(draft.keys["cara"], draft.payload(), NAMESPACE)
    return _third(draft, entry(draft.keys["cara"], blob))


@attack("signature-form")
def later_version_of_sshsig(draft: Draft) -> Plain:
    """A version of the signature's format that does not exist."""
    return _third(draft, draft.signature("cara", version=2))


@attack("signature-form")
def reserved_not_empty(draft: Draft) -> Plain:
    """Bytes where the signature's format has none."""
    return _third(draft, draft.signature("cara", reserved=b"x"))


@attack("signature-form")
def reserved_not_signed(draft: Draft) -> Plain:
    """Bytes where the signature's format has none, added to a good signature."""
    empty, added = string(NAMESPACE.encode()) + string(b""), string(NAMESPACE.encode())
    return _spoiled(draft, lambda blob: blob.replace(empty, added + string(b"x"), 1))


@attack("signature-hash")
def hashed_by_sha1(draft: Draft) -> Plain:
    """A message that was hashed by SHA-1."""
    return _third(draft, draft.signature("cara", digest="sha1"))


@attack("signature-form")
def signature_cut(draft: Draft) -> Plain:
    """A signature without its last byte."""
    return _spoiled(draft, lambda blob: blob[:-1])


@attack("signature-form")
def bytes_behind_signature(draft: Draft) -> Plain:
    """A signature with a byte behind it."""
    return _spoiled(draft, lambda blob: blob + b"\0")


@attack("signature-form")
def no_sshsig(draft: Draft) -> Plain:
    """A signature that does not begin as one of SSH does."""
    return _spoiled(draft, lambda blob: b"SSHSIH" + blob[6:])


@attack("signature-form")
def signature_empty(draft: Draft) -> Plain:
    """A signature of no bytes."""
    return _spoiled(draft, lambda _: b"")


@attack("signature-invalid")
def one_bit_flipped(draft: Draft) -> Plain:
    """A signature with one bit changed."""
    return _spoiled(draft, lambda blob: blob[:-1] + bytes([blob[-1] ^ 1]))


@attack("signature-form")
def algorithm_of_another_key(draft: Draft) -> Plain:
    """An Ed25519 key whose signature calls itself one by a token."""
    name = b"ssh-ed25519"
    return _spoiled(draft, lambda blob: _last_replaced(blob, string(name), string(b"ssh-ed25518")))


@attack("signature-form")
def key_malformed(draft: Draft) -> Plain:
    """A signature whose key is no key at all."""
    return _spoiled(draft, lambda blob: blob[:14] + b"\xff" * 4 + blob[18:])


@attack("signature-form")
def signature_too_large(draft: Draft) -> Recipe:
    """A signature of more bytes than any key makes."""
    made = _spoiled(draft, lambda blob: blob + bytes(66_000))
    return recipe(canonical(made).decode(), "AAAA", 21_990)


def _third(draft: Draft, signature: Plain) -> Plain:
    """Return two good signatures and this one."""
    draft.by = ["ana", "ben"]
    payload = draft.payload()
    return envelope(payload, [*draft.signatures(payload), signature])


def _spoiled(draft: Draft, change: object) -> Plain:
    """Return two good signatures, and Cara's with its blob changed."""
    blob = sshsig(draft.keys["cara"], pae(draft.payload()), NAMESPACE)
    return _third(draft, entry(draft.keys["cara"], change(blob)))  # type: ignore[operator]


def _last_replaced(blob: bytes, old: bytes, new: bytes) -> bytes:
    head, _, tail = blob.rpartition(old)
    return head + new + tail


def _sorted(signatures: list[Plain]) -> list[Plain]:
    return sorted(signatures, key=lambda one: (one["keyid"], one["sig"]))
