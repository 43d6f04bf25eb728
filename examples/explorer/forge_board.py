"""What people and programs write to the example's forges: issues, and notes of a merge request.

``board_server`` starts a forge that takes them from whoever has the writer's token; all else it
answers as the forge that can only be read. The reader's token may write nothing.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from examples.explorer.forge_server import ForgeServer
from examples.explorer.forge_state import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.explorer.forge_server import Answer, Request
    from examples.explorer.forge_words import ForgeState

WRITER = "token-of-the-publisher"
MERGE_REQUEST = 7
OWN_USER = 41
"""Number of the writer's user."""
FIRST_NUMBER = 300
"""Of issues that are written; those before are the example's own."""


@dataclass(slots=True, kw_only=True)
class Posted:
    """An issue as it was written."""

    number: int
    title: str
    body: str
    labels: list[str]
    due: str | None = None
    is_closed: bool = False
    is_pull_request: bool = False


@dataclass(slots=True, kw_only=True)
class Note:
    """A note of the merge request."""

    id: int
    body: str
    author: int = OWN_USER


@dataclass(slots=True)
class Board:
    """All that was written; one thing at a time is done to it."""

    issues: list[Posted] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    may_label: bool = True
    """Whether the writer's user may set labels; whose may not, sets none and is told nothing."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make_issue(self, said: dict[str, Any], body: str, labels: list[str]) -> Posted:
        """Write an issue."""
        made = Posted(
            number=FIRST_NUMBER + len(self.issues),
            title=str(said["title"]),
            body=body,
            labels=labels if self.may_label else [],
            due=said.get("due_date") or None,
        )
        self.issues.append(made)
        return made

    def make_note(self, body: str, author: int = OWN_USER) -> Note:
        """Write a note."""
        made = Note(id=1 + max((one.id for one in self.notes), default=0), body=body, author=author)
        self.notes.append(made)
        return made

    def issue(self, number: str) -> Posted | None:
        """Return an issue by its number."""
        return next((one for one in self.issues if str(one.number) == number), None)


def board_server(kind: str, *, most: int = 100) -> tuple[ForgeServer, Board]:
    """Start a forge that can be written to, with pages of at most so many rows."""
    reading = import_module(f"examples.explorer.{kind}")
    writing = import_module(f"examples.explorer.{kind}_board")
    board = Board()
    tell = partial(_tell, partial(reading.tell, most=most), partial(writing.told, board, most))
    return ForgeServer(tell), board


def _tell(
    read: Callable[[ForgeState, Request], Answer],
    written: Callable[[Request, str], Answer | None],
    state: ForgeState,
    request: Request,
) -> Answer:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    token = request.headers.get("private-token") or bearer
    return written(request, token) or read(state, request)


def said_in(request: Request) -> dict[str, Any]:
    """Return the body of a request."""
    return dict(json.loads(request.body or b"{}"))


def is_ours(path: str) -> bool:
    """Tell whether a project is the one that can be written to."""
    return path == PROJECT
