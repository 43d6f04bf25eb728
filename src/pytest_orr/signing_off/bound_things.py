"""Everything that a sign-off binds, how it is read again, and by which code a change is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundThing:
    """One thing of which a change voids a sign-off."""

    name: str
    where: str
    """What it is read from by whoever verifies."""
    code: str
    """Of the refusal, one of ``REFUSALS``, or the exit code of what was written wrong."""
    is_live: bool = False
    """Whether ``--live`` alone reads it."""


def _told(name: str, where: str, code: str) -> BoundThing:
    return BoundThing(name=name, where=where, code=code)


def _asked(name: str, where: str, code: str = "drifted") -> BoundThing:
    return BoundThing(name=name, where=where, code=code, is_live=True)


THINGS = (
    _told("service", "`readiness.toml`", "other-service"),
    _told("environment", "`readiness.toml`", "other-environment"),
    _told("AWS accounts", "`readiness.toml`", "other-accounts"),
    _told("AWS regions", "`readiness.toml`", "other-regions"),
    _told("commit", "`readiness.toml`, or `--commit`", "other-commit"),
    _told("container images", "`readiness.toml`", "other-images"),
    _told("phase", "`--phase`", "other-phase"),
    _told("checklist", "the suite's modules", "other-checklist"),
    _told("checklist's version", "`suite.lock`", "other-checklist"),
    _told("policy", "`policy.toml`", "other-policy"),
    _told("profile", "`readiness.toml`, every other key", "other-files"),
    _told("attestations", "`attestations.toml`", "other-files"),
    _told("waivers", "`waivers.toml`", "other-files"),
    _told("review notes", "`review-notes.toml`", "other-files"),
    _told("organisation's file", "what `[extends]` pins: exit code 22", "22"),
    _told("who asked for it", "`[release] asked_by`", "other-authors"),
    _told("page", "`readiness.html` beside it", "report-differs"),
    _told("review", "`review.json` beside it", "report-differs"),
    _told("journal", "`journal.jsonl` beside it", "report-cut"),
    _told("statement", "`statement.json` beside it", "other-statement"),
    _told("facts", "`facts.json` beside it", "facts-changed"),
    _told("kept evidence", "`evidence/` beside it", "evidence-changed"),
    _asked("evidence", "the checkout's files that statements name"),
    _asked("checkout", "HEAD of `[repository] path`; below readiness/ it may be newer"),
    _asked("work tree", "tracked files of `[repository] path`"),
    _asked("image", "the registry: to which digest the image's tag leads"),
    _asked("AWS identity", "STS: whose account answers", "not-read-again"),
    _asked("people behind the release", "who tagged it, by git and forge"),
    _asked("product", "the installed files of this product"),
    _asked("item", "the item's outcome, judged again"),
)
"""By the name under which a refusal names it."""
