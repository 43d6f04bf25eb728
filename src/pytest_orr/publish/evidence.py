"""The files that statements in force rest on, kept beside a report by digest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.evidence_files import LARGEST_MIB, MIB
from pytest_orr.profile.evidence_rules import FILE, form_of

from .files import EVIDENCE, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_orr.model import Evidence, ItemResult


def files_named(items: Iterable[ItemResult]) -> tuple[Evidence, ...]:
    """Return every file that the statements of a review name, each digest once, sorted by it."""
    found = {
        seen.sha256: seen
        for item in items
        for seen in (item.attestation.evidence if item.attestation else ())
        if seen.sha256 and form_of(seen.kind, seen.ref) == FILE
    }
    return tuple(found[digest] for digest in sorted(found))


def keep_evidence(report: Path, beside: Path, items: Iterable[ItemResult]) -> None:
    """Copy what statements rest on to ``report/evidence/<sha256>``, for its owner's eyes alone.

    ``beside`` is the profile's folder. A file that is no longer what was judged is left out:
    whoever signs is told that it is missing.
    """
    named = files_named(items)
    if named:
        (report / EVIDENCE).mkdir(mode=0o700, exist_ok=True)
    for one in named:
        content = _content(beside, one.ref)
        if hashlib.sha256(content).hexdigest() == one.sha256:
            write_whole(report / EVIDENCE / one.sha256, content, mode=0o600)


def _content(beside: Path, ref: str) -> bytes:
    """Return a file's bytes; none of one that is gone, and not all of one that grew too large."""
    try:
        with opened_beside(beside, ref) as opened:
            return opened.read(LARGEST_MIB * MIB + 1)
    except FileRefused:
        return b""
