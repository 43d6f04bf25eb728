"""Reads what ``find`` printed on a host: paths, and places that it could not look into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPLAINT = re.compile(r"find: '?(?P<place>.+?)'?: (?P<why>[^:]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """What was found, and where nothing could be."""

    found: tuple[str, ...]
    unread: tuple[str, ...]
    missing: tuple[str, ...]
    """Places that are not there."""
    told: tuple[tuple[str, str], ...] = ()
    """What was said about paths besides: the path, and a line."""

    @property
    def not_read(self) -> tuple[str, ...]:
        """Places that could not be looked into, and what else was said instead of paths."""
        return (*self.unread, *(line for _, line in self.told))


def paths_in(lines: Iterable[str]) -> Paths:
    """Read the lines of ``find``; what is no path and no complaint is about the path before."""
    found: list[str] = []
    told: list[tuple[str, str]] = []
    unread: list[str] = []
    missing: list[str] = []
    for line in lines:
        complaint = COMPLAINT.fullmatch(line)
        if complaint:
            is_missing = complaint["why"] == "No such file or directory"
            (missing if is_missing else unread).append(complaint["place"])
        elif line.startswith("/"):
            found.append(line)
        else:
            told.append((found[-1] if found else "", line))
    return Paths(found=tuple(found), unread=tuple(unread), missing=tuple(missing), told=tuple(told))
