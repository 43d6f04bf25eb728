"""Prometheus and Alertmanager of the example: they answer as real ones did when they were recorded.

``monitoring/`` beside this module has every exchange (``make record-monitoring`` makes it anew, and
its README says what is in it). A question that was not recorded is answered as an unknown path is,
and written to the log. Part of ``services.py``; faults are planted by ``PUT /-/faults``.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examples.explorer.exposition import ERRORS_AND_BUILD, METRICS
from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, ForgeServer, Request, json_answer
from examples.explorer.metric_faults import METRIC_FAULTS, changed
from examples.explorer.monitoring_faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from examples.explorer.forge_words import ForgeState

RECORDED = Path(__file__).with_name("monitoring")
USER, PASSWORD = "reader", "password-of-nobody"
TOKEN = "alertmanager-of-nobody"  # noqa: S105 opens nothing but this example
INSTANTS = frozenset({"time", "start", "end"})
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
ALLOWED = {"prometheus": BASIC, "alertmanager": f"Bearer {TOKEN}"}


def serve(state: str, _: Path) -> dict[str, str]:
    """Start both, and what a backend exports; return where they are and who may read them."""
    elsewhere = os.environ.get("EXPLORER_RECORDERS", "").split()
    prometheus, alertmanager = elsewhere or (
        MonitoringServer("prometheus", state).url,
        MonitoringServer("alertmanager", state).url,
    )
    inside = ForgeServer(_export)
    return {
        "EXPLORER_INSIDE": inside.url.removeprefix("http://"),
        "EXPLORER_PROMETHEUS": prometheus,
        "EXPLORER_PROMETHEUS_PASSWORD": PASSWORD,
        "EXPLORER_ALERTMANAGER": alertmanager,
        "EXPLORER_ALERTMANAGER_TOKEN": TOKEN,
    }


def _export(_: ForgeState, request: Request) -> Answer:
    """Answer as a backend does to whoever is inside."""
    if request.path != "/metrics":
        return Answer(status=404)
    headers = {"Content-Type": "text/plain; version=0.0.4"}
    return Answer(body=(METRICS + ERRORS_AND_BUILD).encode(), headers=headers)


class MonitoringServer(FaultServer):
    """One of the two, on a port of its own until ``close``."""

    known = frozenset({*FAULTS, *METRIC_FAULTS, "starting"})

    def __init__(self, name: str, state: str, faults: Iterable[str] = ()) -> None:
        self._allowed = ALLOWED[name]
        self._exact, self._timeless = _read(name, state)
        super().__init__(faults)

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        if request.method != "GET":
            return json_answer("Method Not Allowed", 405)
        if request.headers.get("authorization") != self._allowed:
            return json_answer("Unauthorized", 401)
        if "starting" in self.faults:
            return Answer(status=503, body=b"Service Unavailable")
        exchange = self._found(request)
        if exchange is None:
            print(
                f"not recorded: {request.path} {dict(request.query)}", file=sys.stderr, flush=True
            )
            return Answer(status=404, body=b"this question was not recorded")
        return self._replayed(request.path, exchange)

    def _found(self, request: Request) -> Mapping[str, Any] | None:
        """Return the exchange of a question; that of another instant where no other is nearer."""
        exact = self._exact.get(_key(request.path, request.query))
        return exact or self._timeless.get(_timeless(request.path, request.query))

    def _replayed(self, path: str, exchange: Mapping[str, Any]) -> Answer:
        body = exchange["body"]
        if isinstance(body, str):
            told = body.encode()
        else:
            for fault in sorted(self.faults & FAULTS.keys()):
                body = FAULTS[fault](path, body)
            for fault in sorted(self.faults & METRIC_FAULTS):
                body = changed(fault, path, exchange["query"].get("query", ""), body)
            told = json.dumps(body).encode()
        headers = {"Content-Type": exchange["kind"]}
        return Answer(status=exchange["status"], body=told, headers=headers)


def _read(
    name: str, state: str
) -> tuple[dict[str, Mapping[str, Any]], dict[str, Mapping[str, Any]]]:
    """Return the exchanges of a server by question, and by question without its instants."""
    exact: dict[str, Mapping[str, Any]] = {}
    timeless: dict[str, Mapping[str, Any]] = {}
    for line in (RECORDED / f"{state}.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["of"] == name:
            exact[_key(one["path"], one["query"])] = one
            timeless[_timeless(one["path"], one["query"])] = one
    return exact, timeless


def _key(path: str, query: Mapping[str, str]) -> str:
    return json.dumps([path, sorted(query.items())])


def _timeless(path: str, query: Mapping[str, str]) -> str:
    return _key(path, {key: one for key, one in query.items() if key not in INSTANTS})
