"""A disk that refuses one call, or a machine that dies at it: every call of Python's that changes
files below one folder is counted, and one of them goes wrong.

``with trouble(...)`` does that in this process. A run does it with ``-p disk_trouble``, if the
environment says how in ``DISK_TROUBLE``; this file must lie where the run can import it.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VARIABLE = "DISK_TROUBLE"
SHORT, TORN, KILL = "a short write", "a short write, then ENOSPC", "kill -9"
ERRORS = ("ENOSPC", "EIO")
SYMPTOMS = ("No space left on device", "Input/output error", "written in part only")
"""One of them is told to whoever runs it."""
WRITE = "write"
NAMED = ("open", "mkdir", "chmod", "unlink", "remove", "rmdir")
RENAMING = ("rename", "replace")


@dataclass
class Trouble:
    """What goes wrong at which call below a folder; every call is noted with the file's name."""

    folder: str
    how: str = ""
    at: int = -1
    calls: list[tuple[str, str]] = field(default_factory=list)

    def comes(self, call: str, path: str) -> bool:
        """Note a call; raise or die if it is the one. Tells whether it must write half only."""
        if not self.holds(path):
            return False
        number = len(self.calls)
        self.calls.append((call, path))
        if number != self.at:
            return False
        if self.how in ERRORS:
            code = getattr(errno, self.how)
            raise OSError(code, os.strerror(code), path)
        if self.how == KILL and call != WRITE:
            os.kill(os.getpid(), signal.SIGKILL)
        return call == WRITE

    def holds(self, path: str) -> bool:
        """Whether something is the folder, or lies in it."""
        return f"{path}/".startswith(f"{self.folder}/")

    def after_half(self, path: str) -> None:
        """Go on, or not, when half of something is written."""
        if self.how == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == TORN:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def ways(call: str) -> tuple[str, ...]:
    """Return in which ways a call can go wrong."""
    return (*ERRORS, SHORT, TORN) if call == WRITE else ERRORS


def path_of(file: Any, dir_fd: int | None = None) -> str:
    """Return where a file lies, by its path or descriptor."""
    if isinstance(file, int):
        return str(Path(f"/proc/self/fd/{file}").readlink())
    base = Path.cwd() if dir_fd is None else path_of(dir_fd)
    return os.path.normpath(Path(base, file))


def _named(call: str, real: Callable[..., Any], one: Trouble) -> Callable[..., Any]:
    def called(path: Any, *given: Any, dir_fd: int | None = None, **named: Any) -> Any:
        one.comes(call, path_of(path, dir_fd))
        where = {} if dir_fd is None else {"dir_fd": dir_fd}
        return real(path, *given, **where, **named)

    return called


def _renaming(call: str, real: Callable[..., Any], one: Trouble) -> Callable[..., Any]:
    def called(source: Any, target: Any, **named: Any) -> Any:
        one.comes(call, path_of(target))
        return real(source, target, **named)

    return called


def _of_descriptor(real: Callable[..., Any], one: Trouble) -> Callable[..., Any]:
    def fsync(descriptor: int) -> None:
        one.comes("fsync", path_of(descriptor))
        real(descriptor)

    return fsync


def _write(real: Callable[..., int], one: Trouble) -> Callable[..., int]:
    def write(descriptor: int, content: bytes) -> int:
        path = path_of(descriptor)
        if not one.comes(WRITE, path):
            return real(descriptor, content)
        written = real(descriptor, content[: len(content) // 2])
        one.after_half(path)
        return written

    return write


def _open(real: Callable[..., Any], one: Trouble) -> Callable[..., Any]:
    """Open files that are written so that each write below Python's buffer is a call."""

    class Troubled(io.FileIO):
        def write(self, content: Any) -> int:
            path = path_of(self.fileno())
            if not one.comes(WRITE, path):
                return super().write(content)
            written = super().write(bytes(content)[: len(content) // 2])
            one.after_half(path)
            return written

    def opened(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        path = path_of(file)
        if not set(mode) & set("wax") or not one.holds(path):
            return real(file, mode, *given, **named)
        if not isinstance(file, int):
            one.comes("open", path)
        raw = Troubled(file, mode.replace("b", "").replace("t", ""))
        binary = io.BufferedWriter(raw)
        return binary if "b" in mode else io.TextIOWrapper(binary, encoding="utf-8")

    return opened


def _begin(one: Trouble) -> Iterator[tuple[Any, str, Any]]:
    """Put counted calls in place of the real ones; yield what was there."""
    made = {
        **{name: _named(name, getattr(os, name), one) for name in NAMED},
        **{name: _renaming(name, getattr(os, name), one) for name in RENAMING},
        "fsync": _of_descriptor(os.fsync, one),
        WRITE: _write(os.write, one),
    }
    opened = _open(io.open, one)
    for place, name, call in (
        *((os, name, call) for name, call in made.items()),
        (io, "open", opened),
        (builtins, "open", opened),
    ):
        yield place, name, getattr(place, name)
        setattr(place, name, call)


@contextmanager
def trouble(folder: Path, how: str = "", at: int = -1) -> Iterator[Trouble]:
    """Let one call below a folder go wrong in this process, or none, for a while."""
    one = Trouble(str(folder), how, at)
    before = list(_begin(one))
    try:
        yield one
    finally:
        for place, name, real in before:
            setattr(place, name, real)


def pytest_unconfigure() -> None:
    """Write down which calls there were, if the run was asked to."""
    if "log" in ASKED:
        text = json.dumps(OURS.calls)
        Path(ASKED["log"]).write_text(text, encoding="utf-8")


ASKED = json.loads(os.environ.get(VARIABLE) or "{}")
if ASKED:
    OURS = Trouble(ASKED["folder"], ASKED.get("how", ""), ASKED.get("at", -1))
    list(_begin(OURS))
