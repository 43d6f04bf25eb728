"""What is kept of a document in facts: whether it is there, what it lacks, how old it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from pytest_orr.clients.page_said import Content, Document
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.support import Page

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSeen:
    """A document that was looked up."""

    is_there: bool
    is_file: bool
    """Whether it is a file of the repository, and so under version control."""
    title: str = ""
    asked: int = 0
    """Headings that it must have, as declared."""
    lacks: tuple[str, ...] = ()
    """Those that it does not have."""
    headings: int = 0
    """How many it has."""
    changed: datetime | None = None
    """Of its last change."""
    told_by: str = ""
    """What tells it: git, the page itself, or its server."""
    untold: str = ""
    """Why nothing does, where that is known."""
    sha256: str = ""
    """Of its normalised text, whatever it is written in."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.is_there:
            return "it is not there"
        when = f", changed on {self.changed:%Y-%m-%d} by {self.told_by}" if self.changed else ""
        return f"{self.headings} headings{when}, SHA-256 {self.sha256[:12]}…"

    def missing(self, where: str) -> str:
        """Return the declared headings that it lacks, for a finding.

        ``where`` is where it is declared. Without any declared nothing tells the document from a
        page that says "not found"; a page without a single heading is put together in the browser.
        """
        if not self.asked:
            raise Undeclared(f"{where} headings", "headings by which it is known")
        if not self.headings and not self.is_file:
            raise FactUnavailable(
                "its HTML has no heading at all: it may be put together in the browser",
                "name a page that holds its text, such as the file itself",
            )
        return ", ".join(self.lacks)

    def is_newer_than(self, days: int, as_of: datetime) -> bool:
        """Tell whether it was changed in so many days; a change that nothing tells is unknown."""
        if self.changed is None:
            raise FactUnavailable(
                f"nothing tells when it was last changed: {self.untold}".removesuffix(": "),
                "let the page declare it (article:modified_time), or its server (Last-Modified)",
            )
        if self.changed > as_of + A_DAY:
            raise FactUnavailable(
                f"it says that it was changed on {self.changed:%Y-%m-%d}, after this review",
                "correct the clock, or the date that the page declares",
            )
        return as_of - self.changed <= timedelta(days=days)


def document_part(desk: Desk, declared: Page, where: str) -> Part[DocumentSeen]:
    """Look a declared document up; ``where`` says where it is declared."""
    return part_of(declared.name or where, partial(_seen, desk, declared, where))


def of_document(found: Document, declared: Page) -> DocumentSeen:
    """Return what facts keep of a document."""
    content = found.content
    return DocumentSeen(
        is_there=found.is_there,
        is_file=declared.url is None,
        title=content.title,
        asked=len(declared.headings),
        lacks=missing_headings(content, declared.headings) if found.is_there else (),
        headings=len(content.sections),
        changed=found.changed and found.changed.astimezone(UTC),
        told_by=found.told_by,
        untold=found.untold,
        sha256=content.sha256 if found.is_there else "",
    )


def missing_headings(content: Content, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the headings that a document lacks, whatever their case is."""
    has = {folded(one.heading) for one in content.sections}
    return tuple(one for one in wanted if folded(one) not in has)


def folded(heading: str) -> str:
    """Return a heading as it is compared: without case, numbers before it and signs at its end."""
    words = heading.casefold().split()
    is_numbered = len(words) > 1 and words[0].strip(".)").replace(".", "").isdigit()
    return " ".join(words[is_numbered:]).rstrip(" :¶#")


def _seen(desk: Desk, declared: Page, where: str) -> DocumentSeen:
    return of_document(desk.pages.read(declared, where), declared)
