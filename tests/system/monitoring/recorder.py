"""Stands between the product and the real stack, and keeps every exchange, for ``record``.

Who asks lives in the example's time, and the stack in ours: instants are moved on the way, there
and back, and nothing else is changed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import requests

from examples.explorer.forge_server import Answer, ForgeServer, Request
from tests.system.monitoring.series import AS_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTANTS_ASKED = ("time", "start", "end")
WRITTEN = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?P<part>\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d)")
SECONDS = re.compile(r"\b1\d{9}(?P<part>\.\d+)?\b")
KNOWN = dt.timedelta(days=40)
"""What lies this near to the recording is an instant, and no other number of ten digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Moves instants between the example's time and the recording's."""

    begun: dt.datetime
    """The recording's instant that is the example's ``AS_OF``."""

    @property
    def moved(self) -> dt.timedelta:
        """What is added to the example's time."""
        return self.begun - AS_OF

    def asked(self, query: str) -> str:
        """Return a query with the instants in it that the stack knows."""
        pairs = parse_qsl(query, keep_blank_values=True)
        later = self.moved.total_seconds()
        return urlencode(
            [
                (key, f"{float(one) + later:.3f}" if key in INSTANTS_ASKED else one)
                for key, one in pairs
            ]
        )

    def told(self, text: str) -> str:
        """Return an answer with the instants in it that the example knows."""
        return SECONDS.sub(self._seconds, WRITTEN.sub(self._written, text))

    def _written(self, found: re.Match[str]) -> str:
        at = dt.datetime.fromisoformat(found[0]).astimezone(dt.UTC)
        if abs(at - self.begun) > KNOWN:
            return found[0]
        return f"{at - self.moved:%Y-%m-%dT%H:%M:%S}{found['part'] or ''}Z"

    def _seconds(self, found: re.Match[str]) -> str:
        whole = int(found[0].partition(".")[0])
        if abs(whole - self.begun.timestamp()) > KNOWN.total_seconds():
            return found[0]
        back = float(found[0]) - self.moved.total_seconds()
        return f"{back:.3f}" if found["part"] else f"{back:.0f}"


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Passes requests on to one server of the stack; ``exchanges`` are all of them."""

    name: str
    url: str
    clock: Clock
    exchanges: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def serve(self) -> ForgeServer:
        """Start listening."""
        return ForgeServer(lambda _, request: self._passed(request))

    def _passed(self, request: Request) -> Answer:
        query = urlencode(sorted(request.query.items()))
        asked = f"{self.url}{request.path}?{self.clock.asked(query)}"
        status, kind, body = _fetched(asked)
        text = self.clock.told(body)
        whole: Any = json.loads(text) if "json" in kind else text
        self.exchanges[f"{request.path}?{query}"] = {
            "of": self.name,
            "path": request.path,
            "query": dict(sorted(request.query.items())),
            "status": status,
            "kind": kind,
            "body": whole,
        }
        return Answer(status=status, body=text.encode(), headers={"Content-Type": kind})


def _fetched(url: str) -> tuple[int, str, str]:
    told = requests.get(url, timeout=30)
    return told.status_code, told.headers.get("Content-Type", ""), told.text
