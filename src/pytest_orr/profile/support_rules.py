"""What the profile's parts about documents must agree on, for ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .mistakes import Mistake, did_you_mean, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document
    from .toml_lines import KeyPath

PAGES = ("runbook", "faq", "refund_process", "refund_criteria", "published_terms")


def broken_support_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about documents that one key alone cannot show."""
    yield from _pages_nowhere_or_twice(readiness)
    yield from _pages_on_other_hosts(readiness)
    yield from _tokens_of_other_hosts(readiness)


def _pages_nowhere_or_twice(readiness: Document) -> Iterator[Mistake]:
    for path, page in _pages(readiness):
        if "url" in page and "path" in page:
            told = "names a `url` and a `path`: name one of them"
            yield readiness.mistake((*path, "path"), f"{show_key(path)} {told}")
        elif not {"url", "path"} & page.keys():
            yield readiness.mistake(path, f"{show_key(path)} needs `url` or `path`")


def _pages_on_other_hosts(readiness: Document) -> Iterator[Mistake]:
    known = {host for _, host in _hosts(readiness)} | {
        _place(url) for _, url in readiness.occurrences("endpoints.url") if isinstance(url, str)
    }
    for path, page in _pages(readiness):
        url = page.get("url")
        if isinstance(url, str) and _place(url) not in {*known, ""}:
            where, told = (*path, "url"), "whose host stands neither under `evidence.hosts` nor in"
            text = f"{show_key(where)} is {show(url)}, {told} the url of an endpoint: add it"
            yield readiness.mistake(where, text)


def _tokens_of_other_hosts(readiness: Document) -> Iterator[Mistake]:
    hosts = {host for _, host in _hosts(readiness)}
    for path, tokens in readiness.occurrences("evidence.tokens"):
        for host in tokens if isinstance(tokens, dict) else ():
            if host.lower() not in hosts:
                told = f"which is no host of `evidence.hosts`{did_you_mean(host, hosts)}"
                yield readiness.mistake(
                    (*path, host), f"{show_key(path)} names {show(host)}, {told}"
                )


def _hosts(readiness: Document) -> Iterator[tuple[KeyPath, str]]:
    for path, host in readiness.occurrences("evidence.hosts"):
        if isinstance(host, str):
            yield path, host.strip().lower()


def _place(url: str) -> str:
    """Return host and port as ``evidence.hosts`` writes them; empty if there is none."""
    try:
        return urlsplit(url).netloc.lower().removesuffix(":443")
    except ValueError:
        return ""


def _pages(readiness: Document) -> Iterator[tuple[KeyPath, dict[str, object]]]:
    for name in PAGES:
        for path, page in readiness.occurrences(f"documents.{name}"):
            if isinstance(page, dict):
                yield path, page
