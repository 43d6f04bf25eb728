"""A sign-off to the note of a merge request, and to the summary of a run on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.changes.findings import movement
from pytest_orr.changes.values import Movement
from pytest_orr.model import Outcome

from . import markdown as document
from .escape import markdown_code
from .forge_text import cut, inert
from .words import NOBODY, OUTCOME_WORDS, VERDICT_WORDS, banners, count, instant, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.model import Action, ItemResult, Review, SignOff

SHOWN_ACTIONS = 15
SHOWN_CHANGES = 40
LARGEST_NOTE = 100_000
"""Bytes; GitLab takes a million."""
LARGEST_SUMMARY = 1024 * 1024
"""Bytes; GitHub shows nothing of a summary that has more."""
MOVEMENTS = {
    Movement.WORSE: "worse",
    Movement.NEW: "new",
    Movement.BETTER: "better",
    Movement.GONE: "gone",
}
Outcomes = tuple[tuple[str, Outcome], ...]
"""Each gated item's id and outcome, sorted by id."""


def outcomes_of(review: Review) -> Outcomes:
    """Return what the next note compares with."""
    return tuple(sorted((item.spec.id, item.outcome) for item in review.items if item.gated))


def note(signoff: SignOff, before: Outcomes | None) -> str:
    """Return the note: verdict, what changed since ``before``, what to do next."""
    return cut("\n\n".join(_blocks(signoff, before)), LARGEST_NOTE, "the readiness report")


def summary(signoff: SignOff, before: Outcomes | None, *, largest: int = LARGEST_SUMMARY) -> str:
    """Return the summary of a run: the note, and the sign-off document as far as it fits."""
    opening = f"{note(signoff, before)}\n\n<details><summary>The sign-off document</summary>\n\n"
    closing = "\n\n</details>\n"
    room = largest - len(f"{opening}{closing}".encode())
    return f"{opening}{cut(document.render(signoff), room, document.FILE_NAME)}{closing}"


def _blocks(signoff: SignOff, before: Outcomes | None) -> Iterator[str]:
    review, verdict = signoff.review, signoff.verdict
    where = f"{inert(review.service)}, {inert(review.environment)}"
    yield f"### Launch readiness of {where}"
    yield from (f"**Mind this:** {inert(sentence(one))}" for one in banners(review))
    yield (
        f"**{VERDICT_WORDS[verdict.word]}.** {inert(sentence(verdict.reason))} Raw score"
        f" {verdict.raw.met} of {verdict.raw.of}; adjusted score {verdict.adjusted.met} of"
        f" {verdict.adjusted.of}."
    )
    yield (
        f"Release {markdown_code(review.release.commit)}, phase {inert(review.phase)}, judged as of"
        f" {inert(instant(review.run.as_of))}, run {markdown_code(review.run.id)}."
    )
    yield from _changes(review, before)
    yield from _actions(verdict.actions)


def _changes(review: Review, before: Outcomes | None) -> Iterator[str]:
    if before is None:
        yield "This is the first review that is told here."
        return
    lines = [line for _, line in sorted(_moved(review, dict(before)))]
    yield "#### What changed since the last review"
    if more := len(lines) - SHOWN_CHANGES:
        lines[SHOWN_CHANGES:] = [f"- and {more} more"] if more > 0 else []
    yield "\n".join(lines) or "Every item has the outcome that it had."


def _moved(review: Review, was: dict[str, Outcome]) -> Iterator[tuple[tuple[int, str], str]]:
    order = list(MOVEMENTS)
    for item in review.items:
        earlier = next((one for one in (item.spec.id, *item.spec.aliases) if one in was), "")
        old = was.pop(earlier) if earlier else None
        if not item.gated:
            continue
        went = Movement.NEW if old is None else movement(old, item.outcome)
        if went is not Movement.SAME:
            yield (order.index(went), item.spec.id), _went(item, went, old)
    for name, outcome in was.items():
        line = f"- gone: {markdown_code(name)}, which was {OUTCOME_WORDS[outcome]}"
        yield (order.index(Movement.GONE), name), line


def _went(item: ItemResult, went: Movement, old: Outcome | None) -> str:
    was = f", was {OUTCOME_WORDS[old]}" if old else ""
    said = f"{MOVEMENTS[went]}: {markdown_code(item.spec.id)} is **{OUTCOME_WORDS[item.outcome]}**"
    return f"- {said}{was}: {inert(item.reason)}"


def _actions(actions: Iterable[Action]) -> Iterator[str]:
    told = list(actions)
    if not told:
        return
    lines = [f"1. {_action(one)}" for one in told[:SHOWN_ACTIONS]]
    if more := len(told) - len(lines):
        lines.append(f"\n{count(more, 'more action')} in the readiness report.")
    yield "#### What to do next"
    yield "\n".join(lines)


def _action(action: Action) -> str:
    who = inert(", ".join(action.people)) or NOBODY
    items = ", ".join(map(markdown_code, action.items)) or "the whole review"
    return (
        f"{action.severity.capitalize()}, {OUTCOME_WORDS[action.outcome]}:"
        f" {inert(sentence(action.what))} Owner: {inert(action.owner)} ({who}). Items: {items}."
    )
