"""What comes due in later phases, and what ends when, in the words of every document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.model import EVIDENCE_KINDS, Outcome
from pytest_orr.phases import calendar, later, open_actions

from .escape import markdown, markdown_code
from .markdown_table import table
from .words import NOBODY, OUTCOME_WORDS, count, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.model import Ending, Review
    from pytest_orr.phases import Due, Later, Share, Window

Plain = dict[str, Any]
PLAN = "What must be shown later"
RE_REVIEW = "Re-review dates"
PROMISED = "Open actions of waivers"
KIND_WORDS = {"not_applicable": "not applicable"}
WHOLE = "the service"
"""Instead of an item, of what is about no single one."""


def phase_line(due: Later) -> str:
    """Say in one line how much comes due in a phase, from whom, and what it shows already."""
    shares = ", ".join(f"{share.owner} {len(share.dues)}" for share in due.shares)
    said = f"due by {due.phase}: {count(len(due.dues), 'item')} ({shares}); {shown(due)}"
    declare = ", ".join(due.sections)
    return f"{said}; to declare: {declare}" if declare else said


def shown(due: Later) -> str:
    """Say what the items of a phase show already: ``now 2 FAIL, 1 PENDING``."""
    found = [one.item.outcome for one in due.dues]
    counts = [f"{found.count(one)} {OUTCOME_WORDS[one]}" for one in Outcome if one in found]
    return f"now {', '.join(counts)}"


def who(share: Share) -> str:
    """Name an owner and everybody who is one."""
    return f"{share.owner}: {', '.join(share.people) or NOBODY}"


def asks(due: Due) -> str:
    """Say which evidence will be asked for, or that a machine decides."""
    if not due.asks:
        return "none: a machine decides"
    meant = EVIDENCE_KINDS.get(due.asks, "")
    kind = f"{due.asks} ({meant})" if meant else due.asks
    return f"{kind}, for {count(due.item.spec.valid_for, 'day')} at most: {due.item.spec.question}"


def left(ending: Ending) -> str:
    """Say how many days are left: ``in 3 days``, ``today``, ``2 days ago``."""
    days = ending.days_left
    if not days:
        return "today"
    return f"in {count(days, 'day')}" if days > 0 else f"{count(-days, 'day')} ago"


def kind(ending: Ending) -> str:
    """Return what ends, as people call it."""
    return KIND_WORDS.get(ending.kind, ending.kind)


def ending_lines(review: Review) -> Iterator[str]:
    """Yield what ends soonest, and what was promised, in one line each."""
    windows = calendar(review)
    if windows:
        counts = ", ".join(f"{one.title} {len(one.endings)}" for one in windows)
        yield f"to look at again: {counts}; first {_told(windows[0].endings[0])}"
    if promised := open_actions(review):
        told = _told(promised[0])
        yield f"{count(len(promised), 'open action')} of waivers, first {told}"


def _told(one: Ending) -> str:
    about = f"{one.item}: " if one.item else ""
    return f"{about}{one.what}, until {one.until} ({left(one)}, {one.owner})"


def in_markdown(review: Review) -> Iterator[str]:
    """Yield the plan of later phases, and the calendar of a service in operation."""
    yield from _plan(later(review))
    if windows := calendar(review):
        yield f"## {RE_REVIEW}"
        yield _calendar(windows)
        yield from _promised(open_actions(review))


def _plan(phases: Iterable[Later]) -> Iterator[str]:
    for place, due in enumerate(phases):
        if not place:
            yield f"## {PLAN}"
        yield f"### By {markdown(due.phase)}"
        yield markdown(sentence(phase_line(due)))
        head = ("Item", "Title", "Severity", "Now", "Evidence asked", "Read by machine", "Declare")
        for share in due.shares:
            yield f"**{markdown(who(share))}**"
            yield table(head, map(_due, share.dues))


def _due(due: Due) -> tuple[str, ...]:
    spec = due.item.spec
    return (
        markdown_code(spec.id),
        markdown(spec.title),
        spec.severity,
        f"{OUTCOME_WORDS[due.item.outcome]} (preview)",
        markdown(asks(due)),
        ", ".join(map(markdown_code, due.reads)) or "nothing",
        ", ".join(map(markdown_code, due.sections)) or "nothing more",
    )


def _calendar(windows: Iterable[Window]) -> str:
    return table(
        ("When", "Last day", "Left", "What", "Item", "Who"),
        (
            (
                window.title,
                markdown(one.until),
                left(one),
                f"{markdown(kind(one))}: {markdown(one.what)}",
                markdown_code(one.item) or WHOLE,
                markdown(one.owner),
            )
            for window in windows
            for one in window.endings
        ),
    )


def _promised(actions: Iterable[Ending]) -> Iterator[str]:
    lines = [
        f"- {markdown(sentence(one.what))} {markdown(one.owner)}, until {markdown(one.until)}"
        f" ({left(one)}). Item: {markdown_code(one.item)}."
        for one in actions
    ]
    if lines:
        yield f"## {PROMISED}"
        yield "\n".join(lines)


def plain_plan(review: Review) -> list[Plain]:
    """Return what comes due later as plain JSON values, phase by phase, owner by owner."""
    return [
        {
            "phase": due.phase,
            "owners": [
                {
                    "owner": share.owner,
                    "people": list(share.people),
                    "items": [_plain_due(one) for one in share.dues],
                }
                for share in due.shares
            ],
        }
        for due in later(review)
    ]


def _plain_due(due: Due) -> Plain:
    return {
        "id": due.item.spec.id,
        "outcome": due.item.outcome.value,
        "evidence_kind": due.asks,
        "facts": list(due.reads),
        "sections": list(due.sections),
    }


def plain_endings(review: Review) -> list[Plain]:
    """Return what ends when as plain JSON values, soonest first."""
    return [
        {
            "kind": one.kind,
            "item": one.item,
            "what": one.what,
            "until": one.until,
            "days_left": one.days_left,
            "owner": one.owner,
        }
        for one in review.endings
    ]
