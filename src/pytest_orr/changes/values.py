"""What changed between two reviews of a service, as values that every page of it is made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_orr.model import Outcome

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec, Release, RunBlock, Verdict


BEST_FIRST = (
    Outcome.PASS,
    Outcome.ATTESTED,
    Outcome.NOT_APPLICABLE,
    Outcome.WAIVED,
    Outcome.PENDING,
    Outcome.UNKNOWN,
    Outcome.MISSING,
    Outcome.FAIL,
)
"""As findings are folded: what a machine saw is better than what a person says."""
OPEN = frozenset({Outcome.PENDING, Outcome.UNKNOWN, Outcome.MISSING, Outcome.FAIL})
"""Outcomes that somebody must act on."""
RELEASE = "release "
"""How the names of differences begin that are about what is to be launched."""


class Movement(StrEnum):
    """Where something went between two reviews; in the order in which it is told."""

    WORSE = "worse"
    GONE = "gone"
    NEW = "new"
    BETTER = "better"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that is not what it was, in words; empty where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """A subject of which something else was seen."""

    subject: str
    movement: Movement
    """``SAME`` where it is open as before, for another reason."""
    before: Outcome | None
    """None where nothing was seen of it before."""
    after: Outcome | None
    detail: str
    """What was seen of it last."""

    @property
    def opened(self) -> bool:
        """Whether somebody must act on it who did not have to before."""
        return self.movement in {Movement.NEW, Movement.WORSE} and self.after in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """An item of which anything is not as it was: outcome, findings, words of people, check."""

    spec: ItemSpec
    """As the later review states it; as the earlier one did if it is gone."""
    was: str
    """Its id before, where it was renamed; else empty."""
    movement: Movement
    before: Outcome | None
    after: Outcome | None
    reason: str
    """Why its last outcome, in one line."""
    earlier_reason: str
    """Why its outcome in the earlier review; empty if it is new."""
    counts: tuple[bool, bool]
    """Whether it counted in the phase of the earlier review, and of the later one."""
    findings: tuple[FindingChange, ...]
    words: tuple[Difference, ...]
    """Of statement, waiver and not-applicable."""
    check: tuple[Difference, ...]
    """Of what the item states about itself: severity, phase, validity, facts, question, stamp."""

    @property
    def opened(self) -> bool:
        """Whether it came into the list, or into a worse state, and somebody must act on it."""
        return self.movement in {Movement.NEW, Movement.WORSE} and self.after in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A reviewer's note, or a value weaker than the organisation's, that is not as it was."""

    name: str
    """Where it belongs: an item's id or a key of readiness.toml; empty for the whole review."""
    text: str
    movement: Movement
    """``WORSE`` if it keeps the service from launching and did not before, ``SAME`` if neither."""
    state: str
    """How it stands now, in one line; empty if it is gone."""
    blocks: bool = False
    """Whether the service may not launch because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two reviews: what it is about, and how it was judged."""

    service: str
    environment: str
    phase: str
    release: Release
    run: RunBlock
    selection: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed from the earlier review to the later one."""

    before: Side
    after: Side
    verdict: Movement
    """``WORSE``, ``BETTER`` or ``SAME``."""
    head: tuple[Difference, ...]
    """Service, environment, phase, release, tool, suite, files and credentials that differ."""
    items: tuple[ItemChange, ...]
    """Those of which anything differs, by movement, severity and id."""
    alike: int
    """How many items are exactly as they were."""
    notes: tuple[Entry, ...]
    weakenings: tuple[Entry, ...]

    @property
    def anything(self) -> bool:
        """Whether anything differs but the release, which is another one most times."""
        around = any(not one.name.startswith(RELEASE) for one in self.head)
        return bool(self.items or self.notes or self.weakenings or around)

    def moved(self, movement: Movement) -> tuple[ItemChange, ...]:
        """Return the items that went there."""
        return tuple(item for item in self.items if item.movement is movement)

    @property
    def newly_waived(self) -> tuple[ItemChange, ...]:
        """Items that a waiver covers and did not before."""
        return self._newly(Outcome.WAIVED)

    @property
    def newly_not_applicable(self) -> tuple[ItemChange, ...]:
        """Items that were declared not to concern the service, and were not before."""
        return self._newly(Outcome.NOT_APPLICABLE)

    @property
    def changed_checks(self) -> tuple[ItemChange, ...]:
        """Items that state something else about themselves, wherever they went."""
        return tuple(item for item in self.items if item.check or item.was)

    @property
    def changed_words(self) -> tuple[ItemChange, ...]:
        """Items of which people say something else, wherever they went."""
        return tuple(item for item in self.items if item.words)

    def _newly(self, outcome: Outcome) -> tuple[ItemChange, ...]:
        return tuple(
            item for item in self.items if item.after is outcome and item.before is not outcome
        )
