"""Reads requirements files of pip, in which an exact version locks one package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .packages import Locked, locked, unaddressed
from .text_locks import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?={2,3}(?P<version>[A-Za-z0-9.+!_-]+)"
)
NAMED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?![A-Za-z0-9._+:-])")
LOCAL = re.compile(r"(-e|--editable)?[\s=]*(\.|/|file:).*")
INCLUDED = re.compile(r"(-r|-c|--requirement|--constraint)[\s=]*(?P<file>\S+)")
LONGEST_LOGICAL = 1_000_000
COMMENT = re.compile(r"(^|\s)#.*")


def read_requirements(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:
    """Read one file; files that it includes are files of their own, and must be there."""
    found: dict[str, set[str]] = {}
    loose: set[str] = set()
    for line in _logical_lines(raw):
        if included := INCLUDED.match(line):
            if beside(included["file"]) is None:
                raise Unreadable(f"includes {included['file'][:80]}, which is not there")
        elif LOCAL.fullmatch(line):
            continue
        elif line.startswith("-") and not line.startswith(("-e", "--editable")):
            continue  # an option, such as an index
        else:
            requirement = "".join(line.partition(";")[0].partition(" --")[0].split())
            pinned = PINNED.fullmatch(requirement)
            if pinned:
                found.setdefault(_normal(pinned["name"]), set()).add(pinned["version"])
            else:
                named = NAMED.match(requirement)
                loose.add(_normal(named["name"]) if named else unaddressed(requirement[:200]))
    return locked("PyPI", found, loose)


def _logical_lines(raw: bytes) -> Iterator[str]:
    """Yield lines without comments, those that go on after a backslash as one."""
    begun: list[str] = []
    size = 0
    for line in (*lines_of(raw), ""):
        if line.endswith("\\"):
            begun.append(line[:-1])
            size += len(line)
            if size > LONGEST_LOGICAL:
                raise Unreadable(f"has a line that goes on for {LONGEST_LOGICAL:,} characters")
            continue
        whole = COMMENT.sub("", " ".join((*begun, line))).strip()
        begun, size = [], 0
        if whole:
            yield whole


def _normal(name: str) -> str:
    """Return a name as advisories write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
