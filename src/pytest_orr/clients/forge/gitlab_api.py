"""Asks GitLab's REST and GraphQL APIs by python-gitlab: each question once, pages to the end."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_orr.clients.api_wire import ApiWire, Way
from pytest_orr.clients.memo import Memo
from pytest_orr.clients.secret import Secret
from pytest_orr.clients.settings import setting
from pytest_orr.errors import FactUnavailable

from .gitlab_backend import Answer, Backend
from .gitlab_paging import following, question, refuse_endless, rows_of
from .gitlab_reading import as_described
from .gitlab_refusals import AGAIN, DECLARED, Wanted, refusal, tame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from gitlab import Gitlab as Library

    from pytest_orr.clients.clocks import Clocks
    from pytest_orr.profile.forge import Forge as Declared

    from .patience import Patience

S = TypeVar("S")
T = TypeVar("T")

SAAS = "https://gitlab.com"
PAGE = 100
AT_ONCE = 6


class Api:
    """GitLab's API as a token sees it, memoised for the run."""

    def __init__(
        self,
        declared: Declared,
        folder: Path,
        patience: Patience,
        environment: Mapping[str, str],
        *,
        clocks: Clocks | None = None,
    ) -> None:
        def read(key: str, value: Any) -> str:
            return setting(value, where=f"[forge] {key}", environment=environment)

        self.root = (read("url", declared.url) or SAAS).rstrip("/").removesuffix("/api/v4")
        token = read("token", declared.token)
        self.token = Secret(token) if token else None
        ca = read("ca", declared.ca)
        authorities = str(folder / ca) if ca else ""
        self._wire = ApiWire(Way(whose="GitLab", section="[forge]", ca=authorities, clocks=clocks))
        self._patience = patience
        self._memo = Memo()
        self._opening = Lock()
        self._opened: Library | None = None

    def get(self, path: str, wanted: Wanted, where: str, **parameters: object) -> Any:
        """Return one answer; a refusal is ``Refused``, other failures ``FactUnavailable``."""
        return self._memo.once(
            question(path, parameters),
            lambda: self._value(self._asked(path, wanted, where, parameters), wanted, where),
        )

    def listing(
        self, path: str, wanted: Wanted, where: str, *, newest: bool = False, **parameters: object
    ) -> tuple[Any, ...]:
        """Return all of a listing, or its first hundred."""
        asked = {"per_page": PAGE, **parameters}
        read = partial(self._listed, path, wanted, where, asked, newest=newest)
        return self._memo.once(f"{newest} {question(path, asked)}", read)

    def ends(self, path: str, wanted: Wanted, where: str) -> tuple[Any, ...]:
        """Return the first page of a listing and its last two: GitLab does not tell its order."""
        return self._memo.once(f"ends {path}", lambda: self._both_ends(path, wanted, where))

    def connection(
        self, text: str, name: str, wanted: Wanted, where: str, **variables: object
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return what a query of GraphQL tells of a project, and all nodes of its connection."""
        if self.token is None:
            raise FactUnavailable(
                f"GitLab shows {wanted.what} of {where} to nobody without a token",
                f"name the variable that holds one as {DECLARED}",
            )
        read = partial(self._connected, text, name, wanted, where, variables)
        return self._memo.once(json.dumps([text, variables], default=str), read)

    def file(self, path: str, wanted: Wanted, where: str) -> bytes:
        """Return a file as it is."""
        return self._memo.once(path, lambda: self._asked(path, wanted, where, {}).content)

    def status_without_token(self, path: str) -> int:
        """Return the status that somebody without a token is answered with."""

        def ask() -> int:
            backend = Backend(self._wire, None, self._patience)
            return backend.http_request(method="get", url=f"{self.root}/api/v4{path}").status_code

        return self._memo.once(f"anonymous {path}", ask)

    def each(self, function: Callable[[S], T], things: Iterable[S]) -> tuple[T, ...]:
        """Return what ``function`` makes of every thing, a few at once."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="orr-gitlab") as crew:
            return tuple(crew.map(function, things))

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def _listed(
        self,
        path: str,
        wanted: Wanted,
        where: str,
        parameters: Mapping[str, object],
        *,
        newest: bool,
    ) -> tuple[Any, ...]:
        found: list[Any] = []
        for rows, _ in self._pages(path, wanted, where, parameters):
            found += rows
            if newest and len(found) >= PAGE:
                return tuple(found[:PAGE])
        return tuple(found)

    def _pages(
        self, path: str, wanted: Wanted, where: str, parameters: Mapping[str, object]
    ) -> Iterator[tuple[list[Any], Answer]]:
        asked: set[str] = set()
        page: Mapping[str, object] | None = parameters
        while page is not None:
            refuse_endless(question(path, page), asked, wanted, where)
            answer = self._asked(path, wanted, where, page)
            yield rows_of(self._value(answer, wanted, where), wanted, where), answer
            page = following(answer, parameters)

    def _both_ends(self, path: str, wanted: Wanted, where: str) -> tuple[Any, ...]:
        parameters = {"per_page": PAGE}
        pages = self._pages(path, wanted, where, parameters)
        rows, answer = next(pages)
        said = str(answer.headers.get("x-total-pages", ""))
        if not said.isdecimal():  # GitLab counts no pages of more than 10,000 rows
            return (*rows, *(row for more, _ in pages for row in more))
        last = int(said)
        for page in range(max(2, last - 1), last + 1):
            at = {**parameters, "page": page}
            rows = [*rows, *next(self._pages(path, wanted, where, at))[0]]
        return tuple(rows)

    def _connected(
        self, text: str, name: str, wanted: Wanted, where: str, variables: Mapping[str, object]
    ) -> tuple[Any, tuple[Any, ...]]:
        nodes: list[Any] = []
        asked: set[str] = set()
        after: str | None = None
        while True:
            refuse_endless(str(after), asked, wanted, where)
            project = self._queried(text, wanted, where, {**variables, "after": after})
            with as_described(wanted, where):
                nodes += list(project[name]["nodes"])
                page = project[name]["pageInfo"]
                if page["hasNextPage"] is not True:
                    return project, tuple(nodes)
                after = page["endCursor"]

    def _queried(
        self, text: str, wanted: Wanted, where: str, variables: Mapping[str, object]
    ) -> Any:
        body = {"query": text, "variables": variables}
        answer = self._asked(f"{self.root}/api/graphql", wanted, where, body, method="post")
        told = self._value(answer, wanted, where)
        with as_described(wanted, where):
            if told.get("errors"):
                said = tame(str(told["errors"][0].get("message", "")))
                raise FactUnavailable(
                    f"GitLab cannot tell {wanted.what} of {where}: {said}", wanted.need
                )
            if told["data"]["project"] is None:
                raise FactUnavailable(
                    f"{where} is not there or not visible to the token",
                    f"correct its path in readiness.toml; {wanted.need}",
                )
            return {**told["data"]["project"]}

    def _asked(
        self,
        path: str,
        wanted: Wanted,
        where: str,
        said: Mapping[str, object],
        *,
        method: str = "get",
    ) -> Answer:
        from gitlab.exceptions import GitlabError  # noqa: PLC0415 the library loads when used

        more: dict[str, Any] = {"query_data": said} if method == "get" else {"post_data": said}
        try:
            told: Any = self._library().http_request(method, path, **more, obey_rate_limit=False)
        except GitlabError as error:
            raise refusal(
                error.response_code or 0,
                error.response_body or b"",
                wanted,
                where,
                has_token=self.token is not None,
            ) from None
        answer: Answer = told
        return answer

    def _value(self, answer: Answer, wanted: Wanted, where: str) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise FactUnavailable(
                f"GitLab's answer about {wanted.what} of {where} is no JSON", AGAIN
            ) from None

    def _library(self) -> Library:
        """Return python-gitlab, told nothing by files or the environment, and no token."""
        from gitlab import Gitlab as Library  # noqa: PLC0415 the library loads when used

        with self._opening:
            if self._opened is None:
                backend = Backend(self._wire, self.token, self._patience)
                self._opened = Library(self.root, keep_base_url=True, backend=lambda: backend)
            return self._opened
