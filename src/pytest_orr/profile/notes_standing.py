"""Is a note of a review settled, and who must act if not? Pure judgement on what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import OWNERS, REVIEWER, REVIEWING, ReviewNote

from .mistakes import escape
from .service import same_person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.model import ItemSpec

    from .load import Written
    from .notes import Note

ALL = "service"
"""Role that answers for the service as a whole."""


def review_notes(written: Written, items: Iterable[ItemSpec]) -> tuple[ReviewNote, ...]:
    """Return every note as documents show it, in the order in which they were written."""
    owners = {item.id: item.owner for item in items}
    return tuple(_judged(note, written, owners.get(note.item or "", "")) for note in written.notes)


def _judged(note: Note, written: Written, owner: str) -> ReviewNote:
    unanswered = _unanswered(note, written, owner)
    unaccepted = "" if note.kind == "question" else _unaccepted(note, written)
    waits_for = owner or ALL if unanswered else REVIEWER if unaccepted else ""
    return ReviewNote(
        item=note.item or "",
        kind=note.kind,
        text=note.text,
        by=note.by,
        on=note.on.isoformat(),
        answer=note.answer or "",
        answered_by=note.answered_by or "",
        answered_on=note.answered_on.isoformat() if note.answered_on else "",
        accepted_by=note.accepted_by or "",
        settled=not (unanswered or unaccepted),
        waits_for=waits_for,
        reason=unanswered or unaccepted,
    )


def _unanswered(note: Note, written: Written, owner: str) -> str:
    """Say why nobody has answered who may; empty for an answer that counts."""
    if not (note.answer and note.answered_by and note.answered_on):
        return "nobody has answered"
    if same_person(note.answered_by, note.by):
        return f"{escape(note.answered_by)} has asked and answered: another person must answer"
    if not _has_one(written, note.answered_by, (owner,) if owner else OWNERS):
        role = owner or "of an owner"
        return f"{escape(note.answered_by)} has answered, who has not the role {role}"
    return ""


def _unaccepted(note: Note, written: Written) -> str:
    """Say why the answer to a condition is not accepted; empty when it is."""
    if not note.accepted_by:
        return "no reviewer has accepted the answer"
    if note.answered_by and same_person(note.accepted_by, note.answered_by):
        return f"{escape(note.accepted_by)} has answered and accepted: a reviewer must accept"
    if not _has_one(written, note.accepted_by, REVIEWING):
        roles = " or ".join(REVIEWING)
        return f"{escape(note.accepted_by)} has accepted, who has not the role {roles}"
    return ""


def _has_one(written: Written, email: str, roles: Iterable[str]) -> bool:
    return any(written.profile.has_role(email, role) for role in roles)
