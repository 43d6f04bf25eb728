"""A review to what a board keeps of it."""

from __future__ import annotations

from datetime import date
from sys import intern
from typing import TYPE_CHECKING

from pytest_orr import judge
from pytest_orr.errors import InvalidInput

from .values import Glance, SeenItem

if TYPE_CHECKING:
    from pytest_orr.model import Review


def glance_of(review: Review) -> Glance:
    """Judge a review again and keep what a board shows of it.

    Raises ``InvalidInput`` for a day that the calendar does not have.
    """
    return Glance(
        service=review.service,
        environment=review.environment,
        phase=review.phase,
        commit=review.release.commit,
        started=review.run.started,
        day=_day(review.run.started[:10]),
        run=review.run.id,
        selection=review.selection,
        verdict=judge.decide(review),
        items=tuple(
            SeenItem(
                id=intern(item.spec.id),
                aliases=item.spec.aliases,
                section=intern(item.spec.section),
                section_title=intern(item.spec.section_title),
                title=intern(item.spec.title),
                severity=intern(item.spec.severity),
                outcome=item.outcome,
                gated=item.gated,
            )
            for item in review.items
        ),
        endings=tuple((_day(one.until), one) for one in review.endings),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput((f"{text!r} is no day",)) from error
