"""What is written to a forge and what is found there: values that both forges share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pytest_orr.errors import OrrError

LABEL = "launch-readiness"
"""Every issue of this product carries it; by it they are found again."""


class PublishingFailed(OrrError):
    """The forge did not take, or did not show, what publishing needs (exit code 4)."""

    exit_code = 4

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.remedy = remedy

    def diagnostics(self) -> str:
        """Say what went wrong and what to do."""
        return f"{self}; {self.remedy}"


class Vanished(PublishingFailed):
    """What was to be changed is gone: somebody else was faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedIssue:
    """An issue that carries the label."""

    number: int
    body: str
    is_closed: bool
    due: str | None
    """Last day, ISO 8601; empty without one, None on a forge whose issues have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedNote:
    """A note that the token's own user wrote to the merge request."""

    id: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """An issue to make."""

    title: str
    body: str
    due: str
    """Last day, ISO 8601; empty without one."""

    @property
    def told(self) -> str:
        """What it is, in one line."""
        return f"create an issue: {self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueChange:
    """How an issue is to be from now on."""

    number: int
    body: str
    due: str
    is_closed: bool
    was_closed: bool

    @property
    def told(self) -> str:
        """What is done, in one line."""
        if self.is_closed != self.was_closed:
            return f"{'close' if self.is_closed else 'open again'} issue {self.number}"
        return f"change issue {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """A note to write to the merge request."""

    body: str

    @property
    def told(self) -> str:
        """What it is, in one line."""
        return "write a note to the merge request"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChange:
    """How a note is to be from now on."""

    id: int
    body: str

    @property
    def told(self) -> str:
        """What is done, in one line."""
        return f"change note {self.id} of the merge request"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRemoval:
    """A note that says what another one says, too."""

    id: int

    @property
    def told(self) -> str:
        """What is done, in one line."""
        return f"remove note {self.id}, a second one of the same review"


Write = NewIssue | IssueChange | NewNote | NoteChange | NoteRemoval


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is written to, and as whom: all of it named by whoever publishes."""

    url: str
    """Address of the forge; empty for the public one."""
    project: str
    token: str
    """Name of the environment variable that holds the token."""
    ca: str = ""
    """File with the authorities to trust instead of the public ones."""
    merge_request: int | None = None


class Board(Protocol):
    """Issues and notes of one project; nothing is remembered from one question to the next.

    Every method raises ``PublishingFailed``, and ``Vanished`` if what it changes is gone.
    """

    def issues(self) -> tuple[PostedIssue, ...]:
        """Return all issues with the label, open and closed, by number."""

    def notes(self) -> tuple[PostedNote, ...]:
        """Return the notes of the token's user to the merge request, oldest first."""

    def write(self, wanted: Write) -> None:
        """Make, change or remove one thing."""

    def close(self) -> None:
        """End the connections."""
