"""Boots the block explorer's embedded world: an AWS account, an HTTPS service, hosts and names.

All are child processes that listen on loopback, on ports that they choose, live in one temporary
folder and end with whoever started them. ``with boot("faulty") as world:`` is all there is to it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import TracebackType

STATES = ("faulty", "repaired")
AS_OF = "2026-11-20"
"""The day on which the example is judged: its people's statements are dated."""
ROOT = Path(__file__).resolve().parents[2]
CREDENTIAL_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
NEEDED = ("moto", "flask", "flask_cors", "cryptography", "paramiko", "dns")
PARTS = (("edge", "services"), ("cloud", "hosts"))
"""Modules beside this one that are started, in turns: the account tells of the certificate that the
edge shows."""
LONGEST_BOOT = 60
"""Seconds; it takes about three."""


class ExampleUnavailable(Exception):
    """The embedded world cannot be started; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that the account answered."""

    service: str
    """As AWS signs it: ``elasticloadbalancing``."""
    action: str
    """The operation; method and path for services that have none on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A running example; ``stop()``, or leaving ``with``, ends it and removes its folder."""

    state: str
    environment: Mapping[str, str]
    """Variables that lead every client here, and away from a person's own credentials."""
    account: Mapping[str, Any]
    """Ids of what stands in the AWS account."""
    folder: Path
    children: tuple[subprocess.Popen[str], ...] = field(repr=False)

    def calls(self) -> tuple[Call, ...]:
        """Return every AWS request since the account was built, in order."""
        lines = (self.folder / "calls.jsonl").read_text(encoding="utf-8").splitlines()
        return tuple(Call(**json.loads(line)) for line in lines)

    def stop(self) -> None:
        """End the children and remove the folder; again does nothing."""
        _end(self.children)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def boot(state: str = "faulty") -> World:
    """Start the world in one of its two ``STATES`` and return it once all children answer."""
    if state not in STATES:
        raise ValueError(f"the example is {' or '.join(STATES)}, not {state}")
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise ExampleUnavailable(
            f"the embedded example needs {', '.join(missing)}: run pip install 'pytest-orr[demo]'"
        )
    folder = Path(tempfile.mkdtemp(prefix="explorer-"))
    (folder / "aws-config").touch()
    children: dict[str, subprocess.Popen[str]] = {}
    said: dict[str, dict[str, Any]] = {}
    try:
        for parts in PARTS:
            children |= {part: _start(part, state, folder) for part in parts}
            said |= {part: _first_words(children[part], folder) for part in parts}
    except BaseException:
        _end(children.values())
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return World(
        state=state,
        environment=_environment(said, folder),
        account=said["cloud"]["account"],
        folder=folder,
        children=tuple(children.values()),
    )


def _start(part: str, state: str, folder: Path) -> subprocess.Popen[str]:
    apart = ("AWS_", "COVERAGE_")  # whoever measures the run is told nothing by what it asks
    own = {name: value for name, value in os.environ.items() if not name.startswith(apart)}
    aside = {"PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    nobody = {name: str(folder / "aws-config") for name in CREDENTIAL_FILES}
    with (folder / f"{part}.log").open("w") as log:
        return subprocess.Popen(  # noqa: S603 our own module, by a fixed name
            [sys.executable, "-m", f"examples.explorer.{part}", state, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder,
            env=own | aside | nobody,
            start_new_session=True,  # Ctrl-C is for the run, which then stops its world
            text=True,
        )


def _first_words(child: subprocess.Popen[str], folder: Path) -> dict[str, Any]:
    """Wait for the line on which a child says where it listens."""
    assert child.stdout is not None
    impatience = threading.Timer(LONGEST_BOOT, child.kill)
    impatience.daemon = True
    impatience.start()
    try:
        line = child.stdout.readline()
    finally:
        impatience.cancel()
    if line:
        said: dict[str, Any] = json.loads(line)
        return said
    child.wait()
    logs = "".join(log.read_text(encoding="utf-8") for log in sorted(folder.glob("*.log")))
    raise ExampleUnavailable(f"the embedded example did not start:\n{logs[-2000:]}")


def _environment(said: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, str]:
    edge, cloud, hosts = (said[part] for part in ("edge", "cloud", "hosts"))
    return {
        "AWS_ENDPOINT_URL": cloud["url"],
        "AWS_ACCESS_KEY_ID": "key-of-nobody",
        "AWS_SECRET_ACCESS_KEY": "secret-of-nobody",
        "AWS_DEFAULT_REGION": cloud["account"]["region"],
        "AWS_EC2_METADATA_DISABLED": "true",
        **{name: str(folder / "aws-config") for name in CREDENTIAL_FILES},
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "EXPLORER_EDGE": edge["address"],
        "EXPLORER_CA": edge["ca"],
        "EXPLORER_RESOLVER": cloud["resolver"],
        "EXPLORER_SSH_CONFIG": hosts["config"],
        "EXPLORER_KNOWN_HOSTS": hosts["known_hosts"],
        **said["services"],
    }


def _end(children: Collection[subprocess.Popen[str]]) -> None:
    """Close the children's input, which is their sign to leave; kill one that stays."""
    for child in children:
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
    for child in children:
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
