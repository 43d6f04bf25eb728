"""Carries python-gitlab's requests: bounded, without redirects, waiting where GitLab asks to."""

from __future__ import annotations

import json as notation
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pytest_orr.clients.api_wire import ApiWire, Asked, Told
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.secret import Secret

    from .patience import Patience

BUSY = frozenset({502, 503, 504})
TOO_MANY = 429
AFTER_BUSY = 1.0
UNNAMED = 60.0
"""Seconds to wait for a limit that names none; GitLab's are by the minute."""
MOST_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What python-gitlab wants to know of a body that it sends."""

    json: Any = None
    data: None = None
    content_type: str = "application/json"


class Answer:
    """An answer as python-gitlab reads it."""

    reason = ""
    history: tuple[()] = ()

    def __init__(self, told: Told) -> None:
        self.status_code = told.status
        self.headers = told.headers
        self.content = told.body

    @property
    def response(self) -> Answer:
        """The answer itself, which has no other one behind it."""
        return self

    def json(self) -> Any:
        """Return the answer's value; ``ValueError`` if it is none."""
        try:
            return notation.loads(self.content)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Backend:
    """Sends what python-gitlab asks, with a token that python-gitlab never holds."""

    client = None

    def __init__(self, wire: ApiWire, token: Secret | None, patience: Patience) -> None:
        self._wire = wire
        self._token = token
        self._patience = patience

    @staticmethod
    def prepare_send_data(files: Any = None, post_data: Any = None, raw: Any = None) -> Sent:
        """Return a body; nothing but JSON is ever sent."""
        del files, raw
        return Sent(json=post_data)

    def http_request(
        self,
        *,
        method: str,
        url: str,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> Answer:
        """Send one request, again after a limit that ends soon; return its answer."""
        query = urlencode(params or {}, doseq=True)
        asked = Asked(
            method=method.upper(),
            url=f"{url}?{query}" if query else url,
            headers={"Accept": "*/*", "Content-Type": "application/json"},
            body=notation.dumps(json).encode() if json else b"",
            token=self._token,
        )
        return Answer(self._told(asked))

    def _told(self, asked: Asked) -> Told:
        told = self._wire.ask(asked)
        for _ in range(MOST_TRIES - 1):
            wait = _wait(told)
            if wait is None:
                return told
            self._patience.wait(wait)
            told = self._wire.ask(asked)
        if told.status == TOO_MANY:
            raise FactUnavailable(
                f"GitLab answered {MOST_TRIES} times that there were too many requests",
                "run again later, or with a token that is used for nothing else",
            )
        return told


def _wait(told: Told) -> float | None:
    """Return how long an answer asks to wait; None if it can be taken as it is."""
    if told.status in BUSY:
        return AFTER_BUSY
    if told.status != TOO_MANY:
        return None
    after = told.header("retry-after")
    return float(after) if after.isdecimal() else UNNAMED
