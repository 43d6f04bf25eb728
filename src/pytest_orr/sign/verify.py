"""Bytes to a verified sign-off, or a refusal: nothing is ignored, nothing is half believed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from . import envelope as envelopes
from .binding import check_cover, check_kept, check_release, not_compared
from .envelope import NAMESPACE, PAYLOAD_TYPE, RESULTS_NAMESPACE, RESULTS_TYPE
from .people import folded
from .refusal import Refused
from .roles import AUTHORS_ROLE, FEWEST_PEOPLE, filled
from .signers import runner_of, signer_of
from .statement import GO, NO_GO, Statement
from .statement import read as read_statement
from .verdict import recomputed
from .window import check_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.profile.fields import Role
    from pytest_orr.profile.signoff import Approver

    from .envelope import Envelope, Signature
    from .expected import Expected


class Filled(NamedTuple):
    """A role, who fills it, and by which key."""

    email: str
    role: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A sign-off that holds, made of the very bytes that were verified."""

    statement: Statement
    payload_sha256: str
    """Names the sign-off; the bytes of envelope and signatures may differ for the same one."""
    roles: tuple[Filled, ...]
    """Sorted by e-mail."""
    notices: tuple[str, ...]
    """What a reader must know although it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A veto that stands."""

    statement: Statement
    payload_sha256: str
    people: tuple[str, ...]
    """Who signed it, by e-mail, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedResults:
    """What runners have signed: that these are the results which they saw."""

    statement: Statement
    payload_sha256: str
    runners: tuple[tuple[str, str], ...]
    """Name and the key's fingerprint, sorted."""


def verify(raw: bytes, expected: Expected) -> Verified:
    """Return what an envelope signs off, if it is exactly what is expected.

    Raises ``Refused`` for everything else, by the first reason that is found.
    """
    envelope = envelopes.read(raw, PAYLOAD_TYPE)
    signed = _signed(envelope, expected)
    statement = check_payload(envelope.payload, expected)
    roles = _roles(signed, statement, expected)
    return Verified(
        statement=statement,
        payload_sha256=_digest(envelope),
        roles=roles,
        notices=tuple(_notices(signed, roles, expected)),
    )


def check_payload(payload: bytes, expected: Expected) -> Statement:
    """Return the statement of a payload that could be signed off: all but the signatures is right.

    Raises ``Refused`` as ``verify`` does.
    """
    statement = _about(payload, expected)
    check_window(statement, expected)
    if statement.decision != GO:
        raise Refused("no-go", "its decision is NO_GO: the service may not launch")
    word = recomputed(statement, expected)
    if statement.verdict != word.value:
        raise Refused("verdict-differs", f"its results amount to {word.value}, and not to that")
    return statement


def verify_veto(raw: bytes, expected: Expected) -> Veto | None:
    """Return the veto that an envelope holds against the expected release.

    Nothing is returned of a veto of another release, or of one whose window has ended. Raises
    ``Refused`` for whatever is no veto that listed people have signed.
    """
    envelope = envelopes.read(raw, PAYLOAD_TYPE)
    signed = _signed(envelope, expected)
    statement = read_statement(envelope.payload)
    if statement.decision != NO_GO:
        raise Refused("no-veto", "its decision is GO, where a veto is expected")
    said = (statement.service, statement.environment, statement.commit)
    if said != (expected.service, expected.environment, expected.commit):
        return None
    if expected.at >= statement.not_after:
        return None
    people = tuple(sorted({person.email for _, person in signed}))
    return Veto(statement=statement, payload_sha256=_digest(envelope), people=people)


def refuse_vetoed(statement: Statement, veto: Veto) -> None:
    """Refuse a sign-off against which a veto stands: only a later run overcomes it."""
    if statement.seq <= veto.statement.seq:
        who, why = ", ".join(veto.people), veto.statement.reason or "no reason given"
        raise Refused("vetoed", f"{who} objected: {why!a}")


def verify_results(raw: bytes, expected: Expected, payload_sha256: str = "") -> VerifiedResults:
    """Return what runners have signed: a statement, as they made it.

    ``payload_sha256`` is that of the sign-off beside it, if there is one: they must be about the
    same bytes. Raises ``Refused``; what a statement amounts to, and whether it holds, is no
    question here.
    """
    envelope = envelopes.read(raw, RESULTS_TYPE)
    runners = tuple(
        (
            runner_of(one, message, expected.rules, expected.at, namespace=RESULTS_NAMESPACE).name,
            one.keyid,
        )
        for one, message in _messages(envelope)
    )
    statement = _about(envelope.payload, expected)
    digest = _digest(envelope)
    if payload_sha256 not in {"", digest}:
        raise Refused("other-statement", "runners have signed another statement than approvers")
    return VerifiedResults(
        statement=statement, payload_sha256=digest, runners=tuple(sorted(runners))
    )


def _about(payload: bytes, expected: Expected) -> Statement:
    """Return what a payload says, if it is about exactly what is expected."""
    statement = read_statement(payload)
    check_release(statement, expected)
    check_kept(statement, expected)
    check_cover(statement, expected)
    return statement


def _messages(envelope: Envelope) -> Iterator[tuple[Signature, bytes]]:
    """Yield each signature with the bytes that it is over; a key that is there twice is refused."""
    message = envelopes.pae(envelope.payload, envelope.payload_type)
    seen: set[str] = set()
    for signature in envelope.signatures:
        if signature.keyid in seen:
            raise Refused("key-repeated", f"{signature.keyid} has signed twice")
        seen.add(signature.keyid)
        yield signature, message


def _signed(envelope: Envelope, expected: Expected) -> tuple[tuple[str, Approver], ...]:
    """Return fingerprint and person of every signature; one that does not count refuses all."""
    return tuple(
        (one.keyid, signer_of(one, message, expected.rules, expected.at, namespace=NAMESPACE))
        for one, message in _messages(envelope)
    )


def _roles(
    signed: Iterable[tuple[str, Approver]], statement: Statement, expected: Expected
) -> tuple[Filled, ...]:
    rules, people = expected.rules, {person.email: person.roles for _, person in signed}
    authors = {*statement.authors, *expected.authors}
    found = filled(people, rules.need.items(), authors, solo=rules.solo)
    if found is None:
        raise Refused("roles-unfilled", _unfilled(people, rules.need, authors))
    keys = {person.email: fingerprint for fingerprint, person in signed}
    return tuple(Filled(email, role, keys[email]) for email, role in sorted(found.items()))


def _unfilled(
    people: Mapping[str, Iterable[str]], need: Mapping[Role, int], authors: Iterable[str]
) -> str:
    """Say who signed with which roles, what is needed, and whom the release keeps from it."""
    signed = ", ".join(f"{one} ({', '.join(roles)})" for one, roles in sorted(people.items()))
    asked = ", ".join(f"{count} {role}" for role, count in sorted(need.items()))
    kept = sorted(one for one in people if one.casefold() in folded(authors))
    limit = (
        f"; {', '.join(kept)} made the release or asked for it, and may fill {AUTHORS_ROLE} alone"
    )
    return f"needed are {asked}, each another person; signed by {signed}{limit * bool(kept)}"


def _notices(
    signed: Iterable[tuple[str, Approver]], roles: Iterable[Filled], expected: Expected
) -> Iterator[str]:
    people = folded(person.email for _, person in signed)
    if len(people) < FEWEST_PEOPLE:
        yield "one person alone has signed: policy.toml says solo"
    for email in sorted(people - folded(one.email for one in roles)):
        yield f"{email} has signed, too, and fills no role"
    if lacking := not_compared(expected):
        yield f"not given, and so not compared: {', '.join(lacking)}"


def _digest(envelope: Envelope) -> str:
    return hashlib.sha256(envelope.payload).hexdigest()
