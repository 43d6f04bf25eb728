"""A finished review as ``orr publish`` tells it: its texts, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.publish.blocks import scope_of
from pytest_orr.publish.files import PREVIOUS
from pytest_orr.publish.issue_plan import ItemIssue, plan_issues
from pytest_orr.publish.note_plan import ReviewNote, plan_note
from pytest_orr.render import forge_issue, forge_note, review_json
from pytest_orr.render.located import located

from .repository_files import known_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_orr.clients.publishing.interface import PostedIssue, PostedNote, Write
    from pytest_orr.model import SignOff
    from pytest_orr.publish.blocks import Outcomes
    from pytest_orr.render.located import Located


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What is told of a review."""

    signoff: SignOff
    """As it is shown, which may be masked."""
    service: str
    environment: str
    digest: str
    """SHA-256 of review.json."""
    folder: Path
    """The report's, in which the run before may lie."""

    @property
    def scope(self) -> str:
        """By what the marks of this service in this environment are known."""
        return scope_of(self.service, self.environment)

    @cached_property
    def earlier(self) -> Outcomes | None:
        """What the run before found, if its review is there and of the same service."""
        path = self.folder / PREVIOUS / review_json.FILE_NAME
        try:
            before = review_json.read(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, UnicodeDecodeError, InvalidInput):
            return None
        is_same = (before.service, before.environment) == (self.service, self.environment)
        return forge_note.outcomes_of(before) if is_same else None

    @cached_property
    def found(self) -> tuple[Located, ...]:
        """The findings that have a file below the folder where the command was called."""
        return located(self.signoff.review, known_files(Path.cwd()))

    def plan_note(self, there: Sequence[PostedNote]) -> tuple[Write, ...]:
        """Return what is to be written for the note, with these there."""
        wanted = ReviewNote(
            review=self.digest,
            outcomes=forge_note.outcomes_of(self.signoff.review),
            earlier=self.earlier,
            compose=partial(forge_note.note, self.signoff),
        )
        return plan_note(wanted, there, self.scope)

    def plan_issues(self, there: Sequence[PostedIssue]) -> tuple[Write, ...]:
        """Return what is to be written for the issues, with these there."""
        review = self.signoff.review
        wanted = [
            ItemIssue(
                item=item.spec.id,
                aliases=item.spec.aliases,
                title=forge_issue.issue_title(item, review),
                text=forge_issue.issue_text(item, review),
                due=forge_issue.due_day(item),
                is_open=forge_issue.is_open(item),
            )
            for item in review.items
        ]
        return plan_issues(wanted, there, self.scope)
