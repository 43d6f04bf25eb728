"""Reads the runbook and the sections that other items ask for: the fact ``runbooks``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from pytest_orr.clients.page_said import Document
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.support import RunbookSection, RunbookSections

from .caretakers import Caretaker, caretaker_part, deputy_part
from .documents_seen import DocumentSeen, folded, of_document

WHERE = "[documents.runbook]"
LONGEST_TEXT = 2000
"""Characters of a section that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSeen:
    """A section of the runbook that an item asks for."""

    key: str
    """As ``[documents.runbook_sections]`` names it: ``restart_backend``."""
    heading: str
    is_there: bool
    has_commands: bool = False
    """Whether a block of commands stands in it."""
    text: str = ""
    """Its words, the first 2,000 characters."""

    @property
    def name(self) -> str:
        """What a finding names it by."""
        return f'runbook: "{self.heading}"'

    def lacks(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return those of some words that do not stand in it, whatever their case."""
        return tuple(one for one in words if one.casefold() not in self.text.casefold())

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.is_there:
            return "the runbook has no such heading"
        words = len(self.text.split())
        return f"{words} words, {'with' if self.has_commands else 'without'} commands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """The runbook, and how each thing is done by it."""

    name: str
    """Its URL, or its path in the repository."""
    document: DocumentSeen
    owner: Part[Caretaker]
    deputy: Part[Caretaker]
    """Who keeps it up to date when the owner is away."""
    sections: tuple[SectionSeen, ...] = ()

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return self.document.seen

    def section(self, key: RunbookSection) -> SectionSeen:
        """Return the section that says how something is done, there or not."""
        return next(one for one in self.sections if one.key == key)

    def is_newer_than(self, days: int, as_of: datetime) -> bool:
        """Tell whether it was changed in so many days."""
        return self.document.is_newer_than(days, as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbooks:
    """Where is the runbook, and what does it say?"""

    name: str = "runbooks"
    source: str = "HTTP, git and forge"
    operations: tuple[str, ...] = (
        "forge:members",
        "git:cat-file",
        "git:log",
        "git:ls-tree",
        "http:GET",
    )
    fact_type: Any = tuple[Runbook, ...]

    def collect(self, desk: Desk) -> Answer[tuple[Runbook, ...]]:
        """Read the one runbook that ``[documents]`` declares."""
        declared = desk.profile.documents.runbook
        if declared is None:
            raise Undeclared(WHERE, "the runbook's url or path")
        found = desk.pages.read(declared, WHERE)
        runbook = Runbook(
            name=found.name,
            document=of_document(found, declared),
            owner=caretaker_part(desk, declared, WHERE),
            deputy=deputy_part(desk, declared, WHERE),
            sections=_sections(found, desk.profile.documents.runbook_sections),
        )
        return Answer(value=(runbook,), where=(found.name,))


def _sections(found: Document, headings: RunbookSections) -> tuple[SectionSeen, ...]:
    return tuple(_section(found, key, headings.heading_of(key)) for key in get_args(RunbookSection))


def _section(found: Document, key: str, heading: str) -> SectionSeen:
    for one in found.content.sections:
        if folded(one.heading) == folded(heading):
            return SectionSeen(
                key=key,
                heading=heading,
                is_there=True,
                has_commands=one.has_commands,
                text=one.text[:LONGEST_TEXT],
            )
    return SectionSeen(key=key, heading=heading, is_there=False)
