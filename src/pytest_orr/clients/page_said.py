"""What a document says, in frozen values, for ``clients.pages`` and the collectors of documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Teller = Literal["", "git", "the page", "Last-Modified"]
"""What tells when a document was last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it, up to the next heading that is not below it."""

    heading: str
    level: int
    """1 to 6."""
    has_commands: bool
    """Whether a block of code stands in it."""
    text: str
    """Without its heading, whitespace collapsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a document holds, whatever it is written in."""

    title: str = ""
    sections: tuple[Section, ...] = ()
    anchors: frozenset[str] = frozenset()
    """What a fragment of its URL may name."""
    links: tuple[str, ...] = ()
    """Where the document itself leads, as written; each once."""
    links_around: tuple[str, ...] = ()
    """The same of the whole page, with what a site puts around a document."""
    questions: tuple[str, ...] = ()
    """Questions that it answers, each once."""
    declared: datetime | None = None
    """When it says that it was last changed."""
    sha256: str = ""
    """Of its normalised text: the same words have the same digest in HTML and in Markdown."""
    asks_login: bool = False
    """Whether it asks for a password."""
    leads_on: str = ""
    """Where it sends its reader by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that was looked up."""

    name: str
    """Its URL without a query, or its path in the repository."""
    is_there: bool
    """Whether there is such a document: a 404, and a path that the commit lacks, are an answer."""
    content: Content = Content()
    changed: datetime | None = None
    """Of its last change; none if nothing tells."""
    told_by: Teller = ""
    """What tells the last change."""
    untold: str = ""
    """Why nothing tells it, where that is known."""
    final_url: str = ""
    """Where it was found in the end; empty for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where a link leads."""

    status: int
    """HTTP status."""
    elsewhere: str = ""
    """The host that it was sent on to, if that is none that is asked."""

    @property
    def is_alive(self) -> bool | None:
        """Whether something is there; none if that cannot be told."""
        if self.elsewhere or self.status < 400 or self.status in {401, 403, 405}:
            return True
        return None if self.status >= 500 or self.status in {408, 425, 429} else False
