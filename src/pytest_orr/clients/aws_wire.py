"""The wire to AWS: clients of guarded sessions, and whole answers.

Imported when AWS is first asked, as botocore is.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import reduce
from operator import getitem
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, PaginationError

from pytest_orr.errors import FactUnavailable

from .aws_crew import Budget, at_once
from .aws_errors import code_of, says_nothing
from .aws_sessions import Sessions
from .clocks import Clocks
from .guard import SERVICES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from botocore.session import Session

    from .aws_question import Login, Question
    from .guard import Guard

ATTEMPTS = 3
CONNECT_SECONDS = 3
READ_SECONDS = 10
WAITS = (0.1, 0.2, 0.5, 1, 2, 2, 4, 4)
"""Seconds between questions about what AWS is making."""


class Wire:
    """Makes clients, one per login, region and service, and asks through them."""

    def __init__(
        self, guard: Guard, operations: Collection[str], clocks: Clocks | None = None
    ) -> None:
        self._budget = Budget()
        self._sessions = Sessions(guard, operations, new_client, clocks or Clocks())
        self._making = Lock()
        self._clients: dict[tuple[Login, str, str], Any] = {}

    def prepare(self, question: Question) -> None:
        """Make the client for a question; why there can be none is told to whoever asks."""
        with suppress(BotoCoreError, FactUnavailable):
            self._client(question)

    def answer(self, question: Question) -> Mapping[str, Any]:
        """Ask once and return the answer."""
        client = self._client(question)
        with self._budget.slot(question.place, question.service):
            return _answer(client, question)

    def answer_if_any(self, question: Question) -> Mapping[str, Any] | None:
        """Ask once and return the answer, or ``None`` if AWS says that there is no such thing."""
        try:
            return self.answer(question)
        except ClientError as error:
            code = code_of(error.response)
            if code in question.absent and not says_nothing(code):
                return None
            raise

    def answer_when(self, question: Question, key: str, value: str) -> Mapping[str, Any]:
        """Ask, ever more slowly, until an answer holds a value under a key, and return that one."""
        for seconds in WAITS:
            found = self.answer(question)
            if found[key] == value:
                return found
            time.sleep(seconds)
        raise FactUnavailable(
            f"AWS {question.place} was not done with {question.operation} in time",
            "run again; AWS makes it meanwhile",
        )

    def listing(self, question: Question, key: str) -> tuple[Mapping[str, Any], ...]:
        """Return what all pages of an answer hold under ``key``; ``KeyError`` if one has none."""
        *around, last = key.split(".")
        client = self._client(question)
        with self._budget.slot(question.place, question.service):
            pages = _pages(client, question, around)
            return tuple(one for page in pages for one in _held(page, last))

    def _client(self, question: Question) -> Any:
        wanted = (question.login, question.place.region, question.service)
        if wanted not in self._clients:
            session = self._sessions.session(question.login, question.place)
            # Nothing of botocore that makes clients is safe in threads. It takes no request, and
            # the processor's work goes no faster in several threads.
            with self._making:
                if wanted not in self._clients:
                    _, region, service = wanted
                    self._clients[wanted] = new_client(session, service, region)
        return self._clients[wanted]


def new_client(session: Session, service: str, region: str) -> Any:
    """Make a client for a service, named by its IAM prefix."""
    config = Config(
        region_name=region,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=at_once(service),
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        user_agent_extra="pytest-orr",
    )
    return session.create_client(SERVICES[service].client, config=config)


def _answer(client: Any, question: Question) -> Mapping[str, Any]:
    method = getattr(client, xform_name(question.name))
    found: Mapping[str, Any] = method(**question.parameters)
    return found


def _held(page: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    """Return what a page holds; CloudFront counts what it lists, and leaves an empty list out."""
    return () if page.get("Quantity") == 0 else tuple(page[key])


def _pages(client: Any, question: Question, around: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield every page, or what it holds inside the keys ``around`` the listing.

    A page token that comes twice, or leads nowhere, is a PaginationError; botocore itself notices
    only a token that repeats at once, not two that alternate.
    """
    method = xform_name(question.name)
    can_go_on = client.can_paginate(method)
    if can_go_on:
        found = client.get_paginator(method).paginate(**question.parameters)
    else:
        found = (_answer(client, question),)
    seen: set[tuple[str, ...]] = set()
    for whole in found:
        page: Mapping[str, Any] = reduce(getitem, around, whole)
        token = _token(whole) if page is whole else (*_token(whole), *_token(page))
        if token and (token in seen or not can_go_on):
            raise PaginationError(message="there is no way to the end of the listing")
        seen.add(token)
        yield page


def _token(page: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted(name for name in page if name.lower().endswith(("token", "marker")))
    if "Quantity" in page and "Marker" in names:
        names.remove("Marker")  # CloudFront repeats where the page began
    return tuple(str(page[name]) for name in names if page[name])
