"""Finds what a page needs to be more than white, for ``collect.endpoints``."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


def assets_in(html: str, base: str) -> tuple[str, ...]:
    """Return the URLs of scripts and style sheets that come from the page's own place, in order."""
    page = _Needed(base)
    page.feed(html)
    return tuple(page.urls)


class _Needed(HTMLParser):
    """Finds the scripts and style sheets that a page loads from its own place."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self._base = base

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address of a script or a style sheet from the page's own place."""
        named = dict(attrs)
        style = tag == "link" and "stylesheet" in (named.get("rel") or "").split()
        link = named.get("src") if tag == "script" else named.get("href") if style else None
        if link and urlsplit(url := urljoin(self._base, link))[:2] == urlsplit(self._base)[:2]:
            self.urls.append(url)
