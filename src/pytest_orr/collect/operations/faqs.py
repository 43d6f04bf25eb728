"""Reads the FAQ, whether the frontend leads to it, and where it leads: the fact ``faqs``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.page_reading import read_content
from pytest_orr.clients.page_said import Document
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .documents_seen import DocumentSeen, of_document
from .frontends import frontend_pages
from .links import LinksSeen, leads_to, links_of

WHERE = "[documents.faq]"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedFrom:
    """Which pages of the frontend were looked at, and which of them lead to the FAQ."""

    pages: tuple[str, ...]
    linking: tuple[str, ...]

    @property
    def seen(self) -> str:
        """One line for a finding."""
        return f"linked from {', '.join(self.linking) or 'none'} of {', '.join(self.pages)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    """The FAQ."""

    name: str
    """Its URL, or its path in the repository."""
    document: DocumentSeen
    questions: int
    """Questions that it answers."""
    linked: Part[LinkedFrom]
    links: Part[LinksSeen]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.questions} questions, {self.document.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faqs:
    """Is the FAQ published, found from the frontend, and up to date?"""

    name: str = "faqs"
    source: str = "HTTP and git"
    operations: tuple[str, ...] = (
        "git:cat-file",
        "git:log",
        "git:ls-tree",
        "http:GET",
        "http:HEAD",
    )
    fact_type: Any = tuple[Faq, ...]

    def collect(self, desk: Desk) -> Answer[tuple[Faq, ...]]:
        """Read the one FAQ that ``[documents]`` declares, the frontend's pages, and its links."""
        declared = desk.profile.documents.faq
        if declared is None:
            raise Undeclared(WHERE, "the FAQ's url or path")
        found = desk.pages.read(declared, WHERE)
        faq = Faq(
            name=found.name,
            document=of_document(found, declared),
            questions=len(found.content.questions),
            linked=part_of(f"links to {found.name}", partial(_linked, desk, found)),
            links=part_of(f"links of {found.name}", partial(links_of, desk, found)),
        )
        return Answer(value=(faq,), where=(found.name,))


def _linked(desk: Desk, found: Document) -> LinkedFrom:
    pages = frontend_pages(desk)
    linking = []
    for url in pages:
        status, html = desk.pages.html(url)
        if status != 200:
            raise FactUnavailable(f"{url} answers {status}", "bring the frontend back")
        content = read_content(html.encode("utf-8", "replace"), "html", "utf-8")
        if leads_to(content.links_around, url, (found.name, found.final_url)):
            linking.append(url)
    return LinkedFrom(pages=pages, linking=tuple(linking))
