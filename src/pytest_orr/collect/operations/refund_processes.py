"""Reads how a refund is made, whose that is, and if it was rehearsed: ``refund_processes``."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from .caretakers import Caretaker, caretaker_part
from .documents_seen import DocumentSeen, document_part

WHERE = "[documents.refund_process]"
REHEARSAL = "[documents] refund_rehearsal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The forge's issue in which a refund was rehearsed."""

    title: str
    is_closed: bool
    closed: datetime | None = None
    was_done: bool | None = None
    """Whether it was closed as done; none where the forge knows no reasons."""

    @property
    def seen(self) -> str:
        """One line for a finding."""
        when = f" on {self.closed:%Y-%m-%d}" if self.closed else ""
        state = f"closed{when}" if self.is_closed else "open"
        return f'"{self.title[:100]}", {state}'


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundProcess:
    """How a refund is made."""

    document: Part[DocumentSeen]
    owner: Part[Caretaker]
    rehearsal: Part[Rehearsal]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundProcesses:
    """Is it written down how a refund is made, and was it done once?"""

    name: str = "refund_processes"
    source: str = "HTTP, git and forge"
    operations: tuple[str, ...] = (
        "forge:issue",
        "forge:members",
        "git:cat-file",
        "git:log",
        "git:ls-tree",
        "http:GET",
    )
    fact_type: Any = tuple[RefundProcess, ...]

    def collect(self, desk: Desk) -> Answer[tuple[RefundProcess, ...]]:
        """Read the one process that ``[documents]`` declares, and ask the forge for the issue."""
        declared = desk.profile.documents.refund_process
        if declared is None:
            raise Undeclared(WHERE, "the url or path of the process")
        process = RefundProcess(
            document=document_part(desk, declared, WHERE),
            owner=caretaker_part(desk, declared, WHERE),
            rehearsal=part_of("rehearsal of a refund", partial(_rehearsal, desk)),
        )
        return Answer(value=(process,), where=(declared.name,))


def _rehearsal(desk: Desk) -> Rehearsal:
    number = desk.profile.documents.refund_rehearsal
    if number is None:
        raise Undeclared(REHEARSAL, "the number of the issue")
    issue = desk.forge.issue(number)
    return Rehearsal(
        title=f"#{number} {issue.title}",
        is_closed=issue.is_closed,
        closed=issue.closed,
        was_done=issue.was_done,
    )
