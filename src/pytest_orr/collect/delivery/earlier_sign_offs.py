"""Verifies the sign-off under which the release before went: ``earlier_sign_offs``."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.forge.said import PublishedRelease
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, InvalidInput
from pytest_orr.observation import Answer
from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.forge import EarlierReview
from pytest_orr.profile.policy_file import read_policy
from pytest_orr.sign.earlier import EarlierRelease, verify_earlier
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.verify import Verified

from .releases_before import newest_candidate, release_before

LARGEST_MIB = 32
REMEDY = "copy the signoff.json of the release before there, as it was signed"
NAME_POLICY = "name the policy by which it was signed under [delivery.earlier_review] policy"
POLICY = "policy.toml"
VETO = "veto.json"
ABSENT = "is not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSignOff:
    """What became of verifying the sign-off of an earlier release."""

    tag: str
    """Of the release before; at a first launch of its newest candidate."""
    commit: str
    """Of that release, as the forge has it."""
    refused: str = ""
    """Code of the refusal; empty if it holds."""
    why: str = ""
    """What was found, if it is refused."""
    verdict: str = ""
    signed_by: tuple[str, ...] = ()
    """Who filled which role, ``ana@example.org (service)``; sorted."""
    payload_sha256: str = ""
    """Names the sign-off, if it holds: the digest of what was signed."""
    is_by_todays_policy: bool
    """Whether no policy of then is declared, so that today's says who could sign."""
    sha256: str
    published: str = ""
    """The digest of the release's file of the same name; empty if the forge tells none."""

    @property
    def is_genuine(self) -> bool:
        """Whether it is the file that the forge published, if it tells."""
        return self.published in {"", self.sha256}

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        whose = f"{self.tag}, {self.commit[:12]}"
        if self.refused:
            return f"{whose}: refused as {self.refused}"
        policy = "today's policy" if self.is_by_todays_policy else "the policy of then"
        return f"{whose}: {self.verdict}, signed by {', '.join(self.signed_by)}, by {policy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSignOffs:
    """Was the release before signed off, as people can verify?"""

    name: str = "earlier_sign_offs"
    source: str = "forge, and a signoff.json beside the profile"
    operations: tuple[str, ...] = ("file:read", "forge:releases", "forge:tags")
    fact_type: Any = tuple[Part[EarlierSignOff], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[EarlierSignOff], ...]]:
        """Verify the declared sign-off, if there is one, for the release that the forge tells."""
        declared = desk.profile.delivery.earlier_review
        if declared is None:
            return Answer(value=())
        part = part_of(declared.signoff, partial(_sign_off, desk, declared))
        return Answer(value=(part,), where=(declared.signoff, desk.forge.where))


def _sign_off(desk: Desk, declared: EarlierReview) -> EarlierSignOff:
    file = declared.signoff
    content = _content(desk, file, REMEDY)
    veto = _content_if_any(desk, f"{file.rpartition('/')[0]}/{VETO}".lstrip("/"))
    release, commit = _release(desk)
    verified, refusal = _verified(content, veto, _known(desk, declared, release, commit))
    return EarlierSignOff(
        tag=release.tag,
        commit=commit,
        refused=refusal.code if refusal else "",
        why=str(refusal or ""),
        verdict=verified.statement.verdict if verified else "",
        signed_by=tuple(f"{one.email} ({one.role})" for one in verified.roles) if verified else (),
        payload_sha256=verified.payload_sha256 if verified else "",
        is_by_todays_policy=declared.policy is None,
        sha256=hashlib.sha256(content).hexdigest(),
        published=_published(release, file),
    )


def _verified(
    content: bytes, veto: bytes | None, known: EarlierRelease
) -> tuple[Verified, None] | tuple[None, Refused]:
    try:
        return verify_earlier(content, known, veto), None
    except Refused as refused:
        return None, refused


def _known(
    desk: Desk, declared: EarlierReview, release: PublishedRelease, commit: str
) -> EarlierRelease:
    file = declared.policy or POLICY
    content = _content(desk, file, NAME_POLICY)
    try:
        policy, rules = read_policy(file, content)
    except InvalidInput as error:
        raise FactUnavailable("; ".join(error.mistakes), NAME_POLICY) from error
    service, longest = desk.profile.service, policy.gate.longest_waiver
    return EarlierRelease(
        service=service.name,
        environment=service.environment,
        commit=commit,
        at=release.published,
        rules=rules,
        policy_sha256=hashlib.sha256(content).hexdigest() if declared.policy else "",
        longest_waiver=max(longest.blocker, longest.major, longest.minor),
    )


def _content(desk: Desk, file: str, remedy: str) -> bytes:
    largest = LARGEST_MIB * 1024 * 1024
    try:
        with opened_beside(desk.folder, file) as opened:
            content = opened.read(largest + 1)
    except FileRefused as error:
        raise FactUnavailable(f"{file} {error}", remedy) from error
    if len(content) > largest:
        raise FactUnavailable(f"{file} is larger than {LARGEST_MIB} MiB", remedy)
    return content


def _content_if_any(desk: Desk, file: str) -> bytes | None:
    try:
        return _content(desk, file, "remove it, or copy it there as it was signed")
    except FactUnavailable as error:
        if error.cause == f"{file} {ABSENT}":
            return None
        raise


def _release(desk: Desk) -> tuple[PublishedRelease, str]:
    of = newest_candidate if desk.profile.release.first else release_before
    return of(desk)


def _published(release: PublishedRelease, file: str) -> str:
    """Return the digest that the forge tells of the release's file of that name, if it does."""
    name = file.rpartition("/")[2]
    digests = [one.digest for one in release.assets if one.name == name and one.digest]
    return digests[0].removeprefix("sha256:") if digests else ""
