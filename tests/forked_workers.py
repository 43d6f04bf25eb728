"""Starts the workers of pytest-xdist by forking, in runs that ``tests.forkserver`` has forked.

A worker is the same as one of a fresh interpreter, without the imports of a second that are the
same every time. It is forked from a process that stands still since before its run began, so that
nothing of the run is in it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from select import select
from typing import Any

MESSAGE = 1024 * 1024
"""Bytes of the longest message: folder and environment of a worker."""


class Worker:
    """A forked worker, as execnet uses ``subprocess.Popen``."""

    def __init__(self, pid: int, write: int, read: int) -> None:
        self.pid = pid
        self.stdin = os.fdopen(write, "wb", -1)
        self.stdout = os.fdopen(read, "rb", -1)

    def wait(self) -> int:
        """Wait for its end."""
        with suppress(ProcessLookupError):
            end = os.pidfd_open(self.pid)
            select([end], [], [])
            os.close(end)
        return 0

    def kill(self) -> None:
        """Kill it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def fork_workers() -> None:
    """Let workers of this process be forked from what it is now."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not os.fork():
        here.close()
        _stand_by(there)
        sys.exit(0)
    there.close()
    master: Any = import_module("execnet.gateway_io").Popen2IOMaster

    def start(self: Any, args: list[str], execmodel: Any) -> None:
        assert args[0] == sys.executable, args
        self.popen = _started(here)
        super(master, self).__init__(self.popen.stdin, self.popen.stdout, execmodel=execmodel)

    master.__init__ = start


def _started(line: socket.socket) -> Worker:
    """Ask for a worker in this process' folder, with its environment and its errors."""
    read_in, write_in = os.pipe()
    read_out, write_out = os.pipe()
    order = json.dumps({"folder": str(os.getcwd()), "environment": dict(os.environ)})  # noqa: PTH109 a text is sent
    socket.send_fds(line, [order.encode()], [read_in, write_out, 2])
    os.close(read_in)
    os.close(write_out)
    return Worker(int(line.recv(MESSAGE)), write_in, read_out)


def _stand_by(line: socket.socket) -> None:
    """Fork a worker for each order; return in the worker alone, when it has done its work."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        text, handed, _, _ = socket.recv_fds(line, MESSAGE, 3)
        if not text:
            os._exit(0)
        child = os.fork()
        if not child:
            line.close()
            _work(json.loads(text), handed)
            return
        for one in handed:
            os.close(one)
        line.send(str(child).encode())


def _work(order: Any, handed: list[int]) -> None:
    """Be what ``python -c`` would be, and do what comes through standard input."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(handed):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    sys.argv[:], sys.path[0] = ["-c"], ""
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 numbers
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        import_module("coverage").process_startup(slug="pth")
    exec(eval(sys.stdin.readline()), {"__name__": "__main__"})  # noqa: S102, S307 as execnet says it
