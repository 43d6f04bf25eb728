"""Asks the API of a provider of chats, as anybody or as a bot: what Discord's and Telegram's share.

Only GET is ever sent. Whoever asks too often is made to wait, for as long as a run can spare.
"""

from __future__ import annotations

import os
import time
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

from .api_wire import ApiWire, Asked, Told, Way
from .hostile_json import At, Unreadable, read_json
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.profile.support import Chat

    from .clocks import Clocks

SECTION = "[[support.channels]]"
TIMEOUT = 15
LARGEST = 8 * 1024 * 1024
LONGEST_WAIT = 30
"""Seconds that a provider may ask us to wait for, in all."""
USUAL_WAIT = 5.0
"""Seconds to wait for where it does not say how long."""
AGAIN = f"run again, or correct url under {SECTION} in readiness.toml"


class ChatApi:
    """A provider's API; everything raises ``FactUnavailable`` with cause and remedy.

    Neither answers nor addresses are repeated in messages: both may hold what was sent.
    """

    def __init__(
        self,
        whose: str,
        *,
        environment: Mapping[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
        clocks: Clocks | None = None,
    ) -> None:
        self.whose = whose
        self._environment = os.environ if environment is None else environment
        self._wire = ApiWire(Way(whose=whose, section=SECTION, timeout=TIMEOUT, clocks=clocks))
        self._pause = pause
        self._lock = Lock()
        self._waited = 0.0

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def root(self, chat: Chat, usual: str) -> str:
        """Return where a channel's provider is asked."""
        where = f"{SECTION} url"
        return (setting(chat.url, where=where, environment=self._environment) or usual).rstrip("/")

    def token(self, chat: Chat) -> Secret:
        """Return the token of a channel's bot; a variable that is not set is named."""
        where = f"{SECTION} token"
        return Secret(setting(chat.token, where=where, environment=self._environment))

    def told(self, asked: Asked) -> Told:
        """Return the answer to a question, of whatever status but 429."""
        told = self._wire.ask(asked)
        while told.status == 429:
            self._wait(told)
            told = self._wire.ask(asked)
        return told

    def read(self, told: Told, what: str) -> At:
        """Return the JSON of an answer to the question for ``what``."""
        try:
            return read_json(told.body)
        except Unreadable as error:
            raise self.strange(what, error) from error

    def strange(self, what: str, why: object) -> FactUnavailable:
        """Return the failure of an answer that is not as it is described."""
        return FactUnavailable(f"{self.whose}'s answer about {what} {why}", AGAIN)

    def failed(self, told: Told, what: str) -> FactUnavailable:
        """Return the failure of an answer whose status nobody expects."""
        return FactUnavailable(
            f"{self.whose} answered the question for {what} with status {told.status}", AGAIN
        )

    def refused(self) -> FactUnavailable:
        """Return the failure of a token that is none."""
        return FactUnavailable(
            f"{self.whose} refuses the bot's token",
            f"set the variable that {SECTION} token names to the token of a bot that still exists",
        )

    def _wait(self, told: Told) -> None:
        seconds = max(_seconds(told), 0.1)
        with self._lock:
            if self._waited + seconds > LONGEST_WAIT:
                raise FactUnavailable(
                    f"{self.whose} is asked too often from here: its rate limit is reached",
                    "run again in some minutes",
                )
            self._waited += seconds
        self._pause(seconds)


def place_of(root: str) -> str:
    """Return the host and port of an API."""
    return urlsplit(root).netloc.rpartition("@")[2]


def _seconds(told: Told) -> float:
    """Return how long to wait: by the body, where Discord and Telegram tell it, or by the header.

    Whatever stands before their API, and answers for it, tells it by the header alone.
    """
    try:
        said = read_json(told.body)
        one = said["retry_after"] or said.within("parameters", "retry_after")
        seconds = one.number()
    except Unreadable:
        seconds = None
    if seconds is None:
        header = told.header("retry-after")
        seconds = float(header) if header.isascii() and header.isdecimal() else USUAL_WAIT
    return seconds
