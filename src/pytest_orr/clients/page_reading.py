"""Makes a document's content of bytes: HTML, Markdown or plain text, for ``clients.pages``.

Markdown becomes HTML first, so that there is one reader, and one digest for the same words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from pytest_orr.errors import FactUnavailable

from .hostile_json import At, Unreadable, clean, read_json
from .page_html import LONGEST, Kept, TooMuch, collapsed, read_html
from .page_said import Content, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .page_html import Region

Kind = Literal["html", "markdown", "text"]
LARGEST = 2 * 1024 * 1024
"""Bytes of a document."""
LARGEST_MARKDOWN = 256 * 1024
SMALLER = "let a smaller page be the document"
MOST_SECTIONS = 500
MOST_PIECES = 20_000
"""Pieces of text that a section is put together of, at most."""
MOST_SCRIPTS = 20
LONGEST_SECTION = 20_000
"""Characters of a section's text that are kept."""
CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
KNOWN_CHARSET = re.compile(
    r"(utf-?8|utf-?16(le|be)?|us-ascii|ascii|latin-?1|iso-?8859-\d{1,2}|windows-125\d|cp125\d"
    r"|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr))",
    re.IGNORECASE,
)
"""Encodings of texts; Python knows others that are none, or that take long."""
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,10000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
CHANGED = re.compile(
    r"^(?:last_?mod(?:ified)?|updated|date_?modified)\s*:\s*[\"']?(\S+)", re.MULTILINE
)
NO_SLUG = re.compile(r"[^\w\- ]")


def read_content(raw: bytes, kind: Kind, charset: str = "") -> Content:
    """Return what a document holds; ``charset`` is what its sender says.

    Raises ``FactUnavailable`` for one that is too large to be read.
    """
    largest = LARGEST_MARKDOWN if kind == "markdown" else LARGEST
    if len(raw) > largest:
        raise FactUnavailable(
            f"it has {len(raw):,} bytes, more than the {largest:,} that are read", SMALLER
        )
    try:
        return _read(decoded(raw, charset), kind)
    except TooMuch:
        raise FactUnavailable("it has more elements than any document", SMALLER) from None


def _read(text: str, kind: Kind) -> Content:
    if kind == "html":
        return _content(read_html(text))
    if kind == "text":
        return Content(sha256=_digest(text))
    told = FRONT_MATTER.match(text)
    content = _content(read_html(_rendered(text[told.end() :] if told else text)), slugs=True)
    declared = CHANGED.search(told[1]) if told else None
    return replace(content, declared=instant_of(declared[1].strip("\"'"))) if declared else content


def decoded(raw: bytes, charset: str = "") -> str:
    """Return bytes as text: by their mark, by what the sender or the page says, or as UTF-8."""
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return clean(raw[len(mark) :].decode(encoding, "replace"))
    said = CHARSET.search(raw[:2048])
    for name in (charset.strip("\"' "), said[1].decode("ascii") if said else ""):
        if KNOWN_CHARSET.fullmatch(name):
            return clean(raw.decode(name, "replace"))
    return raw.decode("utf-8", "replace")


def instant_of(said: str) -> datetime | None:
    """Return the instant that an ISO date or time names, UTC unless it says otherwise."""
    try:
        if len(said) == len("2026-11-20"):
            return datetime.combine(date.fromisoformat(said), time(), UTC)
        read = datetime.fromisoformat(said.strip()[:40])
    except ValueError:
        return None
    try:
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except OverflowError:  # the first or last day that there is, in another zone
        return None


def slug_of(heading: str) -> str:
    """Return the fragment by which forges reach a heading of Markdown."""
    return NO_SLUG.sub("", heading.lower()).replace(" ", "-")


def _rendered(text: str) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 loads when there is Markdown

    return str(MarkdownIt("commonmark").enable("table").render(text.replace("\0", "")))


def _content(kept: Kept, *, slugs: bool = False) -> Content:
    sections, region = _sections(kept), _region_of(kept)
    asked, dates = _linked_data(kept.linked_data)
    anchors = {clean(one)[:LONGEST] for one in kept.anchors}
    anchors |= {one.removeprefix("user-content-") for one in anchors}
    if slugs:
        anchors |= {slug_of(one.heading) for one in sections}
    return Content(
        title=collapsed(clean("".join(kept.titles)))[:LONGEST],
        sections=sections,
        anchors=frozenset(anchors),
        links=tuple(clean(one) for one, regions in kept.links.items() if region in regions),
        links_around=tuple(map(clean, kept.links)),
        questions=_questions((*kept.questions, *_answered(sections), *asked)),
        declared=next(filter(None, map(instant_of, (*kept.dates, *dates))), None),
        sha256=_digest("".join(_core(kept))),
        asks_login=kept.asks_login,
        leads_on=clean(kept.leads_on),
    )


def _sections(kept: Kept) -> tuple[Section, ...]:
    """Return each heading with the text up to the next one of its level or above."""
    headings = kept.headings[:MOST_SECTIONS]
    found = []
    for place, one in enumerate(headings):
        further = (later for later in headings[place + 1 :] if later.level <= one.level)
        end = next((later.begin for later in further), len(kept.pieces))
        stop = min(end, one.start + MOST_PIECES)
        told = zip(kept.pieces[one.start : stop], kept.regions[one.start : stop], strict=True)
        text = clean("".join(piece for piece, region in told if region != "around"))
        found.append(
            Section(
                heading=clean(one.text),
                level=one.level,
                has_commands=_any_between(kept.blocks, one.start, end),
                text=collapsed(text)[:LONGEST_SECTION],
            )
        )
    return tuple(found)


def _any_between(places: list[int], start: int, end: int) -> bool:
    """Tell whether one of some ascending places lies in a range."""
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end


def _region_of(kept: Kept) -> Region:
    """Return where the document itself stands, without what a site puts around it."""
    return "core" if "core" in kept.regions else ""


def _core(kept: Kept) -> Iterator[str]:
    wanted, told = _region_of(kept), zip(kept.pieces, kept.regions, strict=True)
    return (piece for piece, region in told if region == wanted)


def _digest(text: str) -> str:
    normalised = collapsed(unicodedata.normalize("NFKC", text))
    return sha256(normalised.encode("utf-8", "replace")).hexdigest()


def _answered(sections: tuple[Section, ...]) -> Iterator[str]:
    return (one.heading for one in sections if one.heading.endswith("?") and one.text)


def _questions(asked: Iterable[str]) -> tuple[str, ...]:
    """Return questions, each once, whatever its case and wherever it stands."""
    once = {one.casefold(): clean(one)[:LONGEST] for one in map(collapsed, asked) if one}
    return tuple(once.values())


def _linked_data(scripts: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return questions of an FAQ, and dates of changes, as schema.org has them."""
    asked: list[str] = []
    dates: list[str] = []
    for script in scripts[:MOST_SCRIPTS]:
        with suppress(Unreadable):  # what is meant for search engines may be anything
            for one in _things(read_json(script.encode("utf-8", "replace"))):
                dates.append(one["dateModified"].text())
                if one["@type"].value == "FAQPage":
                    asked += [question["name"].text() for question in one["mainEntity"].each()]
    return tuple(asked), tuple(dates)


def _things(told: At) -> Iterator[At]:
    """Yield the objects that a script declares: itself, those of a list, those of a graph."""
    top = told.each() if told.is_list() else (told,)
    for one in top:
        yield one
        yield from one["@graph"].each()
