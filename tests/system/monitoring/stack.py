"""Starts real Prometheus, Alertmanager, node_exporter and blackbox exporter on loopback.

Everything has a name, by a hosts file that only these processes see, so that what they say holds no
address of this machine. The service itself is made up: it exports ``series`` and answers probes as
the example's edge does.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

import requests

from tests.system.monitoring.relay import Relay
from tests.system.monitoring.rules import alertmanager, rules
from tests.system.monitoring.scraping import HOSTS, probing, scraping
from tests.system.monitoring.series import AS_OF, BACKENDS, exposition, past

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

PROGRAMS = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
}
"""What is run, and the Debian package that brings it."""
BACKFILL = (
    *("promtool", "tsdb", "create-blocks-from", "--max-block-duration=24h"),
    "openmetrics",
)
READY_WITHIN = 60


def what_is_lacking() -> str:
    """Say why the stack cannot run here, in one line; nothing if it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "the monitoring stack needs Linux, and root for namespaces of names"
    missing = sorted({package for name, package in PROGRAMS.items() if not shutil.which(name)})
    if missing:
        return f"needs {', '.join(missing)}: run .ci/packages as root"
    trial = ["unshare", "--mount", "--uts", "true"]
    if subprocess.run(trial, check=False, capture_output=True).returncode:
        return "may not make namespaces here"
    return ""


@dataclass(slots=True, kw_only=True)
class Stack:
    """A running stack; leaving ``with`` ends it."""

    folder: Path
    faults: frozenset[str] = frozenset()
    edge: str = ""
    """Host and port of the example's edge, which probes look at; no probes without it."""
    ca: str = ""
    since: dt.datetime | None = None
    """From when on Prometheus knows the past, in the example's time; nothing without it."""
    every: str = "5s"
    """Between scrapes and between evaluations."""
    block: str = ""
    """The first three bytes of the addresses that are used."""
    begun: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    """The instant that is the example's ``AS_OF``."""
    _open: ExitStack = field(default_factory=ExitStack)
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def prometheus(self) -> str:
        return f"http://{self._address(1)}:9090"

    @property
    def alertmanager(self) -> str:
        return f"http://{self._address(2)}:9093"

    def __enter__(self) -> Self:
        self.block = self.block or f"127.{100 + os.getpid() % 100}.{os.getpid() // 100 % 250}"
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def now(self) -> dt.datetime:
        """Return the example's time."""
        return AS_OF + (dt.datetime.now(dt.UTC) - self.begun)

    def end(self, name: str) -> None:
        """End one of the processes."""
        child = self.children.pop(name)
        child.terminate()
        child.wait(timeout=20)

    def _address(self, number: int) -> str:
        return f"{self.block}.{number}"

    def _names(self) -> Mapping[str, str]:
        named = {"prometheus.explorer.internal": 1, "alertmanager.explorer.internal": 2}
        named |= {"blackbox.explorer.internal": 3, "explorer.example": 4, "api.explorer.example": 4}
        return {name: self._address(one) for name, one in named.items()} | {
            host: self._address(11 + place) for place, host in enumerate(HOSTS)
        }

    def _start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = ["127.0.0.1 localhost", *(f"{ip} {name}" for name, ip in self._names().items())]
        (self.folder / "hosts").write_text("\n".join([*lines, ""]))
        self._start_service()
        self._start_exporters()
        self._write("rules.json", rules(self.faults))
        self._write("alertmanager.json", alertmanager(self.faults))
        self._write("prometheus.json", scraping(self.every, with_probes=bool(self.edge)))
        self._run(
            "alertmanager",
            "prometheus-alertmanager --config.file=alertmanager.json --cluster.listen-address="
            f" --storage.path=am --web.listen-address={self._address(2)}:9093"
            " --web.external-url=http://alertmanager.explorer.internal:9093",
        )
        if self.since:
            self._write_past(self.since)
        self.begin_prometheus()
        for url in (self.prometheus, self.alertmanager):
            answers(f"{url}/-/ready")

    def begin_prometheus(self) -> None:
        """Start Prometheus with what it knows already, and wait for nothing."""
        self._run(
            "prometheus",
            "prometheus --config.file=prometheus.json --storage.tsdb.path=data"
            f" --web.listen-address={self._address(1)}:9090"
            " --web.external-url=http://prometheus.explorer.internal:9090",
        )

    def _start_service(self) -> None:
        for host in BACKENDS:
            self._serve((self._names()[host], 8080), host)
        if self.edge:
            relay = Relay((self._address(4), 443), self.edge)
            self._open.callback(relay.close)

    def _serve(self, place: tuple[str, int], backend: str) -> None:
        stack = self

        class Exporter(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = exposition(backend, stack.now(), stack.faults).encode()
                self.send_response(200 if self.path == "/metrics" else 404)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(place, Exporter)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self._open.callback(server.server_close)
        self._open.callback(server.shutdown)

    def _start_exporters(self) -> None:
        for host in HOSTS:
            if host == "explorer-backend-2" and "node-down" in self.faults:
                continue
            place = f"{self._names()[host]}:9100"
            self._run(
                f"node {host}",
                f"hostname {host}; exec prometheus-node-exporter --web.listen-address={place}",
            )
        if self.edge:
            self._write("blackbox.json", probing(self.ca))
            place = f"{self._address(3)}:9115"
            self._run(
                "blackbox",
                "prometheus-blackbox-exporter --config.file=blackbox.json"
                f" --web.listen-address={place}",
            )

    def _write_past(self, since: dt.datetime) -> None:
        """Write what Prometheus knows already; day by day, as promtool reads a file many times."""
        day, at, now = dt.timedelta(days=1), since, self.now()
        while at < now:
            with (self.folder / "past.txt").open("w") as file:
                file.writelines(past(at, min(at + day, now), self.faults, self.begun - AS_OF))
            subprocess.run(
                [*BACKFILL, "past.txt", "data"],
                check=True,
                cwd=self.folder,
                capture_output=True,
            )
            at += day

    def _write(self, name: str, value: object) -> None:
        (self.folder / name).write_text(json.dumps(value, indent=1))

    def _run(self, name: str, command: str) -> None:
        named = f"mount --bind hosts /etc/hosts; {'' if ';' in command else 'exec '}{command}"
        with (self.folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                ["unshare", "--mount", "--uts", "sh", "-ec", named],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.children[name] = child
        self._open.callback(_ended, child)


def answers(url: str, within: float = READY_WITHIN) -> None:
    """Wait until a URL answers with status 200."""
    until = time.monotonic() + within
    while True:
        with suppress(requests.RequestException):
            if requests.get(url, timeout=2).status_code == 200:
                return
        if time.monotonic() > until:
            raise TimeoutError(url)
        time.sleep(0.05)


def _ended(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
