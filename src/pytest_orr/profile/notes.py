"""review-notes.toml as frozen values: what a reviewer asks, or asks for, before a launch."""

from typing import Literal

from pydantic.dataclasses import dataclass

from .fields import CONFIG, Date, Email, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Note:
    """A reviewer's question or condition, and how it was answered."""

    item: Text | None = None
    """Id of the item that it is about; without it, it is about the whole review."""
    kind: Literal["question", "condition"]
    """A question is shown until it is answered; a condition keeps the service from launching
    until it is answered and the answer accepted."""
    text: Text
    """What is asked, or asked for."""
    by: Email
    """The reviewer: one of the profile's people, with the role principal-engineer or approver."""
    on: Date
    """When it was written."""
    answer: Text | None = None
    """What was done, or is the case."""
    answered_by: Email | None = None
    """Who answers: another person, with the role that owns the item."""
    answered_on: Date | None = None
    """When."""
    accepted_by: Email | None = None
    """The reviewer whom the answer to a condition satisfies: never who answered."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ReviewNotes:
    """review-notes.toml: what reviewers ask, and ask for."""

    note: tuple[Note, ...] = ()
    """The notes."""
