"""Starts runs of pytest and of ``orr`` by forking a process that has imported what each imports.

A run is the same as one of a fresh interpreter (folder, environment, arguments, group and end of a
process of its own), without two thirds of a second of imports that are the same every time.
``python -m tests.forkserver`` serves; ``Forkserver`` is how tests speak to it.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from datetime import datetime, tzinfo
from importlib import import_module
from pathlib import Path
from runpy import run_module
from select import select
from typing import TYPE_CHECKING, Any, NoReturn

from _pytest.assertion import install_importhook
from _pytest.config import get_config

from tests.forked_workers import fork_workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHECKOUT = Path(__file__).parents[1]
PYTEST = ("xdist.plugin", "xdist.looponfail", "pytest_html.plugin", "pytest_metadata.plugin")
PRODUCT = (
    "plugin",
    "session",
    "controller",
    "executor",
    "hookspecs",
    "fixtures.words",
    "terminal",
    "collect.registry",
    "collect.gather",
    "render.html",
    "cli",
    "cli.gate",
)
"""What a run imports before its first item is judged; none of it imports a client library."""
LONGEST_RUN = 120
"""Seconds."""
FRESH = ("PYTHON", "LD_")
"""Variables that an interpreter reads when it starts begin so: their runs are not forked."""


class Forkserver:
    """Runs pytest for one test at a time; ``close()`` ends it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        here, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forkserver", str(there.fileno())],
                pass_fds=[there.fileno()],
                cwd=CHECKOUT,
                env={k: v for k, v in environment.items() if not k.startswith("COVERAGE_")},
                stdin=subprocess.DEVNULL,
            )
        self._asked = here.makefile("rw", encoding="utf-8")
        here.close()

    def run(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        clock: str = "",
    ) -> tuple[int, str, str]:
        """Return status, output and errors of ``pytest`` or ``orr`` with its arguments.

        ``clock`` is the instant at which signing and verifying take place, if it is not now.
        """
        with tempfile.TemporaryDirectory() as said:
            out, err = Path(said, "out"), Path(said, "err")
            order = {"command": [*command], "folder": str(folder), "said": said, "clock": clock}
            self._asked.write(json.dumps({**order, "environment": dict(environment)}) + "\n")
            self._asked.flush()
            status = int(self._asked.readline())
            return status, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")

    def close(self) -> None:
        """End the process."""
        with suppress(OSError):
            self._asked.close()
        self._process.wait(timeout=10)


def serve(asked: Any) -> None:
    """Fork a run for each line, and answer with its status, until whoever asks is gone."""
    for line in iter(asked.readline, ""):
        order = json.loads(line)
        child = os.fork()
        if not child:
            asked.close()
            _run(order)
        asked.write(f"{_end_of(child)}\n")
        asked.flush()


def _run(order: Mapping[str, Any]) -> None:
    """Be the run, to its end."""
    try:
        _become(order)
        if order["clock"]:
            _stop_clock(datetime.fromisoformat(order["clock"]))
        if order["command"][0] == "orr":
            sys.exit(import_module("pytest_orr.cli").main())
        run_module("pytest", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        _leave(int(end.code or 0))


def _stop_clock(instant: datetime) -> None:
    """Let signing and verifying find this instant, whenever it is."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Stopped:
            return cls.fromtimestamp(instant.timestamp(), tz)

    for verb in ("sign", "verify"):
        vars(import_module(f"pytest_orr.cli.{verb}"))["datetime"] = Stopped


def _leave(status: int) -> NoReturn:
    """End as an interpreter does, without taking a large heap apart that is gone with it."""
    getattr(threading, "_shutdown")()  # noqa: B009 not declared
    getattr(atexit, "_run_exitfuncs")()  # noqa: B009 as above
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _end_of(child: int) -> int:
    """Return the status of a child, which is killed with its group if it stays too long."""
    end = os.pidfd_open(child)
    if not select([end], [], [], LONGEST_RUN)[0]:
        os.killpg(child, signal.SIGKILL)
    os.close(end)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become(order: Mapping[str, Any]) -> None:
    """Be the run: what a fresh interpreter would find is put in its place, then it begins."""
    os.setsid()
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(Path(order["said"], name), os.O_WRONLY | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    sys.path[0] = order["folder"]
    sys.argv[1:] = order["command"][1:]
    if any(word.startswith("-n") for word in sys.argv[1:]):
        fork_workers()
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        import_module("coverage").process_startup(slug="pth")


def import_everything() -> None:
    """Import what runs import, as pytest does: with assertions that explain themselves."""
    hook = install_importhook(get_config())
    hook.mark_rewrite("pytest_orr", *{name.partition(".")[0] for name in PYTEST})
    for name in ("coverage", *PYTEST, *(f"pytest_orr.{part}" for part in PRODUCT)):
        import_module(name)
    every: Mapping[str, Any] = import_module("pytest_orr.collect.registry").registry()
    adapter_of = import_module("pytest_orr.collect.snapshot").adapter_of
    for collector in every.values():
        adapter_of(collector.fact_type)
    profile = import_module("pytest_orr.profile.schema").Profile
    import_module("pydantic.dataclasses").rebuild_dataclass(profile)


if __name__ == "__main__":
    import_everything()
    gc.collect()
    gc.freeze()  # what is here is never looked through again, and its pages stay shared
    with socket.socket(fileno=int(sys.argv[1])) as line_to_test:
        serve(line_to_test.makefile("rw", encoding="utf-8"))
