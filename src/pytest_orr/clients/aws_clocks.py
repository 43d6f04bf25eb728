"""Notes what AWS's answers say of time, for ``clients.clocks``; sessions tell it of requests."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from botocore.session import Session

    from .clocks import Clocks

AWS = "amazonaws.com"
"""Stands for all of its endpoints, which keep one time."""


class AwsClocks:
    """Hears of each request when it leaves and of each answer when it is there, by its thread."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._on_its_way = local()

    def listen_to(self, session: Session) -> None:
        """Let a session tell, and every client that it makes from now on."""
        session.register("before-send", self._leaves)
        session.register("before-parse", self._arrives)

    def _leaves(self, **event: Any) -> None:
        host = urlsplit(event["request"].url).hostname or ""
        self._on_its_way.host = AWS if host.endswith(f".{AWS}") else host
        self._on_its_way.since = self._clocks.now()

    def _arrives(self, **event: Any) -> None:
        sent, headers = self._on_its_way, event["response_dict"]["headers"]
        self._clocks.heard(sent.host, headers, asked=sent.since)
