"""Asks a vendor's API of JSON by a key: what the clients of such vendors have in common.

Whoever asks too often is made to wait, for as long as a run can spare; which answer a question
gets, and what a refusal means, its own client knows.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

from .api_wire import ApiWire, Asked, Told, Way
from .hostile_json import At, Unreadable, read_json
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_orr.profile.fields import FromEnvironment, Setting

    from .clocks import Clocks

LARGEST = 8 * 1024 * 1024


class Declared(Protocol):
    """A section of readiness.toml that says where an API is and who asks."""

    @property
    def url(self) -> Setting | None:
        """Where it is."""

    @property
    def token(self) -> FromEnvironment:
        """The variable that holds the key."""

    @property
    def ca(self) -> Setting | None:
        """File with the authorities to trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Whose API is asked, and how."""

    whose: str
    section: str
    """Of readiness.toml, in brackets."""
    scheme: str
    """What stands before the key in ``Authorization``."""
    before: str = ""
    """What stands right before the key there."""
    api: str = ""
    """Where it is if nothing is declared."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with each question."""
    key: str = "key"
    """What it calls its keys."""
    longest_wait: float = 60
    """Seconds that it may ask us to wait for, in all."""
    usual_wait: float = 5
    """Seconds to wait for where it does not say how long."""


class KeyedApi:
    """An API as a key sees it; everything raises ``FactUnavailable`` with cause and remedy."""

    def __init__(
        self,
        vendor: Vendor,
        declared: Declared,
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
        clocks: Clocks | None = None,
    ) -> None:
        """Take what is declared; ``folder`` is the profile's, for the file that ``ca`` names."""
        where = vendor.section
        told = os.environ if environment is None else environment
        self.vendor = vendor
        key = setting(declared.token, where=f"{where} token", environment=told)
        self._key = Secret(f"{vendor.before}{key}")
        url = setting(declared.url, where=f"{where} url", environment=told) or vendor.api
        self._url = url.rstrip("/")
        ca = setting(declared.ca, where=f"{where} ca", environment=told)
        trusted = str(folder / ca) if ca else ""
        self._wire = ApiWire(Way(whose=vendor.whose, section=where, ca=trusted, clocks=clocks))
        self._pause = pause
        self._lock = Lock()
        self._waited = 0.0

    @property
    def place(self) -> str:
        """Host and port that are asked."""
        return urlsplit(self._url).netloc

    @property
    def again(self) -> str:
        """What to do when it answers as it never should."""
        return f"run again, or correct url under {self.vendor.section} in readiness.toml"

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def told(self, asked: str, body: bytes = b"") -> Told:
        """Return the answer, of whatever status but 429, to a path with its query.

        It may be a whole URL, too, that the API ``has``.
        """
        told = self._ask(asked, body)
        while told.status == 429:
            self._wait(told)
            told = self._ask(asked, body)
        return told

    def has(self, url: str) -> bool:
        """Tell whether a URL leads to the same host in the same way: there the key may go."""
        theirs, own = urlsplit(url), urlsplit(self._url)
        return (theirs.scheme, theirs.netloc) == (own.scheme, own.netloc)

    def read(self, path: str, told: Told) -> At:
        """Return the JSON of an answer."""
        try:
            return read_json(told.body)
        except Unreadable as error:
            raise self.strange(path, error) from error

    def strange(self, path: str, why: object) -> FactUnavailable:
        """Return the failure of an answer that is not as it is described."""
        return FactUnavailable(f"{self.vendor.whose}'s answer to {path} {why}", self.again)

    def failed(self, path: str, told: Told) -> FactUnavailable:
        """Return the failure of an answer whose status says nothing of the key."""
        said = f"answered {path} with status {told.status}"
        if 300 <= told.status < 400:
            said = (
                f"sends on whoever asks for {path}, and a {self.vendor.key} is taken nowhere else"
            )
        return FactUnavailable(f"{self.vendor.whose} {said}", self.again)

    def _ask(self, asked: str, body: bytes) -> Told:
        json = {"Content-Type": "application/json"} if body else {}
        return self._wire.ask(
            Asked(
                url=f"{self._url}{asked}" if asked.startswith("/") else asked,
                method="POST" if body else "GET",
                headers={**self.vendor.headers, **json},
                body=body,
                token=self._key,
                scheme=self.vendor.scheme,
                largest=LARGEST,
            )
        )

    def _wait(self, told: Told) -> None:
        said = told.header("retry-after") or told.header("ratelimit-reset")
        vendor, usual = self.vendor, self.vendor.usual_wait
        seconds = max(float(said), 0.1) if re.fullmatch(r"\d{1,6}", said) else usual
        with self._lock:
            if self._waited + seconds > vendor.longest_wait:
                raise FactUnavailable(
                    f"{vendor.whose} is asked too often with this {vendor.key}: "
                    "its rate limit is reached",
                    f"run again in a minute, or use a {vendor.key} that nobody else uses",
                )
            self._waited += seconds
        self._pause(seconds)
