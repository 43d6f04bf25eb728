"""Carries python-gitlab's writing requests: what may have arrived is never sent a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.forge.gitlab_backend import MOST_TRIES, TOO_MANY, UNNAMED, Backend

if TYPE_CHECKING:
    from pytest_orr.clients.api_wire import Asked, Told


class Writing(Backend):
    """Asks as the reading client does; a write is sent again only if GitLab refused to look at it.

    After a limit nothing was written. After any other trouble nobody knows, and whoever publishes
    looks what is there before anything is written again.
    """

    def _told(self, asked: Asked) -> Told:
        if asked.method == "GET":
            return super()._told(asked)
        told = self._wire.ask(asked)
        for _ in range(MOST_TRIES - 1):
            if told.status != TOO_MANY:
                break
            after = told.header("retry-after")
            self._patience.wait(float(after) if after.isdecimal() else UNNAMED)
            told = self._wire.ask(asked)
        return told
