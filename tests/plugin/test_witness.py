"""A whole run changes nothing in AWS, as two witnesses inside it and one outside see.

Inside: Python's audit hooks, and every request that any client of botocore makes. Outside: what
botocore's client-side monitoring sends. The account tells before and after what is in it.
"""

from __future__ import annotations

import ast
import json
import re
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.utils import hyphenize_service_id

from pytest_orr.clients.guard import READ_ONLY, SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Repository

WITNESS = """
import json
import os
import sys
from pathlib import Path

from botocore.endpoint import Endpoint

from pytest_orr.clients import aws_sessions

MOVES = {"os.system", "os.exec", "os.fork", "os.posix_spawn", "socket.connect", "subprocess.Popen"}
SEEN = []
make_request = Endpoint.make_request


def hear(event, args):
    if event in MOVES:
        SEEN.append([event, repr(args[:2][-1])])


def note(endpoint, operation_model, request):
    service = operation_model.service_model.service_id
    SEEN.append(["request", [str(service), operation_model.name]])
    return make_request(endpoint, operation_model, request)


Endpoint.make_request = note
aws_sessions.MONITORED = os.environ["ORR_MONITORED"] == "yes"
sys.addaudithook(hear)


def pytest_unconfigure():
    Path(os.environ["ORR_WITNESS"]).write_text(json.dumps(SEEN))
"""
SAYS = "says"
LOOKS = {
    *("cat-file", "check-ignore", "diff", "diff-tree", "for-each-ref", "log", "ls-tree"),
    *("merge-base", "rev-list", "rev-parse", "verify-tag"),
}
"""What of git changes nothing."""


def asked_of_git(command: list[str]) -> str:
    """What git is asked to do: the first word that is neither an option nor what one is given."""
    words = iter(command[1:] if command[0].endswith("/git") else ())
    for word in words:
        if word in {"-c", "-C"}:
            next(words)
        elif not word.startswith("-"):
            return word
    return ""


DATED = re.compile(r"\d{4}_\d{2}_\d{2}$")
"""How CloudFront's operations end on the wire."""
ON_THIS_MACHINE = re.compile(r"\('(127\.|::1)|b?'/")
"""Addresses of loopback, and sockets that are files."""


class Monitor:
    """Takes in what botocore's client-side monitoring sends."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while record := self._socket.recv(65535):
            self.records.append(json.loads(record))

    def heard(self) -> list[dict[str, Any]]:
        """Return all that was sent until now."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.port))
        self._reader.join(10)
        return self.records

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    """Somebody who listens on loopback."""
    listening = Monitor()
    yield listening
    listening.close()


@pytest.fixture
def witnessed(
    live: tuple[Repository, dict[str, str]], monitor: Monitor
) -> Callable[..., list[list[Any]]]:
    """Run the example with witnesses; return what those inside saw."""
    repository, environment = live
    (repository.path / "orr_witness.py").write_text(WITNESS, encoding="utf-8")
    notes = repository.path / "witness.json"

    def run(*, monitored: str) -> list[list[Any]]:
        told = {
            "AWS_CSM_ENABLED": "true",
            "AWS_CSM_PORT": str(monitor.port),
            "AWS_CSM_CLIENT_ID": "orr",
            "ORR_MONITORED": monitored,
            "ORR_WITNESS": str(notes),
            "PYTHONPATH": str(repository.path),
        }
        ran = repository.judge("-p", "no:xdist", "-p", "orr_witness", env=environment | told)
        assert ran.status == 0, ran.out
        return list(json.loads(notes.read_text(encoding="utf-8")))

    return run


def holdings(environment: dict[str, str]) -> dict[str, str]:
    """A digest of all that each service of the simulated accounts holds, in each region."""
    answer = requests.get(f"{environment['AWS_ENDPOINT_URL']}/explorer/holds", timeout=60)
    return dict(answer.json())


def listed(service: str, operation: str) -> str:
    """An operation as the guard's list writes it."""
    event = hyphenize_service_id(service)
    prefix = next((one for one, known in SERVICES.items() if known.event == event), service)
    return f"{prefix}:{DATED.sub('', operation)}"


def test_a_whole_run_changes_nothing_and_every_witness_says_so(
    live: tuple[Repository, dict[str, str]],
    witnessed: Callable[..., list[list[Any]]],
    monitor: Monitor,
    record_property: Callable[[str, object], None],
) -> None:
    _, environment = live
    # What is looked at for the first time, moto sets up; so somebody has looked before.
    assert any(kind == "request" for kind, _ in witnessed(monitored="no"))
    assert monitor.records == [], "the environment alone asked for monitoring"
    before = holdings(environment)
    seen = witnessed(monitored="yes")
    after = holdings(environment)
    changed = {one.partition(" ")[0] for one in after if after[one] != before.get(one)}
    assert changed <= {"sts"}, "a trade is kept, and nothing else"
    requested = {listed(*what) for kind, what in seen if kind == "request"}
    heard = [one for one in monitor.heard() if one["Type"] == "ApiCall"]
    told = {listed(one["Service"], one["Api"]) for one in heard}
    assert told == requested
    assert len(told) > 30
    assert told <= READ_ONLY | {"sts:AssumeRole"}
    assert len(heard) == sum(kind == "request" for kind, _ in seen)
    started = {what for kind, what in seen if kind not in {"request", "socket.connect"}}
    programs = [ast.literal_eval(what) for what in started]
    others = [one for one in programs if not one[0].endswith("/git")]
    assert others in ([], [["uname", "-p"]]), "pytest-metadata asks for the platform's name"
    assert {*map(asked_of_git, programs)} - {""} <= LOOKS
    reached = {what for kind, what in seen if kind == "socket.connect"}
    assert reached
    assert [what for what in reached if not ON_THIS_MACHINE.match(what)] == []
    record_property(
        SAYS,
        f"a whole run: {len(heard)} calls of {len(told)} operations to AWS, all of them reads but"
        f" for trades; {len(before)} backends of moto hold what they held",
    )
