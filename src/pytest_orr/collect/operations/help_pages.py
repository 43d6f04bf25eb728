"""Looks for inline help in the frontend's HTML as it was built: the fact ``help_pages``."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urljoin

from pytest_orr.clients.page_elements import found_in
from pytest_orr.clients.page_reading import read_content
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.support import InlineHelp

from .frontends import frontend_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPage:
    """A page of the frontend that must explain itself."""

    status: int
    """HTTP status."""
    selectors: tuple[str, ...]
    """What is declared."""
    missing: tuple[str, ...]
    """What of it no element of the page fits."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        found = len(self.selectors) - len(self.missing)
        return f"status {self.status}, {found} of {len(self.selectors)} declared elements"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPages:
    """Do the frontend's pages hold the help that is declared?"""

    name: str = "help_pages"
    source: str = "HTTP"
    operations: tuple[str, ...] = ("http:GET",)
    fact_type: Any = tuple[Part[HelpPage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[HelpPage], ...]]:
        """Read each declared page by itself."""
        declared = desk.profile.documents.inline_help
        if not declared:
            raise Undeclared("[[documents.inline_help]]", "pages of the frontend with their help")
        base = frontend_pages(desk)[0]
        asked = [(urljoin(base, one.page), one) for one in declared]
        parts = tuple(part_of(url, partial(_page, desk, url, one)) for url, one in asked)
        return Answer(value=parts, where=tuple(url for url, _ in asked))


def _page(desk: Desk, url: str, declared: InlineHelp) -> HelpPage:
    status, html = desk.pages.html(url)
    if status >= 500 or status in {401, 403, 429}:
        raise FactUnavailable(f"{url} answers {status}", "bring the page back, or open it")
    found = found_in(html, declared.selectors)
    missing = tuple(one for one in declared.selectors if one not in found)
    if missing and read_content(html.encode("utf-8", "replace"), "html", "utf-8").asks_login:
        raise FactUnavailable(
            f"{url} asks for a login", "name a page that is open to everybody, or state what it has"
        )
    return HelpPage(status=status, selectors=declared.selectors, missing=missing)
