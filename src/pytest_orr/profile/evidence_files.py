"""Files that statements rest on: read once at the edge, so that judging them needs no disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from .beside import FileRefused, opened_beside
from .drill_records import plain
from .evidence_rules import FILE, form_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .schema import EvidenceRef, Statement

LARGEST_MIB = 20
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """What became of reading one file that a statement names."""

    ref: str
    sha256: str = ""
    """Digest of its bytes; empty when it could not be read."""
    size: int = 0
    """Its bytes."""
    problem: str = ""
    """Why it could not be read, as it continues "drills/x.md …"; empty when it was."""


NOTHING_KNOWN: Mapping[str, EvidenceFile] = MappingProxyType({})


def names_a_file(evidence: EvidenceRef) -> bool:
    """Tell a path from a link, a commit and a ticket."""
    return form_of(evidence.kind, evidence.ref) == FILE


def read_evidence(
    folder: Path,
    statements: Iterable[Statement],
    *,
    known: Mapping[str, EvidenceFile] = NOTHING_KNOWN,
) -> tuple[EvidenceFile, ...]:
    """Read every file that the statements name, relative to ``folder``, each once, sorted.

    ``known`` are files that were read already, by their plain paths.
    """
    refs = {
        evidence.ref
        for statement in statements
        for evidence in statement.evidence
        if names_a_file(evidence)
    }
    return tuple(
        replace(read, ref=ref) if read else evidence_file(folder, ref)
        for ref, read in ((ref, known.get(plain(ref))) for ref in sorted(refs))
    )


def evidence_file(folder: Path, ref: str) -> EvidenceFile:
    """Read one file by its path relative to ``folder``."""
    try:
        with opened_beside(folder, ref) as opened:
            return _read(ref, opened)
    except FileRefused as refused:
        return EvidenceFile(ref=ref, problem=str(refused))


def _read(ref: str, opened: BinaryIO) -> EvidenceFile:
    digest, size = hashlib.sha256(), 0
    while chunk := opened.read(MIB):
        size += len(chunk)
        if size > LARGEST_MIB * MIB:
            raise FileRefused(f"is larger than {LARGEST_MIB} MiB")
        digest.update(chunk)
    return EvidenceFile(ref=ref, sha256=digest.hexdigest(), size=size)
