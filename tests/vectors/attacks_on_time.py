"""Attacks with time: what holds no more, does not hold yet, or was overtaken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.vectors.attack import attack

if TYPE_CHECKING:
    from tests.vectors.draft import Draft


@attack("expired")
def expired(draft: Draft) -> None:
    """The sign-off's last instant has passed."""
    draft.expected["at"] = draft.predicate["not_after"]
    draft.predicate["waivers"][0]["expires"] = "2026-12-31"


@attack("not-yet-valid")
def not_yet_valid(draft: Draft) -> None:
    """The sign-off's first instant has not come."""
    draft.expected["at"] = "2026-11-22T09:29:59Z"


@attack("window-too-long")
def window_too_long(draft: Draft) -> None:
    """A sign-off that holds for a year."""
    draft.predicate["not_after"] = "2027-11-22T09:30:00Z"


@attack("window-too-long")
def window_longer_by_a_second(draft: Draft) -> None:
    """A sign-off that holds a second longer than the policy lets it."""
    draft.predicate["not_after"] = "2026-12-06T09:30:01Z"


@attack("window-disordered")
def window_before_the_run_ended(draft: Draft) -> None:
    """A sign-off that held before anything was seen."""
    draft.predicate["not_before"] = "2026-11-22T09:00:00Z"


@attack("window-disordered")
def window_ends_before_it_begins(draft: Draft) -> None:
    """A sign-off that never holds."""
    draft.predicate["not_after"] = "2026-11-22T09:00:00Z"


@attack("window-too-long")
def stale_run(draft: Draft) -> None:
    """A run of last month with a window of this one."""
    draft.predicate["started"] = "2026-10-22T09:00:00Z"
    draft.predicate["finished"] = "2026-10-22T09:30:00Z"
    draft.predicate["seq"] -= 31 * 86400


@attack("window-disordered")
def finished_before_it_started(draft: Draft) -> None:
    """A run that ended before it began."""
    draft.predicate["started"] = "2026-11-22T09:30:01Z"


@attack("window-disordered")
def finished_before_it_started_judged_later(draft: Draft) -> None:
    """A run that ended before it began, and was judged for a later day."""
    draft.predicate["started"] = "2026-11-22T10:00:00Z"
    draft.predicate["as_of"] = "2026-11-22T11:00:00Z"
    draft.predicate["not_before"] = "2026-11-22T11:00:00Z"


@attack("window-disordered")
def window_before_the_day_of_judgement(draft: Draft) -> None:
    """A sign-off that holds before the instant by which expiries were judged."""
    draft.predicate["as_of"] = "2026-11-23T11:00:00Z"


@attack("judged-too-long-ago")
def judged_for_another_day(draft: Draft) -> None:
    """Expiries were judged by a day long before the run."""
    draft.predicate["as_of"] = "2026-06-01T00:00:00Z"


@attack("statement-form")
def time_with_an_offset(draft: Draft) -> None:
    """A time that is not written in UTC."""
    draft.predicate["not_after"] = "2026-12-01T00:00:00+00:00"


@attack("statement-time")
def time_that_is_none(draft: Draft) -> None:
    """A day that the calendar does not have."""
    draft.predicate["not_after"] = "2026-11-31T00:00:00Z"


@attack("statement-time")
def day_that_is_none(draft: Draft) -> None:
    """A waiver until a day that the calendar does not have."""
    draft.predicate["waivers"][0]["expires"] = "2026-11-31"


@attack("superseded")
def rollback(draft: Draft) -> None:
    """A newer sign-off of the service was seen."""
    draft.expected["last_seq"] = draft.predicate["seq"] + 1


@attack("superseded")
def replay(draft: Draft) -> None:
    """The same sign-off was seen."""
    draft.expected["last_seq"] = draft.predicate["seq"]


@attack("sequence-forged")
def seq_of_another_run(draft: Draft) -> None:
    """A sequence number that does not belong to the run's end, to come before newer ones."""
    draft.predicate["seq"] += 10**6


@attack("statement-form")
def seq_true(draft: Draft) -> None:
    """A sequence number that is a truth value."""
    draft.predicate["seq"] = True


@attack("statement-form")
def seq_text(draft: Draft) -> None:
    """A sequence number that is a text."""
    draft.predicate["seq"] = str(draft.predicate["seq"])


@attack("statement-form")
def seq_negative(draft: Draft) -> None:
    """A sequence number below zero."""
    draft.predicate["seq"] = -1


@attack("statement-form")
def supersedes_something(draft: Draft) -> None:
    """A statement that supersedes what is no digest."""
    draft.predicate["supersedes"] = "the last one"
