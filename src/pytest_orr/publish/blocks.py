"""The part of a note or an issue that is this product's own: marked, found again, replaced alone.

Marks are comments that no forge shows. What people write around the part stays as it is.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMENT, NO_COMMENT = "<!--", "<!- "  # of one length, so that a text stays as large as it is
END = "<!-- pytest-orr end -->"
OF_AN_ISSUE = re.compile(r"<!-- pytest-orr issue ([0-9a-f]{32}) ([a-z0-9.-]+) -->")
STATE = re.compile(r"<!-- pytest-orr state ([0-9a-f]{64}) ([A-Za-z0-9+/=]+) -->")
LARGEST_STATE = 1024 * 1024
"""Bytes of the outcomes that a note remembers, unpacked."""
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error)

Outcomes = tuple[tuple[str, Outcome], ...]
"""Each gated item's id and outcome, sorted by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a note told: of which review, with which outcomes, compared with which before."""

    review: str
    """SHA-256 of its review.json."""
    outcomes: Outcomes
    before: Outcomes | None
    """What it was compared with; None for the first note."""


def scope_of(service: str, environment: str) -> str:
    """Return what marks carry of a service in an environment, whose names may be any text."""
    return hashlib.sha256(f"{service}\0{environment}".encode()).hexdigest()[:32]


def issue_mark(scope: str, item: str) -> str:
    """Return the mark of an item's issue."""
    return f"<!-- pytest-orr issue {scope} {item} -->"


def note_mark(scope: str) -> str:
    """Return the mark of a review's note."""
    return f"<!-- pytest-orr note {scope} -->"


def item_of(body: str, scope: str) -> str:
    """Return the id of the item that an issue is about; empty if it is none of this scope."""
    found = OF_AN_ISSUE.search(body)
    return found[2] if found and found[1] == scope else ""


def with_block(body: str, mark: str, text: str, memory: str = "") -> str:
    """Return a body in which the part that begins with a mark reads so; it is put first if new.

    ``memory`` is a hidden line behind the text. No text, which may quote anybody, holds a mark.
    """
    shown = text.strip().replace(COMMENT, NO_COMMENT)
    block = "\n\n".join(filter(None, (mark, shown, memory, END)))
    head, found, rest = plain(body).partition(mark)
    if not found:
        return "\n\n".join(filter(None, (block, plain(body))))
    _, ended, tail = rest.partition(END)
    return f"{head}{block}{tail if ended else rest}"


def plain(body: str) -> str:
    """Return a body as it is compared: forges change line ends, and spaces at the end."""
    return body.replace("\r\n", "\n").strip()


def state_mark(told: Told) -> str:
    """Return the hidden line by which the next note knows what this one told."""
    value = {
        "review": told.review,
        "outcomes": dict(told.outcomes),
        "before": None if told.before is None else dict(told.before),
    }
    packed = zlib.compress(json.dumps(value, sort_keys=True).encode(), 9)
    return f"<!-- pytest-orr state {_digest(packed)} {base64.b64encode(packed).decode()} -->"


def told_in(body: str) -> Told | None:
    """Return what a note told; None if that is not to be read, or was changed."""
    found = STATE.search(body)
    if found is None:
        return None
    try:
        packed = base64.b64decode(found[2], validate=True)
        if _digest(packed) != found[1]:
            return None
        value = json.loads(zlib.decompressobj().decompress(packed, LARGEST_STATE))
        before = value["before"]
        return Told(
            review=str(value["review"]),
            outcomes=_outcomes(value["outcomes"].items()),
            before=None if before is None else _outcomes(before.items()),
        )
    except UNREADABLE:
        return None


def _outcomes(pairs: Iterable[tuple[str, str]]) -> Outcomes:
    return tuple(sorted((str(item), Outcome(outcome)) for item, outcome in pairs))


def _digest(packed: bytes) -> str:
    return hashlib.sha256(packed).hexdigest()
