"""Attacks on the envelope: its members, its payload's type and base64, its list of signatures."""

from __future__ import annotations

import base64

from tests.vectors.attack import Recipe, attack
from tests.vectors.draft import Draft, Plain, canonical, envelope
from tests.vectors.keys import Ed25519, line

IN_TOTO = "application/vnd.in-toto+json"


@attack("duplicate-member")
def duplicate_member_of_envelope(draft: Draft) -> bytes:
    """A member twice, of which readers see the first or the last."""
    raw = canonical(draft.envelope())
    return raw.replace(b'"payloadType"', b'"payloadType":"text/plain","payloadType"', 1)


@attack("envelope-members")
def unknown_member_of_envelope(draft: Draft) -> Plain:
    """A member that nobody signed."""
    return {**draft.envelope(), "note": "approved by telephone"}


@attack("envelope-members")
def member_of_envelope_missing(draft: Draft) -> Plain:
    """No payload type, so that a reader would have to guess."""
    made = draft.envelope()
    del made["payloadType"]
    return made


@attack("envelope-members")
def payload_no_text(draft: Draft) -> Plain:
    """The statement itself in place of its bytes."""
    return {**draft.envelope(), "payload": draft.said}


@attack("envelope-base64")
def payload_not_base64(draft: Draft) -> Plain:
    """A payload of characters that base64 does not have."""
    return {**draft.envelope(), "payload": "?" * 8}


@attack("envelope-base64")
def payload_url_safe(draft: Draft) -> Plain:
    """The other alphabet of base64: the same bytes, another file."""
    draft.predicate["service"] = "wallet ÿÿÿ?>"
    draft.expected["service"] = "wallet ÿÿÿ?>"
    made = draft.envelope()
    raw = base64.b64decode(made["payload"])
    return {**made, "payload": base64.urlsafe_b64encode(raw).decode()}


@attack("envelope-base64")
def payload_unpadded(draft: Draft) -> Plain:
    """Base64 without its padding: the same bytes, another file."""
    made = draft.envelope()
    while not made["payload"].endswith("="):
        draft.predicate["run_id"] += "x"
        made = draft.envelope()
    return {**made, "payload": made["payload"].rstrip("=")}


@attack("not-canonical")
def payload_loose_bits(draft: Draft) -> Plain:
    """Base64 whose last character holds bits that nobody reads."""
    made = draft.envelope()
    while not made["payload"].endswith("=="):
        draft.predicate["run_id"] += "x"
        made = draft.envelope()
    text = made["payload"]
    return {**made, "payload": f"{text[:-3]}{chr(ord(text[-3]) + 1)}=="}


@attack("envelope-type")
def in_toto_payload_type(draft: Draft) -> Plain:
    """The statement signed as an in-toto attestation of whatever kind."""
    return draft.envelope(payload_type=IN_TOTO)


@attack("signature-invalid")
def payload_type_relabelled(draft: Draft) -> Plain:
    """Signed as an in-toto attestation, and called a sign-off afterwards."""
    return {**draft.envelope(payload_type=IN_TOTO), "payloadType": draft.envelope()["payloadType"]}


@attack("envelope-type")
def payload_type_no_text(draft: Draft) -> Plain:
    """A payload type that is a list."""
    made = draft.envelope()
    return {**made, "payloadType": [made["payloadType"]]}


@attack("signature-count")
def no_signature(draft: Draft) -> Plain:
    """An envelope under which nobody has signed."""
    return {**draft.envelope(), "signatures": []}


@attack("signature-count")
def two_hundred_signatures(draft: Draft) -> Recipe:
    """More signatures than anybody would check by hand."""
    raw = canonical(draft.envelope()).decode()
    head, bracket, rest = raw.partition('"signatures":[')
    one = canonical(draft.envelope()["signatures"][0]).decode()
    return [(head + bracket, 1), (one + ",", 199), (rest, 1)]


@attack("signature-count")
def thirty_three_signatures(draft: Draft) -> None:
    """One person signs with thirty more keys, all of them listed."""
    more = {f"dan-{place}": Ed25519() for place in range(30)}
    draft.person("dan")["keys"] += [{"key": line(key, name)} for name, key in more.items()]
    draft.keys = {**draft.keys, **more}
    draft.by += list(more)


@attack("signature-count")
def signatures_no_list(draft: Draft) -> Plain:
    """Signatures by name of the key."""
    made = draft.envelope()
    return {**made, "signatures": {one["keyid"]: one["sig"] for one in made["signatures"]}}


@attack("envelope-members")
def unknown_member_of_signature(draft: Draft) -> Plain:
    """A member beside a signature, which nobody signed."""
    made = draft.envelope()
    made["signatures"][0]["role"] = "security"
    return made


@attack("envelope-members")
def signature_no_object(draft: Draft) -> Plain:
    """A signature that is a text."""
    made = draft.envelope()
    made["signatures"][0] = made["signatures"][0]["sig"]
    return made


@attack("envelope-members")
def signature_no_text(draft: Draft) -> Plain:
    """A signature whose bytes are a number."""
    made = draft.envelope()
    made["signatures"][0]["sig"] = 1
    return made


@attack("envelope-members")
def keyid_no_text(draft: Draft) -> Plain:
    """A signature whose key has a number."""
    made = draft.envelope()
    made["signatures"][0]["keyid"] = 1
    return made


@attack("envelope-base64")
def signature_not_base64(draft: Draft) -> Plain:
    """A signature of characters that base64 does not have."""
    made = draft.envelope()
    made["signatures"][0]["sig"] = "?" * 8
    return made


@attack("not-canonical")
def signatures_out_of_order(draft: Draft) -> Plain:
    """The same signatures in another order: the same sign-off, another file."""
    made = draft.envelope()
    return {**made, "signatures": made["signatures"][::-1]}


@attack("signature-invalid")
def signatures_of_another_payload(draft: Draft) -> Plain:
    """The three signatures of yesterday's sign-off under today's payload."""
    today = draft.payload()
    draft.predicate["run_id"] = "yesterday"
    return envelope(today, draft.signatures())
