"""Who signed a statement so far, which role each fills, and who still must."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from pytest_orr.profile.service import same_person
from pytest_orr.sign.envelope import NAMESPACE, pae
from pytest_orr.sign.roles import AUTHORS_ROLE, FEWEST_PEOPLE, filled
from pytest_orr.sign.signers import signer_of
from pytest_orr.ssh_keys.certificates import read as read_certificate
from pytest_orr.ssh_keys.public_keys import PublicKey, of_blob

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pytest_orr.profile.signoff import Approver, SignoffRules
    from pytest_orr.sign.envelope import Envelope
    from pytest_orr.sign.expected import Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Somebody whose signature holds."""

    email: str
    role: str
    """What it fills; empty if every role of that person is filled by others."""
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A role in which somebody still must sign."""

    role: str
    count: int
    able: tuple[str, ...]
    """Who could, by e-mail: empty if somebody would have to be listed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a sign-off is."""

    signed: tuple[Signed, ...]
    waiting: tuple[Waiting, ...]
    lacks_person: bool = False
    """Whether every role is filled, and a second person is asked for all the same."""


def standing(envelope: Envelope, expected: Expected, authors: Collection[str]) -> Standing:
    """Judge every signature of an envelope, and say what is missing.

    ``authors`` are who made or asked for the release. Raises ``Refused`` for a signature that does
    not hold.
    """
    rules, message = expected.rules, pae(envelope.payload, envelope.payload_type)
    signers = {
        signer_of(one, message, rules, expected.at, namespace=NAMESPACE).email: one.keyid
        for one in envelope.signatures
    }
    people = {one.email: one.roles for one in rules.approvers if one.email in signers}
    need: dict[str, int] = {str(role): count for role, count in rules.need.items()}
    lacking, places = _best(people, need, authors)
    return Standing(
        signed=tuple(
            Signed(email=email, role=places.get(email, ""), fingerprint=signers[email])
            for email in sorted(signers)
        ),
        waiting=tuple(
            Waiting(role=role, count=count, able=_able(role, rules, signers, authors))
            for role, count in lacking.items()
            if count
        ),
        lacks_person=not any(lacking.values()) and len(signers) < FEWEST_PEOPLE and not rules.solo,
    )


def _best(
    people: Mapping[str, Collection[str]], need: Mapping[str, int], authors: Collection[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Fill as many places as can be; return how many each role still lacks, and who fills what."""
    counts = product(*(range(count + 1) for count in need.values()))
    for some in sorted(counts, key=sum, reverse=True):
        wanted = tuple(zip(need, some, strict=True))
        places = filled(people, wanted, authors, solo=True)
        if places is not None:
            return {role: need[role] - count for role, count in wanted}, places
    return dict(need), {}


def _able(
    role: str, rules: SignoffRules, signers: Collection[str], authors: Collection[str]
) -> tuple[str, ...]:
    return tuple(
        one.email
        for one in rules.approvers
        if role in one.roles
        and one.email not in signers
        and (role == AUTHORS_ROLE or not any(same_person(one.email, made) for made in authors))
    )


def plain_key(blob: bytes) -> PublicKey:
    """Return the key of a certificate's bytes, or of a key's own; raises ``ValueError``."""
    key = of_blob(blob)
    return read_certificate(blob).key if key.is_certificate else key


def holders(key: PublicKey, rules: SignoffRules) -> tuple[Approver, ...]:
    """Return whom a key or certificate is listed for, whether it counts today or not."""
    certificate = read_certificate(key.blob) if key.is_certificate else None
    return tuple(
        person
        for person in rules.approvers
        if any(one.public.blob == key.blob for one in person.keys)
        or any(
            certificate is not None
            and one.public.blob == certificate.authority
            and one.principal in certificate.principals
            for one in person.authorities
        )
    )
