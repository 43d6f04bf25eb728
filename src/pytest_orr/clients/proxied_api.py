"""Asks an HTTP API of JSON that stands alone or behind a proxy: Prometheus and Alertmanager.

Such an API knows no users itself; a proxy in front of it asks for a user with password, or for a
token. Only GET is ever sent, and each question is asked once in a run.
"""

from __future__ import annotations

import base64
import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from pytest_orr.errors import FactUnavailable

from .api_wire import ApiWire, Asked, Told, Way
from .hostile_json import Unreadable, clean, read_json
from .memo import Memo
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_orr.profile.monitoring import Alertmanager, Prometheus

    from .clocks import Clocks
    from .hostile_json import At

LONGEST_WAIT = 30
"""Seconds that the proxy may ask us to wait for, in all, when it is asked too often."""
LONGEST_TOLD = 300
"""Characters of an error's text that a message repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who is asked, for messages."""

    whose: str
    """``Prometheus``."""
    section: str
    """``[prometheus]``."""


class ProxiedApi:
    """One such API as the profile declares it; every method raises ``FactUnavailable``."""

    def __init__(
        self,
        declared: Prometheus | Alertmanager,
        folder: Path,
        named: Named,
        *,
        environment: Mapping[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
        clocks: Clocks | None = None,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._named = named
        self.url = self._read("url", declared.url).rstrip("/")
        self._token, self._scheme = self._credentials(declared)
        ca = self._read("ca", declared.ca)
        authorities = str(folder / ca) if ca else ""
        self._wire = ApiWire(
            Way(whose=named.whose, section=named.section, ca=authorities, clocks=clocks)
        )
        self._pause = pause
        self._waited = 0.0
        self._memo = Memo()

    @property
    def place(self) -> str:
        """Host and port that are asked."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def json(self, path: str, **query: str) -> At:
        """Return what GET of a path answers with status 200, or with an error told in JSON."""
        asked = f"{path}?{urlencode(query)}" if query else path
        return self._memo.once(asked, lambda: self._json(path, asked))

    def ready(self) -> None:
        """Ask whether it is ready (GET /-/ready); ``FactUnavailable`` says that it is not."""
        self._memo.once("/-/ready", lambda: self._checked("/-/ready", self._told("/-/ready")))

    def strange(self, path: str, why: object) -> FactUnavailable:
        """Return the error for an answer that is not what its reference says."""
        return FactUnavailable(
            f"{self._named.whose}'s answer to GET {path} {why}",
            f"let url under {self._named.section} lead to {self._named.whose} itself",
        )

    def _json(self, path: str, asked: str) -> At:
        told = self._told(asked)
        if told.status not in {400, 422}:  # those tell in JSON what is wrong with the question
            self._checked(path, told)
        try:
            return read_json(told.body)
        except Unreadable as error:
            raise self.strange(path, error) from error

    def _told(self, asked: str) -> Told:
        told = self._ask(asked)
        while told.status == 429:
            self._wait(told)
            told = self._ask(asked)
        return told

    def _ask(self, asked: str) -> Told:
        return self._wire.ask(
            Asked(url=f"{self.url}{asked}", token=self._token, scheme=self._scheme)
        )

    def _checked(self, path: str, told: Told) -> bool:
        whose, section = self._named.whose, self._named.section
        again = f"run again when {whose} answers, or correct url under {section} in readiness.toml"
        if told.status == 200:
            return True
        if told.status in {401, 403}:
            does = "does not let us in" if told.status == 401 else f"denies us GET {path}"
            raise FactUnavailable(
                f"the proxy in front of {whose} {does} ({told.status})",
                f"set user and password, or token, under {section} to one that may read",
            )
        if told.status == 503:
            raise FactUnavailable(
                f"{whose} is not ready (503): it starts, reads its log again, or is overloaded",
                f"run again when {self.url}/-/ready answers 200",
            )
        said = _words(told.body)
        raise FactUnavailable(f"{whose} answers GET {path} with status {told.status}{said}", again)

    def _wait(self, told: Told) -> None:
        said = told.header("retry-after")
        seconds = float(said) if re.fullmatch(r"\d{1,6}", said) else 2.0
        if self._waited + seconds > LONGEST_WAIT:
            raise FactUnavailable(
                f"{self._named.whose} is asked too often: its proxy's rate limit is reached",
                "run again in a minute, or let the proxy allow a hundred requests a minute",
            )
        self._waited += max(seconds, 0.1)
        self._pause(seconds)

    def _credentials(self, declared: Prometheus | Alertmanager) -> tuple[Secret | None, str]:
        user = self._read("user", declared.user)
        password = self._read("password", declared.password)
        token = self._read("token", declared.token)
        if not user:
            return (Secret(token) if token else None), "Bearer"
        return Secret(base64.b64encode(f"{user}:{password}".encode()).decode()), "Basic"

    def _read(self, key: str, value: object) -> str:
        where = f"{self._named.section} {key}"
        return setting(value, where=where, environment=self._environment)  # type: ignore[arg-type] # each key is a setting


def _words(body: bytes) -> str:
    text = clean(" ".join(body[:LONGEST_TOLD].decode("utf-8", "replace").split()))
    return f": {text}" if text and not text.startswith("<") else ""
