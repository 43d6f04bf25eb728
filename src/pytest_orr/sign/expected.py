"""What a verifier demands of a sign-off: values of its own, never read from what it verifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from pytest_orr.profile.signoff import SignoffRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Everything that a sign-off is held against; the caller reads it from its own checkout.

    What may be ``None`` is compared only if it is given.
    """

    service: str
    environment: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    commit: str
    """The whole commit id, hexadecimal."""
    images: tuple[str, ...]
    checklist_version: str
    """Of the suite's lock."""
    checklist_sha256: str
    """Over the suite's modules, as ``Suite.sha256`` has it."""
    items: Mapping[str, str]
    """Every item of the suite by id, with the phase in which it comes due."""
    phase: str = "launch"
    rules: SignoffRules
    policy_sha256: str
    """Of policy.toml, in which the rules stand."""
    unwaivable: Collection[str] = ()
    """Ids of items that no waiver may cover."""
    longest_waiver: Mapping[str, int]
    """Days that a waiver may last, by item; an item without an entry has no waiver."""
    may_approve: Collection[str]
    """E-mails of who may approve a waiver or a not-applicable."""
    authors: Collection[str] = ()
    """E-mails of those who are known to have made or asked for the release."""
    at: datetime
    """The instant of the verification, aware UTC."""
    last_seq: int = -1
    """``seq`` of the newest sign-off that was seen of this service; -1 if none was."""
    files: Mapping[str, str] | None = None
    """SHA-256 by member of the statement: ``profile_sha256``, ``waivers_sha256`` …"""
    facts_sha256: str | None = None
    """Of the bytes of ``facts.json``."""
    results_sha256: str | None = None
    report_sha256: str | None = None
    journal_sha256: str | None = None
    tool_sha256: str | None = None
    evidence: Mapping[str, int] | None = None
    """Bytes of each evidence file that is at hand, by its SHA-256."""
