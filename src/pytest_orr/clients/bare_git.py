"""Streams what git tells of a repository's borrowed objects, for ``history``, up to a deadline.

``git_process`` answers questions whole; histories are longer than that, and their contents are
read one after the other.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .git_borrowed import borrow
from .git_process import FORCED, environment_of, git_program

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 64 * 1024


class BareGit:
    """A bare repository with the objects of the one that ``folder`` lies in, and nothing else.

    Everything raises ``FactUnavailable``, also once ``deadline`` (of the monotonic clock) is over.
    """

    def __init__(self, folder: Path, deadline: float) -> None:
        self._deadline = deadline
        self._borrowed = borrow(folder)

    @property
    def own(self) -> Path:
        """A folder for whatever is needed beside it, removed with it."""
        return self._borrowed.home

    @property
    def is_shallow(self) -> bool:
        """Whether history was left out."""
        return self._borrowed.is_shallow

    def close(self) -> None:
        """Remove the folder."""
        self._borrowed.close()

    @property
    def folder(self) -> Path:
        """The repository itself."""
        return self.own / "bare"

    @property
    def environment(self) -> dict[str, str]:
        """All variables that a process gets."""
        return environment_of(self.own)

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline; never zero, which would mean no limit."""
        return max(self._deadline - time.monotonic(), 0.001)

    @property
    def is_late(self) -> bool:
        """Whether the deadline is over."""
        return time.monotonic() >= self._deadline

    @contextmanager
    def fields(self, *words: str, given: Path | None = None) -> Iterator[Iterator[bytes]]:
        """Yield what git prints, cut at each NUL; ``given`` is a file for its input."""
        with self.output(*words, given=given) as printed:
            yield _fields(printed)

    @contextmanager
    def output(self, *words: str, given: Path | None = None) -> Iterator[IO[bytes]]:
        """Yield what git prints."""
        with (
            Path(given or os.devnull).open("rb") as stdin,
            self.process(*words, stdin=stdin) as process,
        ):
            assert process.stdout is not None
            yield process.stdout

    @contextmanager
    def process(
        self,
        *words: str,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        stdout: IO[bytes] | int = subprocess.PIPE,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Yield a running git, which must have ended well when the block is left."""
        process = subprocess.Popen(  # noqa: S603 fixed words, and ids that were checked
            [git_program(), *FORCED, f"--git-dir={self.folder}", *words],
            env=self.environment,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
        )
        impatience = threading.Timer(self.seconds_left, process.kill)
        impatience.daemon = True
        impatience.start()
        try:
            yield process
            self._end(process, words[0])
        finally:
            impatience.cancel()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):  # what it did not take is for nobody
                        pipe.close()

    def _end(self, process: subprocess.Popen[bytes], what: str) -> None:
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
        while process.stdout is not None and process.stdout.read(CHUNK):
            pass
        if process.wait() and self.is_late:
            raise late()
        if process.returncode:
            raise FactUnavailable(
                f"git {what} ended with {process.returncode}: the history is not whole here",
                "fetch the whole history up to the release's commit",
            )


def late() -> FactUnavailable:
    """Return the failure of a git that did not answer by the deadline."""
    return FactUnavailable(
        "git did not tell the history in time",
        "raise longest_scan_minutes under [scan_limits], or fetch the whole history",
    )


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
