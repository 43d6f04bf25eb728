"""Reads what an answer says of the document that it is, for ``clients.pages``."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pytest_orr.errors import FactUnavailable

from .http import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .http import Page
    from .page_reading import Kind

MADE_NOW = 5
"""Seconds: a page that was changed as late before it came is made anew for each reader."""
GONE = frozenset({404, 410})
DENIED = frozenset({401, 403})
TOO_OFTEN = 429
KINDS: Mapping[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/plain": "text",
}
WORDS = (
    ("the url of the endpoint", "the document's url"),
    ("of the endpoint", "of [evidence]"),
    ("the endpoint's url name a smaller page", "a smaller page be the document"),
)
BACK = "bring the host back, or correct [evidence] hosts, connect and ca in readiness.toml"


def remedy_of(error: FactUnavailable) -> str:
    """Return what to do about a document's host where the cause was told of an endpoint."""
    remedy = error.remedy
    for of_endpoint, of_document in WORDS:
        remedy = remedy.replace(of_endpoint, of_document)
    return BACK if isinstance(error, NoAnswer) else remedy


def refuse_status(page: Page, url: str) -> None:
    """Raise for an answer that is no document."""
    name, status = bare(url), page.status
    if status in DENIED:
        raise FactUnavailable(f"{name} asks for a login: it answers {status}", token_for(url))
    if status == TOO_OFTEN:
        raise FactUnavailable(f"{name} was asked too often", "run again in a few minutes")
    if status != 200:
        raise FactUnavailable(f"{name} answers {status}", BACK)


def kind_of(page: Page) -> Kind:
    """Return what a page is written in."""
    said = dict(page.headers).get("content-type", "").partition(";")[0].strip().lower()
    kind = KINDS.get(said)
    if kind is None:
        raise FactUnavailable(
            f"it is {said or 'of no type'}, and HTML, Markdown and plain text are read",
            "let a page be the document",
        )
    is_raw = kind == "text" and page.final_url.lower().endswith(".md")
    return "markdown" if is_raw else kind


def charset_of(page: Page) -> str:
    """Return the encoding that the sender names; empty if it names none."""
    said = dict(page.headers).get("content-type", "").lower()
    return said.partition("charset=")[2].partition(";")[0].strip()


def changed_of(page: Page) -> datetime | None:
    """Return when the server says that the page was changed, unless that is just now."""
    headers = dict(page.headers)
    changed, now = (_http_date(headers.get(name, "")) for name in ("last-modified", "date"))
    is_made_now = changed and now and abs((now - changed).total_seconds()) < MADE_NOW
    return None if is_made_now else changed


def _http_date(said: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(said[:40])
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def bare(url: str) -> str:
    """Return a URL as pages may show it."""
    return url.partition("#")[0].partition("?")[0]


def host_of(url: str) -> str:
    """Return a URL's host, for a message."""
    try:
        return urlsplit(url).hostname or "nowhere"
    except ValueError:
        return "nowhere"


def joined(base: str, location: str) -> str:
    """Return where a redirect leads; empty if nobody can tell."""
    try:
        return urljoin(base, location)
    except ValueError:
        return ""


def token_for(url: str) -> str:
    """Return the remedy for a page that asks who reads."""
    return f'name a token that may read it under [evidence] tokens "{host_of(url)}"'
