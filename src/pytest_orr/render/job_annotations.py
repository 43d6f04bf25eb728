"""A sign-off to the commands by which a job on GitHub marks what blocks: blockers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.judge import OPEN

from .escape import visible
from .words import OUTCOME_WORDS, count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import ItemResult, SignOff

    from .located import Located, Place

MOST = 10
"""Of one kind from one step; GitHub drops the rest without a word."""


def render(signoff: SignOff, found: tuple[Located, ...]) -> str:
    """Return one command a line; empty if nothing blocks. ``found`` are the located findings."""
    blockers = [
        item
        for item in signoff.review.items
        if item.gated and item.spec.severity == "blocker" and item.outcome in OPEN
    ]
    places = {one.item.spec.id: one.place for one in reversed(found) if one.finding.outcome in OPEN}
    shown = blockers if len(blockers) <= MOST else blockers[: MOST - 1]
    lines = [_command(item, places.get(item.spec.id)) for item in shown]
    if more := len(blockers) - len(shown):
        lines.append(f"::error title=Launch readiness::and {count(more, 'more blocker')}")
    return "".join(f"{line}\n" for line in lines)


def _command(item: ItemResult, place: Place | None) -> str:
    said = visible(f"{OUTCOME_WORDS[item.outcome]}: {item.reason}")
    properties = ",".join(_properties(item, place))
    return f"::error {properties}::{_data(said)}"


def _properties(item: ItemResult, place: Place | None) -> Iterator[str]:
    yield f"title={_property(item.spec.id)}"
    if place:
        yield f"file={_property(visible(place.path))}"
    if place and place.line:
        yield f"line={place.line}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
