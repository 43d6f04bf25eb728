"""What the example's Discord and Telegram share: faults that are planted while they run.

``PUT /-/faults`` with a JSON list of names plants them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from examples.explorer.forge_server import CONTROL, Answer, ForgeServer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class ChatServer(ForgeServer):
    """Answers on a port of its own until ``close``; ``heard`` are all paths with their queries."""

    def __init__(
        self,
        reply: Callable[[frozenset[str], Request], Answer],
        known: frozenset[str],
        faults: Iterable[str] = (),
    ) -> None:
        self.faults = frozenset(faults)
        self.heard: list[Request] = []
        self._known = known
        self._reply = reply
        super().__init__(lambda _, request: self._reply(self.faults, request))

    def answer(self, request: Request) -> Answer:
        """Return what a request is told."""
        if request.path == CONTROL and request.method == "PUT":
            self.faults = frozenset(json.loads(request.body))
            return json_answer([])
        assert self.faults <= self._known, sorted(self.faults - self._known)
        self.heard.append(request)
        return super().answer(request)
