"""The judgement of a review, and what the documents are rendered from."""

from dataclasses import dataclass

from .review import Review
from .words import Outcome, VerdictWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Two integers: how many of how many."""

    met: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do next, for all the items that wait for it."""

    what: str
    owner: str
    """Role that must act."""
    people: tuple[str, ...]
    """Who has that role, by e-mail; empty when the profile names nobody."""
    severity: str
    outcome: Outcome
    items: tuple[str, ...]
    note: str = ""
    """The kind of the reviewer's note that waits; empty where items do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of a review."""

    word: VerdictWord
    reason: str
    exit_code: int
    raw: Score
    adjusted: Score
    counts: tuple[tuple[Outcome, int], ...]
    """Of gated items, every outcome in the order of ``Outcome``."""
    actions: tuple[Action, ...]
    """What to do next, most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """What the documents are rendered from: a review and its verdict."""

    review: Review
    verdict: Verdict
