"""What notes of a review must agree on: answers are whole, in order, and about the right kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import REVIEWING

from .days import written_day
from .mistakes import ORDER, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .mistakes import Mistake
    from .toml_lines import KeyPath

ANSWER = ("answer", "answered_by", "answered_on")


def broken_note_rules(notes: Document, profile: Document) -> Iterator[Mistake]:
    """Yield every mistake about notes that their form alone cannot show."""
    reviewers = _reviewers(profile)
    for path, note in notes.tables("note"):
        yield from _not_a_reviewer(notes, path, note, reviewers)
        yield from _half_answered(notes, path, note)
        yield from _accepted_too_early(notes, path, note)
        yield from _answered_before_asked(notes, path, note)


def _reviewers(profile: Document) -> Mapping[str, bool]:
    """Return everybody's e-mail with whether they review; nobody's that is not told whole."""
    people = (one for _, one in profile.tables("service.people"))
    return {
        one["email"]: any(role in one["roles"] for role in REVIEWING)
        for one in people
        if isinstance(one.get("email"), str) and _are_texts(one.get("roles"))
    }


def _are_texts(roles: object) -> bool:
    return isinstance(roles, list) and all(isinstance(role, str) for role in roles)


def _not_a_reviewer(
    notes: Document, path: KeyPath, note: Mapping[str, object], reviewers: Mapping[str, bool]
) -> Iterator[Mistake]:
    by = note.get("by")
    if isinstance(by, str) and reviewers.get(by) is False:
        where, roles = (*path, "by"), " or ".join(REVIEWING)
        told = f"who has not the role {roles}: reviewers write notes"
        yield notes.mistake(where, f"{show_key(where)} is {show(by)}, {told}")


def _half_answered(notes: Document, path: KeyPath, note: Mapping[str, object]) -> Iterator[Mistake]:
    said = [key for key in ANSWER if key in note]
    missing = [f"`{key}`" for key in ANSWER if key not in note]
    if said and missing:
        where = (*path, said[0])
        told = f"needs {' and '.join(missing)} beside it: an answer is what, by whom and when"
        yield notes.mistake(where, f"{show_key(where)} {told}")


def _accepted_too_early(
    notes: Document, path: KeyPath, note: Mapping[str, object]
) -> Iterator[Mistake]:
    where = (*path, "accepted_by")
    if "accepted_by" not in note:
        return
    if note.get("kind") == "question":
        told = "is for conditions: a question is settled by its answer"
        yield notes.mistake(where, f"{show_key(where)} {told}")
    if not any(key in note for key in ANSWER):
        told = "accepts an answer that is not there: add `answer`, `answered_by`, `answered_on`"
        yield notes.mistake(where, f"{show_key(where)} {told}")


def _answered_before_asked(
    notes: Document, path: KeyPath, note: Mapping[str, object]
) -> Iterator[Mistake]:
    asked, answered = written_day(note.get("on")), written_day(note.get("answered_on"))
    if asked and answered and answered < asked:
        where = (*path, "answered_on")
        told = f"{show_key(where)} is {answered}, before the note (`on`, {asked}): {ORDER}"
        yield notes.mistake(where, told)
