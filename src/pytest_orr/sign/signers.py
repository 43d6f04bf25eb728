"""Whose signature is this? One person of policy.toml, by the key itself and never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, TypeVar

from pytest_orr.ssh_keys.public_keys import fingerprint_of, of_blob

from . import sshsig
from .refusal import Refused
from .signatures import check

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pytest_orr.profile.signoff import Approver, ListedKey, Runner, SignoffRules
    from pytest_orr.ssh_keys.certificates import Certificate

    from .envelope import Signature
    from .sshsig import Blob

Holder = TypeVar("Holder", "Approver", "Runner")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A key that signs, with its certificate if that says whose it is."""

    key: bytes
    certificate: Certificate | None

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.key)

    def entries(self, holder: Approver | Runner) -> tuple[ListedKey, ...]:
        """Return how the key is listed for a holder; one with a certificate is not."""
        return () if self.certificate else self._listed(holder)

    def is_of(self, holder: Approver | Runner) -> bool:
        """Whether the key is listed for a holder, whatever a certificate says of it."""
        return bool(self._listed(holder))

    def is_certified_for(self, person: Approver) -> bool:
        certificate = self.certificate
        return certificate is not None and any(
            one.public.blob == certificate.authority and one.principal in certificate.principals
            for one in person.authorities
        )

    def _listed(self, holder: Approver | Runner) -> tuple[ListedKey, ...]:
        return tuple(one for one in holder.keys if one.public.blob == self.key)


def signer_of(
    signature: Signature, message: bytes, rules: SignoffRules, at: datetime, *, namespace: str
) -> Approver:
    """Return the one approver who made a signature over ``message`` (the bytes of ``pae``).

    ``at`` is the aware instant of the verification, as the caller knows it: a key counts if it is
    listed, not revoked and valid then. Raises ``Refused`` for every signature that does not count.
    """
    opened, blob = _opened(signature)
    person = _approver(opened, rules, at)
    _check_bytes(opened, opened.entries(person), blob, message, namespace)
    return person


def runner_of(
    signature: Signature, message: bytes, rules: SignoffRules, at: datetime, *, namespace: str
) -> Runner:
    """Return the one runner who made a signature, as ``signer_of`` returns an approver."""
    opened, blob = _opened(signature)
    runner = _runner(opened, rules, at)
    _check_bytes(opened, opened.entries(runner), blob, message, namespace)
    return runner


def signer_by(public_key: bytes, rules: SignoffRules, at: datetime) -> Approver:
    """Return the one approver whose signatures by a key, or certificate, would count at ``at``.

    Raises ``Refused`` as ``signer_of`` does.
    """
    return _approver(_key(public_key), rules, at)


def runner_by(public_key: bytes, rules: SignoffRules, at: datetime) -> Runner:
    """Return the one runner whose signatures by a key would count, as ``signer_by`` does."""
    return _runner(_key(public_key), rules, at)


def _approver(opened: _Opened, rules: SignoffRules, at: datetime) -> Approver:
    able = rules.approvers
    theirs = [one for one in able if opened.entries(one) or opened.is_certified_for(one)]
    person = _only(theirs, opened)
    others: tuple[Approver | Runner, ...] = (*able, *rules.runners)
    if any(one != person and opened.is_of(one) for one in others):
        told = f"{opened.fingerprint} is certified for one, and listed for another"
        raise Refused("key-shared", told)
    _check_standing(opened, opened.entries(person), rules, at)
    return person


def _runner(opened: _Opened, rules: SignoffRules, at: datetime) -> Runner:
    runner = _only([one for one in rules.runners if opened.entries(one)], opened)
    _check_standing(opened, opened.entries(runner), rules, at)
    return runner


def _key(public_key: bytes) -> _Opened:
    certificate = _certificate(public_key)
    key = certificate.key.blob if certificate else public_key
    return _Opened(key=key, certificate=certificate)


def _opened(signature: Signature) -> tuple[_Opened, Blob]:
    blob = sshsig.parse(signature.blob)
    opened = _key(blob.public_key)
    if signature.keyid != opened.fingerprint:
        said = ascii(signature.keyid)[:80]
        raise Refused("key-relabelled", f"{said} names another key than {opened.fingerprint}")
    return opened, blob


def _certificate(public_key: bytes) -> Certificate | None:
    from pytest_orr.ssh_keys.certificates import read  # noqa: PLC0415 most runs verify nothing

    try:
        is_certificate = of_blob(public_key).is_certificate
    except ValueError as error:
        raise Refused("signature-form", f"the key of a signature is malformed: {error}") from error
    try:
        return read(public_key) if is_certificate else None
    except ValueError as error:
        raise Refused("certificate-refused", f"a certificate is refused: {error}") from error


def _only(holders: list[Holder], opened: _Opened) -> Holder:
    if not holders:
        raise Refused("key-unlisted", f"{opened.fingerprint} is nobody's key in policy.toml")
    if len(holders) > 1:
        raise Refused("key-shared", f"policy.toml lists {opened.fingerprint} for two people")
    return holders[0]


def _check_standing(
    opened: _Opened, entries: Iterable[ListedKey], rules: SignoffRules, at: datetime
) -> None:
    authority = opened.certificate and fingerprint_of(opened.certificate.authority)
    for fingerprint in (opened.fingerprint, authority):
        if fingerprint in rules.revoked:
            raise Refused("key-revoked", f"{fingerprint} is revoked")
    day = at.astimezone(UTC).date()
    for entry in entries:
        if entry.since and day < entry.since:
            raise Refused("key-too-early", f"{opened.fingerprint} counts from {entry.since} on")
        if entry.until and day > entry.until:
            raise Refused("key-expired", f"{opened.fingerprint} counted until {entry.until}")
    if opened.certificate and not opened.certificate.is_valid_at(at.timestamp()):
        told = f"the certificate of {opened.fingerprint} does not hold on {day}"
        raise Refused("certificate-not-valid", told)


def _check_bytes(
    opened: _Opened, entries: Iterable[ListedKey], blob: Blob, message: bytes, namespace: str
) -> None:
    touch = all(one.touch for one in entries)
    check(blob, namespace=namespace, message=message, touch=touch, key=opened.key)
