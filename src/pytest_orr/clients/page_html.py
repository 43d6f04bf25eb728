"""Reads HTML that anybody may have written: headings, text, links, questions, dates.

The standard library's parser goes through it once and builds no tree, so that neither depth nor
what is left open costs anything. Scripts are read for what they declare and never run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Region = Literal["core", "around", ""]
"""Where in a page something stands: in the document itself, around it, or in a page that does not
tell them apart."""

OVERLONG = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
"""Numbers of no character, of which Python may refuse to read the digits."""
UNSHOWN = frozenset({"script", "style", "template", "noscript", "svg"})
AROUND = frozenset({"nav", "footer", "aside"})
"""What a site puts around a document, or beside it; a header outside of its core too."""
CORE = frozenset({"main", "article"})
INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "kbd"}
    | {"mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var"}
    | {"wbr"}
)
"""Elements that end no word."""
HEADINGS = {f"h{level}": level for level in range(1, 7)}
PERMALINKS = frozenset({"headerlink", "anchor", "anchor-link", "heading-anchor"})
"""Classes of the signs beside headings that lead to them."""
MOST_PIECES = 200_000
MOST_LINKS = 5000
LONGEST = 300
"""Characters of a title, a heading or a question."""
CHANGED = frozenset(
    {"article:modified_time", "og:updated_time", "last-modified", "dcterms.modified", "revised"}
    | {"datemodified"}
)
"""Names by which a page's ``meta`` tells its last change."""
REFRESH = re.compile(r"\s*\d*\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.IGNORECASE)


class TooMuch(Exception):
    """A page has more pieces of text and elements than any page has."""


@dataclass(slots=True)
class Heading:
    """A heading on its way to a section."""

    level: int
    text: str
    begin: int
    """The first piece of its own text."""
    start: int
    """The first piece of what follows it."""


@dataclass(slots=True)
class Kept:
    """What was read so far."""

    pieces: list[str] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    """Of each piece."""
    headings: list[Heading] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    """Which pieces of text are blocks of code."""
    titles: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    links: dict[str, set[Region]] = field(default_factory=dict)
    """Where each stands; several places may lead to the same."""
    questions: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    linked_data: list[str] = field(default_factory=list)
    asks_login: bool = False
    leads_on: str = ""


def read_html(text: str) -> Kept:
    """Return what an HTML document holds; what cannot be understood is left out.

    Raises ``TooMuch`` for more than 200,000 pieces.
    """
    reader = _Reader()
    reader.feed(OVERLONG.sub("\N{REPLACEMENT CHARACTER}", text))
    # never closed: what is unfinished at the end is no part of a page, and looking for its end
    # again and again is what costs
    return reader.kept


def skipped_declaration(reader: HTMLParser, at: int) -> int:
    """Return where a comment, a doctype, or what else begins with ``<!`` ends; -1 if it does not.

    What browsers take for a comment the library takes for a mistake of whoever called it.
    """
    if reader.rawdata.startswith("<!--", at):
        return reader.parse_comment(at)
    return reader.rawdata.find(">", at) + 1 or -1


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept = Kept()
        self._open: dict[str, int] = {}
        self._heading: list[str] | None = None
        self._begin = 0
        self._asked: list[str] | None = None
        self._linked_data = self._permalink = False

    def parse_html_declaration(self, i: int) -> int:
        """Skip a doctype, and whatever else begins like one."""
        return skipped_declaration(self, i)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in reversed(attrs)}
        self._open[tag] = self._open.get(tag, 0) + 1
        self._declared(tag, said)
        if self._is_in(UNSHOWN):
            return
        names = (said.get("id"), said.get("name") if tag == "a" else "")
        self.kept.anchors |= {one for one in names if one}
        self._marked(tag, said)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # HTML knows no elements that end where they begin

    def handle_endtag(self, tag: str) -> None:
        self._open[tag] = max(self._open.get(tag, 0) - 1, 0)
        if tag == "a":
            self._permalink = False
        if tag in HEADINGS:
            self._end_heading(HEADINGS[tag])
        elif tag in {"summary", "dt"}:
            self._end_question()
        if tag not in INLINE:
            self._say(" ")
        self._linked_data = False

    def handle_data(self, data: str) -> None:
        if self._linked_data:
            self.kept.linked_data.append(data)
        elif self._open.get("title") and not self._open.get("body"):
            self.kept.titles.append(data)
        elif not self._is_in(UNSHOWN) and not self._permalink:
            if self._open.get("pre") and data.strip():
                self.kept.blocks.append(len(self.kept.pieces))
            self._say(data)

    def _is_in(self, elements: frozenset[str]) -> bool:
        return any(self._open.get(one) for one in elements)

    def _say(self, data: str) -> None:
        for gathered in (self._heading, self._asked):
            if gathered is not None:
                gathered.append(data)
        if len(self.kept.pieces) >= MOST_PIECES:
            raise TooMuch
        self.kept.pieces.append(data)
        self.kept.regions.append(self._region())

    def _region(self) -> Region:
        in_core = self._is_in(CORE)
        if self._is_in(AROUND) or (self._open.get("header") and not in_core):
            return "around"
        return "core" if in_core else ""

    def _declared(self, tag: str, said: Mapping[str, str]) -> None:
        """Keep what is meant for machines."""
        if tag == "script":
            self._linked_data = said.get("type", "").strip().lower() == "application/ld+json"
        elif tag == "meta":
            name = said.get("property") or said.get("name") or said.get("itemprop") or ""
            if name.lower() in CHANGED:
                self.kept.dates.append(said.get("content", ""))
            if said.get("http-equiv", "").lower() == "refresh":
                led = REFRESH.match(said.get("content", "")[:2000])
                self.kept.leads_on = led[1].strip() if led else ""
        elif tag == "time" and said.get("itemprop", "").lower() == "datemodified":
            self.kept.dates.append(said.get("datetime", ""))

    def _marked(self, tag: str, said: Mapping[str, str]) -> None:
        """Keep what a reader of the page sees."""
        if tag not in INLINE:
            self._say(" ")
        if tag in HEADINGS:
            self._heading, self._begin = [], len(self.kept.pieces)
        elif tag in {"summary", "dt"}:
            self._asked = []
        elif tag in {"a", "area"} and said.get("href") and len(self.kept.links) < MOST_LINKS:
            self._permalink = bool(PERMALINKS & {*said.get("class", "").split()})
            if not self._permalink:
                self.kept.links.setdefault(said["href"].strip(), set()).add(self._region())
        elif tag == "input" and said.get("type", "").strip().lower() == "password":
            self.kept.asks_login = True

    def _end_heading(self, level: int) -> None:
        if self._heading is not None:
            text = collapsed("".join(self._heading))[:LONGEST]
            if text and self._region() != "around":
                start = len(self.kept.pieces)
                heading = Heading(level=level, text=text, begin=self._begin, start=start)
                self.kept.headings.append(heading)
        self._heading = None

    def _end_question(self) -> None:
        if self._asked is not None:
            self.kept.questions.append(collapsed("".join(self._asked))[:LONGEST])
        self._asked = None


def collapsed(text: str) -> str:
    """Return a text whose whitespace is single blanks, without any at its ends."""
    return " ".join(text.split())
