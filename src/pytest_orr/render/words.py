"""What outcomes, verdicts and parts are called where people read: the renderers' vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import Outcome, VerdictWord

if TYPE_CHECKING:
    from pytest_orr.model import AwsCaller, Review

OUTCOME_WORDS = {
    Outcome.PASS: "PASS",
    Outcome.ATTESTED: "ATTESTED",
    Outcome.NOT_APPLICABLE: "NOT APPLICABLE",
    Outcome.WAIVED: "WAIVED",
    Outcome.PENDING: "PENDING",
    Outcome.UNKNOWN: "UNKNOWN",
    Outcome.FAIL: "FAIL",
    Outcome.MISSING: "MISSING",
}
OUTCOME_MEANINGS = {
    Outcome.PASS: "a machine saw that it holds",
    Outcome.ATTESTED: "a person says that it holds, with evidence",
    Outcome.NOT_APPLICABLE: "does not concern this service",
    Outcome.WAIVED: "does not hold, accepted for a time",
    Outcome.PENDING: "waits for a person",
    Outcome.UNKNOWN: "could not be checked",
    Outcome.FAIL: "does not hold",
    Outcome.MISSING: "gave no result",
}
VERDICT_WORDS = {
    VerdictWord.READY: "READY",
    VerdictWord.READY_WITH_WAIVERS: "READY WITH WAIVERS",
    VerdictWord.UNVERIFIED: "UNVERIFIED",
    VerdictWord.PARTIAL: "PARTIAL",
    VerdictWord.NOT_READY: "NOT READY",
}
BANNERS = frozenset({"clock"})
"""Kinds of notices that cast doubt on everything else."""
PART_TITLES = {
    "launch-checklist": "Launch checklist",
    "orr": "Operational readiness review",
    "service": "The service's own items",
}
CLASS_WORDS = {
    "automatic": "a machine decides",
    "partly": "a machine and a person decide",
    "person": "a person decides",
}
STAMP_WORDS = {
    "baseline": "check as published",
    "modified": "check modified",
    "local": "check of this service",
}
SIGNER_WORDS = {"service": "Service owner"}
"""What roles are called where people sign, if not by their names."""
SIGNERS = ("Principal engineer", "Service owner", "Security")
WIDTH_WORDS = {
    "narrow": "",
    "wide": ", credentials: wider than needed",
    "unknown": ", credentials: not known how wide",
}
NOBODY = "nobody named in readiness.toml"
UNNAMED_COMMIT = "no commit"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 item`` or ``2 items``; ``plural`` for nouns that take more than an s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def sentence(text: str) -> str:
    """Return text with a full stop, and with a capital if it begins with a word and not a name."""
    text = text.strip()
    closed = text if not text or text[-1] in ".!?…" else f"{text}."
    first = text.partition(" ")[0].rstrip(".,;")
    return closed[:1].upper() + closed[1:] if first.isalpha() else closed


def instant(text: str) -> str:
    """Print an instant ``2026-11-20T09:30:00Z`` as ``2026-11-20 09:30 UTC``, others as given."""
    day, mark, time = text.partition("T")
    return f"{day} {time[:5]} UTC" if mark and time.endswith("Z") else text


def banners(review: Review) -> tuple[str, ...]:
    """Return the notices that a reader must know before anything else."""
    return tuple(one.text for one in review.notices if one.kind in BANNERS)


def signer(role: str) -> str:
    """Return what somebody who signs in a role is called: ``Principal engineer``."""
    return SIGNER_WORDS.get(role, role.replace("-", " ").capitalize())


def caller(one: AwsCaller) -> str:
    """Print whose credentials asked an account: ``AWS 123456789012: arn:… (how it is limited)``."""
    who = one.arn or "nobody who could be named"
    return f"AWS {one.account}: {who}{WIDTH_WORDS[one.width]} ({one.why})"
