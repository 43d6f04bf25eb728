"""The findings of a review that have a file, for the formats of machines that show them there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.judge import OPEN
from pytest_orr.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.model import Finding, ItemResult, Review

TOLD = frozenset({*OPEN, Outcome.WAIVED})
SUITE = "readiness/"
LINED = re.compile(r"(?P<path>[^:\n]+):(?P<line>[1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file of the service's repository, and a line of it."""

    path: str
    """Inside the repository, with forward slashes."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A finding with the file that it is about."""

    item: ItemResult
    finding: Finding
    place: Place


def located(review: Review, is_file: Callable[[str], bool]) -> tuple[Located, ...]:
    """Return what is open or waived and has a file, in the order of the review.

    A finding has a file if its subject names one that ``is_file`` knows, with a line or without.
    """
    return tuple(
        Located(item=item, finding=finding, place=place)
        for item in review.items
        if item.gated
        for finding in item.findings
        if finding.outcome in TOLD and (place := place_of(finding.subject, is_file))
    )


def without_file(review: Review, found: tuple[Located, ...]) -> int:
    """Count the findings that are open or waived and have no file: they stand elsewhere."""
    told = [
        finding
        for item in review.items
        if item.gated
        for finding in item.findings
        if finding.outcome in TOLD
    ]
    return len(told) - len(found)


def place_of(subject: str, is_file: Callable[[str], bool]) -> Place | None:
    """Return the file that a subject names: ``path``, ``path:line``, ``rule path:line``.

    Evidence and records of drills are named as beside readiness.toml.
    """
    for text in (f"{beside}{one}" for one in _candidates(subject) for beside in ("", SUITE)):
        found = LINED.fullmatch(text)
        if found and is_file(found["path"]):
            return Place(path=found["path"], line=int(found["line"]))
        if is_file(text):
            return Place(path=text)
    return None


def _candidates(subject: str) -> Iterator[str]:
    """Yield what may be a path, the longest first; a subject may say more before and after it."""
    yield subject
    head, colon, _ = subject.partition(": ")
    if colon:
        yield head
    words = head.split()
    if len(words) > 1:
        yield from (word.rstrip(",;") for word in reversed(words))
