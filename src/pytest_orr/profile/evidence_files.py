"""Files that statements rest on: read once at the edge, so that judging them needs no disk."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .schema import EvidenceRef, Statement

LARGEST_MIB = 20
MIB = 1024 * 1024
NEVER_FILES = ("commit", "ticket")
FOLDER = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_DIRECTORY
FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""Without O_NONBLOCK a named pipe would be waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """What became of reading one file that a statement names."""

    ref: str
    sha256: str = ""
    """Digest of its bytes; empty when it could not be read."""
    problem: str = ""
    """Why it could not be read, as it continues "drills/x.md …"; empty when it was."""


class _Refused(Exception):
    """The file may not or cannot be read."""


def names_a_file(evidence: EvidenceRef) -> bool:
    """Tell a path from a link (it has ``://``), a commit and a ticket."""
    return evidence.kind not in NEVER_FILES and "://" not in evidence.ref


def read_evidence(folder: Path, statements: Iterable[Statement]) -> tuple[EvidenceFile, ...]:
    """Read every file that the statements name, relative to ``folder``, each once, sorted."""
    refs = {
        evidence.ref
        for statement in statements
        for evidence in statement.evidence
        if names_a_file(evidence)
    }
    return tuple(_read(folder, ref) for ref in sorted(refs))


def _read(folder: Path, ref: str) -> EvidenceFile:
    try:
        return EvidenceFile(ref=ref, sha256=_digest(folder, ref))
    except _Refused as refused:
        return EvidenceFile(ref=ref, problem=str(refused))
    except FileNotFoundError:
        return EvidenceFile(ref=ref, problem="is not there")
    except OSError as error:
        return EvidenceFile(ref=ref, problem=f"cannot be read: {error.strerror}")


def _digest(folder: Path, ref: str) -> str:
    path = PurePosixPath(ref)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in ref:
        raise _Refused("leads out of the folder")
    at = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        for part in path.parts[:-1]:
            at = _step_into(at, part)
        return _digest_of_file(at, path.name)
    finally:
        os.close(at)


def _step_into(at: int, part: str) -> int:
    """Open a folder inside another and close the outer one; a symbolic link is refused."""
    _refuse_link(at, part)
    inner = os.open(part, FOLDER, dir_fd=at)
    os.close(at)
    return inner


def _refuse_link(at: int, name: str) -> None:
    # Only for a clear message: O_NOFOLLOW holds even if the link appears after this look.
    if stat.S_ISLNK(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
        raise _Refused("is reached by a symbolic link, which may lead out of the folder")


def _digest_of_file(at: int, name: str) -> str:
    _refuse_link(at, name)
    opened = os.open(name, FILE, dir_fd=at)
    try:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise _Refused("is not a regular file")
        return _hash(opened)
    finally:
        os.close(opened)


def _hash(opened: int) -> str:
    digest, left = hashlib.sha256(), LARGEST_MIB * MIB
    while chunk := os.read(opened, MIB):
        left -= len(chunk)
        if left < 0:
            raise _Refused(f"is larger than {LARGEST_MIB} MiB")
        digest.update(chunk)
    return digest.hexdigest()
