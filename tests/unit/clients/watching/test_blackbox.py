"""What a blackbox exporter asserts by its own configuration: a real one, and what none says."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pytest_orr.clients.blackbox import Blackbox, Module
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[4]
PROGRAM = "prometheus-blackbox-exporter"
MODULES = {
    "marker": {"prober": "http", "http": {"fail_if_body_not_matches_regexp": ["Latest blocks"]}},
    "blind": {"prober": "http", "http": {"tls_config": {"insecure_skip_verify": True}}},
    "tcp": {"prober": "tcp"},
}


@pytest.fixture(scope="module")
def exporter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a real exporter listens."""
    if not shutil.which(PROGRAM):
        pytest.skip(f"needs {PROGRAM}: run .ci/packages as root")
    file = tmp_path_factory.mktemp("blackbox") / "blackbox.json"
    file.write_text(json.dumps({"modules": MODULES}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    child = subprocess.Popen(
        [PROGRAM, f"--config.file={file}", f"--web.listen-address={place}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(requests.RequestException):
            if requests.get(f"http://{place}/config", timeout=2).status_code == 200:
                break
        time.sleep(0.02)
    yield f"http://{place}/"
    child.kill()
    child.wait()


@pytest.fixture(scope="module")
def answering() -> Iterator[Any]:
    """A server whose answers a test spoils."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.forge_server import Answer, ForgeServer  # noqa: PLC0415 after the path

    server = ForgeServer(lambda *_: Answer(status=404))
    yield server
    server.close()


def test_a_real_exporter_tells_what_its_modules_assert(exporter: str) -> None:
    blackbox = Blackbox(FromEnvironment(env="URL"), environment={"URL": exporter})

    assert blackbox.modules == {
        "marker": Module(prober="http", patterns=("Latest blocks",), checks_certificate=True),
        "blind": Module(prober="http", patterns=(), checks_certificate=False),
        "tcp": Module(prober="tcp", patterns=(), checks_certificate=True),
    }
    blackbox.close()


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (500, "", "the blackbox exporter answers GET /config with status 500"),
        (200, "a: [", "answers GET /config with no YAML"),
        (200, "", "is no blackbox exporter: it has no modules"),
        (200, "[]", "is no blackbox exporter: it has no modules"),
        (200, "modules: x", "is no blackbox exporter: it has no modules"),
    ],
)
def test_what_no_exporter_says_is_unknown(
    answering: Any, status: int, body: str, cause: str
) -> None:
    from examples.explorer.forge_server import Answer  # noqa: PLC0415 after the path is set

    answering.mend()
    answering.spoil("config", lambda *_: Answer(status=status, body=body.encode()))

    with pytest.raises(FactUnavailable, match=cause):
        _ = Blackbox(answering.url).modules


def test_odd_modules_assert_nothing(answering: Any) -> None:
    from examples.explorer.forge_server import Answer  # noqa: PLC0415 after the path is set

    text = "modules: {a: {http: x}, b: {http: {fail_if_body_not_matches_regexp: x}}, c: x}"
    answering.mend()
    answering.spoil("config", lambda *_: Answer(body=text.encode()))

    nothing = Module(prober="", patterns=(), checks_certificate=True)
    assert Blackbox(answering.url).modules == {"a": nothing, "b": nothing}


def test_without_a_declaration_nobody_is_asked() -> None:
    with pytest.raises(Undeclared, match=r"declares no \[monitoring\] blackbox"):
        Blackbox(None)
