"""What a board shows, as values that its page and its JSON are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.model import VerdictWord

if TYPE_CHECKING:
    from datetime import date

    from pytest_orr.model import Action, Ending, Outcome, Verdict

OWN = "own"
"""The section in which a board shows all items that services added by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenItem:
    """What a board keeps of an item."""

    id: str
    aliases: tuple[str, ...]
    section: str
    section_title: str
    title: str
    severity: str
    outcome: Outcome
    gated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a board keeps of a review: a few kilobytes of each, so that it takes thousands."""

    service: str
    environment: str
    phase: str
    commit: str
    started: str
    """Instant, ``YYYY-MM-DDTHH:MM:SSZ``: what the run saw, it saw then."""
    day: date
    """Day of UTC on which it began."""
    run: str
    """The run's id."""
    selection: str
    verdict: Verdict
    items: tuple[SeenItem, ...]
    endings: tuple[tuple[date, Ending], ...]
    """What ends, with its last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file that was read, and what it held: a review, or why it holds none."""

    source: str
    glance: Glance | None = None
    why: str = ""
    page: str = ""
    """Where the review's own page lies, as a link from the board; empty if nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file from which no service could be shown."""

    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Why a review may no longer tell how its service stands."""

    kind: str
    """``old``, ``behind``, ``lapsed`` or ``future``."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A section of one service: the worst outcome of items that count, and how many have it."""

    section: str
    worst: Outcome | None
    """None where no item of it counts."""
    number: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One review of a service over time."""

    day: str
    """ISO 8601."""
    word: VerdictWord
    met: int
    of: int
    """Adjusted score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEnding:
    """What ends soon or has ended, of which service; days are counted from the board's day."""

    service: str
    environment: str
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A service in one environment, by its newest review."""

    service: str
    environment: str
    phase: str
    commit: str
    day: str
    """Of the newest review, ISO 8601."""
    age: int
    """Days from then to the board's day."""
    verdict: Verdict
    blockers: int
    """Open items of that severity."""
    cells: tuple[Cell, ...]
    """One for each section of the board, in its order."""
    marks: tuple[Mark, ...]
    endings: tuple[Ending, ...]
    """What ends soon or has ended since, soonest first."""
    action: Action | None
    """What is to be done first; None if nothing blocks."""
    trend: tuple[Point, ...]
    """Its reviews, oldest first, the newest last."""
    worse: int
    """Items that are worse or gone since the review before."""
    better: int
    sources: tuple[str, ...]
    """Files of its reviews, oldest first."""
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """An item that several services have open."""

    id: str
    title: str
    counts: tuple[tuple[Outcome, int], ...]
    """In how many services it has which open outcome, worst first."""
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All services, worst first."""

    as_of: date
    standings: tuple[Standing, ...]
    unread: tuple[Unread, ...]
    sections: tuple[tuple[str, str], ...]
    """Key and title, in the process document's order."""
    endings: tuple[ServiceEnding, ...]
    """Of all services, soonest first."""
    open_items: tuple[OpenItem, ...]
    """Those that most services have open first."""

    def counts(self) -> tuple[tuple[VerdictWord, int, int], ...]:
        """Return for each verdict that occurs, worst first, how many have it, and how many marked.

        What is marked may no longer be so.
        """
        words = [one.verdict.word for one in self.standings]
        marked = [one.verdict.word for one in self.standings if one.marks]
        return tuple(
            (word, words.count(word), marked.count(word)) for word in VerdictWord if word in words
        )
