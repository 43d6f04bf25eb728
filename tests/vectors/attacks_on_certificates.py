"""Attacks with certificates: of whom, by whom, for how long, and over which key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.vectors.attack import attack
from tests.vectors.keys import (
    Certified,
    Ed25519,
    SmallOrder,
    certified,
    fingerprint,
    line,
    string,
)

if TYPE_CHECKING:
    from tests.vectors.draft import Draft


@attack("certificate-refused")
def host_certificate(draft: Draft) -> None:
    """A certificate that says which host a machine is."""
    by_certificate(draft, principals=("cara",), host=True)


@attack("key-unlisted")
def certificate_of_another_principal(draft: Draft) -> None:
    """A certificate of a listed authority, for somebody else."""
    by_certificate(draft, principals=("otto",))


@attack("certificate-refused")
def certificate_for_everybody(draft: Draft) -> None:
    """A certificate that names nobody, which SSH takes as good for everybody."""
    by_certificate(draft, principals=())


@attack("key-unlisted")
def certificate_of_an_unlisted_authority(draft: Draft) -> None:
    """A certificate of an authority that the policy does not know."""
    by_certificate(draft, principals=("cara",), authority="mallory")


@attack("certificate-not-valid")
def certificate_expired(draft: Draft) -> None:
    """A certificate past its end."""
    by_certificate(draft, principals=("cara",), days=(-30, -1))


@attack("certificate-not-valid")
def certificate_of_tomorrow(draft: Draft) -> None:
    """A certificate before its beginning."""
    by_certificate(draft, principals=("cara",), days=(1, 30))


@attack("certificate-refused")
def certificate_with_critical_option(draft: Draft) -> None:
    """A certificate under a condition that nobody here can check."""
    by_certificate(draft, principals=("cara",), options={"force-command": "/bin/true"})


@attack("key-shared")
def certificate_for_two_people(draft: Draft) -> None:
    """A certificate whose names mean two people of the policy."""
    by_certificate(draft, principals=("cara", "otto"))
    listed = draft.person("cara")["authorities"][0]["key"]
    draft.person("otto")["authorities"] = [{"key": listed, "principal": "otto"}]


@attack("key-shared")
def certificate_over_a_listed_key(draft: Draft) -> None:
    """A certificate that calls one person's listed key another person's."""
    by_certificate(draft, principals=("cara",), holder="dan")


@attack("key-unlisted")
def certificate_by_oneself_over_an_expired_key(draft: Draft) -> None:
    """A key past its last day, with a certificate that its holder issued."""
    by_certificate(draft, principals=("cara",), authority="mallory", holder="old")
    draft.keys = {**draft.keys, "old": draft.keys["cara"]}
    draft.person("cara").pop("authorities")
    draft.give("cara", Ed25519())
    draft.by = ["ana", "ben", "old"]


@attack("key-shared")
def certificate_over_a_runners_key(draft: Draft) -> None:
    """A certificate that calls a machine's key a person's."""
    by_certificate(draft, principals=("cara",), holder="ci")


@attack("key-weak")
def certificate_over_a_small_order_key(draft: Draft) -> None:
    """A certificate over a key under which one signature is good for every message."""
    by_certificate(draft, principals=("cara",), holder="small")


@attack("certificate-refused")
def certificate_cut(draft: Draft) -> None:
    """A certificate without its last byte."""
    key = by_certificate(draft, principals=("cara",))
    draft.keys = {**draft.keys, "cara": replace(key, certificate=key.certificate[:-1])}


@attack("certificate-refused")
def certificate_tampered(draft: Draft) -> None:
    """A certificate whose principal was changed after the authority signed it."""
    by_certificate(draft, principals=("otto",))
    key = draft.keys["cara"]
    assert isinstance(key, Certified)
    changed = key.certificate.replace(string(b"otto"), string(b"cara"))
    draft.keys = {**draft.keys, "cara": replace(key, certificate=changed)}


@attack("key-revoked")
def certificate_of_a_revoked_key(draft: Draft) -> None:
    """A good certificate over a key that was revoked."""
    key = by_certificate(draft, principals=("cara",))
    draft.policy["signoff"]["revoked"].append(fingerprint(key.holder.blob))


@attack("key-revoked")
def certificate_of_a_revoked_authority(draft: Draft) -> None:
    """A certificate of a listed authority whose own key was revoked."""
    by_certificate(draft, principals=("cara",))
    draft.policy["signoff"]["revoked"].append(fingerprint(draft.keys["authority"].blob))


def by_certificate(
    draft: Draft,
    *,
    principals: tuple[str, ...],
    authority: str = "authority",
    holder: str = "",
    days: tuple[int, int] = (-30, 30),
    host: bool = False,
    options: dict[str, str] | None = None,
) -> Certified:
    """Let Cara sign with a certificate; the policy lists ``authority`` for the principal cara."""
    at = datetime.fromisoformat(draft.expected["at"]).astimezone(UTC)
    since, until = (at + timedelta(days=day) for day in days)
    issuer = draft.keys[authority]
    assert isinstance(issuer, Ed25519)
    certain = draft.keys[holder] if holder else Ed25519()
    assert isinstance(certain, Ed25519 | SmallOrder)
    key = certified(
        certain,
        issuer,
        principals,
        since=since,
        until=until,
        host=host,
        options=options,
    )
    person = draft.person("cara")
    person.pop("keys", None)
    listed = line(draft.keys["authority"], "authority")
    person["authorities"] = [{"key": listed, "principal": "cara"}]
    draft.keys = {**draft.keys, "cara": key}
    return key
