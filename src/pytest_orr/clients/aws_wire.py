"""The wire to AWS: guarded sessions, their clients, and whole answers.

The one module that imports boto3; it is itself imported when AWS is first asked.
"""

from __future__ import annotations

from functools import reduce
from operator import getitem
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3.session
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, PaginationError

from .aws_errors import NEVER_AN_ANSWER, code_of
from .guard import GUARDED_EVENTS, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from botocore.credentials import Credentials

    from .aws_question import Question
    from .guard import Guard

ATTEMPTS = 3
CONNECT_SECONDS = 3
READ_SECONDS = 10
CONNECTIONS = 32


class Wire:
    """Makes clients, one per credentials, region and service, and asks through them."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._lock = Lock()
        self._sessions: dict[str | None, boto3.session.Session] = {}
        self._clients: dict[tuple[str | None, str, str], Any] = {}

    def answer(self, question: Question) -> Mapping[str, Any]:
        """Ask once and return the answer."""
        return _answer(self._client(question), question)

    def answer_if_any(self, question: Question) -> Mapping[str, Any] | None:
        """Ask once and return the answer, or ``None`` if AWS says that there is no such thing."""
        try:
            return self.answer(question)
        except ClientError as error:
            if code_of(error.response) in {*question.absent} - NEVER_AN_ANSWER:
                return None
            raise

    def listing(self, question: Question, key: str) -> tuple[Mapping[str, Any], ...]:
        """Return what all pages of an answer hold under ``key``; ``KeyError`` if one has none."""
        *around, last = key.split(".")
        pages = _pages(self._client(question), question, around)
        return tuple(one for page in pages for one in _held(page, last))

    def _client(self, question: Question) -> Any:
        wanted = (question.profile, question.place.region, question.service)
        with self._lock:  # neither sessions nor the making of clients are safe in threads
            if wanted not in self._clients:
                self._clients[wanted] = _new_client(self._session(question.profile), *wanted[1:])
            return self._clients[wanted]

    def _session(self, profile: str | None) -> boto3.session.Session:
        if profile not in self._sessions:
            self._sessions[profile] = _guarded_session(profile, self._guard)
        return self._sessions[profile]


class _Credentials:
    """Credentials from a session of their own, where logging in is not under the guard."""

    def __init__(self, profile: str | None) -> None:
        self._session = botocore.session.Session(profile=profile)

    def load_credentials(self) -> Credentials | None:
        """Find credentials as every AWS tool does; assuming a role may take a request."""
        return self._session.get_credentials()


def _guarded_session(profile: str | None, guard: Guard) -> boto3.session.Session:
    inner = botocore.session.Session(profile=profile)
    inner.register_component("credential_provider", _Credentials(profile))
    for event in GUARDED_EVENTS:
        inner.get_component("event_emitter").register_first(event, guard)
    return boto3.session.Session(botocore_session=inner)


def _new_client(session: boto3.session.Session, region: str, service: str) -> Any:
    config = Config(
        region_name=region,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        user_agent_extra="pytest-orr",
    )
    make: Any = session.client  # the name of the service is data here, not a literal
    return make(SERVICES[service].client, config=config)


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
        token = _token(page)
        if token and (token in seen or not can_go_on):
            raise PaginationError(message="there is no way to the end of the listing")
        seen.add(token)
        yield page


def _token(page: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted(name for name in page if name.lower().endswith(("token", "marker")))
    if "Quantity" in page and "Marker" in names:
        names.remove("Marker")  # CloudFront repeats where the page began
    return tuple(str(page[name]) for name in names if page[name])
