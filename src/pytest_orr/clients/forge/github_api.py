"""Asks GitHub's REST and GraphQL APIs: each question once, pages to the end, refusals named."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pytest_orr.clients.memo import Memo
from pytest_orr.errors import FactUnavailable

from .github_reading import as_described
from .github_refusals import AGAIN, Wanted, refusal, tame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_orr.clients.api_wire import Told

    from .github_sender import Sender

S = TypeVar("S")
T = TypeVar("T")

NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next"?')
PAGE = 100
MOST_PAGES = 500
AT_ONCE = 6


class Api:
    """GitHub's API as a token sees it, memoised for the run.

    A refusal is ``Refused``, every other failure ``FactUnavailable``; ``where`` is what a question
    is about, for messages.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._memo = Memo()

    @property
    def is_saas(self) -> bool:
        """Whether this is github.com, and not somebody's own server."""
        return urlsplit(self._sender.root).hostname == "api.github.com"

    @property
    def host(self) -> str:
        """Name of the forge as people know it."""
        return "github.com" if self.is_saas else urlsplit(self._sender.root).netloc

    def get(self, path: str, wanted: Wanted, where: str, **parameters: object) -> Any:
        """Return one answer."""
        url = self._sender.url(path, parameters)
        return self._memo.once(url, lambda: self._page(url, wanted, where)[0])

    def listing(
        self, path: str, wanted: Wanted, where: str, *, key: str = "", **parameters: object
    ) -> tuple[Any, ...]:
        """Return all of a listing; ``key`` is where an answer holds it."""
        url = self._sender.url(path, {"per_page": PAGE, **parameters})
        return self._memo.once(f"all {url}", lambda: self._all(url, wanted, where, key))

    def newest(
        self, path: str, wanted: Wanted, where: str, *, key: str, **parameters: object
    ) -> tuple[Any, ...]:
        """Return the first hundred of a listing."""
        page = self.get(path, wanted, where, per_page=PAGE, **parameters)
        with as_described(wanted, where):
            return tuple(_list_of(page[key]))

    def query(self, text: str, wanted: Wanted, where: str, **variables: object) -> Any:
        """Return what a query of GraphQL tells of the repository ``where``."""
        if self._sender.token is None:
            raise FactUnavailable(
                f"GitHub shows {wanted.what} of {where} to nobody without a token",
                'name the variable that holds one as token = { env = "…" } under [forge]',
            )
        owner, _, name = where.partition("/")
        variables = {"owner": owner, "name": name, **variables}
        body = json.dumps({"query": text, "variables": variables})
        return self._memo.once(body, lambda: self._queried(body.encode(), wanted, where))

    def queried(
        self, text: str, wanted: Wanted, where: str, key: str, **variables: object
    ) -> Iterator[Any]:
        """Yield the nodes of a connection of a query with ``$after``, page by page, lazily."""
        after: str | None = None
        asked: set[str | None] = set()
        while after not in asked and len(asked) < MOST_PAGES:
            asked.add(after)
            found = self.query(text, wanted, where, after=after, **variables)
            with as_described(wanted, where):
                nodes, info = _list_of(found[key]["nodes"]), found[key]["pageInfo"]
                ends, after = not info["hasNextPage"], info["endCursor"]
            yield from nodes
            if ends:
                return
        raise _endless(wanted, where, len(asked))

    def status_for_nobody(self, path: str) -> int:
        """Return the status that somebody without a token gets."""
        url = self._sender.url(path, {})
        return self._memo.once(f"nobody {url}", lambda: self._sender.read_as_nobody(url)).status

    def file(self, path: str, wanted: Wanted, where: str, largest: int) -> bytes:
        """Return a file of at most so many bytes, which may lie elsewhere."""
        url = self._sender.url(path, {})

        def fetched() -> bytes:
            told = self._sender.file(url, largest)
            if told.status != 200:
                raise self._refusal(told, wanted, where)
            return told.body

        return self._memo.once(url, fetched)

    def each(self, function: Callable[[S], T], things: Iterable[S]) -> tuple[T, ...]:
        """Return what ``function`` makes of every thing, a few at once."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="orr-github") as crew:
            return tuple(crew.map(function, things))

    def close(self) -> None:
        """End the connections."""
        self._sender.close()

    def _all(self, url: str, wanted: Wanted, where: str, key: str) -> tuple[Any, ...]:
        found: list[Any] = []
        expected = 0
        for page in self._pages(url, wanted, where):
            with as_described(wanted, where):
                found += _list_of(page[key] if key else page)
                expected = max(expected, page["total_count"] if key else 0)
        if len(found) < expected:
            raise FactUnavailable(
                f"GitHub shows {len(found)} of {expected} of {wanted.what} of {where}",
                "run again; GitHub tells no more than 1,000 of a filtered listing",
            )
        return tuple(found)

    def _pages(self, url: str, wanted: Wanted, where: str) -> Iterator[Any]:
        asked: set[str] = set()
        while url:
            if url in asked or len(asked) == MOST_PAGES:
                raise _endless(wanted, where, len(asked))
            asked.add(url)
            page, told = self._page(url, wanted, where)
            yield page
            url = self._next(told.header("link"), wanted, where)

    def _next(self, link: str, wanted: Wanted, where: str) -> str:
        found = NEXT.search(link)
        url = found[1] if found else ""
        if url and _origin(url) != _origin(self._sender.root):
            raise FactUnavailable(
                f"GitHub continues {wanted.what} of {where} at {tame(url)}, which is elsewhere",
                "correct url under [forge] in readiness.toml; a token is taken nowhere else",
            )
        return url

    def _page(self, url: str, wanted: Wanted, where: str) -> tuple[Any, Told]:
        told = self._sender.read(url)
        if told.status != 200:
            raise self._refusal(told, wanted, where)
        return _json(told, wanted, where), told

    def _refusal(self, told: Told, wanted: Wanted, where: str) -> FactUnavailable:
        return refusal(told, wanted, where, has_token=self._sender.token is not None)

    def _queried(self, body: bytes, wanted: Wanted, where: str) -> Any:
        told = self._sender.query(body)
        if told.status != 200:
            raise self._refusal(told, wanted, where)
        answer = _json(told, wanted, where)
        with as_described(wanted, where):
            if answer.get("errors"):
                raise _failed(answer["errors"][0], wanted, where)
            return {**answer["data"]["repository"]}


def _failed(error: Any, wanted: Wanted, where: str) -> FactUnavailable:
    said = tame(str(error.get("message", "")))
    if error.get("type") in {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"}:
        return FactUnavailable(
            f"GitHub refuses {wanted.what} of {where}: {said}", f"give the token {wanted.need}"
        )
    return FactUnavailable(f"GitHub cannot tell {wanted.what} of {where}: {said}", AGAIN)


def _endless(wanted: Wanted, where: str, pages: int) -> FactUnavailable:
    return FactUnavailable(
        f"the pages of {wanted.what} of {where} do not end: {pages} were read", AGAIN
    )


def _json(told: Told, wanted: Wanted, where: str) -> Any:
    try:
        return json.loads(told.body)
    except (ValueError, RecursionError):
        raise FactUnavailable(
            f"GitHub's answer about {wanted.what} of {where} is no JSON", AGAIN
        ) from None


def _list_of(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise TypeError("no list")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
